"""What metrics of an observed run are called."""

import pytest

from nb2pipe.model import MetricSource, ObservedMetric
from nb2pipe.planning.metrics import PRINT, Candidate, direction, from_observed


def candidate(name: str, cell: int, source: MetricSource) -> Candidate:
    expression = PRINT if source is MetricSource.PRINTED else "auc"
    return Candidate(name=name, step="tune", cell=cell, source=source, expression=expression)


def seen(key: str, cell: int, source: MetricSource) -> ObservedMetric:
    expression = PRINT if source is MetricSource.PRINTED else "auc"
    return ObservedMetric(cell=cell, source=source, expression=expression, key=key, value=0.5)


def test_no_two_metrics_have_one_name() -> None:
    """A loop prints ``auc`` twice; later cells hold variables of the names that this would get."""
    variable, printed = MetricSource.VARIABLE, MetricSource.PRINTED
    found = from_observed(
        [candidate("printed", 0, printed), candidate("auc", 1, variable), candidate("auc#2", 2, variable)],
        [seen("auc", 0, printed), seen("auc#2", 0, printed), seen("", 1, variable), seen("", 2, variable)],
    )
    assert [(m.name, m.cell) for m in found] == [("auc (cell 1)", 0), ("auc#2 (cell 1)", 0), ("auc", 1), ("auc#2", 2)]


@pytest.mark.parametrize(
    ("better", "names"),
    [
        ("higher", "accuracy test_acc testAcc roc_auc AUC f1_score F1-score r2 R2 cv_scores.0 macro_avg.recall acc2 "
         "neg_mean_squared_error accuracy_score(y,p) model.score(X,y)"),
        ("lower", "rmse RMSE val_loss logloss mean_squared_error brier_score davies_bouldin_score MAE_undiff errors"),
        ("both", "original cubic mosaic vaccine accident_rate year2 df1 over25 number2 n_rows glossary terror map"),
    ],
)  # fmt: skip
def test_which_side_is_better(better: str, names: str) -> None:
    """By whole words: a wrong guess would let a worse number pass for a better one."""
    assert {name: direction(name).value for name in names.split()} == dict.fromkeys(names.split(), better)
