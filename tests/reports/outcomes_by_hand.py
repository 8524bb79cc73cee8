"""Runs, checks and pipelines built by hand, as the renderers get them."""

from __future__ import annotations

import math
from pathlib import Path

from nb2pipe.checking import noise
from nb2pipe.model import (
    Artifact,
    Baseline,
    BaselineMetric,
    CheckReport,
    Metric,
    MetricCheck,
    MetricSource,
    Noise,
    NoiseRule,
    Parameter,
    Pipeline,
    RunRecord,
    Step,
    StepRecord,
    StepStatus,
    Tolerance,
    ToleranceSource,
    Verdict,
)
from nb2pipe.recording.parts import PartDifference
from nb2pipe.recording.verify import Difference, Verification


def metric(name, verdict, original, reproduced, allowed, source=ToleranceSource.DEFAULT, **more):
    difference = None if original is None or reproduced is None else reproduced - original
    return MetricCheck(
        name=name,
        step="evaluate",
        cell=8,
        verdict=verdict,
        original=original,
        reproduced=reproduced,
        difference=difference,
        allowed=allowed,
        tolerance=Tolerance(abs=allowed or 0.0, source=source),
        **more,
    )


RUN = RunRecord(
    id="20261123-144512-ab12",
    project="churn_pipeline",
    pipeline="churn",
    started="2026-11-23T14:45:12Z",
    seconds=4.62,
    finished=True,
    parameters={"n_trees": 100, "weights": [0.1, float("nan")]},
    metrics={"accuracy": 0.958041958041958, "log_loss": 0.1391, "auc": float("nan")},
    steps=(
        StepRecord(name="load", status=StepStatus.OK, seconds=0.81),
        StepRecord(name="train", status=StepStatus.REUSED, run="20261122-1"),
        StepRecord(name="evaluate", status=StepStatus.OK, seconds=75.2),
    ),
)
REPORT = CheckReport(
    pipeline="churn",
    notebook="churn.ipynb",
    run=RUN,
    passed=False,
    sentence="2 of 5 metrics are not reproduced",
    metrics=(
        metric("accuracy", Verdict.OK, 0.958041958041958, 0.958041958041958, 0.0),
        metric("log_loss", Verdict.FAILED, 0.1123, 0.1391, 0.02, ToleranceSource.TAG),
        metric("rmse", Verdict.OK, 12345.67, 12345.6712, 0.005, ToleranceSource.DIGITS),
        metric("mae", Verdict.MISSING, 3.0, None, None),
        metric("auc", Verdict.NOT_CHECKED, None, 0.5, None, reason="no original value"),
    ),
)

VERIFICATION = Verification(
    report=REPORT,
    compared=9,
    differences=(
        Difference(
            step="train", name="model", cell=6,
            parts=(
                PartDifference(path=".coef_", type="numpy.ndarray of float64", relative=0.0123),
                PartDifference(path=".classes_", type="numpy.ndarray"),
            ),
        ),
        Difference(step="train", name="notes"),
        Difference(step="train", name="os.environ: MODE", setting=True),
        Difference(
            step="split", name="X", cell=4,
            parts=(PartDifference(path="['age']", type="numpy.ndarray of float64", relative=2.5e-16),),
        ),
    ),
)  # fmt: skip


def _passed(*names, step):
    return tuple(Artifact(names=(name,), step=step) for name in names)


PIPELINE = Pipeline(
    name="churn",
    notebook="churn.ipynb",
    steps=(
        Step(name="load", cells=(2, 3, 4), outputs=_passed("df", step="load")),
        Step(name="split", cells=(5, 6), parameters=("test_size", "seed"), inputs=_passed("df", step="load")),
        Step(name="explore", cells=(7,), inputs=_passed("df", step="load")),
        Step(
            name="evaluate",
            cells=(12, 13, 14, 17),
            inputs=(*_passed("X_test", "y_test", step="split"), *_passed("df", step="load")),
            after=("explore",),
        ),
    ),
    parameters=(
        Parameter(name="test_size", type="float", default=0.25, cell=1, line=1, comment="# share of the rows"),
        Parameter(name="seed", type="int", default=7, cell=1, line=2),
    ),
    metrics=(
        Metric(
            name="accuracy",
            step="evaluate",
            cell=13,
            source=MetricSource.VARIABLE,
            expression="accuracy",
            tolerance=Tolerance(rel=0.02, source=ToleranceSource.TAG),
        ),
    ),
)


def measured():
    """Two metrics, one of them NaN in a repeat."""
    known = tuple(BaselineMetric(name=name, value=0.9, step="evaluate", cell=8) for name in ("accuracy", "auc"))
    repeats = [{"accuracy": 0.9, "auc": 0.95}, {"accuracy": 0.91, "auc": math.nan}, {"accuracy": 0.89, "auc": 0.96}]
    found = noise.learn(known, repeats, repeats[0], NoiseRule(), metrics={}, cases={"accuracy": 100})
    learned = Noise(rule=NoiseRule(), seeds=(1, 2, 3), varied="injected", repeated=("train",), metrics=found)
    return noise.Measured(
        project=Path("churn_pipeline"), notebook="churn.ipynb", noise=learned, lucky={"accuracy": 0.001}, seeded=False,
        baseline=Baseline(origin="recorded", metrics=known, noise=learned), seed_parameters=(), seconds=61.0,
    )  # fmt: skip
