"""``%load_ext nb2pipe``: findings after a cell has run, and ``%nb2pipe``, in whatever runs IPython.

What a kernel can know of its notebook: the cells that ran, as they were run; and the file, if the front end tells its
path (JupyterLab and Notebook do, VS Code does, Colab does not). With the file, the cells that ran replace those of the
same id, so that what was typed since the last save counts too. Without it, the session itself is the notebook: its cells
in the order in which they first ran, with the words of their ``#|`` comments; tags cannot be seen.
"""

from __future__ import annotations

import gc
import os
import shlex
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nb2pipe import notebook as notebooks
from nb2pipe.dataflow import Memory
from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.errors import InvalidInput
from nb2pipe.model import Cell, CellKind, Notebook
from nb2pipe.tags import grammar
from nb2pipe.workflow.analysis import Inspection, inspect_notebook

BUDGET = 0.040  # seconds a cell, on average: after a dear analysis some cells go without
SESSION = Path("this session")
UNTAGGED = "NB210"  # no steps: nothing that whoever has not begun to tag wants to hear
_LATEST = "_nb2pipe_session"


@dataclass(slots=True)
class Seen:
    """A cell that ran: its latest source, and the number of its first run."""

    number: int
    source: str


@dataclass(slots=True)
class Session:
    """What is known of the notebook that this kernel serves, and what was said about it."""

    shell: Any
    cells: dict[str, Seen] = field(default_factory=dict)
    told: set[tuple[object, ...]] = field(default_factory=set)
    debt: float = 0.0
    last: object = None
    memory: Memory = field(default_factory=Memory)
    saved: tuple[object, Notebook] | None = None  # the file as it was read last, and when it was written

    # ------------------------------------------------------------ after each cell

    def after_cell(self, result: Any) -> None:
        """IPython's ``post_run_cell``. Whatever goes wrong here must not trouble the user's work."""
        info = result.info
        if info.silent or not info.store_history or not info.raw_cell.strip():
            return
        began = time.perf_counter()
        try:
            self._remember(info, result.execution_count)
            with _uncollected():
                found = self._news() if self.debt <= 0 else ()
                if found:
                    self._say(found)
        except Exception as error:
            self._publish({"text/plain": f"nb2pipe: the analysis stopped ({type(error).__name__}: {error})"})
        self.debt = max(0.0, self.debt + time.perf_counter() - began - BUDGET)

    def _remember(self, info: Any, number: int | None) -> None:
        identifier = getattr(info, "cell_id", None) or f"source {info.raw_cell}"
        seen = self.cells.get(identifier)
        if seen is None and number is not None:
            self.cells[identifier] = Seen(number, info.raw_cell)
        elif seen is not None:
            seen.source = info.raw_cell

    def _news(self) -> tuple[Diagnostic, ...]:
        """Findings that were not told yet; none as long as nothing is tagged."""
        notebook = self.notebook()
        if notebook is None or not _tagged(notebook):
            return ()
        state = tuple((cell.id, cell.tags, cell.source) for cell in notebook.cells)
        if state == self.last:
            return ()
        self.last = state
        ran = {cell.index for cell in notebook.cells if cell.kind is CellKind.CODE and cell.source}
        now = {
            (item.code, item.message, item.cell): item
            for item in inspect_notebook(notebook, self.memory).diagnostics
            if item.severity is not Severity.NOTICE
            and item.code != UNTAGGED
            and (item.cell is None or item.cell in ran)
        }
        news = tuple(item for key, item in now.items() if key not in self.told)
        self.told = set(now)  # what was mended and comes again is news
        return news

    # ------------------------------------------------------------ the notebook

    def notebook(self) -> Notebook | None:
        """The notebook as far as it is known; ``None`` before anything ran."""
        path = self.path()
        if path is not None:
            try:
                return self._with_runs(self._read(path))
            except InvalidInput:
                pass  # renamed, or not saved yet: the session is still there
        return self._of_session()

    def _read(self, path: Path) -> Notebook:
        """The file; a large one takes longer to read than to analyse, so it is read when it was written."""
        stat = path.stat()
        written = (path, stat.st_mtime_ns, stat.st_size)
        if self.saved is None or self.saved[0] != written:
            self.saved = (written, notebooks.read(path))
        return self.saved[1]

    def path(self) -> Path | None:
        """The notebook's file, if the front end says which it is."""
        told = self.shell.user_ns.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME")
        path = Path(told) if isinstance(told, str) and told else None
        return path if path is not None and path.suffix == ".ipynb" and path.is_file() else None

    def _with_runs(self, saved: Notebook) -> Notebook:
        cells = tuple(
            replace(cell, source=self.cells[cell.id].source)
            if cell.kind is CellKind.CODE and cell.id in self.cells
            else cell
            for cell in saved.cells
        )
        return replace(saved, path=Path(saved.path.name), cells=cells)

    def _of_session(self) -> Notebook | None:
        """The session as a notebook in which cell N is ``In [N]``; numbers that are no cell's are empty ones."""
        by_number = {seen.number: seen.source for seen in self.cells.values()}
        if not by_number:
            return None
        cells = tuple(
            Cell(index=index, id=str(index), kind=_kind(by_number.get(index + 1)), source=by_number.get(index + 1, ""))
            for index in range(max(by_number))
        )
        return Notebook(path=SESSION, cells=cells)

    # ------------------------------------------------------------ %nb2pipe

    def magic(self, line: str) -> None:
        """``%nb2pipe [NOTEBOOK]``: the pipeline as a drawing, its tables as text, and the findings.

        Without NOTEBOOK it is that of this kernel, as far as it is known here.
        """
        words = shlex.split(line)
        if len(words) > 1 or (words and words[0].startswith("-")):
            self._publish({"text/plain": "usage: %nb2pipe [NOTEBOOK]"})
            return
        try:
            notebook = notebooks.read(Path(words[0]).expanduser()) if words else self.notebook()
            if notebook is None:
                self._publish({"text/plain": "nb2pipe: nothing has run yet in this session"})
                return
            self._show(inspect_notebook(notebook))
        except InvalidInput as error:
            self._say(error.diagnostics)

    def _show(self, seen: Inspection) -> None:
        from nb2pipe.reports import inspection, svg
        from nb2pipe.reports.look import Look

        text = "\n".join(inspection.overview(seen.notebook, seen.pipeline, Look(width=100)))
        if seen.notebook.path == SESSION:
            text += "\n(cell N is In [N]; the file is not known here, so tags are not seen, #| comments are)"
        drawing = {"image/svg+xml": svg.drawing(seen.pipeline)} if seen.pipeline.steps else {}
        self._publish({**drawing, "text/plain": text})
        if seen.diagnostics:
            self._say(seen.diagnostics)

    def _say(self, found: tuple[Diagnostic, ...]) -> None:
        from nb2pipe.reports import text
        from nb2pipe.reports.look import Look

        # the session is no file that ``lint --fix`` could mend
        shown = [replace(item, fix=None) if item.notebook == str(SESSION) else item for item in found]
        self._publish({"text/plain": "\n".join(text.diagnostics(shown, Look(width=100, color=True)))})

    def _publish(self, data: Mapping[str, str]) -> None:
        """As display data: what a cell prints is read as the notebook's numbers, and this is none of them."""
        self.shell.display_pub.publish(data=dict(data))


