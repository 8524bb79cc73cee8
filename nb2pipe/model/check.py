"""How a run compares with the original."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nb2pipe.model.baseline import MetricNoise
from nb2pipe.model.pipeline import Direction
from nb2pipe.model.run import RunRecord
from nb2pipe.model.tags import Tolerance


class Verdict(StrEnum):
    """What a check says about one metric."""

    OK = "ok"
    FAILED = "failed"
    MISSING = "missing"  # the run did not produce it
    NOT_CHECKED = "not checked"  # no original value to compare with
    BETTER = "better"  # outside the tolerance, on the good side: a notice, not a failure
    MOVED = "moved"  # a watched metric outside its noise: a notice, not a failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The least and the most that a metric may be, whatever the original was: a level of service."""

    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricCheck:
    """``difference`` is reproduced minus ``reference`` (the original, or the mean of the repeats of a baseline).

    ``allowed`` is the largest absolute difference that passes, ``why`` where that comes from. ``retests`` are the values
    with fresh seeds, if it came to that; ``noise`` what the repeats gave; ``gate`` is false for watched metrics.
    """

    name: str
    step: str
    cell: int
    verdict: Verdict
    original: float | None
    reproduced: float | None
    difference: float | None
    allowed: float | None
    tolerance: Tolerance
    direction: Direction = Direction.BOTH
    reason: str = ""
    reference: float | None = None
    why: str = ""
    retests: tuple[float, ...] = ()
    noise: MetricNoise | None = None
    gate: bool = True
    suspect: bool = False  # outside at the first look, and fresh seeds have not been asked yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that is not as it was when the original ran: ``kind`` is value, input, parameter, code or package.

    Or that never is: ``random`` is what draws random numbers without a seed.
    """

    kind: str
    name: str
    before: str
    now: str

    def __str__(self) -> str:
        """``scikit-learn 1.5.2 → 1.9.1``."""
        return f"{self.name} {self.before} → {self.now}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """The outcome of ``nb2pipe check``. ``passed`` is false when any metric failed or is missing, or none was checked.

    ``notes`` are sentences beside the verdict, one a group of watched metrics. ``changes`` are what may explain a
    difference, the likeliest first; ``command`` is what to type to get the same numbers again. ``seeds`` are those of
    this run and of its retests.
    """

    pipeline: str
    notebook: str
    run: RunRecord
    metrics: tuple[MetricCheck, ...]
    passed: bool
    sentence: str
    notes: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    command: str = ""
    seeds: tuple[int, ...] = ()
