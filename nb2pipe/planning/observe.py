"""What an observed run adds to the static timeline, and what it may take away.

It may take away a *possible* mutation that did not happen: the object had the same content before and after. It never
takes away a store into an object or a conditional binding: other parameters may take the other branch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from nb2pipe.model import ObservedValue, Place, Recording
from nb2pipe.planning.timeline import Carrier, Event, EventKind, Timeline, owner_carrier


def refine(timeline: Timeline, recording: Recording) -> Timeline:
    """The timeline with events as the run showed them."""
    changed = _changed_by_segment(recording)
    replayed = _made_by_code(timeline, recording)
    events: dict[str, tuple[Event, ...]] = {}
    segment_of = {cell: number for number, segment in enumerate(timeline.segments) for cell in segment.cells}
    for name, items in timeline.events.items():
        own = {event.position: segment_of[timeline.placed[event.position].statement.cell] for event in items}
        bound = {own[event.position] for event in items if event.kind is EventKind.BIND}
        events[name] = tuple(
            _as_seen(event, replayed=name in replayed, bound=own[event.position] in bound)
            for event in items
            if event.certain
            or event.kind is not EventKind.MUTATE
            or name in changed.get(own[event.position], frozenset())
        )
    for number, names in changed.items():
        segment = timeline.segments[number]
        begin, end = timeline.spans[segment.cells[0]][0], timeline.spans[segment.cells[-1]][1]
        if begin == end:
            continue
        for name in names:
            if any(begin <= event.position < end for event in events.get(name, ())):
                continue
            if name in events:
                events[name] = insert(events[name], hidden_change(timeline, end - 1))
    return replace(timeline, events=events)


def _as_seen(event: Event, *, replayed: bool, bound: bool) -> Event:
    """A possible change of what changed is a change, unless the name was ``bound`` there, which explains it too."""
    if replayed and event.carrier is Carrier.ARTIFACT:
        event = replace(event, carrier=Carrier.CODE)
    return event if bound or event.kind is not EventKind.MUTATE else replace(event, certain=True)


def with_declared(timeline: Timeline, declared: Iterable[tuple[int, str]]) -> Timeline:
    """``out:NAME`` on a cell says that the step hands the name on as this cell leaves it, seen or not."""
    events = dict(timeline.events)
    for cell, name in declared:
        begin, end = timeline.spans[cell]
        own = [event for event in events.get(name, ()) if begin <= event.position < end]
        if end > begin and name in events and not any(event.certain for event in own):
            events[name] = insert(events[name], hidden_change(timeline, end - 1))
    return replace(timeline, events=events)


def seen_names(timeline: Timeline, recording: Recording) -> Mapping[str, tuple[str, ...]]:
    """Names that appeared in the run though no statement visibly binds them: name -> steps that made or changed them."""
    unseen: dict[str, list[str]] = {}
    for observation in recording.segments:
        step = observation.segment.step
        for name in observation.changed:
            if step is not None and name not in timeline.events:
                unseen.setdefault(name, []).append(step)
    return {name: tuple(steps) for name, steps in unseen.items()}


def _made_by_code(timeline: Timeline, recording: Recording) -> frozenset[str]:
    """Names whose statements are run again, since no file holds what they make: classes, modules, groupings, locks."""
    values: dict[str, list[ObservedValue]] = {}
    for value in recording.values:
        values.setdefault(value.name, []).append(value)
    return frozenset(
        name
        for name, found in values.items()
        if all(value.type in ("class", "module") for value in found)
        or (all(value.rebuilt for value in found) and _is_simple(timeline, name))
    )


def _is_simple(timeline: Timeline, name: str) -> bool:
    """Whether every statement that binds the name does only that."""
    binding = [timeline.placed[e.position].statement for e in timeline.events.get(name, ()) if e.kind is EventKind.BIND]
    return bool(binding) and all(
        len(statement.bindings) == 1
        and statement.bindings[0].certain
        and not any(mutation.certain for mutation in statement.mutations)
        for statement in binding
    )


def _changed_by_segment(recording: Recording) -> dict[int, frozenset[str]]:
    return {number: frozenset(item.changed) for number, item in enumerate(recording.segments)}


def hidden_change(timeline: Timeline, position: int) -> Event:
    """A change that no statement shows (through an alias, inside a library), placed at the segment's end."""
    item = timeline.placed[position]
    carrier = owner_carrier(item)
    return Event(
        position=position, kind=EventKind.MUTATE, certain=True, carrier=carrier, step=item.step,
        place=Place(item.statement.line),
    )  # fmt: skip


def insert(events: tuple[Event, ...], event: Event) -> tuple[Event, ...]:
    """The events with one more, in order."""
    return tuple(sorted((*events, event), key=lambda e: e.position))
