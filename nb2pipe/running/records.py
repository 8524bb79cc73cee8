"""What the record of a run says of steps that are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nb2pipe.model import RunRecord, Step, StepRecord, StepStatus
from nb2pipe.running import runs
from nb2pipe.running.options import RunOptions
from nb2pipe.running.projects import Project


def finished(project: Project, record: RunRecord, options: RunOptions, seconds: float) -> RunRecord:
    """The record of a run whose steps are all there, written."""
    record = replace(
        record, seconds=seconds, finished=True, environment=options.environment(), metrics=metrics(project, record)
    )  # fmt: skip
    runs.save(project.state, record)
    return record


def metrics(
    project: Project, record: RunRecord, read: dict[str, Mapping[str, float]] | None = None
) -> dict[str, float]:
    """The numbers of all steps that are there; ``read`` remembers, by step, what need not be read a second time."""
    read = {} if read is None else read
    there = [item.name for item in record.steps if item.status in runs.FINISHED]
    for step in there:
        if step not in read:
            read[step] = runs.metrics(project.state, record.id, step)
    return {name: value for step in there for name, value in read[step].items()}


def reused(step: Step, record: RunRecord, run: str, marks: tuple[str, ...]) -> StepRecord:
    """The entry of a step whose outputs are another run's."""
    known = next(item for item in record.steps if item.name == step.name)
    notebook = runs.folder_of(record) / "steps" / f"{step.name}.ipynb"
    return replace(
        known, status=StepStatus.REUSED, run=run, reason="; ".join(marks),
        notebook=str(notebook) if notebook.is_file() else None,
    )  # fmt: skip
