"""How values become metrics: in the probe and, by the same source, in exported steps."""

import ast
import fractions
import types

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import classification_report

from nb2pipe.recording.inkernel import metrics as probe_metrics
from nb2pipe.recording.inkernel.metric_numbers import _numbers
from nb2pipe.recording.metric_source import snippet

REPORT = classification_report([0, 1, 1], [0, 1, 0], output_dict=True)
TABLE = pd.DataFrame({"acc": [0.9, 0.8], "n": [3, 4]}, index=["rf", "lr"])

CASES = [
    ("int", 3, {"": 3.0}),
    ("float", 0.1 + 0.2, {"": 0.1 + 0.2}),
    ("numpy float32", np.float32(0.1), {"": float(np.float32(0.1))}),
    ("numpy int", np.int16(7), {"": 7.0}),
    ("array without dimension", np.array(0.5), {"": 0.5}),
    ("bool", True, {}),
    ("numpy bool", np.bool_(True), {}),
    ("bool array without dimension", np.array(True), {}),
    ("date", np.datetime64("2020-01-01", "ns"), {}),
    ("duration", np.timedelta64(5, "ns"), {}),
    ("complex", 1j, {}),
    ("text", "0.9", {}),
    ("None", None, {}),
    ("fraction", fractions.Fraction(1, 2), {}),
    ("too large", 10**400, {}),
    ("whole, with more digits than a float has", 2**53 + 1, {"": 2**53 + 1}),
    ("infinite", float("inf"), {"": float("inf")}),
    ("dict", {"acc": 0.9, "model": "rf", "n": 5, "ok": True}, {"acc": 0.9, "n": 5.0}),
    ("nested dict", {"test": {"acc": {"top1": 0.9}}, 5: 1}, {"test.acc.top1": 0.9, "5": 1.0}),
    ("dict of arrays", {"test_score": np.array([0.5, 0.75]), "fit_time": np.array([1.0, 2.0])},
     {"test_score.0": 0.5, "test_score.1": 0.75}),
    ("report", {"accuracy": REPORT["accuracy"], "0": REPORT["0"]},
     {"accuracy": 2 / 3, "0.precision": 0.5, "0.recall": 1.0, "0.f1-score": 2 / 3}),
    ("tuple", (0.5, np.float64(0.25)), {"0": 0.5, "1": 0.25}),
    ("tuple of many kinds", (0.5, {"a": 1}, None, "x", [1, 2]), {"0": 0.5, "1.a": 1.0, "4.0": 1.0, "4.1": 2.0}),
    ("list", [0.5, 1], {"0": 0.5, "1": 1.0}),
    ("list with text", [0.5, "x"], {}),
    ("list of dicts", [{"a": 1}], {}),
    ("long list", [0.5] * 21, {}),
    ("predictions", [0, 1] * 6, {}),
    ("empty list", [], {}),
    ("array", np.array([1, 2]), {"0": 1.0, "1": 2.0}),
    ("long array", np.zeros(51), {}),
    ("matrix", np.eye(2), {"0.0": 1.0, "0.1": 0.0, "1.0": 0.0, "1.1": 1.0}),
    ("large matrix", np.zeros((11, 2)), {}),
    ("column", pd.Series({"mae": 1.5, "rmse": 2.5}), {"mae": 1.5, "rmse": 2.5}),
    ("column with text", pd.Series({"mae": 1.5, "model": "rf"}), {"mae": 1.5}),
    ("long column", pd.Series(np.zeros(201)), {}),
    ("one row", pd.DataFrame({"model": ["rf"], "acc": [0.9], "n": [3]}), {"acc": 0.9, "n": 3.0}),
    ("table", TABLE, {"rf.acc": 0.9, "rf.n": 3.0, "lr.acc": 0.8, "lr.n": 4.0}),
    ("table with text", TABLE.assign(model="x"), {}),
    ("large table", pd.DataFrame(np.zeros((21, 10))), {}),
    ("empty table", TABLE.iloc[:0], {}),
    ("index", pd.Index([1, 2]), {"0": 1.0, "1": 2.0}),
    ("function", len, {}),
    ("class", dict, {}),
]  # fmt: skip


@pytest.fixture(scope="module")
def exported():
    """The function as an exported step defines it."""
    scope = {}
    exec(snippet(), scope)
    return scope["_numbers"]


@pytest.mark.parametrize(("value", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_numbers_are_found_in_what_notebooks_show(value, expected, exported):
    """At full precision, with keys that say where each stands; everything else is ignored."""
    assert _numbers("", value) == exported("", value) == expected
    assert exported("m", value) == {f"m.{key}" if key else "m": number for key, number in expected.items()}


def test_values_that_contain_themselves_end():
    """A dict in itself has no more numbers than its levels."""
    value = {"a": 1}
    value["self"] = value
    assert _numbers("", value)["a"] == 1.0


def test_the_snippet_is_short_plain_python(exported):
    """One function, nothing to import, valid on Python 3.8, NaN kept."""
    tree = ast.parse(snippet(), feature_version=(3, 8))
    assert [type(node).__name__ for node in tree.body] == ["FunctionDef"]
    assert len(snippet().splitlines()) <= 36
    number = exported("m", np.float64("nan"))["m"]
    assert number != number
    assert type(number) is float


def test_the_reply_names_source_expression_and_key(monkeypatch):
    """Values that JSON cannot hold are words that float() understands."""
    names = {"acc": 0.5, "scores": {"a": float("nan"), "b": float("-inf")}}
    monkeypatch.setattr(probe_metrics, "user_namespace", lambda: names)
    monkeypatch.setattr(probe_metrics, "shown_value", lambda: (1, 2))
    reply = probe_metrics.metrics({"cell": 4, "names": ["acc", "gone", "scores"], "expression": "f(x), g(x)"})
    assert reply == {
        "cell": 4,
        "metrics": [
            {"source": "variable", "expression": "acc", "key": "", "value": 0.5},
            {"source": "variable", "expression": "scores", "key": "a", "value": "NaN"},
            {"source": "variable", "expression": "scores", "key": "b", "value": "-Infinity"},
            {"source": "shown", "expression": "f(x), g(x)", "key": "0", "value": 1.0},
            {"source": "shown", "expression": "f(x), g(x)", "key": "1", "value": 2.0},
        ],
    }


def test_a_row_of_numbers_is_data_where_it_is_said_to_be(monkeypatch):
    """Lists, tuples, arrays and columns; not a number, a dict, a table or a matrix."""
    rows = {"a": [1.0], "b": (1.0,), "c": np.ones(2), "d": pd.Series([1.0])}
    kept = {"e": 0.5, "f": {"x": 1}, "g": np.ones((1, 1)), "h": pd.DataFrame({"x": [1]}), "i": np.float64(1)}
    monkeypatch.setattr(probe_metrics, "user_namespace", lambda: rows | kept)
    reply = probe_metrics.metrics({"names": [*rows, *kept], "no_series": [*rows, *kept]})
    assert [item["expression"] for item in reply["metrics"]] == list(kept)
    assert {item["expression"] for item in probe_metrics.metrics({"names": [*rows]})["metrics"]} == set(rows)


def test_a_value_that_breaks_when_looked_at_is_no_metric(monkeypatch):
    """Nothing is raised."""

    class Broken:
        @property
        def shape(self):
            raise ZeroDivisionError

    monkeypatch.setattr(probe_metrics, "user_namespace", lambda: {"a": Broken(), "n": types.SimpleNamespace(shape=())})
    assert probe_metrics.metrics({"names": ["a", "n"]})["metrics"] == []
