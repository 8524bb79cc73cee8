"""Failures of an execution as the errors that users see: which rule, which exit code, which line of the original."""

from __future__ import annotations

import shlex

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.errors import EnvironmentProblem, Interrupted, Nb2pipeError, StepFailed
from nb2pipe.model import Notebook
from nb2pipe.rules import (
    nb501_kernel_died,
    nb502_cell_failed,
    nb503_timeout,
    nb504_interrupted,
    nb505_kernel_did_not_start,
    placing,
)
from nb2pipe.running.failures import (
    CellFailed,
    CellTimeout,
    ExecutionFailure,
    ExecutionInterrupted,
    KernelDied,
    KernelStartFailed,
)
from nb2pipe.running.kernels import Kernel, install_command
from nb2pipe.running.watching import RunningCell


def as_error(
    failure: ExecutionFailure,
    *,
    kernel: Kernel,
    notebook: Notebook | None = None,
    step: str | None = None,
    resume: str | None = None,
) -> Nb2pipeError:
    """The error to raise. ``notebook`` is the original: its cells are found by the ids that the executed cells keep.

    ``resume`` is the command that goes on after an interruption.
    """
    match failure:
        case CellFailed():
            found = _cell_failed(failure, kernel, notebook, step)
            # The notebook is fine, its environment is not: another exit code.
            missing = failure.ename == "ModuleNotFoundError"
            return EnvironmentProblem(found) if missing else StepFailed(found)
        case CellTimeout():
            return StepFailed(_placed(nb503_timeout.diagnostic(failure.seconds, step=step), failure, notebook))
        case KernelDied():
            found = nb501_kernel_died.diagnostic(
                signal_name=failure.signal_name,
                exit_code=failure.exit_code,
                peak_memory=failure.peak_memory,
                out_of_memory=failure.out_of_memory,
                stderr=failure.stderr,
                step=step,
            )
            return StepFailed(_placed(found, failure, notebook))
        case KernelStartFailed():
            command = shlex.join(
                (*kernel.argv[:1], *(a for a in kernel.argv[1:] if a not in {"-f", "{connection_file}"}))
            )
            return EnvironmentProblem(
                nb505_kernel_did_not_start.diagnostic(
                    str(failure), kernel=kernel.display, command=command, stderr=failure.stderr
                )
            )
        case ExecutionInterrupted():
            found = nb504_interrupted.diagnostic(failure.by, step=step, resume=resume)
            return Interrupted(_placed(found, failure, notebook))
    raise TypeError(failure)


def _cell_failed(failure: CellFailed, kernel: Kernel, notebook: Notebook | None, step: str | None) -> Diagnostic:
    run_by = None
    if failure.place and failure.cell and failure.place.cell.id != failure.cell.id:
        run_by = _original(notebook, failure.cell)
    install = None
    if failure.ename == "ModuleNotFoundError" and kernel.python:
        install = install_command(kernel.python, _missing_package(failure.evalue))
    found = nb502_cell_failed.diagnostic(failure.ename, failure.evalue, step=step, run_by=run_by, install=install)
    return nb502_cell_failed.with_caret(_placed(found, failure, notebook), failure.ename, failure.evalue)


def _placed(found: Diagnostic, failure: ExecutionFailure, notebook: Notebook | None) -> Diagnostic:
    """At the error's line if that is known and a cell of the original, else at the cell that ran."""
    if notebook is None:
        return found
    if failure.place is not None:
        index = _original(notebook, failure.place.cell)
        if index is not None:
            return placing.placed(found, notebook, index, failure.place.line)
    index = _original(notebook, failure.cell) if failure.cell else None
    return found if index is None else placing.placed(found, notebook, index)


def _original(notebook: Notebook | None, cell: RunningCell) -> int | None:
    return next((other.index for other in notebook.cells if other.id == cell.id), None) if notebook else None


# Where the name on PyPI is another one; only what notebooks often import.
_PACKAGES = {
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}


def _missing_package(evalue: str) -> str:
    module = evalue.partition("'")[2].partition("'")[0].partition(".")[0]
    return _PACKAGES.get(module, module)
