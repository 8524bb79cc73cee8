"""One verdict per metric, one for the whole. What was not compared never counts as a pass."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nb2pipe.checking.tolerances import allowed, direction, effective
from nb2pipe.model import (
    Baseline,
    BaselineMetric,
    CheckReport,
    Direction,
    Metric,
    MetricCheck,
    Pipeline,
    RunRecord,
    Tolerance,
    ToleranceSource,
    Verdict,
)


def check(
    pipeline: Pipeline,
    baseline: Baseline,
    run: RunRecord,
    *,
    tolerances: Mapping[str, Tolerance] | None = None,
    directions: Mapping[str, Direction] | None = None,
) -> CheckReport:
    """Compare every metric that the baseline or the run knows. Fails if one fails or is missing, or if none was checked."""
    known = {metric.name: metric for metric in pipeline.metrics}
    checks = [
        _compare(original, known.get(original.name), run.metrics.get(original.name), tolerances or {}, directions or {})
        for original in baseline.metrics
    ]
    names = {original.name for original in baseline.metrics}
    checks += [_new(name, value, known.get(name)) for name, value in run.metrics.items() if name not in names]
    passed = _passed(checks)
    return CheckReport(
        pipeline=pipeline.name,
        notebook=pipeline.notebook,
        run=run,
        metrics=tuple(checks),
        passed=passed,
        sentence=_sentence(checks, passed=passed),
    )


def _compare(
    original: BaselineMetric,
    metric: Metric | None,
    value: float | None,
    tolerances: Mapping[str, Tolerance],
    directions: Mapping[str, Direction],
) -> MetricCheck:
    tolerance = effective(metric, original, tolerances)
    better = direction(metric, directions, original.name)
    verdict, difference, limit, reason = _judge(original.value, value, tolerance, better)
    return MetricCheck(
        name=original.name,
        step=original.step,
        cell=original.cell,
        verdict=verdict,
        original=original.value,
        reproduced=value,
        difference=difference,
        allowed=limit,
        tolerance=tolerance,
        direction=better,
        reason=reason,
    )


def _judge(
    original: float, value: float | None, tolerance: Tolerance, better: Direction
) -> tuple[Verdict, float | None, float | None, str]:
    if value is None:
        return Verdict.MISSING, None, None, "the run did not produce it"
    if not (math.isfinite(original) and math.isfinite(value)):
        return _judge_special(original, value)
    difference, limit = value - original, allowed(tolerance, original, value)
    if abs(difference) <= limit * (1 + 1e-9):  # 0.49 is within 0.01 of 0.5, whatever floating point says
        return Verdict.OK, difference, limit, ""
    good_side = (better is Direction.HIGHER and difference > 0) or (better is Direction.LOWER and difference < 0)
    if good_side and tolerance.source in (ToleranceSource.TAG, ToleranceSource.FILE):
        return Verdict.BETTER, difference, limit, "better than the original by more than the tolerance"
    return Verdict.FAILED, difference, limit, ""


def _judge_special(original: float, value: float) -> tuple[Verdict, float | None, float | None, str]:
    """NaN equals NaN, an infinity only itself."""
    if math.isnan(original) and math.isnan(value):
        return Verdict.OK, 0.0, 0.0, "NaN in both"
    if original == value:
        return Verdict.OK, 0.0, 0.0, "infinite in both"
    if math.isnan(value) or math.isnan(original):
        return Verdict.FAILED, None, None, "NaN in the run" if math.isnan(value) else "NaN in the original"
    return Verdict.FAILED, None, None, "infinite"


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


def _passed(checks: list[MetricCheck]) -> bool:
    compared = [item for item in checks if item.verdict is not Verdict.NOT_CHECKED]
    return bool(compared) and all(item.verdict in (Verdict.OK, Verdict.BETTER) for item in compared)


def _sentence(checks: list[MetricCheck], *, passed: bool) -> str:
    compared = [item for item in checks if item.verdict is not Verdict.NOT_CHECKED]
    if not compared:
        return "not checked: there is no original value to compare with"
    good = sum(item.verdict in (Verdict.OK, Verdict.BETTER) for item in compared)
    missing = sum(item.verdict is Verdict.MISSING for item in compared)
    parts = [f"{good} of {len(compared)} metric{'s' if len(compared) != 1 else ''} within tolerance"]
    if missing:
        parts.append(f"{missing} missing")
    if len(compared) < len(checks):
        parts.append(f"{len(checks) - len(compared)} new, not checked")
    return ("reproduced: " if passed else "not reproduced: ") + ", ".join(parts)
