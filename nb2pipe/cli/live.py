"""The live table: every step with its state, redrawn while steps run."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nb2pipe.cli.console import Console
from nb2pipe.model import StepRecord
from nb2pipe.reports.look import Look, clean, cut
from nb2pipe.reports.outcomes import live_table
from nb2pipe.rules import figures

if TYPE_CHECKING:
    from rich.console import Console as RichConsole
    from rich.console import ConsoleOptions, RenderResult

MESSAGES_SHOWN = 6
FEWEST_STEPS = 5  # rows, however low the terminal is
AROUND = 6  # lines beside messages and steps: the table's head, what was left out, the clock, the line below


class Live:
    """What was said, the steps, and how long it has taken; redrawn eight times a second and gone when all is done.

    When a step fails, or the user stops, the table stays as it was: it says how far the run came.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._look = console.err()  # asked now: while rich draws, stderr is rich's
        self._lock = threading.RLock()
        self._steps: dict[str, StepRecord | float | None] = {}  # ended, running since, or waiting
        self._what = "step"
        self._said: deque[str] = deque(maxlen=MESSAGES_SHOWN)
        self._began = time.monotonic()
        self._above: RichConsole | None = None  # while something is drawn

    @contextmanager
    def started(self) -> Iterator[Live]:
        """Draw until left."""
        from rich.console import Console as RichConsole
        from rich.live import Live as RichLive

        look = self._look
        rich = RichConsole(file=sys.stderr, no_color=not look.color, highlight=False, width=look.width)
        live = RichLive(self, console=rich, refresh_per_second=8, transient=True, redirect_stdout=False)
        try:
            with live:
                self._above = rich
                yield self
        except BaseException:
            lines = self.lines(look, time.monotonic(), over=True)
            self._console.say([*lines, ""] if lines else [])
            raise

    def run_started(self, names: Sequence[str], what: str = "step") -> None:
        """These steps make the table, in place of an earlier run's."""
        with self._lock:
            self._steps, self._what = dict.fromkeys(names), what

    def step_started(self, name: str, index: int, total: int) -> None:
        """The clock of the step starts."""
        with self._lock:
            self._steps[name] = time.monotonic()

    def step_finished(self, record: StepRecord) -> None:
        """The step's row stands still."""
        with self._lock:
            self._steps[record.name] = record

    def message(self, text: str) -> None:
        """Shown above the table, with the last ones before it. Between two runs, the table of the first is gone."""
        with self._lock:
            self._said.append(clean(text))
            if not any(isinstance(state, float) for state in self._steps.values()):
                self._steps = {}

    def note(self, text: str) -> None:
        """Printed above what is drawn, and left there."""
        from rich.text import Text

        if self._above is not None:
            self._above.print(
                Text("\n".join(self._look.plain(clean(line)) for line in text.split("\n"))), soft_wrap=True
            )

    def lines(self, look: Look, now: float, *, over: bool = False) -> list[str]:
        """What is drawn at ``now``; ``over``: nothing is running any more."""
        with self._lock:
            steps, said, spent = dict(self._steps), list(self._said), now - self._began
        current = [] if over or not said else [look.plain(cut(said.pop(), look.width))]
        lines = [look.paint(look.plain(cut(text, look.width)), "dim") for text in said] + current
        room = shutil.get_terminal_size().lines - len(lines) - AROUND
        if any(state is not None for state in steps.values()):
            lines += live_table(steps, now, look, most=max(FEWEST_STEPS, room), over=over, what=self._what)
        return lines if over else [*lines, look.paint(figures.seconds(spent), "dim")]

    def __rich_console__(self, console: RichConsole, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        for line in self.lines(self._look, time.monotonic()):
            yield Text.from_ansi(line, no_wrap=True, overflow="ellipsis")
