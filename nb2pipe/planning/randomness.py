"""How global random state flows: who moves it, and which step continues the stream of which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nb2pipe.model import Recording, Role
from nb2pipe.planning.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomFlow:
    """``source``: step -> step whose state it continues. ``reseed``: step -> positions of seeding setup statements.

    ``broken`` are (skipped cell, step) pairs: a skipped cell moved the stream that the step goes on with. ``interrupted``:
    (cell, step, other step): the step goes on at the cell, and the other moved the stream since it last did.
    """

    source: dict[str, str]
    reseed: dict[str, tuple[int, ...]]
    broken: tuple[tuple[int, str], ...] = ()
    interrupted: tuple[tuple[int, str, str], ...] = ()


def flow(timeline: Timeline, recording: Recording | None) -> RandomFlow:
    """Only notebooks that seed somewhere have a stream worth continuing; elsewhere every run differs anyway."""
    if not any(item.statement.seeds for item in timeline.placed):
        return RandomFlow(source={}, reseed={})
    if recording is None:
        return _static(timeline)
    return _observed(timeline, recording)


def _static(timeline: Timeline) -> RandomFlow:
    """Nobody looked: from the first seed on, every step may draw and every draw may matter."""
    source: dict[str, str] = {}
    reseed: dict[str, tuple[int, ...]] = {}
    last: str | None = None
    seeds: list[int] = []
    for item in timeline.placed:
        if item.role is Role.STEP and item.step is not None:
            if item.step not in source and item.step not in reseed:
                if seeds:
                    reseed[item.step] = tuple(seeds)
                elif last is not None and last != item.step:
                    source[item.step] = last
            if item.statement.seeds or last is not None or item.step in reseed:
                last = item.step
                seeds = []
        elif item.statement.seeds and item.role is not Role.SKIP:
            seeds.append(item.position)
    return RandomFlow(source=source, reseed=reseed)


def _observed(timeline: Timeline, recording: Recording) -> RandomFlow:
    source: dict[str, str] = {}
    reseed: dict[str, tuple[int, ...]] = {}
    broken: list[tuple[int, str]] = []
    interrupted: list[tuple[int, str, str]] = []
    last: str | None = None
    setup: list[int] = []
    skipped: int | None = None
    done: set[str] = set()
    for observation in recording.segments:
        segment = observation.segment
        seeding = tuple(_seeding(timeline, segment.cells))
        if not observation.random_moved:
            continue
        if segment.step is None:
            if timeline.is_skipped(segment.cells[0]):
                skipped = segment.cells[0]
            else:
                setup, last, skipped = list(seeding) or setup, None, None
            continue
        step = segment.step
        reseeds_first = bool(seeding)
        if step not in done:
            done.add(step)
            if skipped is not None and not reseeds_first:
                broken.append((skipped, step))
            if last is not None and last != step:
                source[step] = last
            elif setup:
                reseed[step] = tuple(setup)
        elif last is not None and last != step and not reseeds_first:
            interrupted.append((segment.cells[0], step, last))
        last, skipped = step, None
    return RandomFlow(source=source, reseed=reseed, broken=tuple(broken), interrupted=tuple(interrupted))


def _seeding(timeline: Timeline, cells: Iterable[int]) -> Iterable[int]:
    for cell in cells:
        begin, end = timeline.spans.get(cell, (0, 0))
        for item in timeline.placed[begin:end]:
            if item.statement.seeds:
                yield item.position
