"""What a check found, as diagnostics at the cells of the original notebook."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.errors import Nb2pipeError
from nb2pipe.model import Baseline, CheckReport, RunRecord, Verdict


def of_report(report: CheckReport, path: Path) -> tuple[Diagnostic, ...]:
    """A finding per metric that failed or is missing; one if nothing was checked at all."""
    from nb2pipe.rules import nb401_out_of_tolerance, nb403_metric_missing, nb404_nothing_checked

    source = _original(report, path)
    name = str(source) if source else report.notebook
    if all(metric.verdict is Verdict.NOT_CHECKED for metric in report.metrics):
        return (nb404_nothing_checked.diagnostic(notebook=name, metrics=len(report.metrics)),)
    wrong = [metric for metric in report.metrics if metric.verdict in (Verdict.FAILED, Verdict.MISSING)]
    lines = _file_lines(source) if wrong and source else {}
    failed = tuple(
        nb401_out_of_tolerance.diagnostic(
            metric,
            notebook=name,
            file_line=lines.get(metric.cell),
            changes=report.changes,
            command=report.command,
            path=str(path),
        )
        if metric.verdict is Verdict.FAILED
        else nb403_metric_missing.diagnostic(metric, notebook=name, file_line=lines.get(metric.cell))
        for metric in wrong
    )
    baseline = baseline_of(report.run)
    return (*_not_itself(baseline, name, source), *failed)


def _not_itself(baseline: Baseline | None, name: str, source: Path | None) -> tuple[Diagnostic, ...]:
    """Numbers that stand in the notebook and that its own code does not give."""
    from nb2pipe.rules import nb409_not_reproducing_itself

    apart = [metric for metric in baseline.metrics if nb409_not_reproducing_itself.apart(metric)] if baseline else []
    lines = dict(_file_lines(source)) if apart and source else {}
    return nb409_not_reproducing_itself.find(apart, name, lines)


def baseline_of(record: RunRecord) -> Baseline | None:
    """The original's numbers, kept in the project that ran."""
    from nb2pipe import baseline

    with suppress(Nb2pipeError, OSError):
        return baseline.load(Path(record.project) / baseline.FILE_NAME)
    return None


def _original(report: CheckReport, path: Path) -> Path | None:
    """The notebook's file: what was checked itself, or beside or above the project."""
    if path.is_file() and path.suffix != ".yaml":
        return path
    for folder in (Path(report.run.project), path.parent):
        for candidate in (folder / report.notebook, folder / Path(report.notebook).name):
            if candidate.is_file():
                return Path(os.path.normpath(candidate))
    return None


def _file_lines(source: Path) -> Mapping[int, int]:
    """The line of the file at which each cell begins; the notebook may have changed since, then it is near."""
    from nb2pipe import notebook

    with suppress(Nb2pipeError, OSError):
        return {cell.index: cell.file_line for cell in notebook.read(source).cells if cell.file_line}
    return {}
