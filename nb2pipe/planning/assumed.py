"""What a plan takes for granted because the observed run showed it, though the code says it may be otherwise.

With the default parameters that is certain. A run with others looks whether it still holds (``recording.assumptions``).
"""

from __future__ import annotations

from collections.abc import Mapping

from nb2pipe.planning.randomness import RandomFlow
from nb2pipe.planning.resolve import Needs
from nb2pipe.planning.timeline import EventKind, Timeline


def unchanged(static: Timeline, seen: Timeline, needs: Mapping[str, Needs]) -> dict[str, tuple[str, ...]]:
    """Step -> names that it may change and did not, and that a later step takes as they were before.

    ``static`` is the timeline before the run was looked at, ``seen`` the one after.
    """
    found: dict[str, set[str]] = {}
    for name, events in static.events.items():
        kept = {event.position for event in seen.events.get(name, ()) if event.kind is EventKind.MUTATE}
        for event in events:
            dropped = event.kind is EventKind.MUTATE and not event.certain and event.position not in kept
            if dropped and event.step is not None and _taken_later(seen, needs, event.step, name):
                found.setdefault(event.step, set()).add(name)
    return {step: tuple(sorted(names)) for step, names in found.items()}


def _taken_later(line: Timeline, needs: Mapping[str, Needs], step: str, name: str) -> bool:
    own = needs[step]
    return any(
        line.start(other) > line.start(step) and _origin(line, need, name) == origin
        for origin in [_origin(line, own, name)]
        if origin is not None
        for other, need in needs.items()
    )


def _origin(line: Timeline, need: Needs, name: str) -> str | None:
    """Where a step has the name from: the step that made it, or the parameters or setup that it repeats."""
    if name in need.artifacts:
        return need.artifacts[name]
    if name in need.parameters:
        return ""
    defined = any(binding.name == name for at in need.replays for binding in line.placed[at].statement.bindings)
    return "" if defined else None


def without_draws(line: Timeline, random: RandomFlow) -> frozenset[str]:
    """Steps that drew nothing from the global generators, in a notebook that seeds them before."""
    seeds = [item.position for item in line.placed if item.statement.seeds]
    if not seeds:
        return frozenset()
    drawing = {*random.source, *random.source.values(), *random.reseed}
    return frozenset(step for step in line.steps if step not in drawing and min(seeds) < line.start(step))
