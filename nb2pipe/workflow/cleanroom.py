"""The original notebook in a clean folder that holds only its declared inputs, watched: what else does it touch?"""

from __future__ import annotations

import ast
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nb2pipe import magics, temporary
from nb2pipe.model import CellKind, Notebook, Pipeline
from nb2pipe.recording.original import as_nbformat
from nb2pipe.recording.probe import Probe
from nb2pipe.running.executing.execute import execute_notebook
from nb2pipe.running.executing.failures import ExecutionFailure
from nb2pipe.running.executing.watching import KernelSession, Watcher
from nb2pipe.running.kernel.kernels import Kernel

LEVELS_UP = 3  # a file further up than that is no part of the notebook's project
SHOWN = 8  # names in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanRun:
    """``inputs`` is what the folder held beside the notebook, ``hosts`` are listed ones that were contacted, ``blocks`` is
    what was not declared, or failed.
    """

    inputs: tuple[str, ...]
    writes: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    cure: str = ""


def run(notebook: Notebook, pipeline: Pipeline, kernel: Kernel, timeout: float | None) -> CleanRun:
    """Copy what the pipeline's manifest lists as read, run the notebook there, compare what it touched with the list."""
    home = notebook.path.resolve().parent
    inputs = declared(notebook, pipeline)
    near = [name for name in inputs if not Path(name).is_absolute()]
    far = [name for name in inputs if Path(name).is_absolute()]
    blocks = [f"reads {name}, which is outside of the project: nobody else has it there" for name in far]
    cure = "copy it beside the notebook and name it by a relative path" if far else ""
    with temporary.folder() as place:
        room = _furnished(Path(place).resolve(), home, near)
        watch = _Accesses(folder=Path(place) / "probe")
        watch.folder.mkdir()
        try:
            output = Path(place) / "executed.ipynb"
            execute_notebook(as_nbformat(notebook), output, kernel=kernel, cwd=room, timeout=timeout, watcher=watch)
        except ExecutionFailure as failure:
            ran = len(failure.execution.cells) if failure.execution else 0
            code = sum(cell.kind is CellKind.CODE for cell in notebook.cells)
            reason = str(failure).strip().splitlines()[0]
            blocks.append(f"with its declared inputs alone it stops at cell {ran} of {code} code cells: {reason}")
            cure = cure or "the file must be there when the pipeline is exported, so that it is listed under reads"
            return CleanRun(inputs=tuple(inputs), writes=(), blocks=tuple(blocks), cure=cure)
    watch.reads, watch.writes = _from(room, watch.reads), _from(room, watch.writes)
    known, wrote = set(near), {name for step in pipeline.steps for name in step.writes}
    wrote = {_near(name, home) for name in wrote}
    read = [name for name in watch.reads if name not in known and name not in watch.writes and name not in far]
    blocks += [f"reads {name}, which {_why(name, inputs, home)}" for name in _few(read)]
    blocks += [f"writes {name}, which pipeline.yaml does not list" for name in _few(_new(watch.writes, wrote))]
    listed = {host for step in pipeline.steps for host in step.hosts}
    unlisted = _new(watch.hosts, listed)
    blocks += [f"contacts {host}, which pipeline.yaml does not list" for host in _few(unlisted)]
    if any(Path(name).is_absolute() for name in read):
        cure = cure or "name it by a path relative to the notebook"
    if unlisted:
        cure = cure or "save what comes from there to a file beside the notebook, and read that"
    return CleanRun(
        inputs=tuple(inputs), writes=tuple(watch.writes), hosts=tuple(host for host in watch.hosts if host in listed),
        blocks=tuple(blocks), cure=cure or "export again",
    )  # fmt: skip


def declared(notebook: Notebook, pipeline: Pipeline) -> list[str]:
    """Files that the steps are listed to read and that none wrote before, and modules beside the notebook."""
    written: set[str] = set()
    found: dict[str, None] = {}
    home = notebook.path.resolve().parent
    for step in pipeline.steps:
        for name in step.reads:
            if name not in written and (home / name).is_file():
                found[_near(name, home)] = None
        written |= set(step.writes)
    for module in _imported(notebook):
        if (home / f"{module}.py").is_file():
            found[f"{module}.py"] = None
        elif (home / module).is_dir():
            files = sorted((home / module).rglob("*.py"))
            found |= dict.fromkeys(str(file.relative_to(home)) for file in files)
    return list(found)


def _near(name: str, home: Path) -> str:
    """A file of the project by its path from the notebook; what is too far away stays absolute.

    The observed run lists files outside of the notebook's folder by absolute paths, however the code named them.
    """
    if not Path(name).is_absolute():
        return name
    relative = Path(os.path.relpath(name, home)).as_posix()
    up = relative.split("/").count("..")
    top = home.parents[up - 1] if 0 < up <= len(home.parents) else home
    return name if up > LEVELS_UP or top in (Path(top.anchor), Path.home(), Path.home().parent) else relative


def _from(room: Path, names: list[str]) -> list[str]:
    """Paths as seen from the notebook's folder, where they are inside of the clean one."""
    top = next(parent for parent in (room, *room.parents) if parent.name.startswith(temporary.PREFIX))
    return [
        Path(os.path.relpath(name, room)).as_posix() if Path(name).is_relative_to(top) else name for name in names
    ]  # fmt: skip


def _why(name: str, inputs: list[str], home: Path) -> str:
    if _near(name, home) in inputs:
        return "is read by an absolute path: nobody else has it there"
    return "pipeline.yaml does not list"


def _furnished(root: Path, home: Path, names: list[str]) -> Path:
    """The notebook's folder in the clean one: deep enough that ``../data`` stays inside."""
    up = max((name.split("/").count("..") for name in names), default=0)
    parts = home.parts[len(home.parts) - up :] if up else ()
    room = root.joinpath("home", *parts)
    room.mkdir(parents=True)
    for name in names:
        target = Path(os.path.normpath(room / name))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(home / name, target)
    return room


def _imported(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.kind is not CellKind.CODE:
            continue
        try:
            tree = ast.parse(magics.to_python(cell.source).text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


@dataclass(slots=True, kw_only=True)
class _Accesses(Watcher):
    folder: Path
    reads: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)

    def started(self, session: KernelSession) -> None:
        probe = Probe(session, self.folder)
        probe.install()
        probe.watch()

    def finished(self, session: KernelSession) -> None:
        found = Probe(session, self.folder).accesses()
        self.reads, self.writes, self.hosts = found["reads"], found["writes"], found["hosts"]


def _new(names: list[str], known: set[str]) -> list[str]:
    return [name for name in names if name not in known]


def _few(names: list[str]) -> list[str]:
    return names if len(names) <= SHOWN else [*names[:SHOWN], f"{len(names) - SHOWN} more"]
