"""Objects that a function or class of the notebook holds (a default argument, an attribute) and that a name holds as well.

A step that defines the function anew gets an object of its own in it, and another one with the name that it loads. In the
notebook the two are one. It matters if either is changed from there on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nb2pipe.model import SegmentObservation
from nb2pipe.planning.resolve import Needs
from nb2pipe.planning.timeline import Event, EventKind, Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """``step`` defines ``definition`` anew and loads ``name``, as ``provider`` left it."""

    step: str
    definition: str
    name: str
    provider: str


def broken(
    timeline: Timeline,
    segments: tuple[SegmentObservation, ...],
    needs: Mapping[str, Needs],
    bundles: Mapping[tuple[str, str], tuple[str, ...]],
) -> Iterator[Tie]:
    """The ties that the run showed to matter and that a step would cut; the first for each step and definition."""
    for step, need in needs.items():
        first = next(n for n, segment in enumerate(timeline.segments) if segment.step == step)
        if not 0 < first <= len(segments):
            continue
        for definition, names in segments[first - 1].tied.items():
            binding = _replayed(timeline, need, definition)
            if not binding:
                continue
            for name in names:
                provider = need.artifacts.get(name)
                if provider is None or not _changes(timeline, segments, first, definition, name):
                    continue
                loaded = bundles.get((provider, name), (name,))
                if not _reads_loaded(timeline, need, binding, loaded):
                    yield Tie(step=step, definition=definition, name=name, provider=provider)
                    break


def _replayed(timeline: Timeline, need: Needs, name: str) -> tuple[Event, ...]:
    events = timeline.events.get(name, ())
    return tuple(event for event in events if event.kind is EventKind.BIND and event.position in need.replays)


def _changes(
    timeline: Timeline, segments: tuple[SegmentObservation, ...], first: int, definition: str, name: str
) -> bool:
    """Whether what both hold is changed from the segment ``first`` on, other than by a new binding of the name."""
    for number in range(first, len(segments)):
        changed = segments[number].changed
        if definition in changed or (name in changed and not timeline.binds(number, name)):
            return True
        if name in changed:
            return False
    return False


def _reads_loaded(timeline: Timeline, need: Needs, binding: tuple[Event, ...], loaded: tuple[str, ...]) -> bool:
    """Whether the definition is made from what is loaded, and so holds the same object again."""
    uses = {use.name for event in binding for use in timeline.placed[event.position].statement.uses}
    return any(name in uses and name in need.early for name in loaded)
