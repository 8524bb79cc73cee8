"""What many runs with other parameters gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nb2pipe.model.pipeline import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPoint:
    """One combination of values. ``run`` holds its artifacts and executed notebooks; ``error`` says why it failed, in ``step``.

    ``ran`` are the steps that were run for it; what the others gave was there already.
    """

    parameters: dict[str, Any]
    metrics: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    run: str | None = None
    ran: tuple[str, ...] = ()
    step: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """All points, in the order of the product. ``best`` is the index of the best one by ``metric``, if one was asked for.

    ``varied`` are the parameters with more than one value.
    """

    pipeline: str
    project: str
    varied: tuple[str, ...]
    points: tuple[SweepPoint, ...]
    metrics: tuple[str, ...]
    metric: str | None = None
    direction: Direction = Direction.BOTH
    best: int | None = None
    seconds: float = 0.0
    files: tuple[str, ...] = ()

    @property
    def failed(self) -> int:
        """How many points failed."""
        return sum(point.error is not None for point in self.points)
