"""How far a metric may be off, and who says so: the command line, the project's file, a tag, the printed digits."""

from __future__ import annotations

from collections.abc import Mapping

from nb2pipe.model import BaselineMetric, Direction, Metric, MetricSource, Tolerance, ToleranceSource

# Other threads and SIMD kernels move metrics by 1e-15, so 1e-6 never cries wolf and still sees any real change.
EXACT = Tolerance(abs=1e-12, rel=1e-6, source=ToleranceSource.DEFAULT)
ALL = "all"


def effective(metric: Metric | None, baseline: BaselineMetric, given: Mapping[str, Tolerance]) -> Tolerance:
    """The tolerance of one metric. ``given`` (command line over file) wins over the tag, that over printed digits."""
    for name in (baseline.name, ALL):
        if name in given:
            return given[name]
    if metric is not None and metric.tolerance is not None:
        return metric.tolerance
    if baseline.decimals is not None and metric is not None and metric.source is MetricSource.PRINTED:
        return Tolerance(abs=10.0**-baseline.decimals, source=ToleranceSource.DIGITS)  # both sides are rounded
    if baseline.decimals is not None:
        return Tolerance(abs=0.5 * 10.0**-baseline.decimals + 1e-12, rel=0.0, source=ToleranceSource.DIGITS)
    return EXACT


def allowed(tolerance: Tolerance, original: float, reproduced: float) -> float:
    """The largest difference that passes, as :func:`math.isclose` counts it."""
    return max(tolerance.rel * max(abs(original), abs(reproduced)), tolerance.abs)


def direction(metric: Metric | None, given: Mapping[str, Direction], name: str) -> Direction:
    """Which side is better: the project's file wins over the name's usual meaning."""
    if name in given:
        return given[name]
    return metric.direction if metric is not None else Direction.BOTH
