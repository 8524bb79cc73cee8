"""Names that share objects travel together: a change of one is a change of the other, and ``a is b`` stays true.

Such names are called co-variables (Kishu, VLDB 2025). Names that share memory alone (views of an array) are another case: no file
keeps that, so it is refused if it matters, and left alone if not. Whether it matters is taken from the observed run: two names
of the group changed in one later segment, and not just because both were bound anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from nb2pipe.model import Recording
from nb2pipe.planning.observe import hidden_change, insert
from nb2pipe.planning.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Names that share objects at the end of ``step`` and must stay together. ``views``: they share memory only,
    which no file format keeps."""

    step: str
    segment: int
    names: tuple[str, ...]
    views: bool = False


def bundles(timeline: Timeline, recording: Recording) -> tuple[Bundle, ...]:
    """The groups that matter, as each step leaves them."""
    found: dict[tuple[str, str], Bundle] = {}
    for number, observation in enumerate(recording.segments):
        step = observation.segment.step
        if step is None:
            continue
        for everyone in observation.aliases:
            names = tuple(name for name in everyone if timeline.leaves(step, name) == number)
            if len(names) < 2:
                continue
            matters = _matters(timeline, recording, number, names)
            views = matters and any(len(set(names) & set(memory)) > 1 for memory in observation.memory)
            within = [
                tuple(n for n in group if n in names) for group in observation.objects if set(group) <= set(everyone)
            ]
            for group in (names,) if matters else within:
                if len(group) > 1 and _touched(timeline, step, group):
                    found[step, group[0]] = Bundle(step=step, segment=number, names=group, views=views)
    return tuple(found.values())


def with_bundles(timeline: Timeline, found: tuple[Bundle, ...]) -> Timeline:
    """A step that hands on one member of a bundle hands on all: each counts as changed there."""
    events = dict(timeline.events)
    for bundle in found:
        begin, end = timeline.extent(bundle.segment)
        for name in bundle.names:
            own = any(event.step == bundle.step for event in events.get(name, ()))
            if name in events and not own and end > begin:
                events[name] = insert(events[name], hidden_change(timeline, end - 1))
    return replace(timeline, events=events)


def _touched(timeline: Timeline, step: str, names: tuple[str, ...]) -> bool:
    return any(event.step == step for name in names for event in timeline.events.get(name, ()))


def _matters(timeline: Timeline, recording: Recording, number: int, names: tuple[str, ...]) -> bool:
    for later in range(number + 1, len(recording.segments)):
        changed = [name for name in names if name in recording.segments[later].changed]
        if len(changed) > 1 and any(not timeline.binds(later, name) for name in changed):
            return True
    return False


def groups_of(found: tuple[Bundle, ...]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """(step, name) -> the names that travel with it."""
    return dict(_members(found))


def _members(found: tuple[Bundle, ...]) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    for bundle in found:
        for name in bundle.names:
            yield (bundle.step, name), bundle.names
