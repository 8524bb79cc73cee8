"""The main job on the sample notebooks: export, run, check. One of them also with the lowest versions we allow."""

from pathlib import Path

import pytest

import nb2pipe

SAMPLES = Path(__file__).parents[2] / "sample_notebooks"

pytestmark = [pytest.mark.slow, pytest.mark.kernel]


@pytest.mark.parametrize(
    ("name", "metrics"),
    [
        pytest.param("churn", 3, marks=pytest.mark.lowest),
        ("diabetes", 4),
        ("energy_forecast", 4),
        ("reviews", 3),
    ],
)
def test_every_metric_is_reproduced_to_the_last_digit(tmp_path, name, metrics):
    """A sample is exported, its pipeline run anew, and each metric is the very number that the notebook computed."""
    export = nb2pipe.export(SAMPLES / f"{name}.ipynb", tmp_path / "a pipeline", verify=name == "churn")
    assert export.verified is (True if name == "churn" else None)
    report = nb2pipe.check(export.project, fresh=True)
    assert report.passed, report.sentence
    assert len(report.metrics) >= metrics
    assert {metric.name: metric.reproduced for metric in report.metrics} == {
        metric.name: metric.original for metric in report.metrics
    }
