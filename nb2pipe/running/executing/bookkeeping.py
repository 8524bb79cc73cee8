"""What papermill writes into the notebook while it runs, with fewer saves and true statuses."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import nbformat  # noqa: TID253  this module is imported when an execution starts
from papermill.engines import NotebookExecutionManager  # noqa: TID253

from nb2pipe.running.executing.failures import ExecutionFailure, KernelStartFailed


class Bookkeeping(NotebookExecutionManager):  # type: ignore[misc]
    """Saves at the start, at the end and every few seconds; stamps as completed what ran, and nothing else."""

    def __init__(
        self,
        nb: Any,
        write: Callable[[Any], None] | None,
        progress_bar: bool | dict[str, Any],
        log_output: bool,
        autosave_cell_every: float,
    ) -> None:
        super().__init__(nb, None, log_output, progress_bar, autosave_cell_every)
        self._write = write
        self._every = autosave_cell_every

    def save(self, **_kwargs: Any) -> None:
        """Called by papermill at each step of each cell: writes only if the last time is long ago."""
        age = (self.now() - self.last_save_time).total_seconds()
        if not self._every or age < self._every:
            return
        started = time.monotonic()
        with suppress(Exception):  # the final save tells; a passing problem should not end hours of work
            self.save_now()
        spent = time.monotonic() - started
        self._every = max(self._every, 20 * spent)

    autosave_cell = save  # while a cell runs, at each of its outputs

    def save_now(self) -> None:
        """Write the notebook, however long ago the last time was."""
        if self._write is not None:
            self._write(self.nb)
        self.last_save_time = self.now()

    def notebook_start(self, **kwargs: Any) -> None:
        """Reset outputs and stamps, and write the notebook once."""
        super().notebook_start(**kwargs)
        self.save_now()  # an output that cannot be written is noticed before hours of work, not after

    def notebook_complete(self, **_kwargs: Any) -> None:
        """All cells ran."""
        for cell in self.nb.cells:
            if cell.metadata.papermill["status"] == self.PENDING:  # text cells
                cell.metadata.papermill["status"] = self.COMPLETED
        self.complete_pbar()
        self._finish()

    def notebook_failed(self, error: BaseException) -> None:
        """Stamp what was running as failed, leave the rest pending, show the error at the top, save."""
        self.nb.metadata.papermill["exception"] = True
        for cell in self.nb.cells:
            if cell.cell_type != "code":  # text that was passed by
                cell.metadata.papermill["status"] = self.COMPLETED
            elif cell.metadata.papermill["status"] != self.COMPLETED:
                break
        _show_at_top(self.nb, error)
        try:
            self._finish()
        except Exception as storage:
            error.add_note(f"the executed notebook could not be saved: {storage}")

    def _finish(self) -> None:
        self.cleanup_pbar()
        self.end_time = self.now()
        self.nb.metadata.papermill["end_time"] = self.end_time.isoformat()
        self.nb.metadata.papermill["duration"] = (self.end_time - self.start_time).total_seconds()
        self.save_now()


def note_in_outputs(cell: Any, failure: ExecutionFailure) -> None:
    """Whoever opens the notebook later sees at the cell why it has no result."""
    name = type(failure).__name__
    text = str(failure)
    cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"]))


def join_streams(cell: Any) -> None:
    """Join neighbouring pieces of one stream, as Jupyter does: where they were cut depends on the clock.

    The pieces stay as they are: a watcher may have kept them.
    """
    joined: list[Any] = []
    for output in cell.get("outputs", []):
        last = joined[-1] if joined else None
        if last is not None and output.output_type == "stream" == last.output_type and output.name == last.name:
            joined[-1] = nbformat.v4.new_output("stream", name=last.name, text=last.text + output.text)
        else:
            joined.append(output)
    cell.outputs = joined


def _show_at_top(nb: Any, error: BaseException) -> None:
    """papermill's two marker cells, with a sentence; papermill removes them when the notebook is run again."""
    from papermill.execute import ERROR_ANCHOR_MSG, ERROR_STYLE

    match error:
        case KernelStartFailed():
            kind = "The kernel did not start: "
        case ExecutionFailure():
            kind = ""
        case _:
            kind = f"{type(error).__name__}: "
    sentence = html.escape(f"{kind}{error}")
    failed = next((index for index, cell in enumerate(nb.cells) if cell.metadata.papermill.get("exception")), None)
    if failed is not None:
        count = nb.cells[failed].get("execution_count")
        where = f"In [{count}]" if count else "the cell that was running"
        sentence += f' at <a href="#papermill-error-cell">{where}</a>'
        nb.cells.insert(failed, _marker(ERROR_ANCHOR_MSG))
    nb.cells.insert(0, _marker(f"<span {ERROR_STYLE}>{sentence}</span>"))


def _marker(text: str) -> Any:
    from papermill.execute import ERROR_MARKER_TAG

    cell = nbformat.v4.new_markdown_cell(text)
    cell.metadata["tags"] = [ERROR_MARKER_TAG]
    cell.metadata["papermill"] = {}
    return cell
