"""``run`` and ``check``: of an exported project, or of a notebook, which is then exported to a hidden project first."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nb2pipe import baseline as baselines
from nb2pipe import checking, manifest, parameter_files, parameters
from nb2pipe import notebook as notebooks
from nb2pipe.errors import Nb2pipeError
from nb2pipe.model import CheckReport, Direction, Notebook, RunRecord, Tolerance, ToleranceSource
from nb2pipe.recording.verify import Borders
from nb2pipe.running.kernels import KernelChoice, resolve
from nb2pipe.running.pipeline import Progress, RunOptions, Silent, run_pipeline
from nb2pipe.running.projects import Project, is_project, open_project
from nb2pipe.storing import write_text
from nb2pipe.workflow.exports import export


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What ``run`` and ``check`` have in common."""

    parameters: Mapping[str, Any]
    parameter_files: Sequence[str | Path]
    select: str | None
    resume: bool
    kernel: KernelChoice | None
    timeout: float | None
    progress: Progress


def run(
    path: str | Path,
    *,
    parameters: Mapping[str, Any] | None = None,
    parameter_files: Sequence[str | Path] = (),
    select: str | None = None,
    fresh: bool = False,
    resume: bool = False,
    kernel: KernelChoice | None = None,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> RunRecord:
    """Run a project, or a notebook (exported to ``.nb2pipe`` beside it first, if it changed since the last time).

    ``parameters`` win over ``parameter_files`` (YAML or JSON); texts are read as the parameter's type. ``select`` names
    steps (``train..``, ``split..evaluate``); the others' outputs come from an earlier run with the same code and
    parameters. ``resume`` goes on where the last run stopped. ``fresh`` ignores everything kept from earlier.

    Raises InvalidInput before anything runs, StepFailed, EnvironmentProblem, StorageProblem, Interrupted.
    """
    request = _Request(
        parameters=parameters or {}, parameter_files=parameter_files, select=select, resume=resume and not fresh,
        kernel=kernel, timeout=timeout, progress=progress or Silent(),
    )  # fmt: skip
    project, original = _project(Path(path), request, fresh=fresh)
    return _run(project, original, request, None)


def check(
    path: str | Path,
    *,
    tolerances: Mapping[str, Tolerance] | None = None,
    parameters: Mapping[str, Any] | None = None,
    parameter_files: Sequence[str | Path] = (),
    fresh: bool = False,
    kernel: KernelChoice | None = None,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> CheckReport:
    """Run everything and compare each metric with the original's.

    ``tolerances`` (by metric name, or ``all``) win over the project's file, that over the notebook's tags. Raises as
    :func:`run` does; a metric out of tolerance is an answer, not an error.
    """
    request = _Request(
        parameters=parameters or {}, parameter_files=parameter_files, select=None, resume=False, kernel=kernel,
        timeout=timeout, progress=progress or Silent(),
    )  # fmt: skip
    project, original = _project(Path(path), request, fresh=fresh)
    baseline = baselines.load(project.folder / baselines.FILE_NAME)
    borders = Borders(modules=tuple(sorted({m for s in project.pipeline.steps for m in s.modules})), values=False)
    record = _run(project, original, request, borders)
    allowed, directions = _from_file(project)
    return checking.check(
        project.pipeline, baseline, record, tolerances={**allowed, **(tolerances or {})}, directions=directions
    )  # fmt: skip


def read_project(path: str | Path) -> Project:
    """The exported project at a path; raises InvalidInput."""
    return open_project(Path(path))


def _project(path: Path, request: _Request, *, fresh: bool) -> tuple[Project, Notebook | None]:
    if is_project(path) or path.is_dir():
        project = open_project(path)
        return project, _original(project)
    notebook = notebooks.read(path)
    folder = path.resolve().parent / ".nb2pipe" / "projects" / path.stem
    stamp, digest = folder / "source.json", _digest(notebook, request.kernel)
    if fresh or not _is_current(stamp, digest):
        export(
            path, folder, kernel=request.kernel, timeout=request.timeout, force=True, verify=False,
            progress=request.progress,
        )  # fmt: skip
        write_text(stamp, json.dumps({"digest": digest}) + "\n")
    return open_project(folder), notebook


def _original(project: Project) -> Notebook | None:
    """The notebook that the project came from, if it is still there and readable: it makes messages better."""
    try:
        return notebooks.read(project.folder / project.manifest.notebook)
    except Nb2pipeError:
        return None


def _digest(notebook: Notebook, kernel: KernelChoice | None) -> str:
    cells = [(cell.kind.value, cell.source, cell.tags) for cell in notebook.cells]
    data = [cells, notebook.kernel_name, asdict(kernel) if kernel else None, version("nb2pipe")]
    return sha256(json.dumps(data).encode()).hexdigest()


def _is_current(stamp: Path, digest: str) -> bool:
    try:
        return bool(json.loads(stamp.read_text(encoding="utf-8"))["digest"] == digest)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _run(project: Project, original: Notebook | None, request: _Request, borders: Borders | None) -> RunRecord:
    known = project.pipeline.parameters
    given = parameters.resolve(
        known, {**parameter_files.read(request.parameter_files), **request.parameters}, project.manifest.notebook
    )
    values = {**{parameter.name: parameter.default for parameter in known}, **given}
    environment: Callable[[], Any] = (lambda: borders.environment) if borders else (lambda: None)
    return run_pipeline(
        project,
        RunOptions(
            kernel=resolve(request.kernel, project.manifest.kernel),
            parameters=values,
            given=given,
            select=request.select,
            resume=request.resume,
            timeout=request.timeout,
            original=original,
            progress=request.progress,
            watcher=borders.watcher if borders else None,
            environment=environment,
        ),
    )


def _from_file(project: Project) -> tuple[dict[str, Tolerance], dict[str, Direction]]:
    entries = project.manifest.tolerances
    allowed = {
        name: manifest.tolerance(entry, ToleranceSource.FILE)
        for name, entry in entries.items()
        if entry.abs or entry.rel
    }
    directions = {name: Direction(entry.direction) for name, entry in entries.items() if entry.direction}
    return allowed, directions
