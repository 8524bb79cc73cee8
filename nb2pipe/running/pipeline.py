"""Run a project's steps in dependency order, each in a kernel of its own, and keep a record that survives a crash."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.errors import InvalidInput
from nb2pipe.model import Environment, Notebook, RunRecord, Step, StepRecord, StepStatus
from nb2pipe.planning.plan import dependencies
from nb2pipe.rules import nb306_unknown_step
from nb2pipe.running import printed, runs
from nb2pipe.running.execute import execute_notebook
from nb2pipe.running.explaining import explained, original_cells
from nb2pipe.running.failures import ExecutionFailure
from nb2pipe.running.kernels import Kernel
from nb2pipe.running.projects import Project, selected, step_keys
from nb2pipe.running.watching import Watcher


class Progress(Protocol):
    """Told about a run as it goes; every method returns quickly and never raises."""

    def step_started(self, name: str, index: int, total: int) -> None:
        """A step begins; ``index`` from 0."""
        ...

    def step_finished(self, record: StepRecord) -> None:
        """A step ended, well or badly, or was taken from an earlier run."""
        ...

    def message(self, text: str) -> None:
        """Something else worth a line."""
        ...


class Silent:
    """A Progress that says nothing."""

    def step_started(self, name: str, index: int, total: int) -> None:
        """Nothing."""

    def step_finished(self, record: StepRecord) -> None:
        """Nothing."""

    def message(self, text: str) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """``parameters`` are complete (defaults filled in); ``given`` those that the user set.

    ``original`` is the notebook, if it is still at hand, for messages; ``command`` is what the user would type to run
    this again. ``watcher`` makes a Watcher per step. ``environment`` is asked for the kernel's environment after all
    steps ran.
    """

    kernel: Kernel
    parameters: Mapping[str, Any]
    given: Mapping[str, Any]
    select: str | None = None
    resume: bool = False
    timeout: float | None = None
    original: Notebook | None = None
    command: str | None = None
    progress: Progress = field(default_factory=Silent)
    watcher: Callable[[Step], Watcher] | None = None
    environment: Callable[[], Environment | None] = lambda: None


def run_pipeline(project: Project, options: RunOptions) -> RunRecord:
    """Run the selected steps. Raises StepFailed, Interrupted, ... after the record is written."""
    keys = step_keys(project, options.parameters)
    wanted = {step.name for step in selected(project.pipeline, options.select)}
    record = RunRecord(
        id=runs.new_id(),
        project=str(project.folder),
        pipeline=project.pipeline.name,
        steps=tuple(
            StepRecord(name=step.name, status=StepStatus.NOT_RUN, key=keys[step.name])
            for step in project.pipeline.steps
        ),
        parameters=dict(options.parameters),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    record = _reuse(project, record, wanted, options)
    runs.save(project.state, record)
    began = time.monotonic()
    reused = {item.name for item in record.steps if item.status is StepStatus.REUSED}
    total = len(wanted)
    todo = [step for step in project.pipeline.steps if step.name in wanted and step.name not in reused]
    for item in record.steps:
        if item.name in reused and item.name in wanted:
            options.progress.step_finished(item)
    for index, step in enumerate(todo):
        options.progress.step_started(step.name, index, total)
        record = _run_step(project, record, step, options, began)
    record = replace(
        record, seconds=time.monotonic() - began, finished=True, environment=options.environment(),
        metrics=_metrics(project, record),
    )  # fmt: skip
    runs.save(project.state, record)
    return record


def _reuse(project: Project, record: RunRecord, wanted: set[str], options: RunOptions) -> RunRecord:
    """Link what steps outside the selection made in an earlier run; on resume, also what the last run had finished."""
    state = project.state
    needed = _upstream(project, wanted) - wanted
    _refuse_gap(project, needed, wanted)
    keys = {item.name: item.key for item in record.steps}
    last = next(runs.newest_first(state), None) if options.resume else None
    source = last if last and needed <= set(runs.usable(state, last, keys)) else None
    names = needed | wanted if source else needed
    if needed and source is None:
        source = runs.find_run(state, {name: keys[name] for name in needed})
        if source is None:
            raise InvalidInput(_not_stored(project, needed, keys))
    if source is None:
        return record
    usable = runs.usable(state, source, keys)
    reused: set[str] = set()
    for step in project.pipeline.steps:
        if step.name in names and step.name in usable and reused.issuperset(dependencies(step)):
            runs.link_step(state, source.id, record.id, step.name)
            item = usable[step.name]
            record = runs.with_step(record, replace(item, status=StepStatus.REUSED, run=item.run or source.id))
            reused.add(step.name)
    return record


def _refuse_gap(project: Project, needed: set[str], wanted: set[str]) -> None:
    """A step between selected ones has no outputs that fit what the earlier of them is going to make."""
    for step in project.pipeline.steps:
        if step.name in needed and _upstream(project, {step.name}) & wanted:
            names = tuple(s.name for s in project.pipeline.steps if s.name in wanted | {step.name})
            raise InvalidInput(nb306_unknown_step.between(step.name, names))


def _not_stored(project: Project, needed: set[str], keys: Mapping[str, str | None]) -> Diagnostic:
    """Name the first step whose outputs are not there."""
    last = next(runs.newest_first(project.state), None)
    there = runs.usable(project.state, last, keys) if last else {}
    names = [step.name for step in project.pipeline.steps if step.name in needed]
    missing = next((name for name in names if name not in there), names[0])
    reader = next(step.name for step in project.pipeline.steps if missing in dependencies(step))
    return nb306_unknown_step.not_stored(missing, reader)


def _upstream(project: Project, names: set[str]) -> set[str]:
    """These steps and all that they depend on."""
    by_name = {step.name: step for step in project.pipeline.steps}
    found: set[str] = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in found and name in by_name:
            found.add(name)
            pending.extend(dependencies(by_name[name]))
    return found


def _run_step(project: Project, record: RunRecord, step: Step, options: RunOptions, began: float) -> RunRecord:
    folder = runs.folder(project.state, record.id)
    artifacts = folder / "artifacts"
    artifacts.mkdir(parents=True, exist_ok=True)
    output = folder / "steps" / f"{step.name}.ipynb"
    source = project.notebook(step.name)
    parameters = {name: value for name, value in options.given.items() if name in step.parameters}
    parameters |= {"inputs": str(artifacts.resolve()), "outputs": str(artifacts.resolve())}
    known = next(item for item in record.steps if item.name == step.name)
    start = time.monotonic()
    try:
        execution = execute_notebook(
            source,
            output,
            kernel=options.kernel,
            cwd=project.workdir,
            parameters=parameters,
            timeout=options.timeout,
            watcher=options.watcher(step) if options.watcher else None,
        )
    except ExecutionFailure as failure:
        seconds = time.monotonic() - start
        failed = replace(
            known, status=StepStatus.FAILED, seconds=seconds, notebook=str(output), error=str(failure).split("\n")[0]
        )  # fmt: skip
        record = replace(runs.with_step(record, failed), seconds=time.monotonic() - began)
        record = replace(record, metrics=_metrics(project, record))
        with suppress(OSError):  # a full disk may be why the step failed: that is to be said
            runs.save(project.state, record)
        options.progress.step_finished(failed)
        raise explained(
            failure,
            kernel=options.kernel,
            step=step.name,
            cells=original_cells(source),
            notebook=options.original,
            name=str(options.original.path if options.original else project.source),
            resume=f"{options.command} --resume" if options.command else None,
            executed=str(output),
        ) from failure
    printed.note(project.pipeline.metrics, step.name, output, artifacts / step.name / "metrics.json")
    done = replace(
        known, status=StepStatus.OK, seconds=execution.seconds, notebook=str(output), peak_memory=execution.peak_memory
    )  # fmt: skip
    record = runs.with_step(record, done)
    runs.save(project.state, record)
    options.progress.step_finished(done)
    return record


def _metrics(project: Project, record: RunRecord) -> dict[str, float]:
    return {
        name: value
        for item in record.steps
        if item.status in runs.FINISHED
        for name, value in runs.metrics(project.state, record.id, item.name).items()
    }
