"""Load the libraries once in this process: each forked child then has them at no cost."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def libraries() -> None:
    """What most cases import."""
    import joblib
    import matplotlib.pyplot
    import pandas
    import pyarrow.parquet
    import scipy.sparse
    import sklearn.ensemble
    import sklearn.linear_model
    import sklearn.model_selection
    import sklearn.pipeline
    import sklearn.preprocessing

    del joblib, matplotlib, pandas, pyarrow, scipy, sklearn
