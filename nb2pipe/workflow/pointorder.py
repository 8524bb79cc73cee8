"""Which steps a sweep reaches, and in which order its points share most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nb2pipe import parameters
from nb2pipe.model import Pipeline, Step
from nb2pipe.running.pipeline import upstream


def affected(pipeline: Pipeline, swept: Sequence[str]) -> frozenset[str]:
    """The steps whose results may depend on these parameters."""
    found: set[str] = set()
    for step in pipeline.steps:
        if set(step.parameters) & set(swept) or found & set(step.above):
            found.add(step.name)
    return frozenset(found)


def in_order(pipeline: Pipeline, swept: Sequence[str], points: Sequence[Mapping[str, Any]]) -> list[int]:
    """Indices of the points so that those that share steps don't begin side by side, where one would wait for the other.

    Of the points that agree in all that the first steps read, the first of each kind come first, then the second, ...
    """
    reads = _first_reads(pipeline, swept)
    seen: dict[str, int] = {}
    ranks = []
    for point in points:
        kind = repr([parameters.literal(point[name]) for name in reads])
        ranks.append(seen.get(kind, 0))
        seen[kind] = ranks[-1] + 1
    return sorted(range(len(points)), key=lambda at: (ranks[at], at))


def _first_reads(pipeline: Pipeline, swept: Sequence[str]) -> list[str]:
    """The swept parameters that the first step reads which reads some, together with the steps above it."""
    by_name: dict[str, Step] = {step.name: step for step in pipeline.steps}
    for step in pipeline.steps:
        names = {name for other in upstream(pipeline, {step.name}) for name in by_name[other].parameters}
        found = [name for name in swept if name in names]
        if found:
            return found
    return []
