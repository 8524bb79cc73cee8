"""How a run ends that does not end well: what is raised of all that failed, and signals that are to end it in order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from nb2pipe.errors import Interrupted, Nb2pipeError
from nb2pipe.model import Step
from nb2pipe.rules import nb504_interrupted
from nb2pipe.running import runs
from nb2pipe.running.executing.failures import ExecutionFailure, ExecutionInterrupted
from nb2pipe.running.explaining import explained, original_cells
from nb2pipe.running.options import RunOptions
from nb2pipe.running.projects import Project


def end_badly(
    project: Project,
    run: str,
    options: RunOptions,
    failures: Sequence[tuple[Step, BaseException]],
    stopped_by: str | None,
) -> NoReturn:
    """Raise what is to be told of all failures of a run; ``stopped_by`` is the signal that ended it, if one did."""
    resume = f"{options.command} --resume" if options.command else None
    errors = [_explained(project, run, options, step, error, stopped_by, resume) for step, error in failures]
    strange = next((error for error in errors if not isinstance(error, Nb2pipeError)), None)
    if strange is not None:
        raise strange
    known = [error for error in errors if isinstance(error, Nb2pipeError)]
    if not known:
        raise Interrupted(nb504_interrupted.diagnostic(stopped_by or "stop", resume=resume))
    first = next((error for error in known if isinstance(error, Interrupted)), known[0])
    if isinstance(first, Interrupted):
        raise first
    raise type(first)(*(item for error in known for item in error.diagnostics)) from failures[0][1]


def _explained(
    project: Project,
    run: str,
    options: RunOptions,
    step: Step,
    error: BaseException,
    stopped_by: str | None,
    resume: str | None,
) -> BaseException:
    if not isinstance(error, ExecutionFailure):
        return error
    if isinstance(error, ExecutionInterrupted) and stopped_by:
        error.by = stopped_by
    original = options.original()
    return explained(
        error,
        kernel=options.kernel,
        step=step.name,
        cells=original_cells(project.notebook(step.name)),
        notebook=original,
        name=str(original.path if original else project.source),
        resume=resume,
        executed=str(runs.folder(project.state, run) / "steps" / f"{step.name}.ipynb"),
    )


@contextmanager
def signals(stop: Callable[[int], None]) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the run in order; only where nobody else has claimed them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers: dict[int, Any] = {}
    defaults: dict[int, Any] = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    for number, default in defaults.items():
        if signal.getsignal(number) is default:
            handlers[number] = signal.signal(number, lambda received, _frame: stop(received))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
