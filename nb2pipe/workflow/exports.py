"""``export``: analyse, run the original once under observation, write the project, prove that it computes the same."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from nb2pipe import exporting
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.errors import Refused
from nb2pipe.model import Artifact, Baseline, BaselineMetric, Metric, Notebook, Pipeline, Recording, Step
from nb2pipe.planning import Plan, hazards, metrics
from nb2pipe.planning.analysis import Analysis
from nb2pipe.recording import evidence, inputs, stored
from nb2pipe.recording.record import record
from nb2pipe.recording.verify import Verification
from nb2pipe.reports import mermaid
from nb2pipe.rules import nb409_not_reproducing_itself
from nb2pipe.running.executing.failures import ExecutionFailure
from nb2pipe.running.explaining import explained
from nb2pipe.running.kernel.kernels import Kernel, KernelChoice, resolve
from nb2pipe.running.options import Progress, Silent
from nb2pipe.running.projects import open_project
from nb2pipe.running.scheduling import Scheduling
from nb2pipe.workflow.analysis import analyze, errors, sort
from nb2pipe.workflow.contracts import learn
from nb2pipe.workflow.opening import choice_of
from nb2pipe.workflow.storage import storage_problems
from nb2pipe.workflow.verifying import RANDOM_STATES, STATE, compare_run

STEP_FORMATS = ("ipynb", "py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What an export did; ``verification`` is that of the exported pipeline, if it was run.

    ``unseeded`` are findings on code that draws random numbers without a seed; not looked for without a run.
    """

    project: Path
    pipeline: Pipeline
    baseline: Baseline
    written: tuple[str, ...]
    kept: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    verification: Verification | None = None
    seconds: float = 0.0
    unseeded: tuple[Diagnostic, ...] = ()

    @property
    def verified(self) -> bool | None:
        """Whether every border value and metric equals the original's; ``None`` if nothing was compared."""
        return self.verification.verified if self.verification else None


@storage_problems
def export(
    path: str | Path,
    output: str | Path | None = None,
    *,
    static: bool = False,
    steps: str = "ipynb",
    kernel: KernelChoice | str | None = None,
    timeout: float | None = None,
    force: bool = False,
    verify: bool | None = None,
    scheduling: Scheduling | None = None,
    progress: Progress | None = None,
) -> Export:
    """Turn a tagged notebook into a project: step notebooks, ``pipeline.yaml``, ``baseline.json`` and the rest.

    ``output`` defaults to ``NAME_pipeline`` beside the notebook. ``static`` does not run the original: formats are then
    generic and the baseline holds what the stored outputs show. ``steps`` is ``ipynb`` or ``py`` (percent scripts).
    ``timeout`` is in seconds per cell. ``verify`` runs the exported pipeline and compares all values at step borders; by
    default that is done unless ``static``.

    Raises InvalidInput or Refused (findings that would make the pipeline unfaithful), StepFailed (the original itself
    fails), EnvironmentProblem, StorageProblem, Interrupted.
    """
    if steps not in STEP_FORMATS:
        raise ValueError(f"steps must be one of {', '.join(STEP_FORMATS)}, not {steps!r}")
    began = time.monotonic()
    verify = not static if verify is None else verify
    source = Path(path)
    told = progress or Silent()
    analysis = analyze(source)
    planned = analysis.plan()
    _refuse(analysis, planned)
    folder = Path(output) if output is not None else source.with_name(f"{source.stem}_pipeline")
    exporting.existing(folder, force=force)  # a broken one is reported before the notebook runs for hours
    found = (
        resolve(choice_of(kernel), analysis.notebook.kernel_name, str(analysis.notebook.path))
        if (not static or verify)
        else None
    )
    recording: Recording | None = None
    if not static and found is not None:
        told.message(f"running {source.name} once, as it is, to see what it computes")
        recording, planned = _observe(analysis, planned, found, folder, timeout)
    pipeline, baseline, written = write_project(
        analysis, planned, recording, folder, scripts=steps == "py", force=force
    )
    result = Export(
        project=folder,
        pipeline=pipeline,
        baseline=baseline,
        written=written.changed,
        kept=written.kept,
        diagnostics=sort((*analysis.diagnostics, *planned.diagnostics, *_differing(baseline, analysis.notebook))),
        seconds=time.monotonic() - began,
        unseeded=hazards.unseeded_draws(analysis.notebook) if recording is not None else (),
    )
    if recording is not None:
        proof = evidence.gather(analysis.notebook, pipeline, recording, planned)
        evidence.save(proof, folder / STATE)
    if verify and found is not None:
        verification = compare_run(open_project(folder), baseline, found, timeout, told, analysis.notebook, scheduling)
        result = replace(result, verification=verification)
        if verification.report.run.finished:
            learn(open_project(folder), verification.report.run)
    return replace(result, seconds=time.monotonic() - began)


