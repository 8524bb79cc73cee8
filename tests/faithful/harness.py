"""Run a notebook and its pipeline in forked children of this process: a real IPython shell each, no kernel start.

Same code as in production but for the transport: the plan, the probe, the exported step notebooks and the comparison are
the real ones. Each step is executed in a process of its own, so nothing but the artifacts gets across.
"""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
import traceback
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nb2pipe.model import Environment, Recording
from nb2pipe.planning import Plan
from nb2pipe.planning.analysis import Analysis
from nb2pipe.recording import evidence
from nb2pipe.recording.probe import Probe
from nb2pipe.recording.record import record
from nb2pipe.recording.verify import Borders, differences
from nb2pipe.running.executing.watching import Execution, RunningCell, Watcher
from nb2pipe.running.projects import open_project
from nb2pipe.workflow.analysis import analyze, errors
from nb2pipe.workflow.exports import write_project
from tests.building import notebook

RIGHT, DETECTED, WRONG, REFUSED, FAILED = "right", "detected", "WRONG", "refused", "FAILED"

# Asking a kernel for its distributions takes longer than all else together.
_HERE = Environment(python="3", implementation="CPython", platform="here")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``right``: same values everywhere. ``refused``: an error diagnostic. ``detected``: export says *not verified*.

    ``WRONG`` (nobody noticed) and ``FAILED`` (a step raises) must not happen.
    """

    verdict: str
    codes: tuple[str, ...] = ()
    detail: str = ""
    notes: tuple[str, ...] = field(default=())


class OriginalFailed(Exception):
    """The notebook itself does not run: the case is no case."""


def outcome(
    folder: Path, *cells: tuple[str, str], results: tuple[str, ...] = ("result",), shell: Shell | None = None
) -> Outcome:
    """Export the notebook and run its pipeline. ``results`` are names compared at the end of the last step too."""
    shell = shell or IPYTHON
    path = notebook(folder, *cells)
    analysis = analyze(path)
    planned = analysis.plan()
    refused = errors((*analysis.diagnostics, *planned.diagnostics))
    if refused:
        return _refused(refused)
    original: dict[str, str | None] = {}
    recording: Recording | None = None
    for _ in range(2):
        (folder / "states").mkdir(exist_ok=True)
        recording, original = in_child(lambda plan=planned: _record(analysis, plan, folder, results, shell), folder)
        refined = analysis.plan(recording)
        refused = errors((*analysis.diagnostics, *refined.diagnostics))
        if refused:
            return _refused(refused)
        seen = {(value.step, value.name) for value in recording.values}
        crossing = {(a.step, name) for step in refined.pipeline.steps for a in step.outputs for name in a.names}
        from dataclasses import replace

        planned = replace(refined, extra=frozenset(crossing - seen))
        if not planned.extra:
            break
    assert recording is not None
    return _pipeline(analysis, planned, recording, folder, original, results, shell)


def _refused(found: Any) -> Outcome:
    codes = tuple(sorted({item.code for item in found}))
    return Outcome(verdict=REFUSED, codes=codes, detail=found[0].message, notes=found[0].notes)


def _record(
    analysis: Analysis, planned: Plan, folder: Path, results: tuple[str, ...], shell: Shell
) -> tuple[Recording, dict[str, str | None]]:
    final: dict[str, str | None] = {}

    def execute(data: dict[str, Any], _output: Path, **options: Any) -> Execution:
        watcher = options["watcher"]
        return shell.run(data, folder, watcher, lambda session: final.update(shell.look(session, folder, results)))

    kernel: Any = None
    recording = record(
        analysis.notebook, planned, kernel=kernel, output=folder / "original.ipynb", execute=execute,
        random_states=folder / "states",
    )  # fmt: skip
    return recording, final


def _pipeline(
    analysis: Analysis,
    planned: Plan,
    recording: Recording,
    folder: Path,
    original: dict[str, str | None],
    results: tuple[str, ...],
    shell: Shell,
) -> Outcome:
    target = folder / "pipe"
    again = shell.folder(folder)
    pipeline, baseline, _ = write_project(analysis, planned, recording, target, scripts=False, force=True)
    project = open_project(target)
    values: dict[str, str | None] = {}
    final: dict[str, str | None] = {}
    settings: dict[str, Any] = {}
    reseeded = planned.reseeded
    defined: list[tuple[str, str]] = []
    proof = evidence.gather(analysis.notebook, pipeline, recording, planned)
    for step in project.pipeline.steps:
        borders = Borders(
            modules=(), random_states=folder / "states", reseeded=reseeded, environment=_HERE,
            definitions=proof.definitions, memos=proof.memos,
        )  # fmt: skip

        def run(step: Any = step, borders: Borders = borders) -> Any:
            last: dict[str, str | None] = {}
            shell.run(
                project.notebook(step.name), again, borders.watcher(step),
                lambda session: last.update(shell.look(session, folder, results)),
            )  # fmt: skip
            return borders.fingerprints, borders.settings, borders.changed, last

        try:
            found, changed, again_defined, last = in_child(run, folder)
        except OriginalFailed as problem:
            return Outcome(verdict=FAILED, detail=f"step {step.name}: {problem}")
        values |= found
        settings |= changed
        defined += again_defined
        final |= {
            name: value
            for name, value in last.items()
            if step.cells[-1] == max(c for s in pipeline.steps for c in s.cells)
        }
    seen = Borders(modules=(), fingerprints=values, settings=settings, changed=defined)
    different = differences(pipeline, baseline.fingerprints, proof, seen)
    if different:
        return Outcome(verdict=DETECTED, detail=f"{different[0].name} in {different[0].step}")
    for name in results:
        if original.get(name) != final.get(name):
            return Outcome(verdict=WRONG, detail=f"{name} at the end: {original.get(name)} != {final.get(name)}")
    return Outcome(verdict=RIGHT)


def _look(session: Any, folder: Path, results: tuple[str, ...]) -> dict[str, str | None]:
    probe = Probe(session, folder)
    probe.install()
    found = probe.border(names=results)["values"]
    return {name: value["fingerprint"] for name, value in found.items()}


# ---------------------------------------------------------------- processes and shells


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """How cells are run, what is compared at the end, and the folder in which the steps run."""

    run: Callable[..., Execution]
    look: Callable[[Any, Path, tuple[str, ...]], dict[str, str | None]]
    folder: Callable[[Path], Path] = lambda folder: folder


def in_child(work: Callable[[], Any], folder: Path) -> Any:
    """The result of ``work``, done in a forked child; raises OriginalFailed with what went wrong there."""
    handle, name = tempfile.mkstemp(dir=folder)
    os.close(handle)
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 0
        try:
            sink = os.open(os.devnull, os.O_WRONLY)
            os.dup2(sink, 1)
            answer: Any = (True, work())
        except BaseException:
            answer = (False, traceback.format_exc(limit=-4)[-600:])
        try:
            Path(name).write_bytes(pickle.dumps(answer))
        except BaseException:
            code = 1
        os._exit(code)
    os.waitpid(child, 0)
    data = Path(name).read_bytes()
    Path(name).unlink()
    if not data:
        raise OriginalFailed("the child died")
    good, value = pickle.loads(data)
    if not good:
        raise OriginalFailed(value)
    return value


class CellError(Exception):
    """A cell raised."""


def run_in_shell(
    data: dict[str, Any], cwd: Path, watcher: Watcher, at_end: Callable[[Any], None] = lambda _: None
) -> Execution:
    """Execute a notebook's cells in an IPython shell of this process, as a kernel would."""
    from IPython.core.interactiveshell import InteractiveShell

    os.chdir(cwd)
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = main
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(user_module=main, user_ns=main.__dict__)
    shell.history_manager.enabled = False
    sys.path.insert(0, "")
    session = _Session(shell)
    watcher.started(session)
    for index, cell in enumerate(data["cells"]):
        if cell["cell_type"] != "code":
            continue
        number = cell["metadata"].get("nb2pipe", {}).get("cell")
        running = RunningCell(
            id=cell["id"], index=index, source_index=index, source=cell["source"],
            original=None if number is None else number - 1,
        )  # fmt: skip
        watcher.before_cell(session, running)
        source = cell["source"]
        if "parameters" in cell["metadata"].get("tags", []) and number is None:
            source = source.replace("'pipe/artifacts'", repr(str(cwd / "pipe" / "artifacts")))
        result = shell.run_cell(source, store_history=True)
        problem = result.error_before_exec or result.error_in_exec
        if problem is not None:
            raise CellError(f"cell {index + 1}: {type(problem).__name__}: {problem}\n{source}") from problem
        watcher.after_cell(session, running, 0.0)
    watcher.finished(session)
    at_end(session)
    return Execution(seconds=0.0)


class _Session:
    def __init__(self, shell: Any) -> None:
        self._shell = shell

    def execute(self, code: str, *, timeout: float | None = None) -> None:
        result = self._shell.run_cell(code, store_history=False, silent=True)
        problem = result.error_before_exec or result.error_in_exec
        if problem is not None:
            raise problem


IPYTHON = Shell(run=run_in_shell, look=_look)
