"""Verdicts on metrics: what passes, what fails, and who says how far a number may be off."""

from __future__ import annotations

import math

import pytest

from nb2pipe.checking import check
from nb2pipe.model import (
    Baseline,
    BaselineMetric,
    CheckReport,
    Direction,
    Metric,
    MetricSource,
    Pipeline,
    RunRecord,
    Step,
    Tolerance,
    ToleranceSource,
    Verdict,
)

NAN, INF = math.nan, math.inf
TAG, FILE, DIGITS = ToleranceSource.TAG, ToleranceSource.FILE, ToleranceSource.DIGITS


def verdict(
    original: float,
    reproduced: float | None,
    *,
    tag: Tolerance | None = None,
    direction: Direction = Direction.BOTH,
    decimals: int | None = None,
    tolerances: dict[str, Tolerance] | None = None,
    directions: dict[str, Direction] | None = None,
) -> CheckReport:
    """The report about one metric ``m``."""
    metric = Metric(
        name="m", step="s", cell=0, source=MetricSource.VARIABLE, expression="m", tolerance=tag, direction=direction
    )
    pipeline = Pipeline(name="p", notebook="p.ipynb", steps=(Step(name="s", cells=(0,)),), metrics=(metric,))
    known = BaselineMetric(name="m", value=original, step="s", cell=0, decimals=decimals)
    run = RunRecord(
        id="1", project="p", pipeline="p", steps=(), metrics={} if reproduced is None else {"m": reproduced}
    )
    baseline = Baseline(origin="recorded", metrics=(known,))
    return check(pipeline, baseline, run, tolerances=tolerances, directions=directions)


@pytest.mark.parametrize(
    ("original", "reproduced", "expected"),
    [
        (0.5, 0.5, Verdict.OK),
        (0.5, 0.5 + 1e-9, Verdict.OK),  # another thread count
        (0.5, 0.501, Verdict.FAILED),
        (0.0, 1e-13, Verdict.OK),  # relative tolerance alone allows nothing at zero
        (0.0, 1e-6, Verdict.FAILED),
        (1e9, 1e9 + 100, Verdict.OK),
        (-3.0, 3.0, Verdict.FAILED),
        (0.5, None, Verdict.MISSING),
        (NAN, NAN, Verdict.NOT_CHECKED),
        (NAN, 0.5, Verdict.FAILED),
        (0.5, NAN, Verdict.FAILED),
        (INF, INF, Verdict.OK),
        (INF, -INF, Verdict.FAILED),
        (INF, 1e308, Verdict.FAILED),
        (1.0, INF, Verdict.FAILED),
    ],
)
def test_without_a_tolerance(original: float, reproduced: float | None, expected: Verdict) -> None:
    """Equal up to rounding; an infinity equals itself; NaN in both proves nothing; whatever is missing fails."""
    report = verdict(original, reproduced)
    assert report.metrics[0].verdict is expected
    assert report.passed is (expected is Verdict.OK)


def tag(absolute: float = 0.0, relative: float = 0.0) -> Tolerance:
    return Tolerance(abs=absolute, rel=relative, source=TAG)


@pytest.mark.parametrize(
    ("tolerance", "reproduced", "ok"),
    [
        (tag(0.01), 0.509, True),
        (tag(0.01), 0.491, True),
        (tag(0.01), 0.511, False),
        (tag(relative=0.02), 0.5101, True),
        (tag(relative=0.02), 0.489, False),
        (tag(0.001, 0.02), 0.5101, True),  # the larger of both counts, as in math.isclose
        (tag(0.02, 0.001), 0.5101, True),
        (tag(), 0.5 + 1e-12, False),  # zero means exactly
        (tag(), 0.5, True),
    ],
)
def test_tolerance_of_a_tag(tolerance: Tolerance, reproduced: float, ok: bool) -> None:
    """Absolute and relative, as ``math.isclose`` counts them."""
    report = verdict(0.5, reproduced, tag=tolerance)
    assert (report.metrics[0].verdict is Verdict.OK) is ok
    assert math.isclose(0.5, reproduced, rel_tol=tolerance.rel, abs_tol=tolerance.abs) is ok


