"""One verdict per metric, one for the whole. What was not compared never counts as a pass."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nb2pipe.checking import floors, gates, noise
from nb2pipe.checking.tolerances import allowed, direction, effective
from nb2pipe.model import (
    Baseline,
    BaselineMetric,
    CheckReport,
    Direction,
    Gate,
    Limits,
    Metric,
    MetricCheck,
    MetricNoise,
    NoiseKind,
    NoiseRule,
    Pipeline,
    RunRecord,
    Tolerance,
    ToleranceSource,
    Verdict,
)
from nb2pipe.rules import figures

OWN = (ToleranceSource.TAG, ToleranceSource.FILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user wants of a check, by metric (tolerances also for ``all``).

    ``retests`` are the metrics of runs with fresh seeds. ``strict``: what is not checked fails. ``same_nan``: NaN equals
    NaN, as it does where a pipeline is compared with its notebook.
    """

    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    directions: Mapping[str, Direction] = field(default_factory=dict)
    limits: Mapping[str, Limits] = field(default_factory=dict)
    gates: Mapping[str, bool] = field(default_factory=dict)
    retests: Sequence[Mapping[str, float]] = ()
    strict: bool = False
    same_nan: bool = False


def check(
    pipeline: Pipeline,
    baseline: Baseline,
    run: RunRecord,
    *,
    tolerances: Mapping[str, Tolerance] | None = None,
    directions: Mapping[str, Direction] | None = None,
    asked: Asked | None = None,
) -> CheckReport:
    """Compare every metric that the baseline or the run knows. Fails if one fails or is missing, or if none was checked.

    Metrics whose noise the baseline knows are judged by it, unless the user gave a tolerance. Those outside at the first
    look are marked ``suspect`` until ``asked.retests`` has the metrics of runs with fresh seeds.
    """
    wish = asked or Asked()
    wish = replace(wish, tolerances=tolerances or wish.tolerances, directions=directions or wish.directions)
    known = {metric.name: metric for metric in pipeline.metrics}
    usual = {m.name for m in baseline.metrics if gates.usually(known.get(m.name), m.name)}
    usual = usual or {m.name for m in baseline.metrics}  # a check in which nothing can fail would be none
    items = [
        _item(original, known.get(original.name), run, baseline, wish, usual=original.name in usual)
        for original in baseline.metrics
    ]
    judged = _by_noise(items, baseline, wish)
    checks = [judged.get(item.name) or _compare(item, wish) for item in items]
    names = {original.name for original in baseline.metrics}
    checks += [_new(name, value, known.get(name)) for name, value in run.metrics.items() if name not in names]
    checks = [_within_limits(item, wish.limits.get(item.name)) for item in checks]
    passed = _passed(checks, strict=wish.strict)
    return CheckReport(
        pipeline=pipeline.name,
        notebook=pipeline.notebook,
        run=run,
        metrics=tuple(checks),
        passed=passed,
        sentence=_sentence(checks, passed=passed, strict=wish.strict),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A metric of the baseline with all that decides about it."""

    original: BaselineMetric
    value: float | None
    tolerance: Tolerance
    direction: Direction
    noise: MetricNoise | None
    gate: bool

    @property
    def name(self) -> str:
        return self.original.name

    @property
    def floor(self) -> float:
        return max(floors.rounding(self.original.decimals), floors.discrete(self.noise.cases if self.noise else None))


def _item(
    original: BaselineMetric, metric: Metric | None, run: RunRecord, baseline: Baseline, wish: Asked, *, usual: bool
) -> _Item:  # fmt: skip
    known = baseline.noise.metrics.get(original.name) if baseline.noise else None
    tolerance = effective(metric, original, wish.tolerances)
    gate = wish.gates.get(original.name, known.gate if known else usual or tolerance.source in OWN)
    return _Item(
        original=original,
        value=run.metrics.get(original.name),
        tolerance=tolerance,
        direction=direction(metric, wish.directions, original.name),
        noise=known,
        gate=gate or (known is not None and known.kind is NoiseKind.DETERMINISTIC and original.name not in wish.gates),
    )


def _by_noise(items: Sequence[_Item], baseline: Baseline, wish: Asked) -> dict[str, MetricCheck]:
    """The checks of all metrics that are judged by their noise: together, because false alarms add up."""
    if baseline.noise is None:
        return {}
    rule = baseline.noise.rule
    judged = [
        item
        for item in items
        if item.tolerance.source not in OWN
        and gates.statistical(item.noise)
        and item.value is not None
        and math.isfinite(item.value)
    ]
    tried = {item.name: _candidate(item, rule) for item in judged}
    of_gates = [tried[item.name] for item in judged if item.gate]
    levels = gates.levels(of_gates, rule) if of_gates else {}
    watched = [tried[item.name] for item in judged if not item.gate and not item.name.endswith(".support")]
    shifts = gates.moved(watched)  # how many cases there are of a class is no result
    return {
        item.name: _gated(item, tried[item.name], rule, levels[item.name], wish)
        if item.gate
        else _watched(item, tried[item.name], shifts.get(item.name))
        for item in judged
    }


def _candidate(item: _Item, rule: NoiseRule) -> gates.Candidate:
    assert item.noise is not None
    assert item.value is not None
    current = noise.with_tolerance(item.noise, item.original, rule, item.direction)
    return gates.Candidate(
        name=item.name, value=item.value, noise=current, direction=item.direction, floor=item.floor
    )  # fmt: skip


def _gated(item: _Item, gate: gates.Candidate, rule: NoiseRule, alpha: float, wish: Asked) -> MetricCheck:
    limits = noise.with_tolerance(gate.noise, item.original, rule, item.direction, alpha=alpha)
    reach = limits.tolerance
    result = _check(
        item, Verdict.OK, allowed=reach, reference=limits.reference,
        tolerance=Tolerance(abs=reach, source=ToleranceSource.NOISE),
    )  # fmt: skip
    result = replace(result, why=limits.origin)
    if not gate.is_beyond(reach):
        if gates.suspiciously_good(gate, rule):
            why = "suspiciously better than its repeats: has test data leaked into training?"
            return replace(result, verdict=Verdict.BETTER, reason=why)
        return result
    retests = tuple(run.get(item.name, math.nan) for run in wish.retests)
    if rule.gate is Gate.TOLERANCE or not rule.retest:
        return replace(result, verdict=Verdict.FAILED)
    if not retests:
        return replace(result, verdict=Verdict.FAILED, suspect=True)
    mean = math.fsum(retests) / len(retests)
    off = figures.difference(mean - gate.noise.reference)
    limit = figures.allowance(gates.retest_reach(gate, len(retests), rule, alpha))
    told = f"{len(retests)} fresh seeds gave {', '.join(figures.number(value, 5) for value in retests)}"
    if gates.stands(gate, retests, rule, alpha):
        confirmed = f"{told}: their mean is off by {off} too, outside {limit}"
        return replace(result, verdict=Verdict.FAILED, retests=retests, reason=confirmed)
    cleared = f"outside at first, but {told}: their mean is off by {off}, within {limit}"
    return replace(result, retests=retests, reason=cleared)


def _watched(item: _Item, seen: gates.Candidate, size: float | None) -> MetricCheck:
    result = _check(
        item, Verdict.OK, allowed=seen.noise.tolerance, reference=seen.noise.reference,
        tolerance=Tolerance(abs=seen.noise.tolerance, source=ToleranceSource.NOISE),
    )  # fmt: skip
    result = replace(result, why=seen.noise.origin)
    if size is None:
        return result
    return replace(result, verdict=Verdict.MOVED, reason=f"watched: {size:+.1f} standard deviations off")


def _compare(item: _Item, wish: Asked) -> MetricCheck:
    """Without noise: within the tolerance of the original, or not."""
    original, value = item.original.value, item.value
    if value is None:
        return _check(item, Verdict.MISSING, reason="the run did not produce it")
    if not (math.isfinite(original) and math.isfinite(value)):
        verdict, reason = _judge_special(original, value, same_nan=wish.same_nan)
        return _check(item, verdict, reason=reason, allowed=0.0 if verdict is Verdict.OK else None)
    if item.noise is not None and item.noise.kind is NoiseKind.UNDEFINED and item.tolerance.source not in OWN:
        return _check(item, Verdict.NOT_CHECKED, reason="it was no number in every repeat of the baseline")
    difference, limit = value - original, allowed(item.tolerance, original, value)
    if item.tolerance.source not in OWN and item.noise is not None and item.noise.cases and not item.gate:
        limit = max(limit, 1 / item.noise.cases)
    result = _check(item, Verdict.OK, allowed=limit)
    result = replace(result, why=_why(item))
    if abs(difference) <= limit * (1 + 1e-9):  # 0.49 is within 0.01 of 0.5, whatever floating point says
        return result
    verdict, reason = _judge_distant(item, difference)
    return replace(result, verdict=verdict, reason=reason)


def _judge_distant(item: _Item, difference: float) -> tuple[Verdict, str]:
    """Outside of the tolerance: on which side, and does it matter."""
    better = item.direction
    good_side = (better is Direction.HIGHER and difference > 0) or (better is Direction.LOWER and difference < 0)
    if good_side and item.tolerance.source in OWN:
        return Verdict.BETTER, "better than the original by more than the tolerance"
    if not item.gate:
        return Verdict.MOVED, "watched: it never fails a check"
    return Verdict.FAILED, ""


def _why(item: _Item) -> str:
    """Where the tolerance comes from, in words."""
    match item.tolerance.source:
        case ToleranceSource.TAG:
            return "its tag in the notebook"
        case ToleranceSource.FILE:
            return "pipeline.yaml or the command line"
        case ToleranceSource.DIGITS:
            return f"the {item.original.decimals} decimals that the notebook printed"
    if item.noise is not None:
        return item.noise.origin
    return "relative 1e-6: its noise is not known"


def _judge_special(original: float, value: float, *, same_nan: bool) -> tuple[Verdict, str]:
    """An infinity equals itself; NaN in both says nothing, unless that is just what was asked."""
    if math.isnan(original) and math.isnan(value):
        return (Verdict.OK, "NaN in both") if same_nan else (Verdict.NOT_CHECKED, "NaN in both: nothing to compare")
    if original == value:
        return Verdict.OK, "infinite in both"
    if math.isnan(value) or math.isnan(original):
        return Verdict.FAILED, "NaN in the run" if math.isnan(value) else "NaN in the original"
    return Verdict.FAILED, "infinite"


def _check(
    item: _Item,
    verdict: Verdict,
    *,
    reason: str = "",
    allowed: float | None = None,
    reference: float | None = None,
    tolerance: Tolerance | None = None,
) -> MetricCheck:
    base = item.original.value if reference is None else reference
    comparable = item.value is not None and math.isfinite(item.value) and math.isfinite(base)
    difference = item.value - base if comparable and item.value is not None else None
    return MetricCheck(
        name=item.name,
        step=item.original.step,
        cell=item.original.cell,
        verdict=verdict,
        original=item.original.value,
        reproduced=item.value,
        difference=0.0 if verdict is Verdict.OK and difference is None else difference,
        allowed=allowed,
        tolerance=tolerance or item.tolerance,
        direction=item.direction,
        reason=reason,
        reference=reference,
        noise=item.noise,
        gate=item.gate,
    )


def _new(name: str, value: float, metric: Metric | None) -> MetricCheck:
    """A number of the run that the baseline does not know: shown, never judged."""
    return MetricCheck(
        name=name,
        step=metric.step if metric else "",
        cell=metric.cell if metric else 0,
        verdict=Verdict.NOT_CHECKED,
        original=None,
        reproduced=value,
        difference=None,
        allowed=None,
        tolerance=Tolerance(),
        reason="the baseline has no value for it",
    )


def _within_limits(item: MetricCheck, limits: Limits | None) -> MetricCheck:
    """A limit of the user's holds whatever the original was, and for metrics without one."""
    value = item.reproduced
    if limits is None or value is None:
        return item
    told = figures.number(value, 6)
    if math.isnan(value) or (limits.min is not None and value < limits.min):
        reason = f"{told} is below the limit: at least {figures.number(limits.min)}"
    elif limits.max is not None and value > limits.max:
        reason = f"{told} is above the limit: at most {figures.number(limits.max)}"
    elif item.verdict is Verdict.NOT_CHECKED:
        return replace(item, verdict=Verdict.OK, reason="within its limits; there is no original value")
    else:
        return item
    return replace(item, verdict=Verdict.FAILED, reason=reason, suspect=False, gate=True)


def _passed(checks: list[MetricCheck], *, strict: bool) -> bool:
    compared = [item for item in checks if item.verdict is not Verdict.NOT_CHECKED]
    if strict and len(compared) < len(checks):
        return False
    return bool(compared) and not any(item.verdict in (Verdict.FAILED, Verdict.MISSING) for item in compared)


def _sentence(checks: list[MetricCheck], *, passed: bool, strict: bool) -> str:
    compared = [item for item in checks if item.verdict is not Verdict.NOT_CHECKED]
    if not compared:
        return "not checked: there is no original value to compare with"
    judged = [item for item in compared if item.gate]
    good = sum(item.verdict not in (Verdict.FAILED, Verdict.MISSING) for item in judged)
    missing = sum(item.verdict is Verdict.MISSING for item in compared)
    parts = [f"{good} of {figures.count(len(judged), 'metric')} within tolerance"]
    if missing:
        parts.append(f"{missing} missing")
    watched = [item for item in compared if not item.gate]
    if watched:
        off = sum(item.verdict is Verdict.MOVED for item in watched)
        parts.append(f"{len(watched)} watched" + (f" ({off} moved)" if off else ""))
    unknown = [item for item in checks if item.verdict is Verdict.NOT_CHECKED]
    if unknown:
        new = all(item.original is None for item in unknown)
        parts.append(
            f"{len(unknown)} {'new, ' if new else ''}not checked{', which --strict forbids' if strict else ''}"
        )
    return ("reproduced: " if passed else "not reproduced: ") + ", ".join(parts)
