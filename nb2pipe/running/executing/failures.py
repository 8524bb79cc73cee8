"""How an execution can end badly, with all that is known about it. ``errors.py`` says what the user sees.

::

    ExecutionFailure
    ├── CellFailed ................ the user's code raised
    ├── CellTimeout
    ├── KernelDied
    ├── KernelStartFailed
    ├── UnlikeObserved ............ with other parameters, a step does what export did not see
    └── ExecutionInterrupted ...... Ctrl-C, SIGTERM, or the caller's ``stop``
    SessionError .................. code of ours, run silently in the kernel, raised
"""

from __future__ import annotations

import signal
from dataclasses import dataclass

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.running.executing.watching import Execution, RunningCell


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPlace:
    """The innermost line of the notebook's own code that an error passed through."""

    cell: RunningCell
    line: int
    text: str


class ExecutionFailure(Exception):
    """Base. ``cell`` was being run (``None``: none yet), ``place`` is where in the notebook, if that is known."""

    execution: Execution | None = None

    def __init__(self, message: str, *, cell: RunningCell | None = None, place: ErrorPlace | None = None) -> None:
        super().__init__(message)
        self.cell = cell
        self.place = place


class CellFailed(ExecutionFailure):
    """A cell raised ``ename: evalue``. ``traceback`` is IPython's text without colours."""

    def __init__(
        self, *, cell: RunningCell, ename: str, evalue: str, traceback: str, place: ErrorPlace | None = None
    ) -> None:
        super().__init__(f"{ename}: {evalue}" if evalue else ename, cell=cell, place=place)
        self.ename = ename
        self.evalue = evalue
        self.traceback = traceback


class UnlikeObserved(ExecutionFailure):
    """What the plan took for granted does not hold; ``finding`` says what, ``name`` is what changed."""

    def __init__(self, finding: Diagnostic, name: str | None = None) -> None:
        super().__init__(finding.message)
        self.finding = finding
        self.name = name


class CellTimeout(ExecutionFailure):
    """A cell ran for ``seconds``, all that it was given. ``place`` is the line that was running, if it could tell."""

    def __init__(self, *, cell: RunningCell | None, seconds: float, place: ErrorPlace | None = None) -> None:
        super().__init__(f"still running after {seconds:g} s", cell=cell, place=place)
        self.seconds = seconds


class KernelDied(ExecutionFailure):
    """The kernel's process ended by itself: by a signal (``signal_number``) or with ``exit_code``.

    ``out_of_memory`` says that it is plausible, not certain; ``peak_memory`` is in bytes; ``stderr`` is the end of what
    the process wrote there (a segmentation fault's Python stack, for one).
    """

    def __init__(
        self,
        *,
        cell: RunningCell | None,
        returncode: int,
        peak_memory: int | None = None,
        out_of_memory: bool = False,
        stderr: str = "",
    ) -> None:
        self.signal_number = -returncode if returncode < 0 else None
        self.exit_code = returncode if returncode >= 0 else None
        self.peak_memory = peak_memory
        self.out_of_memory = out_of_memory
        self.stderr = stderr
        how = f"killed by {self.signal_name}" if self.signal_number else f"ended with exit code {returncode}"
        super().__init__(f"the kernel was {how}" if self.signal_number else f"the kernel {how}", cell=cell)

    @property
    def signal_name(self) -> str | None:
        """``SIGKILL``, ``SIGSEGV``, ...; ``None`` if no signal ended the process."""
        if self.signal_number is None:
            return None
        try:
            return signal.Signals(self.signal_number).name
        except ValueError:
            return f"signal {self.signal_number}"


class KernelStartFailed(ExecutionFailure):
    """The kernel did not come up: its process ended (``returncode``), or did not answer for ``seconds``."""

    def __init__(self, reason: str, *, stderr: str = "", returncode: int | None = None) -> None:
        super().__init__(reason)
        self.stderr = stderr
        self.returncode = returncode


class ExecutionInterrupted(ExecutionFailure):
    """Asked to stop; ``by`` is the signal's name, or ``stop``."""

    def __init__(self, *, cell: RunningCell | None, by: str, place: ErrorPlace | None = None) -> None:
        super().__init__("interrupted", cell=cell, place=place)
        self.by = by


class SessionError(Exception):
    """Code that was run silently in the kernel raised."""

    def __init__(self, *, ename: str, evalue: str, traceback: str) -> None:
        super().__init__(f"{ename}: {evalue}")
        self.ename = ename
        self.evalue = evalue
        self.traceback = traceback
