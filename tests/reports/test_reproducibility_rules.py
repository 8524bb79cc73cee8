"""Numbers in messages, and the findings of a check."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from outcomes_by_hand import metric

from nb2pipe import rules
from nb2pipe.diagnostics import Severity
from nb2pipe.model import Cell, CellKind, Change, Direction, Notebook, Tolerance, ToleranceSource, Verdict
from nb2pipe.rules import (
    figures,
    nb401_out_of_tolerance,
    nb402_out_of_order,
    nb403_metric_missing,
    nb404_nothing_checked,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "-"),
        (0.958041958041958, "0.958041958"),
        (0.1, "0.1"),
        (100.0, "100.0"),
        (1e-05, "1e-05"),
        (123456789.125, "123456789.1"),
        (123456789012.0, "123456789012.0"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (-0.25, "-0.25"),
        (3, "3.0"),
    ],
)
def test_number(value, expected):
    """At most ten digits, fewer if they say it all."""
    assert figures.number(value) == expected


@pytest.mark.parametrize(
    ("original", "reproduced", "expected"),
    [
        (0.5, 0.5, ("0.5", "0.5")),
        (0.1123, 0.1391, ("0.1123", "0.1391")),
        (0.1 + 0.2, 0.3, ("0.30000000000000004", "0.3")),
        (1 / 3, 1 / 3 + 1e-9, ("0.3333333333", "0.3333333343")),
        (float("nan"), float("nan"), ("nan", "nan")),
        (1.0, float("nan"), ("1.0", "nan")),
        (None, 2.0, ("-", "2.0")),
    ],
)
def test_pair(original, reproduced, expected):
    """Two numbers that differ never look the same."""
    assert figures.pair(original, reproduced) == expected


@pytest.mark.parametrize(
    ("value", "allowed", "expected"),
    [
        (0.0, 0.1, "0"),
        (-0.0268, 0.02, "-0.0268"),
        (0.0200001, 0.02, "+0.0200001"),
        (0.0199999, 0.02, "+0.02"),
        (float("nan"), 0.1, "+nan"),
        (None, None, "-"),
    ],
)
def test_difference(value, allowed, expected):
    """A difference that is too large is written with enough digits to see that it is."""
    assert figures.difference(value, allowed) == expected


@pytest.mark.parametrize(
    ("tolerance", "expected"),
    [
        (None, ""),
        (Tolerance(), "exact"),
        (Tolerance(abs=0.01), "±0.01"),
        (Tolerance(rel=0.02), "±2%"),
        (Tolerance(abs=0.5, rel=0.001), "±0.5 or ±0.1%"),
    ],
)
def test_tolerance(tolerance, expected):
    """A tolerance is written as its tag is."""
    assert figures.tolerance(tolerance) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.0, "0.00 s"),
        (9.99, "9.99 s"),
        (9.996, "10.0 s"),
        (59.96, "1 min 00 s"),
        (3599.6, "1 h 00 min"),
        (8040, "2 h 14 min"),
    ],
)
def test_seconds(seconds, expected):
    """Durations never read as 60 seconds or 60 minutes."""
    assert figures.seconds(seconds) == expected


def test_ranges():
    """Neighbouring cells are joined, and count from one."""
    assert figures.ranges((2, 3, 4, 7)) == "3-5, 8"
    assert figures.cells((7,)) == "cell 8"


FAILED = metric("log_loss", Verdict.FAILED, 0.1123, 0.1391, 0.02, ToleranceSource.TAG)


def test_out_of_tolerance():
    """Value, original, difference and what was allowed in one sentence; then how to accept it."""
    found = nb401_out_of_tolerance.diagnostic(
        FAILED,
        notebook="churn.ipynb",
        file_line=214,
        changes=(Change(kind="package", name="scikit-learn", before="1.8.2", now="1.9.1"),),
    )
    assert found.message == "'log_loss' is 0.1391, the original 0.1123: difference +0.0268 is outside ±0.02"
    assert (found.code, found.cell, found.step, found.file_line) == ("NB401", 8, "evaluate", 214)
    assert found.notes[1] == "packages changed since the original ran: scikit-learn 1.8.2 → 1.9.1"
    assert "metric:log_loss±0.027 on cell 9" in found.notes[-1]


@pytest.mark.parametrize(
    ("original", "reproduced"),
    [(0.1, 0.13), (0.1, 0.2), (1.0, 0.0012), (5e-324, 1.0), (1.0, 1.0 + 1e-15), (1e300, -1e300)],
)
def test_proposed_tolerance_is_wide_enough(original, reproduced):
    """Who follows the advice of NB401 passes the next check."""
    found = nb401_out_of_tolerance.diagnostic(metric("m", Verdict.FAILED, original, reproduced, 0.0), notebook="n")
    proposed = float(found.notes[-1].partition("±")[2].partition(" ")[0])
    assert math.isclose(original, reproduced, rel_tol=0, abs_tol=proposed)


@pytest.mark.parametrize("reproduced", [float("nan"), float("inf")])
def test_no_tolerance_is_proposed_for_nan(reproduced):
    """No width makes NaN or infinity equal to a number, so none is proposed."""
    found = nb401_out_of_tolerance.diagnostic(metric("m", Verdict.FAILED, 1.0, reproduced, 0.1), notebook="n")
    assert not any("±" in note for note in found.notes)


def test_direction_is_told():
    """With a direction, the reader learns which side fails."""
    odd = metric("accuracy", Verdict.FAILED, 0.9, 0.8, 0.01, ToleranceSource.TAG, direction=Direction.HIGHER)
    found = nb401_out_of_tolerance.diagnostic(odd, notebook="n")
    assert any("higher is better" in note for note in found.notes)


def counted(*counts):
    cells = [
        Cell(index=n, id=str(n), kind=CellKind.CODE, source="x", execution_count=count, file_line=10 * n)
        for n, count in enumerate(counts)
    ]
    return Notebook(path=Path("churn.ipynb"), cells=tuple(cells))


@pytest.mark.parametrize("counts", [(), (1, 2, 3), (None, None), (4, None, 9), (3, 5, 8)])
def test_in_order(counts):
    """Gaps and cells that were never run are no sign of another order."""
    assert nb402_out_of_order.find(counted(*counts)) is None


def test_out_of_order():
    """The first cell that ran after one below it is named, with both counts and steps."""
    found = nb402_out_of_order.find(counted(1, 2, None, 9, 7, 8), {3: "split", 4: "train"})
    assert found is not None
    assert (found.severity, found.cell, found.file_line, found.step) == (Severity.WARNING, 3, 30, "split")
    assert found.message.endswith("top to bottom: 1, 2, 9, 7, 8")
    assert found.notes[0].startswith("cell 4 (split) ran after cell 5 (train) (counts 9 and 7)")


def test_missing_and_nothing():
    """A metric that is gone, and a check of nothing, are errors with a way out."""
    gone = nb403_metric_missing.diagnostic(metric("mae", Verdict.MISSING, 3.0, None, None), notebook="n")
    assert gone.message == "the run gave no value for 'mae' (the original is 3.0)"
    for number_of, said in ((0, "the pipeline has no metrics"), (2, "2 metrics without an original value")):
        found = nb404_nothing_checked.diagnostic(notebook="n", metrics=number_of)
        assert found.severity is Severity.ERROR
        assert said in found.message
        assert found.notes


@pytest.mark.parametrize("code", ["NB401", "NB402", "NB403", "NB404"])
def test_explained(code):
    """Each has a title and an example of good and bad."""
    rule = rules.explain(code.lower())
    assert rule.code == code
    assert rule.title
    assert "bad\n" in rule.explain or "Bad: " in rule.explain