@pytest.mark.parametrize(
    ("direction", "reproduced", "expected"),
    [
        (Direction.HIGHER, 0.6, Verdict.BETTER),
        (Direction.HIGHER, 0.4, Verdict.FAILED),
        (Direction.LOWER, 0.4, Verdict.BETTER),
        (Direction.LOWER, 0.6, Verdict.FAILED),
        (Direction.BOTH, 0.6, Verdict.FAILED),
    ],
)
def test_direction(direction: Direction, reproduced: float, expected: Verdict) -> None:
    """On its good side a metric with a tolerance of the user's may be off by any amount; the file overrules the name."""
    for report in (
        verdict(0.5, reproduced, tag=tag(0.01), direction=direction),
        verdict(0.5, reproduced, tag=tag(0.01), direction=Direction.BOTH, directions={"m": direction}),
    ):
        assert report.metrics[0].verdict is expected
        assert report.passed is (expected is Verdict.BETTER)


def test_better_than_exact_is_another_result() -> None:
    """Where nobody gave a tolerance, the aim is the same number: a better one is a failure too."""
    assert verdict(0.5, 0.6, direction=Direction.HIGHER).metrics[0].verdict is Verdict.FAILED


def test_who_decides() -> None:
    """What is given wins over the tag, that over the digits that the notebook printed."""
    given = Tolerance(abs=0.2, source=FILE)
    assert verdict(0.5, 0.6, tag=tag(0.01), tolerances={"m": given}).metrics[0].tolerance == given
    assert verdict(0.5, 0.6, tag=tag(0.01), tolerances={"all": given}).metrics[0].tolerance == given
    assert verdict(0.5, 0.6, tag=tag(0.01), tolerances={"other": given}).metrics[0].tolerance == tag(0.01)
    assert verdict(0.5, 0.6, tag=tag(0.01), decimals=1).metrics[0].tolerance == tag(0.01)
    assert verdict(0.5, 0.5, decimals=1).metrics[0].tolerance.source is DIGITS


@pytest.mark.parametrize(
    ("shown", "decimals", "reproduced", "ok"),
    [(0.93, 2, 0.9349, True), (0.93, 2, 0.9251, True), (0.93, 2, 0.9361, False), (12.0, 0, 12.4, True)],
)
def test_printed_digits(shown: float, decimals: int, reproduced: float, ok: bool) -> None:
    """A number of which only some decimals are known is met by whatever rounds to it."""
    assert verdict(shown, reproduced, decimals=decimals).passed is ok


def test_nothing_compared_is_no_pass() -> None:
    """A run without any original to compare with does not pass, whatever it computed."""
    pipeline = Pipeline(name="p", notebook="p.ipynb", steps=())
    run = RunRecord(id="1", project="p", pipeline="p", steps=(), metrics={"new": 1.0})
    report = check(pipeline, Baseline(origin="recorded", metrics=()), run)
    assert not report.passed
    assert [m.verdict for m in report.metrics] == [Verdict.NOT_CHECKED]
    assert "not checked" in report.sentence


def test_new_metrics_are_shown_not_judged() -> None:
    """A number that the original did not have changes no verdict."""
    pipeline = Pipeline(name="p", notebook="p.ipynb", steps=())
    baseline = Baseline(origin="recorded", metrics=(BaselineMetric(name="m", value=1.0, step="s", cell=0),))
    run = RunRecord(id="1", project="p", pipeline="p", steps=(), metrics={"m": 1.0, "new": 5.0})
    report = check(pipeline, baseline, run)
    assert report.passed
    assert {m.name: m.verdict for m in report.metrics} == {"m": Verdict.OK, "new": Verdict.NOT_CHECKED}
    assert "1 new" in report.sentence
