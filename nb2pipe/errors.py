"""What can go wrong, as exceptions with exit codes. The CLI's one error border turns them into text.

::

    Nb2pipeError ................ 70  a bug in nb2pipe when raised as itself
    ├── InvalidInput ............  2  usage, or a notebook, project or parameter that cannot be used
    ├── Refused .................  2  the analysis found errors: exporting would not be faithful
    ├── ContractBroken ..........  1  a table at a step border is not as usual; the steps after it were not run
    ├── StepFailed ..............  3  a cell raised, timed out, or its kernel died
    ├── EnvironmentProblem ......  4  kernel or package missing
    ├── StorageProblem ..........  4  disk full, folder not writable
    └── Interrupted .............130  Ctrl-C

Otherwise exit code 1 (out of tolerance, findings) is no exception: it is the answer of a command that worked.
"""

from __future__ import annotations

from typing import ClassVar

from nb2pipe.diagnostics import Diagnostic


class Nb2pipeError(Exception):
    """Base of all errors that nb2pipe raises on purpose; carries the diagnostics to show."""

    exit_code: ClassVar[int] = 70

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(d.message for d in diagnostics))
        self.diagnostics = diagnostics


class InvalidInput(Nb2pipeError):
    """The user's input cannot be used."""

    exit_code = 2


class Refused(Nb2pipeError):
    """The analysis found errors."""

    exit_code = 2


class ContractBroken(Nb2pipeError):
    """A table at a step border is not as usual."""

    exit_code = 1


class StepFailed(Nb2pipeError):
    """A cell raised, timed out, or its kernel died."""

    exit_code = 3


class EnvironmentProblem(Nb2pipeError):
    """A kernel or package is missing."""

    exit_code = 4


class StorageProblem(Nb2pipeError):
    """Files cannot be written or read."""

    exit_code = 4


class Interrupted(Nb2pipeError):
    """Ctrl-C or SIGTERM."""

    exit_code = 130
