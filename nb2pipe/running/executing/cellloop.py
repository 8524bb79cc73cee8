"""The loop over a notebook's cells in one kernel, with a watcher's hooks between them."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from nbclient.exceptions import CellExecutionError, DeadKernelError  # noqa: TID253  imported when an execution starts
from papermill.clientwrap import PapermillNotebookClient  # noqa: TID253

from nb2pipe.running.executing import tracebacks
from nb2pipe.running.executing.bookkeeping import Bookkeeping, join_streams, note_in_outputs
from nb2pipe.running.executing.failures import (
    CellFailed,
    CellTimeout,
    ErrorPlace,
    ExecutionFailure,
    ExecutionInterrupted,
    KernelDied,
    SessionError,
)
from nb2pipe.running.executing.watching import CellTiming, Execution, RunningCell, Watcher
from nb2pipe.running.kernel.process import Died, KernelProcess, Overtime, Stopped


class CellLoop:
    """One execution: the loop over the cells, in the caller's thread; only the waiting is asynchronous."""

    def __init__(
        self,
        progress: Bookkeeping,
        process: KernelProcess,
        watcher: Watcher,
        *,
        start_timeout: float,
        cell_timeout: float | None,
    ) -> None:
        self.progress = progress
        self.nb = progress.nb
        self.process = process
        self.watcher = watcher
        self.start_timeout = start_timeout
        self.cell_timeout = cell_timeout if cell_timeout and cell_timeout > 0 else None
        self.client_options: dict[str, Any] = {}
        self.client: Any = None
        self.runner: asyncio.Runner | None = None
        self.stopped_by = "stop"
        self.running: RunningCell | None = None  # the cell that runs now, or before or after which a hook does
        self.ran: list[tracebacks.RanCell] = []
        self.timings: list[CellTiming] = []
        self.started = time.monotonic()
        self.cells = _running_cells(self.nb)

    def all(self) -> None:
        """Start the kernel, run the cells with the watcher's hooks between them, stop the kernel."""
        factory = asyncio.SelectorEventLoop if sys.platform == "win32" else None  # zmq needs it there
        with asyncio.Runner(loop_factory=factory) as self.runner:
            well = False
            try:
                self._start()
                for cell in self.cells:
                    self._run_cell(cell)
                self.running = None
                self.watcher.finished(self)
                well = True
            finally:
                self.process.measure()
                self.runner.run(self.process.stop(gently=well))
        if self.process.stop_requested.is_set():  # asked for when nothing was left to interrupt; the caller must know
            raise ExecutionInterrupted(cell=None, by=self.stopped_by)

    @property
    def execution(self) -> Execution:
        """What has been done so far."""
        seconds = time.monotonic() - self.started
        return Execution(seconds=seconds, cells=tuple(self.timings), peak_memory=self.process.peak_memory)

    # ------------------------------------------------------------ for watchers: KernelSession

    def execute(self, code: str, *, timeout: float | None = None) -> None:
        """See :class:`~nb2pipe.running.executing.watching.KernelSession`."""
        content = self._wait(self._silent_reply(code), timeout=timeout)
        if content["status"] != "ok":
            text = tracebacks.without_colours("\n".join(content.get("traceback") or []))
            raise SessionError(ename=content.get("ename", ""), evalue=content.get("evalue", ""), traceback=text)

    async def _silent_reply(self, code: str) -> Mapping[str, Any]:
        kernel = self.process.client
        request = kernel.execute(code, silent=True, store_history=False, allow_stdin=False, stop_on_error=False)
        while True:
            message = await kernel.shell_channel.get_msg(timeout=None)
            if message["parent_header"].get("msg_id") == request:
                content: Mapping[str, Any] = message["content"]
                return content

    # ------------------------------------------------------------ steps

    def _start(self) -> None:
        assert self.runner is not None
        try:
            self.runner.run(self.process.start(self.start_timeout))
        except Stopped:
            raise ExecutionInterrupted(cell=None, by=self.stopped_by) from None
        self.client = _Client(self.progress, km=self.process.manager, **self.client_options)
        self.client.kc = self.process.client
        self.client.show = self._show
        self.watcher.started(self)

    def _run_cell(self, running: RunningCell) -> None:
        self.running = running
        cell = self.nb.cells[running.index]
        self.watcher.before_cell(self, running)
        self.progress.cell_start(cell, running.index)
        started = time.monotonic()
        try:
            self._execute_cell(running)
        except BaseException:
            self.progress.cell_exception(cell, running.index)
            raise
        finally:
            seconds = time.monotonic() - started
            self.timings.append(
                CellTiming(id=running.id, index=running.index, source_index=running.source_index, seconds=seconds)
            )
            self.progress.cell_complete(cell, running.index)
        self.watcher.after_cell(self, running, seconds)

    def _execute_cell(self, running: RunningCell) -> None:
        try:
            self._wait(self._cell(running), timeout=self.cell_timeout)
        except CellExecutionError as error:
            raise self._failed(running, error.ename, error.evalue) from None
        except ExecutionFailure as failure:
            spot = tracebacks.of_crash(failure.stderr, self.ran) if isinstance(failure, KernelDied) else None
            failure.place = self._error_place(spot) if spot else self._place(running)
            note_in_outputs(self.nb.cells[running.index], failure)
            raise
        lost = tracebacks.of_thread(self.nb.cells[running.index])
        if lost is not None and "raises-exception" not in running.tags:
            ename, evalue, text = lost  # nobody joined it, so what it was to compute is missing, and no cell fails
            raise CellFailed(cell=running, ename=ename, evalue=evalue, traceback=text)
        if self.client.asked_to_exit and running is not self.cells[-1]:
            raise CellFailed(cell=running, ename="SystemExit", evalue="", traceback="exit() or quit() was called")

    async def _cell(self, running: RunningCell) -> None:
        cell = self.nb.cells[running.index]
        try:
            await self.client.async_execute_cell(cell, running.index)
        finally:
            join_streams(cell)
            self.ran.append(tracebacks.RanCell(running.index, cell.execution_count, running.source))

    def _wait(self, work: Coroutine[Any, Any, Any], timeout: float | None) -> Any:
        """Drive ``work`` to its end, or raise how the execution ended instead."""
        assert self.runner is not None
        try:
            return self.runner.run(self.process.supervise(work, timeout=timeout))
        except (Died, DeadKernelError):
            raise self._died() from None
        except Overtime:
            raise CellTimeout(cell=self.running, seconds=timeout or 0.0) from None
        except Stopped:
            raise ExecutionInterrupted(cell=self.running, by=self.stopped_by) from None

    def _died(self) -> KernelDied:
        process = self.process
        return KernelDied(
            cell=self.running,
            returncode=process.poll() or 0,
            peak_memory=process.peak_memory,
            out_of_memory=process.out_of_memory,
            stderr=process.output_tail(),
        )

    def _failed(self, running: RunningCell, ename: str, evalue: str) -> CellFailed:
        text = tracebacks.without_colours("\n".join(self._traceback(running)))
        evalue = tracebacks.without_colours(evalue)
        return CellFailed(cell=running, ename=ename, evalue=evalue, traceback=text, place=self._place(running))

    def _traceback(self, running: RunningCell) -> list[str]:
        outputs = self.nb.cells[running.index].get("outputs", [])
        return next((list(output.traceback) for output in reversed(outputs) if output.output_type == "error"), [])

    def _place(self, running: RunningCell) -> ErrorPlace | None:
        spot = tracebacks.innermost(self._traceback(running), self.ran)
        return self._error_place(spot) if spot else None

    def _error_place(self, spot: tracebacks.Spot) -> ErrorPlace | None:
        cell = next(cell for cell in self.cells if cell.index == spot.cell)
        lines = cell.source.splitlines()
        return ErrorPlace(cell=cell, line=spot.line, text=lines[spot.line - 1]) if spot.line <= len(lines) else None

    def _show(self, index: int, output: Mapping[str, Any]) -> None:
        if self.running is not None and self.running.index == index:
            self.watcher.output(self.running, output)

    def stop(self, signal_number: int) -> None:
        """From a signal handler: end soon."""
        self.stopped_by = signal.Signals(signal_number).name
        self.process.stop_requested.set()


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """nbclient's execution of a cell, told to wait for output as long as it takes, and to tell what it sees."""

    def __init__(self, progress: Bookkeeping, km: Any, **options: Any) -> None:
        # A cell's reply can overtake its output by minutes when there is much of it; a dead kernel is noticed elsewhere.
        super().__init__(progress, km=km, raise_on_iopub_timeout=False, iopub_timeout=3600, **options)
        self.show: Callable[[int, Mapping[str, Any]], None] | None = None
        self.asked_to_exit = False
        self.on_cell_executed = self._look_at_reply

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        output = super().process_message(msg, cell, cell_index)
        if output is not None and self.show is not None:
            self.show(cell_index, output)
        return output

    def _look_at_reply(self, *, execute_reply: Mapping[str, Any] | None, **_place: Any) -> None:
        payload = (execute_reply or {}).get("content", {}).get("payload") or []
        if any(item.get("source") == "ask_exit" for item in payload):
            self.asked_to_exit = True


def _running_cells(nb: Any) -> tuple[RunningCell, ...]:
    """The code cells; the injected parameters cell has no counterpart in the source."""
    cells, shift = [], 0
    for index, cell in enumerate(nb.cells):
        tags = tuple(cell.metadata.get("tags", ()))
        injected = "injected-parameters" in tags
        shift += injected
        if cell.cell_type == "code":
            place = None if injected else index - shift
            number = cell.metadata.get("nb2pipe", {}).get("cell")
            cells.append(
                RunningCell(
                    id=cell.id,
                    index=index,
                    source_index=place,
                    source=cell.source,
                    tags=tags,
                    original=None if number is None else number - 1,
                )
            )
    return tuple(cells)
