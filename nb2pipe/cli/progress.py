"""What is seen while steps run: a live table on a terminal, a line per finished step elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from nb2pipe.cli.console import Console
from nb2pipe.model import StepRecord
from nb2pipe.reports.look import Look, clean
from nb2pipe.reports.outcomes import step_line
from nb2pipe.rules import figures

if TYPE_CHECKING:
    from rich.console import Console as RichConsole
    from rich.console import ConsoleOptions, RenderResult


class Showing(Protocol):
    """What the workflow tells while it works."""

    def step_started(self, name: str, index: int, total: int) -> None:
        """A step begins; ``index`` counts from 1."""

    def step_finished(self, step: StepRecord) -> None:
        """A step ended, well or not."""

    def message(self, text: str) -> None:
        """Something worth a line: what begins, what was reused."""


@contextmanager
def shown(console: Console) -> Iterator[Showing]:
    """The progress that fits the place; rich is imported only for a terminal."""
    if console.quiet:
        yield Silence()
    elif console.is_live():
        with Live(console).started() as live:
            yield live
    else:
        yield Lines(console)


class Silence:
    """Nothing, for ``-q``."""

    def step_started(self, name: str, index: int, total: int) -> None:
        """Nothing."""

    def step_finished(self, step: StepRecord) -> None:
        """Nothing."""

    def message(self, text: str) -> None:
        """Nothing."""


class Lines:
    """A line per finished step, for logs: nothing is ever redrawn."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._places: dict[str, tuple[int, int]] = {}

    def step_started(self, name: str, index: int, total: int) -> None:
        """Remember the number for the line to come."""
        self._places[name] = (index, total)

    def step_finished(self, step: StepRecord) -> None:
        """``2 of 4  ok  2.91 s  train``."""
        known = len(self._places)
        index, total = self._places.get(step.name, (known, known))
        self._console.say([step_line(step, index, total, self._console.err())])

    def message(self, text: str) -> None:
        """One line."""
        self._console.say([self._console.err().plain(clean(text))])


class Live:
    """Steps with their state and the running clock, redrawn ten times a second; gone when all is done."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._begun: dict[str, float] = {}
        self._done: list[StepRecord] = []
        self._total = 0
        self._text = ""

    @contextmanager
    def started(self) -> Iterator[Live]:
        """Draw until left."""
        from rich.console import Console as RichConsole
        from rich.live import Live as RichLive

        look = self._console.err()
        rich = RichConsole(file=sys.stderr, no_color=not look.color, highlight=False, width=look.width)
        with RichLive(self, console=rich, refresh_per_second=10, transient=True, redirect_stdout=False):
            yield self

    def step_started(self, name: str, index: int, total: int) -> None:  # noqa: ARG002
        """The clock of the step starts."""
        with self._lock:
            self._begun[name] = time.monotonic()
            self._total = total

    def step_finished(self, step: StepRecord) -> None:
        """The step's line stands still."""
        with self._lock:
            self._begun.pop(step.name, None)
            self._done.append(step)
            self._total = max(self._total, len(self._done))

    def message(self, text: str) -> None:
        """Shown below the steps until the next."""
        with self._lock:
            self._text = clean(text)

    def lines(self, look: Look, now: float) -> list[str]:
        """What is drawn now: the last finished steps, then the running ones."""
        with self._lock:
            done, begun, text, total = list(self._done), dict(self._begun), self._text, self._total
        first = max(0, len(done) - 12)
        lines = [step_line(step, at, total, look) for at, step in enumerate(done[first:], start=first + 1)]
        for at, (name, start) in enumerate(begun.items(), start=len(done) + 1):
            running = look.paint("running", "yellow")
            clock = figures.seconds(now - start)
            lines.append(f"{at:>{len(str(total))}} of {total}  {running}  {clock:>12}  {look.plain(clean(name))}")
        return [*lines, look.paint(look.plain(text), "dim")] if text else lines

    def __rich_console__(self, console: RichConsole, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        for line in self.lines(self._console.err(), time.monotonic()):
            yield Text.from_ansi(line, no_wrap=True, overflow="ellipsis")
