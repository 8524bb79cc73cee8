"""Tables of runs, checks and pipelines, as they stand on an 80-column terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from outcomes_by_hand import PIPELINE, REPORT, RUN, metric

from nb2pipe.model import Baseline, BaselineMetric, Notebook, StepRecord, StepStatus, Verdict
from nb2pipe.reports import inspection, outcomes
from nb2pipe.reports.look import Look, columns
from nb2pipe.reports.tables import Column, table

NOTEBOOK = Notebook(path=Path("churn.ipynb"), cells=())


def test_check():
    """Original beside reproduced, each with the digits that matter; the verdict last."""
    assert (
        "\n".join(outcomes.of_check(REPORT, Look()))
        == """\
metric       original   reproduced  difference  allowed  verdict
────────  ───────────  ───────────  ──────────  ───────  ───────────
accuracy  0.958041958  0.958041958           0    exact  ok
log_loss       0.1123       0.1391     +0.0268    ±0.02  FAILED
rmse         12345.67   12345.6712     +0.0012  ±0.005*  ok
mae               3.0            -           -        -  MISSING
auc                 -          0.5           -        -  not checked
* from the decimals that the notebook printed
auc: no original value

3 steps in 4.62 s, 1 reused from an earlier run
2 of 5 metrics are not reproduced"""
    )


def test_run():
    """Steps with status and time, then the metrics, then how it went."""
    assert (
        "\n".join(outcomes.of_run(RUN, Look()))
        == """\
step      status        time  note
────────  ──────  ──────────  ───────────────────
load      ok          0.81 s
train     reused              from run 20261122-1
evaluate  ok      1 min 15 s

metric          value
────────  ───────────
accuracy  0.958041958
log_loss       0.1391
auc               nan

run 20261123-144512-ab12 in churn_pipeline
churn: finished in 4.62 s, 1 reused from an earlier run"""
    )


def test_run_beside_the_original():
    """With a baseline, each metric stands beside the original's."""
    baseline = Baseline(
        origin="recorded", metrics=(BaselineMetric(name="log_loss", value=0.1123, step="evaluate", cell=8),)
    )
    lines = outcomes.of_run(RUN, Look(), baseline)
    assert "log_loss       0.1391    0.1123     +0.0268" in lines


def test_inspect():
    """Everything the analysis knows, in tables without empty columns."""
    assert (
        "\n".join(inspection.overview(NOTEBOOK, PIPELINE, Look()))
        == """\
churn.ipynb: 0 cells, 4 steps, 2 parameters, 1 metric

step      cells      parameters       reads               hands over  after
────────  ─────────  ───────────────  ──────────────────  ──────────  ───────
load      3-5                                             df
split     6-7        test_size, seed  df
explore   8                           df
evaluate  13-15, 18                   X_test, y_test, df              explore

parameter  type   default  meaning
─────────  ─────  ───────  ─────────────────
test_size  float  0.25     share of the rows
seed       int    7

metric    step      cell  from      tolerance
────────  ────────  ────  ────────  ─────────
accuracy  evaluate    14  accuracy  ±2%"""
    )


@pytest.mark.parametrize("unicode", [True, False])
def test_everything_fits_80_columns(unicode):
    """Long names and many of them wrap or are cut; numbers never are."""
    long = "a_rather_long_name_for_a_thing"
    step = replace(
        PIPELINE.steps[0],
        name=long * 2,
        parameters=tuple(f"{long}_{n}" for n in range(12)),
        cells=tuple(range(0, 90, 2)),
    )
    many = replace(PIPELINE, steps=(step, *PIPELINE.steps))
    wide = replace(
        REPORT,
        sentence="not reproduced " * 12,
        metrics=tuple(metric(f"{long}_{n}", Verdict.FAILED, 0.1 + 1e-16 * n, 0.1, 1e-17) for n in range(3)),
    )
    failed = replace(RUN, steps=(StepRecord(name=long * 2, status=StepStatus.FAILED, error="ValueError: " * 20),))
    look = Look(width=80, unicode=unicode)
    for lines in (
        inspection.overview(NOTEBOOK, many, look),
        outcomes.of_check(wide, look),
        outcomes.of_run(failed, look),
    ):
        assert max(map(columns, lines)) <= 80
        assert unicode or all(line.isascii() for line in lines)
    assert any("0.1000000000000001 " in line for line in outcomes.of_check(wide, look))


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (RUN.steps[0], " 1 of 12  ok             0.81 s  load"),
        (RUN.steps[1], " 1 of 12  reused                 train"),
        (StepRecord(name="x", status=StepStatus.NOT_RUN), " 1 of 12  not run                x"),
        (StepRecord(name="x", status=StepStatus.FAILED, seconds=7300), " 1 of 12  failed     2 h 01 min  x"),
    ],
)
def test_log_lines(step, expected):
    """A finished step is one aligned line in a log."""
    assert outcomes.step_line(step, 1, 12, Look()) == expected


def test_wraps_at_words_and_inside_long_ones():
    """A column that wraps breaks at spaces, and inside a word only if it must."""
    lines = table(
        (Column("a"), Column("names", wraps=True)), [("x", "alpha, beta, abcdefghijklmnopqrstuvwxyz")], Look(width=15)
    )
    assert lines == [
        "a  names",
        "─  ────────────",
        "x  alpha, beta,",
        "   abcdefghijkl",
        "   mnopqrstuvwx",
        "   yz",
    ]


def test_wide_characters_stay_aligned():
    """CJK names take two columns each, and the next column still lines up."""
    lines = table((Column("name"), Column("n", right=True)), [("価格", "1"), ("ab", "22")], Look())
    assert lines[2:] == ["価格   1", "ab    22"]


def test_long_names_stay_apart():
    """Names that differ at their ends only are shortened in the middle."""
    names = [f"accuracy of the gradient boosted trees on fold {fold}" for fold in (1, 2, 11)]
    lines = table([Column("metric"), Column("value", right=True)], [(name, "0.5") for name in names], Look(width=30))
    assert lines[2:] == [
        f"{name}    0.5" for name in ("accuracy of…s on fold 1", "accuracy of…s on fold 2", "accuracy of… on fold 11")
    ]