def write_project(
    analysis: Analysis, planned: Plan, recording: Recording | None, folder: Path, *, scripts: bool, force: bool
) -> tuple[Pipeline, Baseline, exporting.Written]:
    """Write the project of a finished plan; nothing is run."""
    baseline = _baseline(analysis, planned, recording)
    pipeline = _with_formats(planned.pipeline)
    if recording is None:
        pipeline = replace(pipeline, metrics=(*pipeline.metrics, *_only_printed(planned, baseline)))
    spec = exporting.ProjectSpec(
        folder=folder,
        notebook=analysis.notebook,
        pipeline=pipeline,
        aliases=exporting.collect(analysis.flows),
        candidates=planned.candidates,
        baseline=baseline,
        graph=mermaid.flowchart(pipeline),
        version=version("nb2pipe"),
        scripts=scripts,
    )
    return pipeline, baseline, exporting.write(spec, force=force)


def _refuse(analysis: Analysis, planned: Plan) -> None:
    found = errors((*analysis.diagnostics, *planned.diagnostics))
    if found:
        raise Refused(*sort(found))


def _observe(
    analysis: Analysis, planned: Plan, kernel: Kernel, folder: Path, timeout: float | None
) -> tuple[Recording, Plan]:
    """Record the original; once more if what it showed makes values cross that nobody looked at."""
    notebook = analysis.notebook
    output = folder / STATE / "original.ipynb"
    states = (folder / STATE / RANDOM_STATES).resolve()
    shutil.rmtree(states, ignore_errors=True)
    states.mkdir(parents=True, exist_ok=True)
    for _ in range(2):
        try:
            recording = record(notebook, planned, kernel=kernel, output=output, timeout=timeout, random_states=states)
        except ExecutionFailure as failure:
            cells = {cell.id: cell.index for cell in notebook.cells}
            raise explained(
                failure, kernel=kernel, step=None, cells=cells, notebook=notebook, name=str(notebook.path),
                executed=str(output),
            ) from failure  # fmt: skip
        refined = analysis.plan(recording)
        _refuse(analysis, refined)
        seen = {(value.step, value.name) for value in recording.values}
        unseen = {(a.step, name) for step in refined.pipeline.steps for a in step.outputs for name in a.names} - seen
        planned = replace(refined, extra=frozenset(unseen))
        if not unseen:
            break
    return recording, planned


def _with_formats(pipeline: Pipeline) -> Pipeline:
    """Fill in a format that holds anything, where nobody saw the value."""
    modules = {module for step in pipeline.steps for module in step.modules}
    general = "joblib" if modules & {"sklearn", "joblib", "xgboost", "lightgbm"} else "pickle"

    def filled(artifact: Artifact) -> Artifact:
        return artifact if artifact.format else replace(artifact, format=general)

    def step_filled(step: Step) -> Step:
        return replace(
            step, inputs=tuple(map(filled, step.inputs)), outputs=tuple(map(filled, step.outputs))
        )  # fmt: skip

    return replace(pipeline, steps=tuple(map(step_filled, pipeline.steps)))


def _baseline(analysis: Analysis, planned: Plan, recording: Recording | None) -> Baseline:
    environment = recording.environment if recording else None
    doubts = hazards.unseeded(analysis.notebook) if recording else ()
    shown = stored.read(analysis.notebook, planned.candidates, environment, doubts)
    if recording is None:
        return Baseline(origin="stored", metrics=tuple(shown.values()))
    found: list[BaselineMetric] = []
    for metric in planned.pipeline.metrics:
        seen = metrics.observed_value(metric, recording.metrics)
        if seen is not None:
            before = shown.get(metric.name)
            found.append(
                BaselineMetric(
                    name=metric.name, value=seen.value, step=metric.step, cell=metric.cell, decimals=seen.decimals,
                    stored=stored.scaled(before.evidence, seen.value) if before and before.evidence else None,
                    evidence=before.evidence if before else None,
                )
            )  # fmt: skip
    fingerprints = _fingerprints(planned.pipeline, recording)
    return Baseline(
        origin="recorded", metrics=tuple(found), fingerprints=fingerprints, environment=recording.environment,
        inputs=inputs.digests(planned.pipeline, analysis.notebook.path.resolve().parent),
    )  # fmt: skip


def _only_printed(planned: Plan, baseline: Baseline) -> tuple[Metric, ...]:
    """The metrics that stand in the stored outputs of cells that print them."""
    named: dict[int, list[str]] = {}
    others = {c.name for c in planned.candidates if not c.many}
    for metric in baseline.metrics:
        if metric.name not in others and not any(metric.name.startswith(f"{name}.") for name in others):
            named.setdefault(metric.cell, []).append(metric.name)
    return metrics.from_printed(planned.candidates, named)


def _differing(baseline: Baseline, notebook: Notebook) -> tuple[Diagnostic, ...]:
    """The stored numbers that the notebook's own code does not give."""
    lines = {cell.index: cell.file_line for cell in notebook.cells}
    return nb409_not_reproducing_itself.find(baseline.metrics, str(notebook.path), lines)


def _fingerprints(pipeline: Pipeline, recording: Recording) -> Mapping[str, str]:
    crossing = {
        (artifact.step, name) for step in pipeline.steps for artifact in step.outputs for name in artifact.names
    }
    return {
        f"{value.step}/{value.name}": value.fingerprint
        for value in recording.values
        if value.fingerprint is not None and (value.step, value.name) in crossing
    }
