"""Which metrics are outside of their noise: gates by Holm and a retest, watched ones by Benjamini and Hochberg."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nb2pipe.checking import intervals, moderation, multiplicity
from nb2pipe.model import Direction, Gate, Metric, MetricNoise, NoiseKind, NoiseRule
from nb2pipe.outputs.durations import is_duration

FALSE_SHARE = 0.05  # of the watched metrics that are reported


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A metric whose noise is known, with its new ``value``; ``floor`` is what no difference below counts."""

    name: str
    value: float
    noise: MetricNoise
    direction: Direction
    floor: float = 0.0

    @property
    def distance(self) -> float:
        """From the reference, positive where it is worse; without a direction, of either sign."""
        off = self.value - self.noise.reference
        return -off if self.direction is Direction.HIGHER else off

    @property
    def sides(self) -> int:
        """One where it is known which side is worse."""
        return 2 if self.direction is Direction.BOTH else 1

    def p(self, rule: NoiseRule, *, m: int = 1, distance: float | None = None) -> float:
        """How likely the value is if nothing changed."""
        off = self.distance if distance is None else distance
        fixed = rule.reference == "original"
        return intervals.p_value(off, self.noise.sd, self.noise.k, m=m, sides=self.sides, fixed=fixed)

    def is_beyond(self, limit: float, *, distance: float | None = None) -> bool:
        """Whether the distance is larger, on the side or sides that count."""
        off = self.distance if distance is None else distance
        return (off if self.sides == 1 else abs(off)) > limit * (1 + 1e-9)


def usually(metric: Metric | None, name: str) -> bool:
    """Whether a metric fails a check unless somebody decides otherwise: not how long something took, without a tolerance."""
    return not is_duration(name) or (metric is not None and metric.tolerance is not None)


def statistical(noise: MetricNoise | None) -> bool:
    """Whether there is noise to judge by."""
    return noise is not None and noise.kind in (NoiseKind.SEED_SENSITIVE, NoiseKind.UNCONTROLLED) and noise.sd > 0


def levels(gates: Sequence[Candidate], rule: NoiseRule) -> dict[str, float]:
    """The share of false alarms that each gate is given, so that *any* false alarm is rarer than the rule's alpha.

    Holm's steps for the prediction interval; equal shares for the tolerance interval.
    """
    if rule.gate is Gate.TOLERANCE:
        return {gate.name: rule.alpha / len(gates) for gate in gates}
    p = [gate.p(rule) for gate in gates]
    rejected = multiplicity.holm(p, rule.alpha)
    order = {at: rank for rank, at in enumerate(sorted(range(len(p)), key=lambda at: p[at]))}
    last = sum(rejected)
    return {gate.name: rule.alpha / (len(gates) - min(order[at], last)) for at, gate in enumerate(gates)}


def stands(gate: Candidate, retests: Sequence[float], rule: NoiseRule, alpha: float) -> bool:
    """Whether fresh seeds confirm that the value is off: their mean is outside too, or they gave no number.

    ``alpha`` is the gate's level at the first look: of many gates, those come here whose s happens to be small.
    """
    if not retests or not all(map(math.isfinite, retests)):
        return True
    mean = math.fsum(retests) / len(retests)
    off = mean - gate.noise.reference
    distance = -off if gate.direction is Direction.HIGHER else off
    p = gate.p(rule, m=len(retests), distance=distance)
    return p < alpha and gate.is_beyond(gate.floor, distance=distance)


def retest_reach(gate: Candidate, m: int, rule: NoiseRule, alpha: float) -> float:
    """How far the mean of ``m`` retests may be off, at the same level."""
    fixed = rule.reference == "original"
    multiplier = intervals.prediction_multiplier(gate.noise.k, alpha=alpha, m=m, sides=gate.sides, fixed=fixed)
    return max(multiplier * gate.noise.sd, gate.floor)


def suspiciously_good(gate: Candidate, rule: NoiseRule) -> bool:
    """Whether the value is better than nearly all that the repeats let expect."""
    if gate.direction is Direction.BOTH:
        return False
    reach = intervals.tolerance_multiplier(
        gate.noise.k, coverage=rule.coverage, confidence=rule.confidence, sides=1
    )  # fmt: skip
    return -gate.distance > max(reach * gate.noise.sd, gate.floor)


def moved(watched: Sequence[Candidate]) -> Mapping[str, float]:
    """Watched metrics that are off, with how many (moderated) standard deviations; one in twenty of them by chance.

    Variances are moderated over all watched metrics with the same number of repeats, each in units of its reference.
    """
    p: dict[str, float] = {}
    size: dict[str, float] = {}
    for k in {item.noise.k for item in watched}:
        group = [item for item in watched if item.noise.k == k]
        scales = [max(abs(item.noise.reference), item.noise.sd) for item in group]
        variances = [(item.noise.sd / scale) ** 2 for item, scale in zip(group, scales, strict=True)]
        prior = moderation.estimate(variances, k - 1)
        for item, scale, own in zip(group, scales, variances, strict=True):
            variance, degrees = prior.moderated(own, k - 1)
            off = (item.value - item.noise.reference) / scale
            beyond = abs(off * scale) > item.floor
            p[item.name] = moderation.p_value(off, variance, degrees, k) if beyond else 1.0
            size[item.name] = off / math.sqrt(variance)
    names = list(p)
    adjusted = multiplicity.benjamini_hochberg([p[name] for name in names])
    return {name: size[name] for name, q in zip(names, adjusted, strict=True) if q < FALSE_SHARE}
