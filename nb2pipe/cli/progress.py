"""What is seen while steps run: a live table on a terminal (``live``), a line per finished step elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nb2pipe.cli.console import Console
from nb2pipe.model import StepRecord
from nb2pipe.reports.look import clean
from nb2pipe.reports.outcomes import step_line

if TYPE_CHECKING:
    from nb2pipe.workflow import Progress


@contextmanager
def shown(console: Console) -> Iterator[Progress]:
    """The progress that fits the place; rich is imported only for a terminal."""
    if console.quiet:
        yield Silence(console)
    elif console.is_live():
        from nb2pipe.cli.live import Live

        with Live(console).started() as live:
            yield live
    else:
        yield Lines(console)


class Silence:
    """For ``-q``: only what has to be known."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def run_started(self, names: Sequence[str], what: str = "step") -> None:
        """Nothing."""

    def step_started(self, name: str, index: int, total: int) -> None:
        """Nothing."""

    def step_finished(self, record: StepRecord) -> None:
        """Nothing."""

    def message(self, text: str) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """A warning; nobody has asked not to hear those."""
        look = self._console.err()
        self._console.command_lines([look.plain(clean(line)) for line in text.split("\n")])


class Lines:
    """A line per finished step, for logs: nothing is ever redrawn."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._finished = 0
        self._total = 0

    def run_started(self, names: Sequence[str], what: str = "step") -> None:
        """What is counted begins anew; their number is remembered."""
        with self._lock:
            self._finished, self._total = 0, len(names)

    def step_started(self, name: str, index: int, total: int) -> None:
        """Nothing: a line is a step that ended."""

    def step_finished(self, record: StepRecord) -> None:
        """``2 of 4  ok  2.91 s  train``."""
        with self._lock:
            self._finished += 1
            line = step_line(record, self._finished, self._total, self._console.err())
            self._console.say([line])

    def message(self, text: str) -> None:
        """One line."""
        self.note(text)

    def note(self, text: str) -> None:
        """One line, or a few."""
        with self._lock:
            look = self._console.err()
            self._console.say([look.plain(clean(line)) for line in text.split("\n")])
