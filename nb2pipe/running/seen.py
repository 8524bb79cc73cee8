"""What a step was seen to touch: files, folders, hosts. The half of it that stands outside the kernel."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nb2pipe.running.executing.watching import KernelSession, RunningCell, Watcher
from nb2pipe.running.inside import code


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Paths are absolute. ``opened`` maps a file to how it was used, in order: ``r`` read, ``w`` written from its start,
    ``a`` added to, ``u`` opened to be changed in place. ``programs`` were started; ``drew``: global random numbers."""

    opened: Mapping[str, str] = field(default_factory=dict)
    listed: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    drew: bool = False


class SeenWatcher(Watcher):
    """Listens while the step runs, and lets another watcher do its work too. ``seen`` is there when all cells ran."""

    def __init__(self, reply: Path, other: Watcher | None = None) -> None:
        self._reply = reply
        self._other = other or Watcher()
        self.seen: Seen | None = None

    def started(self, session: KernelSession) -> None:
        """Listen from now on."""
        self._other.started(session)
        session.execute(code("seen", "__import__('builtins').__nb2pipe_seen__ = Seen()"))

    def before_cell(self, session: KernelSession, cell: RunningCell) -> None:
        """The other watcher's."""
        self._other.before_cell(session, cell)

    def output(self, cell: RunningCell, output: Mapping[str, Any]) -> None:
        """The other watcher's."""
        self._other.output(cell, output)

    def after_cell(self, session: KernelSession, cell: RunningCell, seconds: float) -> None:
        """The other watcher's."""
        self._other.after_cell(session, cell, seconds)

    def finished(self, session: KernelSession) -> None:
        """Ask what was noted, before the other watcher reads files of its own."""
        session.execute(f"__import__('builtins').__nb2pipe_seen__.write({str(self._reply)!r})")
        with suppress(OSError, ValueError, LookupError):
            self.seen = read(self._reply)
        self._other.finished(session)


def read(reply: Path) -> Seen:
    """What the kernel wrote."""
    data = json.loads(reply.read_text("utf-8"))
    return Seen(
        opened=data["opened"],
        listed=tuple(data["listed"]),
        hosts=tuple(data["hosts"]),
        programs=tuple(data["programs"]),
        drew=bool(data["drew"]),
    )


def short(path: str, base: Path) -> str:
    """Relative to the folder in which steps run, where it is in it; with ``/``."""
    inside = os.path.join(str(base), "")  # noqa: PTH118
    return path.removeprefix(inside).replace(os.sep, "/")


def changed_since(path: Path, started: int) -> bool:
    """Whether a file was written or replaced at or after a time in nanoseconds."""
    try:
        state = path.stat()
    except OSError:
        return False
    return max(state.st_mtime_ns, state.st_ctime_ns) >= started
