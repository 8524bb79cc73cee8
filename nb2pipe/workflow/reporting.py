"""``report``: what is known of a run, as one page."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from nb2pipe import checking
from nb2pipe import notebook as notebooks
from nb2pipe.checking import contracts, kept
from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.errors import InvalidInput
from nb2pipe.model import CheckReport, Role, RunRecord
from nb2pipe.reports import levels
from nb2pipe.reports.page import Facts, Page, build
from nb2pipe.rules import nb010_manifest
from nb2pipe.running import runs
from nb2pipe.running.projects import Project, is_project, open_project
from nb2pipe.storing import write_text
from nb2pipe.workflow.findings import baseline_of, of_report
from nb2pipe.workflow.runs import asked_of, hidden_project
from nb2pipe.workflow.storage import storage_problems

HISTORY = 50  # earlier runs that are looked at


@storage_problems
def report(path: str | Path, *, run: str | None = None, output: str | Path | None = None) -> Path:
    """Write the report of a run (the newest unless ``run``) of a project, or of a notebook that was run, as one HTML file.

    Without ``output`` it lies beside the run, in ``.nb2pipe/runs/ID/report.html``. Returns where it is. Nothing is run.
    Raises InvalidInput if there is no such project or run, StorageProblem.
    """
    from nb2pipe.reports.page import html

    page = read_report(path, run=run)
    target = Path(output) if output is not None else place(page.facts.check.run)
    write_text(target, html.render(page))
    return target


def place(record: RunRecord) -> Path:
    """Where a run's report is written."""
    return runs.folder_of(record) / runs.REPORT


@storage_problems
def read_report(path: str | Path, *, run: str | None = None) -> Page:
    """What :func:`report` writes, as data. Raises InvalidInput."""
    path = Path(path)
    project = _project(path)
    record = _run(project, run, str(path))
    said = kept.load(record)
    check = said or _judged(project, record)
    original, original_is = _original(project)
    wanted = [step.name for step in project.pipeline.steps]
    earlier = islice((item for item in runs.newest_first(project.state) if item.id < record.id), HISTORY)
    return build(
        Facts(
            pipeline=project.pipeline,
            check=check,
            checked=said is not None,
            baseline=baseline_of(record),
            findings=of_report(check, path) if record.finished else (),
            linted=_linted(project),
            contracts=contracts.read_compared(project.state, record.id, wanted),
            levels=_json(project.state / levels.FILE_NAME),
            earlier=tuple(earlier),
            notebooks=_notebooks(record),
            original=original,
            original_is=original_is,
            path=str(path),
            version=version("nb2pipe"),
        )
    )


def _project(path: Path) -> Project:
    if is_project(path) or path.is_dir():
        return open_project(path)
    folder = hidden_project(path)
    if not path.exists():
        notebooks.read(path)  # says that it is not there
    if not is_project(folder):
        raise InvalidInput(nb010_manifest.not_run(str(path)))
    return open_project(folder)


def _run(project: Project, run: str | None, path: str) -> RunRecord:
    if run is None:
        record = next(runs.newest_first(project.state), None)
    else:
        record = None
        with suppress(OSError, ValueError, LookupError, TypeError):
            record = runs.load(project.state, run) if Path(run).name == run else None
    if record is None:
        known = [item.id for item in islice(runs.newest_first(project.state), 3)]
        raise InvalidInput(nb010_manifest.no_such_run(path, run, known))
    return record


def _judged(project: Project, record: RunRecord) -> CheckReport:
    """A run that was no check: its numbers beside the original's, without retests. Steps that did not run gave none."""
    from nb2pipe import baseline as baselines

    reference = baselines.load(project.folder / baselines.FILE_NAME)
    asked = asked_of(project, {}, {}, strict=False)
    found = checking.check(project.pipeline, reference, record, asked=asked)
    return replace(found, notes=checking.watched_groups(found))


def _linted(project: Project) -> tuple[Diagnostic, ...]:
    """What lint says of the notebook, where it still is, and what in its text may move its numbers."""
    from nb2pipe.planning import hazards
    from nb2pipe.workflow.analysis import inspect, sort

    try:
        seen = inspect(project.source)
    except InvalidInput:
        return ()
    skipped = {role.cell for role in seen.roles if role.role is Role.SKIP}
    risks = [hazard.finding for hazard in hazards.find(seen.notebook) if hazard.finding.cell not in skipped]
    return sort(tuple(item for item in (*seen.diagnostics, *risks) if item.severity is not Severity.NOTICE))


def _notebooks(record: RunRecord) -> dict[str, Any]:
    """The executed notebooks that are still there."""
    found = {}
    for step in record.steps:
        data = _json(Path(step.notebook)) if step.notebook else None
        if data is not None:
            found[step.name] = data
    return found


def _original(project: Project) -> tuple[dict[str, Any] | None, str]:
    """The notebook as it was run when the project was made, or else as it was saved."""
    recorded = _json(project.state / "original.ipynb")
    if recorded is not None:
        return recorded, "recorded"
    source = project.source
    return (_json(source) if source.suffix == ".ipynb" else None), "saved"


def _json(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(Path(os.path.normpath(path)).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None
