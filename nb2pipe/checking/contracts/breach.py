"""One deviation of a table from what it usually is, and how large deviations usually are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is broken."""

    MISSING = "missing"
    EXTRA = "extra"
    ORDER = "order"
    TYPE = "type"
    EMPTY = "empty"
    ROWS = "rows"
    KEY = "key"
    NULLS = "nulls"
    DISTRIBUTION = "distribution"
    VANISHED = "vanished"
    VALUES = "values"
    RELATION = "relation"


STRUCTURE = frozenset({Kind.MISSING, Kind.EXTRA, Kind.ORDER, Kind.TYPE, Kind.EMPTY, Kind.KEY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One deviation. ``column`` is empty where the table as a whole is meant.

    ``p`` is the probability of a deviation this large in data of the same kind (0 for structure); ``size`` is a distance or
    a share, ``effect`` the same as a multiple of the least that matters; ``message`` says it in words. ``looks_like`` is the
    column whose place this one seems to have taken, and the other way round.
    """

    kind: Kind
    column: str
    message: str
    p: float = 0.0
    effect: float = math.inf
    size: float = 0.0
    looks_like: str = ""


def usual(past: tuple[float, ...] | list[float]) -> float:
    """How far accepted runs were off, with room for one more: twice the largest of few, mean and 3 sd of many."""
    if not past:
        return 0.0
    if len(past) < 5:
        return 2 * max(past)
    mean = sum(past) / len(past)
    sd = math.sqrt(sum((value - mean) ** 2 for value in past) / (len(past) - 1))
    return max(*past, mean + 3 * sd)


def percent(share: float) -> str:
    """``3.1%``, ``12%``."""
    return f"{share:.1%}" if share < 0.0995 else f"{share:.0%}"
