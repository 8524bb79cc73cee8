"""``run`` and ``check``: of an exported project, or of a notebook, which is then exported to a hidden project first."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nb2pipe import baseline as baselines
from nb2pipe import manifest, parameter_files, parameters
from nb2pipe.errors import InvalidInput
from nb2pipe.model import CheckReport, Environment, Limits, Notebook, Planned, RunRecord, Step, Tolerance
from nb2pipe.rules import nb010_manifest, nb308_unknown_metric
from nb2pipe.running import runs
from nb2pipe.running.executing.watching import Watcher
from nb2pipe.running.kernel.kernels import KernelChoice, resolve
from nb2pipe.running.options import Digest, Progress, RunOptions, Silent
from nb2pipe.running.pipeline import plan_run, refuse, run_pipeline
from nb2pipe.running.projects import Project, is_project, open_project
from nb2pipe.running.scheduling import Scheduling
from nb2pipe.spelling import closest
from nb2pipe.storing import write_text
from nb2pipe.workflow.opening import choice_of, is_observed, original
from nb2pipe.workflow.storage import storage_problems

if TYPE_CHECKING:
    from nb2pipe.checking import Asked
    from nb2pipe.workflow.judging import Judging


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What ``run`` and ``check`` have in common."""

    parameters: Mapping[str, Any]
    parameter_files: Sequence[str | Path]
    path: Path
    kernel: KernelChoice | None
    timeout: float | None
    progress: Progress
    scheduling: Scheduling
    select: str | None = None
    resume: bool = False
    reuse: bool = False
    force: frozenset[str] = frozenset()
    warn_contracts: bool = False


@storage_problems
def run(  # noqa: PLR0913
    path: str | Path,
    *,
    parameters: Mapping[str, Any] | None = None,
    parameter_files: Sequence[str | Path] = (),
    select: str | None = None,
    fresh: bool = False,
    resume: bool = False,
    force: Iterable[str] = (),
    kernel: KernelChoice | str | None = None,
    timeout: float | None = None,
    scheduling: Scheduling | None = None,
    warn_contracts: bool = False,
    progress: Progress | None = None,
) -> RunRecord:
    """Run a project, or a notebook (exported to ``.nb2pipe`` beside it first, if it changed since the last time).

    Steps whose code, parameters, inputs, files and libraries are as in an earlier run are not run: their outputs are
    taken from the cache. Those in ``force`` run anyway; ``fresh`` runs all.

    ``parameters`` win over ``parameter_files`` (YAML or JSON); texts are read as the parameter's type. ``select`` names
    steps (``train..``, ``split..evaluate``); the others' outputs come from an earlier run with the same code and
    parameters. ``resume`` goes on where the last run stopped, with its parameters. ``kernel`` may be a kernel's name.

    The tables that each step hands on are compared with ``contracts.json``; ``warn_contracts`` goes on when they differ.

    Raises InvalidInput before anything runs, ContractBroken, StepFailed, EnvironmentProblem, StorageProblem, Interrupted.
    """
    request = Request(
        path=Path(path), parameters=parameters or {}, parameter_files=parameter_files, select=select,
        resume=resume and not fresh, reuse=not fresh, force=frozenset(force), kernel=choice_of(kernel), timeout=timeout,
        scheduling=scheduling or Scheduling(), progress=progress or Silent(), warn_contracts=warn_contracts,
    )  # fmt: skip
    project, notebook = opened(request, fresh=fresh)
    return run_pipeline(project, options_of(project, notebook, request, None))


@storage_problems
def plan(
    path: str | Path,
    *,
    parameters: Mapping[str, Any] | None = None,
    parameter_files: Sequence[str | Path] = (),
    select: str | None = None,
    fresh: bool = False,
    force: Iterable[str] = (),
    kernel: KernelChoice | str | None = None,
) -> tuple[Planned, ...]:
    """What :func:`run` would do with each step, and why; nothing is run.

    A notebook must have been run before and be unchanged since: what its steps are is only known from a run. Raises
    InvalidInput.
    """
    request = Request(
        path=Path(path), parameters=parameters or {}, parameter_files=parameter_files, select=select, reuse=not fresh,
        force=frozenset(force), kernel=choice_of(kernel), timeout=None, scheduling=Scheduling(), progress=Silent(),
    )  # fmt: skip
    project, notebook = opened(request, fresh=False, dry=True)
    return plan_run(project, options_of(project, notebook, request, None))


