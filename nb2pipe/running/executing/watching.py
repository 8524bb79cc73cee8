"""What one execution shows to those who watch it, and what it leaves behind: nouns without behaviour.

A ``Watcher`` is called between cells, never inside the user's code; through ``KernelSession`` it may look into the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningCell:
    """A code cell of the notebook being executed.

    ``index`` counts in the executed notebook before error markers are put in (it has the injected parameters cell, if
    any); ``source_index`` counts in the notebook that was given, ``None`` for the injected cell. ``id`` is the same in
    both.
    """

    id: str
    index: int
    source_index: int | None
    source: str
    tags: tuple[str, ...] = ()
    original: int | None = None  # index in the notebook that an exported step's cell comes from


@dataclass(frozen=True, slots=True, kw_only=True)
class CellTiming:
    """How long a cell ran; ``source_index`` as in :class:`RunningCell`."""

    id: str
    index: int
    source_index: int | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One finished (or ended) execution. ``cells`` are those that began to run; ``peak_memory`` is in bytes."""

    seconds: float
    cells: tuple[CellTiming, ...] = ()
    peak_memory: int | None = None


class KernelSession(Protocol):
    """A door into the running kernel for code that must leave no trace there."""

    def execute(self, code: str, *, timeout: float | None = None) -> None:
        """Run code silently: ``In``, ``Out``, ``_`` and the counters stay as they were.

        Raises :class:`~nb2pipe.running.executing.failures.SessionError` if the code raises, and the execution's own failures
        (kernel died, timeout, interrupted) as a cell would.
        """
        ...


class Watcher:
    """Hooks of one execution, called in this order; the base class does nothing.

    An exception raised by a hook ends the execution: the kernel is stopped, the notebook saved, the exception raised.
    """

    def started(self, session: KernelSession) -> None:
        """The kernel is ready and no cell has run."""

    def before_cell(self, session: KernelSession, cell: RunningCell) -> None:
        """The code cell is about to run."""

    def output(self, cell: RunningCell, output: Mapping[str, Any]) -> None:
        """The cell showed something just now (a notebook output). Must return quickly and cannot use the session."""

    def after_cell(self, session: KernelSession, cell: RunningCell, seconds: float) -> None:
        """The code cell ran without an error."""

    def finished(self, session: KernelSession) -> None:
        """All cells ran; the kernel still lives."""
