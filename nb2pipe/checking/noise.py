"""What repeats with other seeds teach about each metric: its class, its noise, and the tolerance that follows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nb2pipe.checking import floors, intervals, multiplicity
from nb2pipe.checking.gates import usually
from nb2pipe.model import (
    Baseline,
    BaselineMetric,
    Direction,
    Gate,
    Metric,
    MetricNoise,
    MetricSource,
    Noise,
    NoiseKind,
    NoiseRule,
)
from nb2pipe.rules import figures

SAME = 1e-9  # relative; other threads add up in another order, and move numbers by 1e-15
LUCKY = 0.01  # an original rarer than this among its repeats is not one of them


def learn(
    originals: Sequence[BaselineMetric],
    repeats: Sequence[Mapping[str, float]],
    again: Mapping[str, float],
    rule: NoiseRule,
    *,
    metrics: Mapping[str, Metric],
    cases: Mapping[str, int],
    directions: Mapping[str, Direction] | None = None,
    gates: Mapping[str, bool] | None = None,
) -> dict[str, MetricNoise]:
    """Each metric's noise. ``again`` are the metrics of a second run with the first repeat's seed.

    ``cases`` are lengths of the data that metrics were computed from, where known. Numbers that are part of something
    larger (a report, a table) are watched, and durations; others are gates, unless ``gates`` says so or a tag names the
    metric. If none would be a gate, all are.
    """
    found = {}
    usual = {m.name for m in originals if _is_gate(m.name, metrics.get(m.name))}
    usual = usual or {m.name for m in originals if not m.name.endswith(".support")}  # something has to be able to fail
    for original in originals:
        name, metric = original.name, metrics.get(original.name)
        values = tuple(repeat.get(name, math.nan) for repeat in repeats)
        noise = _of_metric(values, again.get(name))
        known = _support(name, repeats[0]) or cases.get(name)
        gate = (gates or {}).get(name, name in usual)
        noise = replace(noise, gate=gate, cases=floors.cases(values, known))
        direction = (directions or {}).get(name) or (metric.direction if metric else Direction.BOTH)
        found[name] = with_tolerance(noise, original, rule, direction)
    return found


def _is_gate(name: str, metric: Metric | None) -> bool:
    part = metric is not None and bool(metric.key) and metric.source is not MetricSource.LOGGED
    return usually(metric, name) and not (part and metric is not None and metric.tolerance is None)


def with_tolerance(
    noise: MetricNoise, original: BaselineMetric, rule: NoiseRule, direction: Direction, *, alpha: float | None = None
) -> MetricNoise:
    """The noise with how far one value may be off, worked out by the rule; ``alpha`` is the rule's unless given."""
    centred = rule.reference == "calibrated" and noise.kind in (NoiseKind.SEED_SENSITIVE, NoiseKind.UNCONTROLLED)
    noise = replace(noise, reference=noise.mean if centred else original.value)
    if noise.kind is NoiseKind.UNDEFINED:
        return replace(noise, tolerance=math.nan, origin="no number in every repeat: nothing to judge by")
    if noise.sd == 0:
        # 1e-6: other threads and SIMD kernels move metrics by 1e-15, real changes by more than 1e-4
        reach, origin = max(1e-6 * abs(original.value), 1e-12), f"the same in {noise.k} repeats: relative 1e-6"
    else:
        sides = 2 if direction is Direction.BOTH else 1
        reach, origin = _reach(noise, rule, sides, rule.alpha if alpha is None else alpha)
    for floor, why in (
        (floors.rounding(original.decimals), f"the {original.decimals} decimals that the notebook printed"),
        (floors.discrete(noise.cases) if noise.sd else 0.0, f"one case of {noise.cases}"),
    ):
        if floor > reach:
            reach, origin = floor, f"{why} (noise: {figures.number(noise.sd, 3)})"
    return replace(noise, tolerance=reach, origin=origin)