@storage_problems
def check(  # noqa: PLR0913
    path: str | Path,
    *,
    tolerances: Mapping[str, Tolerance] | None = None,
    parameters: Mapping[str, Any] | None = None,
    parameter_files: Sequence[str | Path] = (),
    limits: Mapping[str, Limits] | None = None,
    strict: bool = False,
    seed: int | None = None,
    baseline: str | Path | None = None,
    fresh: bool = False,
    cached: bool = False,
    kernel: KernelChoice | str | None = None,
    timeout: float | None = None,
    scheduling: Scheduling | None = None,
    warn_contracts: bool = False,
    progress: Progress | None = None,
) -> CheckReport:
    """Run everything and compare each metric with the original's, or with what repeats of it gave (:func:`measure`).

    Every step runs, unless ``cached``: numbers read back from a cache prove nothing about today's machine. ``fresh``
    also records the notebook again. ``tolerances`` (by metric name, or ``all``) win over the project's file, that over the
    notebook's tags, that over noise. ``limits`` of a metric's value win over those in the file. With ``strict``, what is
    not checked fails. Random numbers that nothing seeds get ``seed``, a new one unless given, if the noise is known;
    without known noise they are drawn as they come. ``baseline`` is another file, or project, to compare with. Raises as
    :func:`run` does; a metric out of tolerance is an answer, not an error.
    """
    from nb2pipe.checking import kept
    from nb2pipe.workflow.judging import Judging

    request = Request(
        path=Path(path), parameters=parameters or {}, parameter_files=parameter_files, reuse=cached and not fresh,
        kernel=choice_of(kernel), timeout=timeout, scheduling=scheduling or Scheduling(), progress=progress or Silent(),
        warn_contracts=warn_contracts,
    )  # fmt: skip
    project, notebook = opened(request, fresh=fresh)
    reference = baselines.load(_baseline_file(baseline) if baseline else project.folder / baselines.FILE_NAME)
    known = (*(metric.name for metric in reference.metrics), *(metric.name for metric in project.pipeline.metrics))
    _refuse_unknown({**(tolerances or {}), **(limits or {})}, known, str(path))
    left = _left_over(project.manifest.tolerances, known)
    written = {name: given for name, given in project.manifest.tolerances.items() if name not in left}
    _refuse_unknown(written, known, str(project.folder / manifest.FILE_NAME))
    asked = asked_of(project, tolerances or {}, limits or {}, strict=strict)
    judging = Judging(project=project, baseline=reference, asked=asked, seed=seed, path=Path(path), notebook=notebook)
    record = run_pipeline(project, options_of(project, notebook, request, judging))
    report = judging.report(
        record, kernel=resolve(request.kernel, project.manifest.kernel), choice=request.kernel, given=request.parameters,
        timeout=timeout, progress=request.progress,
    )  # fmt: skip
    told = f"{manifest.FILE_NAME} has a tolerance for {{!r}}, which is no metric any more: it does nothing"
    report = replace(report, notes=(*report.notes, *(told.format(name) for name in left)))
    kept.save(report)
    return report


def asked_of(
    project: Project, tolerances: Mapping[str, Tolerance], limits: Mapping[str, Limits], *, strict: bool
) -> Asked:
    """What the project's file says about its metrics, and what was said now, which wins."""
    from nb2pipe import checking

    allowed, directions = manifest.decided(project.manifest)
    if checking.ALL in tolerances:
        allowed = {}  # said now, so it wins over what the file says about single metrics
    return checking.Asked(
        tolerances={**allowed, **tolerances},
        directions=directions,
        limits={**manifest.limits(project.manifest), **limits},
        gates=manifest.gates(project.manifest),
        strict=strict,
    )


def _baseline_file(path: str | Path) -> Path:
    """A baseline's file, or that of a project."""
    return Path(path) / baselines.FILE_NAME if Path(path).is_dir() else Path(path)


def read_project(path: str | Path) -> Project:
    """The exported project at a path; raises InvalidInput."""
    return open_project(Path(path))


def opened(request: Request, *, fresh: bool, dry: bool = False) -> tuple[Project, Callable[[], Notebook | None]]:
    """The project to run, and how to get at the original notebook."""
    path = request.path
    if is_project(path) or path.is_dir():
        project = open_project(path)
        return project, lambda: original(project)
    from nb2pipe import notebook as notebooks

    notebook = notebooks.read(path)
    folder = hidden_project(path)
    stamp, digest = folder / "source.json", _digest(notebook, request.kernel)
    if fresh or not _is_current(stamp, digest):
        if dry:
            raise InvalidInput(nb010_manifest.not_run(str(path)))
        from nb2pipe.workflow.exports import export

        _refuse_early(path, request)
        stamp.unlink(missing_ok=True)  # an export that is cut short must not pass for the last one
        export(
            path, folder, kernel=request.kernel, timeout=request.timeout, force=True, verify=False,
            progress=request.progress,
        )  # fmt: skip
        write_text(stamp, json.dumps({"digest": digest}) + "\n")
    return open_project(folder), lambda: notebook


def hidden_project(path: Path) -> Path:
    """Where a notebook that is run directly has its project."""
    return path.resolve().parent / ".nb2pipe" / "projects" / path.stem


