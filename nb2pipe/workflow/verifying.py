"""``verify``: run the pipeline and compare every value at its step borders with the notebook's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nb2pipe import baseline as baselines
from nb2pipe import checking, manifest
from nb2pipe.errors import InvalidInput
from nb2pipe.model import Baseline, Notebook
from nb2pipe.recording import evidence
from nb2pipe.recording.verify import Borders, Verification, differences
from nb2pipe.rules import nb011_baseline
from nb2pipe.running.kernel.kernels import Kernel, KernelChoice, resolve
from nb2pipe.running.options import Progress, RunOptions, Silent
from nb2pipe.running.pipeline import run_pipeline
from nb2pipe.running.projects import Project, open_project
from nb2pipe.running.scheduling import Scheduling
from nb2pipe.workflow.opening import choice_of, original
from nb2pipe.workflow.storage import storage_problems

STATE = ".nb2pipe"
RANDOM_STATES = "random"


@storage_problems
def verify(
    path: str | Path,
    *,
    kernel: KernelChoice | str | None = None,
    timeout: float | None = None,
    scheduling: Scheduling | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Run an exported project with its default parameters and compare its values with those of the observed run.

    Random numbers that the notebook does not seed are drawn as in the observed run, if this machine still has its record
    (``.nb2pipe`` in the project). ``timeout`` is in seconds per cell.

    Raises InvalidInput (no project, or one exported with ``--static``: nothing to compare with), StepFailed,
    EnvironmentProblem, StorageProblem, Interrupted.
    """
    project = open_project(Path(path))
    baseline = baselines.load(project.folder / baselines.FILE_NAME)
    if not baseline.fingerprints and any(step.outputs for step in project.pipeline.steps):
        raise InvalidInput(nb011_baseline.not_observed(str(project.folder / baselines.FILE_NAME), str(project.source)))
    found = resolve(choice_of(kernel), project.manifest.kernel)
    return compare_run(project, baseline, found, timeout, progress or Silent(), original(project), scheduling)


def compare_run(
    project: Project,
    baseline: Baseline,
    kernel: Kernel,
    timeout: float | None,
    progress: Progress,
    notebook: Notebook | None,
    scheduling: Scheduling | None = None,
) -> Verification:
    """Run every step anew, watched at its end."""
    progress.message("running the pipeline to compare its values with the notebook's")
    pipeline = project.pipeline
    proof = evidence.load(project.folder / STATE)
    borders = Borders(
        modules=tuple(sorted({m for step in pipeline.steps for m in step.modules})),
        random_states=(project.folder / STATE / RANDOM_STATES).resolve(),
        reseeded=frozenset(proof.reseeded),
        original=baseline.fingerprints,
        definitions=proof.definitions,
        memos=proof.memos,
    )
    run = run_pipeline(
        project,
        RunOptions(
            kernel=kernel,
            parameters={parameter.name: parameter.default for parameter in pipeline.parameters},
            given={},
            unkept=dict.fromkeys(
                borders.given_states(pipeline), "it ran with the random numbers of the notebook's run"
            ),
            scheduling=scheduling or Scheduling(),
            observed=baseline.origin == "recorded",
            timeout=timeout,
            original=lambda: notebook,
            progress=progress,
            watcher=borders.watcher,
            environment=lambda: borders.environment,
        ),
    )
    allowed, directions = manifest.decided(project.manifest)
    return Verification(
        report=checking.check(
            pipeline,
            replace(baseline, noise=None),  # the same numbers, not similar ones
            run,
            asked=checking.Asked(tolerances=allowed, directions=directions, same_nan=True),
        ),
        differences=differences(pipeline, baseline.fingerprints, proof, borders),
        compared=len(set(baseline.fingerprints) & set(borders.fingerprints)),
    )
