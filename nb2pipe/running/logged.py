"""The metrics that a step hands to an experiment tracker, at full precision: the half of it outside the kernel."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nb2pipe.model import Metric, MetricSource
from nb2pipe.running.executing.watching import KernelSession, RunningCell, Watcher
from nb2pipe.running.inside import code

_THERE = "__import__('builtins').__nb2pipe_logged__"
#: How far the work is, and how long it took: another number in each run, or no result.
_COUNTS = re.compile(r"(?:^|[/._ ])(?:epochs?|(?:global_)?steps?|iter(?:ation)?s?|batch)$", re.IGNORECASE)


def listen(session: KernelSession) -> None:
    """Note in the kernel, from now on, what is handed to trackers; once per kernel."""
    session.execute(code("logged", f"{_THERE} = Logged()"))


def begin(session: KernelSession) -> None:
    """Forget what was noted: a cell is about to run whose numbers are wanted."""
    session.execute(f"{_THERE}.begin()")


def read(session: KernelSession, reply: Path) -> dict[str, float]:
    """What was noted since, by name; ``reply`` is a file to use."""
    session.execute(f"{_THERE}.write({str(reply)!r})")
    found: dict[str, float] = json.loads(reply.read_text("utf-8"))
    return {name: value for name, value in found.items() if not _COUNTS.search(name)}


class LoggedWatcher(Watcher):
    """Notes a step's metrics while it runs, and lets another watcher do its work too; ``found`` has them by name."""

    def __init__(self, metrics: tuple[Metric, ...], step: str, reply: Path, other: Watcher | None = None) -> None:
        self._wanted: dict[int, dict[str, str]] = {}
        for metric in metrics:
            if metric.step == step and metric.source is MetricSource.LOGGED:
                self._wanted.setdefault(metric.cell, {})[metric.key] = metric.name
        self._reply = reply
        self._other = other or Watcher()
        self.found: dict[str, float] = {}

    def started(self, session: KernelSession) -> None:
        """Listen, if there is something to hear."""
        self._other.started(session)
        if self._wanted:
            listen(session)

    def before_cell(self, session: KernelSession, cell: RunningCell) -> None:
        """Only what the cell itself hands over counts."""
        self._other.before_cell(session, cell)
        if cell.original in self._wanted:
            begin(session)

    def output(self, cell: RunningCell, output: Mapping[str, Any]) -> None:
        """The other watcher's."""
        self._other.output(cell, output)

    def after_cell(self, session: KernelSession, cell: RunningCell, seconds: float) -> None:
        """Ask what was noted."""
        if cell.original is not None and cell.original in self._wanted:
            names = self._wanted[cell.original]
            numbers = read(session, self._reply)
            self.found |= {names[key]: value for key, value in numbers.items() if key in names}
        self._other.after_cell(session, cell, seconds)

    def finished(self, session: KernelSession) -> None:
        """The other watcher's."""
        self._other.finished(session)
