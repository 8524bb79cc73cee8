"""What differs between a value of the notebook and the pipeline's, and whether it is more than rounding."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nb2pipe.model import Part

#: Relative differences below these are what another order of additions makes of a sum.
ROUNDING = 1e-9
ROUNDING_SINGLE = 1e-5
_SHORT_TYPES = ("float32", "float16", "bfloat16")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDifference:
    """A part of a value that differs; ``relative`` to the largest number near it, ``None`` if it is not about numbers."""

    path: str
    type: str
    relative: float | None = None


def parts(raw: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    """The probe's answer as parts."""
    return tuple(
        Part(path=item["path"], type=item["type"], exact=item["exact"], sketch=tuple(item["sketch"])) for item in raw
    )


def compare(original: Sequence[Part], now: Sequence[Part]) -> tuple[PartDifference, ...]:
    """The parts that differ, in the original's order; parts that only one side has differ too."""
    found: list[PartDifference] = []
    later = {part.path: part for part in now}
    known = {part.path for part in original}
    for part in original:
        other = later.get(part.path)
        if other is None or other.exact != part.exact or other.type != part.type or part.exact is None:
            found.append(PartDifference(path=part.path, type=part.type))
        elif part.sketch != other.sketch:
            found.append(PartDifference(path=part.path, type=part.type, relative=_relative(part.sketch, other.sketch)))
    found += [PartDifference(path=part.path, type=part.type) for part in now if part.path not in known]
    return tuple(found)


def rounding_only(found: Sequence[PartDifference]) -> bool:
    """Whether the differences are no larger than what the order of additions explains; false if there are none."""
    return bool(found) and all(item.relative is not None and item.relative <= _limit(item.type) for item in found)


def _limit(kind: str) -> float:
    return ROUNDING_SINGLE if kind.endswith(_SHORT_TYPES) else ROUNDING


def _relative(one: Sequence[float], other: Sequence[float]) -> float:
    """The largest relative difference over the chunks of two sketches of the same shape."""
    if len(one) != len(other):
        return math.inf
    worst = 0.0
    for at in range(0, len(one), 3):
        scale = max(one[at], other[at])
        apart = math.hypot(one[at + 1] - other[at + 1], one[at + 2] - other[at + 2])
        apart = max(apart, abs(one[at] - other[at]))
        if apart:
            worst = max(worst, apart / scale if scale else math.inf)
    return worst
