"""The formulas, against tables that other people computed, and against simulation."""

from __future__ import annotations

import math
import random

import pytest

from nb2pipe.checking import equivalence, floors, intervals, moderation, multiplicity
from nb2pipe.checking.equivalence import Equivalence

RUNS = (3, 4, 5, 7, 10, 15, 20, 30)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, (4.97, 3.56, 3.04, 2.62, 2.37, 2.22, 2.14, 2.08)),
        ({"sides": 1}, (3.37, 2.63, 2.34, 2.08, 1.92, 1.82, 1.77, 1.73)),
        ({"m": 2}, (3.93, 2.76, 2.32, 1.96, 1.75, 1.61, 1.55, 1.49)),
    ],
)
def test_prediction_intervals(how: dict[str, int], expected: tuple[float, ...]) -> None:
    """Multiples of s, to two decimals."""
    assert tuple(round(intervals.prediction_multiplier(k, **how), 2) for k in RUNS) == expected


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        (2, (9.99, 6.40, 5.09, 4.01, 3.38, 2.95, 2.75, 2.55)),
        (1, (7.66, 5.14, 4.20, 3.40, 2.91, 2.57, 2.40, 2.22)),
    ],
)
def test_tolerance_intervals(sides: int, expected: tuple[float, ...]) -> None:
    """Howe's for two sides, the noncentral t for one."""
    for k, value in zip(RUNS, expected, strict=True):
        assert intervals.tolerance_multiplier(k, sides=sides) == pytest.approx(value, abs=0.011)


def test_a_value_on_the_border_has_the_probability_that_the_border_was_made_for() -> None:
    """p-value and multiplier are inverse, for every form of the interval."""
    for k in RUNS:
        for how in ({}, {"sides": 1}, {"m": 2}, {"fixed": True}):
            distance = 0.3 * intervals.prediction_multiplier(k, alpha=0.05, **how)
            assert intervals.p_value(distance, 0.3, k, **how) == pytest.approx(0.05)
    assert intervals.p_value(0.0, 0.0, 5) == 1.0
    assert intervals.p_value(1e-9, 0.0, 5) == 0.0
    assert intervals.p_value(-1.0, 0.0, 5, sides=1) == 1.0
    assert intervals.moments([0.1, 0.1, 0.1]) == (0.1, 0.0)
    with pytest.raises(ValueError, match="at least 2"):
        intervals.prediction_multiplier(1)


def test_the_same_numbers_are_equivalent_and_far_ones_are_not() -> None:
    """And where the runs do not suffice, that is said."""
    draw = random.Random(3)
    old = [draw.gauss(0.9, 0.01) for _ in range(8)]
    near, far = [value + 0.001 for value in old], [value + 0.1 for value in old]
    assert equivalence.tost(near, old, 0.03).verdict is Equivalence.EQUIVALENT
    assert equivalence.tost(far, old, 0.03).verdict is Equivalence.DIFFERENT
    assert equivalence.tost(near, old, 0.004).verdict is Equivalence.INCONCLUSIVE
    assert equivalence.tost([1.0, 1.0], [1.0, 1.0], 0.01).verdict is Equivalence.EQUIVALENT
    scipy_stats = pytest.importorskip("scipy.stats")
    upper = scipy_stats.ttest_ind([x - 0.03 for x in near], old, equal_var=False, alternative="less").pvalue
    lower = scipy_stats.ttest_ind([x + 0.03 for x in near], old, equal_var=False, alternative="greater").pvalue
    assert equivalence.tost(near, old, 0.03).p == pytest.approx(max(upper, lower))


def test_many_tests() -> None:
    """Worked by hand: Holm's steps, and adjusted p-values of Benjamini and Hochberg."""
    assert multiplicity.holm([0.01, 0.04, 0.03, 0.005]) == (True, False, False, True)
    assert multiplicity.holm([]) == ()
    assert multiplicity.benjamini_hochberg([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.02, 0.04, 0.04, 0.02))


def test_the_prior_of_variances_is_found_again() -> None:
    """Variances drawn around a known prior: its variance and degrees come back; equal ones have no spread."""
    draw = random.Random(1)
    drawn = [2.0 * 8 / draw.gammavariate(4, 2) * draw.gammavariate(2, 2) / 4 for _ in range(3000)]
    prior = moderation.estimate(drawn, 4)
    assert prior.degrees == pytest.approx(8, rel=0.25)
    assert prior.variance == pytest.approx(2.0, rel=0.1)
    assert moderation.estimate([1.0] * 9, 4) == moderation.NONE
    assert math.isinf(moderation.estimate([1.0] * 40, 4).degrees)
    assert moderation.p_value(1.96, 1.0, math.inf, 10**9) == pytest.approx(0.05, abs=1e-3)


def test_steps_of_a_counting_metric() -> None:
    """n is what is known, or what three different values agree on; numbers without steps have none."""
    assert floors.cases([55 / 57, 55 / 57], known=57) == 57
    assert floors.cases([0.95, 0.9501], known=57) is None
    assert floors.cases([1.0, 1.0], known=57) is None  # any number of cases fits: nothing is known
    assert floors.cases([55 / 57, 54 / 57, 50 / 57]) == 57
    assert floors.cases([0.95, 0.95, 0.9]) is None
    draw = random.Random(2)
    assert floors.cases([draw.random() for _ in range(5)]) is None
    assert floors.discrete(57) == pytest.approx(1 / 57)
    assert floors.discrete(None) == 0
    assert floors.rounding(2) == 0.005
    assert floors.rounding(None) == 0
