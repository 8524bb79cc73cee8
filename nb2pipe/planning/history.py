"""What happens to one name along the line, indexed: a read finds what reaches it without walking all of it again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from nb2pipe.planning.timeline import Carrier, Event, EventKind, Timeline


@dataclass(frozen=True, slots=True)
class Foreign:
    """What other steps did to a name that a read may still see.

    ``events`` are their bindings and changes; ``touched``: one of them, or a deletion, surely does something. ``provider``
    is the step whose artifact holds the outcome (``None``: replayed code or parameters give it), ``skipped`` the first event
    of a skipped cell, ``last`` the position of the last one that surely does something (-1: none).
    """

    events: tuple[Event, ...] = ()
    provider: str | None = None
    skipped: Event | None = None
    last: int = -1
    touched: bool = False


class History:
    """The events of one name, by position."""

    def __init__(self, events: tuple[Event, ...]) -> None:
        self.events = events
        self.shared = any(event.step != events[0].step for event in events)
        self._positions = [event.position for event in events]
        self._anew = [  # the indices of what leaves nothing of what was before
            index
            for index, event in enumerate(events)
            if event.certain and event.kind in (EventKind.BIND, EventKind.DELETE)
        ]
        self._runs: list[int] = []  # index -> where the unbroken run of events of its step begins
        self._binds: dict[str | None, int] = {}  # step -> position of its first binding
        self._changes: dict[str | None, list[int]] = {}  # step -> positions of its changes, without the harmless
        for index, event in enumerate(events):
            same = index > 0 and events[index - 1].step == event.step
            self._runs.append(self._runs[-1] if same else index)
            if event.kind is EventKind.BIND:
                self._binds.setdefault(event.step, event.position)
            if not harmless(event):
                self._changes.setdefault(event.step, []).append(event.position)
        self._known: dict[tuple[str, int, int], Foreign] = {}

    def reaches(self, position: int) -> bool:
        """Whether the name may hold anything just before ``position``."""
        begin, end = self._span(position)
        return begin < end

    def foreign(self, step: str, position: int) -> Foreign:
        """What other steps did to the name that it may still hold just before ``position``."""
        begin, end = self._span(position)
        if end > begin and self.events[end - 1].step == step:
            end = max(begin, self._runs[end - 1])
        key = (step, begin, end)
        if key not in self._known:
            self._known[key] = _foreign([event for event in self.events[begin:end] if event.step != step])
        return self._known[key]

    def made_by_skipped(self, position: int) -> bool:
        """Whether only skipped cells bind it before: the pipeline then has no such object that could change on the way."""
        bound = [event for event in self.events if event.kind is EventKind.BIND and event.position < position]
        return bool(bound) and all(event.carrier is Carrier.SKIPPED for event in bound)

    def first_bind(self, step: str) -> int | None:
        """The position at which the step first binds the name."""
        return self._binds.get(step)

    def changed_after(self, step: str, position: int) -> int | None:
        """The position of the step's first change after ``position``."""
        changes = self._changes.get(step, [])
        at = bisect_right(changes, position)
        return changes[at] if at < len(changes) else None

    def _span(self, position: int) -> tuple[int, int]:
        """First index, and last index + 1, of the events that reach ``position``: back to the last certain binding."""
        end = bisect_left(self._positions, position)
        at = bisect_left(self._anew, end) - 1
        if at < 0:
            return 0, end
        begin = self._anew[at]
        return begin + (self.events[begin].kind is EventKind.DELETE), end


class Histories(dict[str, History]):
    """Those of a timeline's names, each indexed when it is first asked for; a name without events has an empty one."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__()
        self._events = timeline.events

    def __missing__(self, name: str) -> History:
        self[name] = History(self._events.get(name, ()))
        return self[name]


def harmless(event: Event) -> bool:
    """A possible, never observed change."""
    return event.kind is EventKind.MUTATE and not event.certain


def provider_of(events: Sequence[Event]) -> str | None:
    """The step whose artifact holds the outcome of these events; ``None`` if replaying code or parameters gives it."""
    only_code: bool | None = None
    for event in reversed(events):
        if event.carrier is Carrier.ARTIFACT:
            if not harmless(event):
                return event.step
            if only_code is None:
                only_code = all(e.carrier is Carrier.CODE for e in events if e.kind is EventKind.BIND)
            if not only_code:
                return event.step
    return None


def _foreign(reaching: Sequence[Event]) -> Foreign:
    events = tuple(event for event in reaching if event.kind is not EventKind.DELETE)
    return Foreign(
        events=events,
        provider=provider_of(events),
        skipped=next((e for e in events if e.carrier is Carrier.SKIPPED and not harmless(e)), None),
        last=next((e.position for e in reversed(events) if not harmless(e)), -1),
        touched=any(not harmless(e) for e in reaching),
    )
