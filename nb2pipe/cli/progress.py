"""What is seen while steps run: a live table on a terminal, a line per finished step elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nb2pipe.cli.console import Console
from nb2pipe.model import StepRecord
from nb2pipe.reports.look import Look, clean
from nb2pipe.reports.outcomes import running_line, step_line
from nb2pipe.rules import figures

if TYPE_CHECKING:
    from rich.console import Console as RichConsole
    from rich.console import ConsoleOptions, RenderResult

    from nb2pipe.workflow import Progress

FINISHED_SHOWN = 12


@contextmanager
def shown(console: Console) -> Iterator[Progress]:
    """The progress that fits the place; rich is imported only for a terminal."""
    if console.quiet:
        yield Silence(console)
    elif console.is_live():
        with Live(console).started() as live:
            yield live
    else:
        yield Lines(console)


class Silence:
    """For ``-q``: only what has to be known."""

    def __init__(self, console: Console) -> None:
        self._console = console

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
        self._total: int | None = None

    def step_started(self, name: str, index: int, total: int) -> None:
        """Only the number of steps is remembered."""
        with self._lock:
            self._total = total

    def step_finished(self, record: StepRecord) -> None:
        """``2 of 4  ok  2.91 s  train``."""
        with self._lock:
            self._finished += 1
            line = step_line(record, self._finished, self._total, self._console.err())
            self._console.say([line])

    def message(self, text: str) -> None:
        """One line; what is counted begins anew."""
        with self._lock:
            self._finished = 0
        self.note(text)

    def note(self, text: str) -> None:
        """One line."""
        with self._lock:
            look = self._console.err()
            self._console.say([look.plain(clean(line)) for line in text.split("\n")])


class Live:
    """Steps with their state and the running clock, redrawn ten times a second; gone when all is done."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._begun: dict[str, float] = {}
        self._done: list[StepRecord] = []
        self._total: int | None = None
        self._text = ""
        self._above: RichConsole | None = None  # while something is drawn
        self._since = 0.0

    @contextmanager
    def started(self) -> Iterator[Live]:
        """Draw until left."""
        from rich.console import Console as RichConsole
        from rich.live import Live as RichLive

        look = self._console.err()
        rich = RichConsole(file=sys.stderr, no_color=not look.color, highlight=False, width=look.width)
        with RichLive(self, console=rich, refresh_per_second=10, transient=True, redirect_stdout=False):
            self._above = rich
            yield self

    def step_started(self, name: str, index: int, total: int) -> None:
        """The clock of the step starts."""
        with self._lock:
            self._begun[name] = time.monotonic()
            self._total = total

    def step_finished(self, record: StepRecord) -> None:
        """The step's line stands still."""
        with self._lock:
            self._begun.pop(record.name, None)
            self._done.append(record)

    def message(self, text: str) -> None:
        """What begins now: the steps of what came before make room."""
        with self._lock:
            self._text, self._since = clean(text), time.monotonic()
            self._done.clear()
            self._begun.clear()
            self._total = None

    def note(self, text: str) -> None:
        """Printed above what is drawn, and left there."""
        from rich.text import Text

        if self._above is not None:
            self._above.print(Text("\n".join(map(clean, text.split("\n")))), soft_wrap=True)

    def lines(self, look: Look, now: float) -> list[str]:
        """What is drawn now: what it is about, the last finished steps, the running ones."""
        with self._lock:
            done, begun, total = list(self._done), dict(self._begun), self._total
            text, since = self._text, self._since
        clock = "" if done or begun else f" ({figures.seconds(now - since)})"
        lines = [look.paint(look.plain(text), "dim") + clock] if text else []
        first = max(0, len(done) - FINISHED_SHOWN)
        lines += [step_line(step, at, total, look) for at, step in enumerate(done[first:], start=first + 1)]
        for at, (name, start) in enumerate(begun.items(), start=len(done) + 1):
            lines.append(running_line(name, now - start, at, total, look))
        return lines

    def __rich_console__(self, console: RichConsole, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        for line in self.lines(self._console.err(), time.monotonic()):
            yield Text.from_ansi(line, no_wrap=True, overflow="ellipsis")