def typical(original: float, noise: MetricNoise, floor: float = 0.0) -> float | None:
    """The probability of an original at least as far from the repeats, if it is one of them; ``None``: unknown."""
    if noise.kind is NoiseKind.DETERMINISTIC:  # every repeat gave one number, the original another
        return 1.0 if math.isclose(original, noise.mean, rel_tol=1e-6, abs_tol=max(floor, 1e-12)) else 0.0
    if noise.kind is not NoiseKind.SEED_SENSITIVE or not math.isfinite(original) or noise.k < 3:
        return None
    if abs(original - noise.mean) <= max(floor, floors.discrete(noise.cases)):
        return 1.0
    return intervals.typical(original, noise.values)


def lucky(originals: Sequence[BaselineMetric], known: Mapping[str, MetricNoise]) -> dict[str, float]:
    """The originals that are none of their own repeats, with their p-values.

    Among many numbers some are rare: Holm keeps the chance of any false one at one in a hundred, for the gates and for the
    watched ones each.
    """
    found: dict[str, float] = {}
    for gate in (True, False):
        odds = {
            metric.name: p
            for metric in originals
            if metric.name in known and known[metric.name].gate is gate
            and (p := typical(metric.value, known[metric.name], floors.rounding(metric.decimals))) is not None
        }  # fmt: skip
        rejected = multiplicity.holm(list(odds.values()), LUCKY)
        found |= {name: p for (name, p), rare in zip(odds.items(), rejected, strict=True) if rare}
    return found


def _reach(noise: MetricNoise, rule: NoiseRule, sides: int, alpha: float) -> tuple[float, str]:
    told = f"{noise.k} repeats, s = {figures.number(noise.sd, 3)}"
    if rule.gate is Gate.TOLERANCE:
        # several gates share the false alarms: each has to hold a larger share of its values
        coverage = 1 - (1 - rule.coverage) * alpha / rule.alpha
        multiplier = intervals.tolerance_multiplier(noise.k, coverage=coverage, confidence=rule.confidence, sides=sides)
        shares = f"{_percent(coverage)}/{_percent(rule.confidence)}"
        return multiplier * noise.sd, f"{shares} tolerance interval of {told}"
    fixed = rule.reference == "original"
    multiplier = intervals.prediction_multiplier(noise.k, alpha=alpha, sides=sides, fixed=fixed)
    return multiplier * noise.sd, f"{_percent(1 - alpha)}% prediction interval of {told}"


def _of_metric(values: tuple[float, ...], again: float | None) -> MetricNoise:
    base = MetricNoise(
        kind=NoiseKind.UNDEFINED, k=len(values), values=values, mean=math.nan, sd=math.nan, reference=math.nan,
        tolerance=math.nan, origin="", again=again,
    )  # fmt: skip
    if not all(map(math.isfinite, values)):
        return base
    mean, sd = intervals.moments(values)
    if all(same(value, values[0]) for value in values):
        mean, sd = values[0], 0.0
    kind = NoiseKind.SEED_SENSITIVE if sd else NoiseKind.DETERMINISTIC
    if again is not None and not (math.isfinite(again) and same(again, values[0])):
        kind = NoiseKind.UNCONTROLLED
        seen = tuple(value for value in (*values, again) if math.isfinite(value))
        mean, sd = intervals.moments(seen)
        return replace(base, kind=kind, mean=mean, sd=sd, values=seen, k=len(seen))
    return replace(base, kind=kind, mean=mean, sd=sd)


def same(a: float, b: float) -> bool:
    """Whether two numbers are equal up to what another order of sums explains; NaN equals NaN."""
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return math.isclose(a, b, rel_tol=SAME, abs_tol=1e-12)


def _support(name: str, values: Mapping[str, float]) -> int | None:
    """The number of cases of a class in a classification report."""
    support = values.get(f"{name.rpartition('.')[0]}.support")
    return int(support) if support and math.isfinite(support) and not name.endswith(".support") else None


def _percent(share: float) -> str:
    return figures.number(100 * share, 3).removesuffix(".0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the repeats gave. ``lucky`` are metrics whose original is rarer than 1 in 100 among them, with its p-value.

    ``seeded``: no seed from outside had an effect, because the notebook seeds itself; then ``seed_parameters`` are those
    that look like its seed. ``seconds`` is the time that the repeats took.
    """

    project: Path
    notebook: str
    baseline: Baseline
    noise: Noise
    lucky: Mapping[str, float]
    seeded: bool
    seed_parameters: tuple[str, ...]
    seconds: float