def load(shell: Any) -> None:
    """Begin to listen; a second ``%load_ext`` changes nothing."""
    if getattr(shell, _LATEST, None) is not None:
        return
    session = Session(shell)
    setattr(shell, _LATEST, session)
    shell.events.register("post_run_cell", session.after_cell)
    shell.register_magic_function(session.magic, "line", "nb2pipe")


def unload(shell: Any) -> None:
    """Stop listening."""
    session = getattr(shell, _LATEST, None)
    if session is not None:
        shell.events.unregister("post_run_cell", session.after_cell)
        shell.magics_manager.magics["line"].pop("nb2pipe", None)
        setattr(shell, _LATEST, None)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector, which would look through all of the user's objects because of a few of ours."""
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()


def _kind(source: str | None) -> CellKind:
    return CellKind.RAW if source is None else CellKind.CODE


def _tagged(notebook: Notebook) -> bool:
    """Whether any word of the grammar, or a slip of one, stands in it."""
    return any(
        grammar.parse(text) is not None
        for cell in notebook.cells
        if cell.kind is CellKind.CODE
        for text in (*cell.tags, *(item.text for item in _items(cell.source)))
    )


def _items(source: str) -> list[grammar.CommentItem]:
    return grammar.comment_items(source) if "|" in source else []