def _refuse_early(path: Path, request: Request) -> None:
    """What is wrong with the request is said before the notebook runs, which may take hours."""
    from nb2pipe.workflow.analysis import analyze, errors

    analysis = analyze(path)
    asked = {**parameter_files.read(request.parameter_files), **request.parameters}
    parameters.resolve(analysis.parameters, asked, str(path), _files(request))
    if not errors(analysis.diagnostics):
        refuse(analysis.plan().pipeline, request.select, request.force)


def _files(request: Request) -> dict[str, str]:
    """The file of each value that no parameter overrides."""
    origins = parameter_files.origins(request.parameter_files)
    return {name: file for name, file in origins.items() if name not in request.parameters}


def _digest(notebook: Notebook, kernel: KernelChoice | None) -> str:
    from importlib.metadata import version

    cells = [(cell.kind.value, cell.source, cell.tags) for cell in notebook.cells]
    data = [cells, notebook.kernel_name, asdict(kernel) if kernel else None, version("nb2pipe")]
    return sha256(json.dumps(data).encode()).hexdigest()


def _is_current(stamp: Path, digest: str) -> bool:
    try:
        return bool(json.loads(stamp.read_text(encoding="utf-8"))["digest"] == digest)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def options_of(
    project: Project, notebook: Callable[[], Notebook | None], request: Request, judging: Judging | None
) -> RunOptions:  # fmt: skip
    """The options of a run of this project; raises InvalidInput for parameters that it does not have."""
    known = project.pipeline.parameters
    asked = {**parameter_files.read(request.parameter_files), **request.parameters}
    if request.resume and not asked:
        asked = _of_last_run(project)
        if asked:
            shown = ", ".join(f"{name}={value}" for name, value in asked.items())
            request.progress.message(f"going on with the parameters of the last run: {shown}")
    given = parameters.resolve(known, asked, str(request.path), _files(request))
    values = {**{parameter.name: parameter.default for parameter in known}, **given}
    environment: Callable[[], Environment | None] = (lambda: judging.environment) if judging else (lambda: None)
    usual = all(values[item.name] == item.default for item in known)
    return RunOptions(
        kernel=resolve(request.kernel, project.manifest.kernel),
        parameters=values,
        given=given,
        select=request.select,
        resume=request.resume,
        reuse=request.reuse,
        force=request.force,
        scheduling=request.scheduling,
        observed=is_observed(project),
        timeout=request.timeout,
        original=notebook,
        command=_command(request.path, request.kernel),
        progress=request.progress,
        watcher=_watcher(project, judging, usual=usual),
        salts=judging.salts if judging else {},
        border=_guard(project, request, usual=usual),
        environment=environment,
    )


def _watcher(project: Project, judging: Judging | None, *, usual: bool) -> Callable[[Step], Watcher] | None:
    """What looks on: for a check, and whether what export saw still holds; ``usual``: with the baseline's parameters."""
    other = judging.watcher if judging else None
    if usual:
        return other
    from nb2pipe.recording import assumptions

    return assumptions.watchers(project.pipeline, other)


def _guard(project: Project, request: Request, *, usual: bool) -> Callable[[Step, str, Digest], None]:
    """The contracts' guard, made when the first step has run; ``usual``: with the baseline's parameters."""

    @cache
    def guard() -> Callable[[Step, str, Digest], None]:
        from nb2pipe.workflow.contracts import Guard

        return Guard(project=project, statistics=usual, warn=request.warn_contracts, progress=request.progress)

    def look(step: Step, run: str, digest: Digest) -> None:
        guard()(step, run, digest)

    return look


def _of_last_run(project: Project) -> dict[str, Any]:
    """The parameters of the newest run that were not the defaults, as far as they still exist."""
    last = next(runs.newest_first(project.state), None)
    values = last.parameters if last else {}
    return {
        parameter.name: values[parameter.name]
        for parameter in project.pipeline.parameters
        if parameter.name in values and values[parameter.name] != runs.parameter_to_json(parameter.default)
    }


def _command(path: Path, kernel: KernelChoice | None) -> str:
    """What the user types to run this again; parameters are remembered."""
    words = ["nb2pipe", "run", str(path)]
    if kernel and kernel.name:
        words += ["-k", kernel.name]
    if kernel and kernel.python:
        words += ["--python", kernel.python]
    return shlex.join(words)


def _left_over(tolerances: Mapping[str, object], known: Sequence[str]) -> tuple[str, ...]:
    """Names in the project's file that are spelled like no metric: of one that was removed, not mistyped."""
    from nb2pipe import checking

    return tuple(
        name for name in tolerances if name != checking.ALL and name not in known and closest(name, known) is None
    )


def _refuse_unknown(tolerances: Mapping[str, object], known: Sequence[str], path: str) -> None:
    """A mistyped name would loosen nothing, and nobody would notice."""
    from nb2pipe import checking

    names = tuple(dict.fromkeys(known))
    unknown = [name for name in tolerances if name != checking.ALL and name not in names]
    if unknown:
        raise InvalidInput(
            *(nb308_unknown_metric.diagnostic(name, names, closest(name, names), path) for name in unknown)
        )  # fmt: skip
