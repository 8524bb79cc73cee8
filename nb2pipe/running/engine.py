"""nb2pipe's papermill engine: ``papermill.execute_notebook(..., engine_name="nb2pipe")``.

What it does differently from papermill's own: it saves at the start, at the end and every few seconds, not twice per
cell; a cell that failed, ran out of time or took the kernel down is stamped ``failed`` and those after it stay
``pending``; the working directory is the kernel's, not ours; a dead kernel is noticed at once; nothing of the kernel
stays behind. A failure is raised as :class:`~nb2pipe.running.executing.failures.ExecutionFailure` after the notebook is saved.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nb2pipe.running.executing.watching import Execution, Watcher
from nb2pipe.running.kernel.kernels import Kernel, KernelChoice, resolve
from nb2pipe.running.kernel.process import Fork, KernelProcess

if TYPE_CHECKING:
    from nb2pipe.running.executing.cellloop import CellLoop

SAVE_EVERY = 10  # seconds


class Nb2pipeEngine:
    """Registered as ``nb2pipe`` under papermill's entry point; has the three methods that papermill calls.

    It is no subclass of papermill's Engine: papermill loads its engines while it is itself being imported, so this
    module must not need papermill.

    Its own options, all optional: ``kernel`` (a resolved Kernel), ``watcher``, ``working_directory``, ``environment``
    (for the kernel), ``fork`` (a Fork: where to take the kernel from), ``stop`` (an Event that ends the execution when
    set), ``write`` (called with the notebook instead of papermill's writer) and ``report`` (called with the Execution,
    also before a failure is raised).
    """

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: bool | dict[str, Any] = True,
        log_output: bool = False,
        autosave_cell_every: float = SAVE_EVERY,
        *,
        write: Callable[[Any], None] | None = None,
        **options: Any,
    ) -> Any:
        """Papermill's entrance: run all cells of ``nb``, which is changed in place and returned."""
        from nb2pipe.running.executing.bookkeeping import Bookkeeping

        if write is None and output_path:
            write = _papermill_writer(output_path)
        progress = Bookkeeping(nb, write, progress_bar, log_output, autosave_cell_every)
        progress.notebook_start()
        try:
            cls.execute_managed_notebook(progress, kernel_name, log_output=log_output, **options)
        except BaseException as error:
            progress.notebook_failed(error)
            raise
        progress.notebook_complete()
        return progress.nb

    @classmethod
    def execute_managed_notebook(  # noqa: PLR0913
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: float = 60,
        execution_timeout: float | None = None,
        kernel: Kernel | None = None,
        watcher: Watcher | None = None,
        working_directory: Path | None = None,
        environment: Mapping[str, str] | None = None,
        fork: Fork | None = None,
        stop: threading.Event | None = None,
        report: Callable[[Execution], None] | None = None,
        **_unused: Any,
    ) -> None:
        """Run the cells of ``nb_man.nb``; the options are those of papermill and of the class."""
        from nb2pipe.running.executing.cellloop import CellLoop

        stop = stop or threading.Event()
        process = KernelProcess(
            kernel or resolve(KernelChoice(name=kernel_name), None),
            cwd=working_directory or Path.cwd(),
            environment=environment or {},
            stop=stop,
            fork=fork,
        )
        run = CellLoop(
            nb_man, process, watcher or Watcher(), start_timeout=start_timeout, cell_timeout=execution_timeout
        )
        run.client_options = {"log_output": log_output, "stdout_file": stdout_file, "stderr_file": stderr_file}
        with _stopping_signals(run):
            try:
                _outside_event_loop(run.all)
            finally:
                if report is not None:
                    report(run.execution)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """The kernel's name; a notebook without one gets the current interpreter."""
        return str(name or nb.metadata.get("kernelspec", {}).get("name") or "python3")

    @classmethod
    def nb_language(cls, _nb: Any, _language: str | None = None) -> str:
        """Of the kernels that we resolve."""
        return "python"


def _papermill_writer(output_path: str) -> Callable[[Any], None]:
    from papermill.iorw import write_ipynb

    return lambda notebook: write_ipynb(notebook, output_path)


@contextmanager
def _stopping_signals(run: CellLoop) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the execution in order; only where nobody else has claimed them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers: dict[int, Any] = {}
    defaults: dict[int, Any] = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    for number, default in defaults.items():
        if signal.getsignal(number) is default:
            handlers[number] = signal.signal(number, lambda received, _frame: run.stop(received))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _outside_event_loop(work: Callable[[], None]) -> None:
    """In the caller's thread, or in one of its own where a loop runs already (nb2pipe called from a notebook)."""
    if _in_event_loop():
        with ThreadPoolExecutor(max_workers=1) as pool:
            pool.submit(work).result()
    else:
        work()


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
