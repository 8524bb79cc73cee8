"""Outlines: which part of a value differs, and whether it is more than rounding."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nb2pipe.recording.inkernel.outline import outline
from nb2pipe.recording.parts import compare, parts, rounding_only


def between(one, other):
    return compare(*(parts(json.loads(json.dumps(outline(value)))) for value in (one, other)))


def model(shift=0.0):
    fitted = make_pipeline(StandardScaler(), Ridge()).fit(np.arange(12.0).reshape(6, 2), [0, 1, 0, 2, 1, 3])
    fitted[-1].coef_ = fitted[-1].coef_ * (1 + shift)
    return fitted


def frame(**columns):
    return pd.DataFrame({"a": [1, 2], "b": [0.5, 1.5], "c": ["x", "y"], **columns})


DIFFERENT = [
    ("column of text", frame(), frame(c=["x", "z"]), "['c']"),
    ("column of integers", frame(), frame(a=[1, 3]), "['a']"),
    ("column of floats", frame(), frame(b=[0.5, 1.6]), "['b']"),
    ("another column", frame(), frame(d=1), ""),
    ("dtype", frame(), frame(a=[1.0, 2.0]), ""),
    ("series", pd.Series([1.0, 2]), pd.Series([1.0, 3]), ".values"),
    ("index of a series", pd.Series([1.0]), pd.Series([1.0], index=["a"]), ""),
    ("item of a dict", {"a": [1, {"b": "x"}]}, {"a": [1, {"b": "y"}]}, "['a'][1]['b']"),
    ("length of a list", [1, 2], [1, 2, 3], ""),
    ("order of keys", {"a": 1, "b": 2}, {"b": 2, "a": 1}, ""),
    ("coefficients", model(), model(0.01), ".steps[1][1].coef_"),
    ("parameter of a model", Ridge(alpha=1), Ridge(alpha=2), ".alpha"),
    ("class", Ridge(), StandardScaler(), ""),
    ("shape", np.zeros(4), np.zeros((2, 2)), ""),
    ("nan", np.array([0.0, 1]), np.array([np.nan, 1]), ""),
    ("which infinity", np.array([np.inf, 1]), np.array([-np.inf, 1]), ""),
    ("swapped", np.arange(9.0), np.arange(9.0)[[0, 2, 1, 3, 4, 5, 6, 7, 8]], ""),
    ("swapped far apart", np.r_[1, np.zeros(9998), 2], np.r_[2, np.zeros(9998), 1], ""),
    ("small column beside a large one", np.array([[1e9, 1e-3], [2e9, 2e-3]]), np.array([[1e9, 1e-3], [2e9, 3e-3]]), ""),
    ("integer", np.int64(3), np.int64(4), ""),
    ("float to single", 0.5, np.float32(0.5), ""),
]


@pytest.mark.parametrize(
    ("one", "other", "path"), [case[1:] for case in DIFFERENT], ids=[case[0] for case in DIFFERENT]
)
def test_the_part_is_named_and_it_is_no_rounding(one, other, path):
    """The first difference names the part, and none of these passes for rounding."""
    found = between(one, other)
    assert path in [item.path for item in found]
    assert not rounding_only(found)


ROUNDED = [
    ("float", 0.1 + 0.2, 0.3),
    ("array", np.arange(1e5), np.arange(1e5) * (1 + 1e-15)),
    ("column", frame(), frame(b=[0.5, math.nextafter(1.5, 2)])),
    ("series in an object", [pd.Series([0.1 + 0.2])], [pd.Series([0.3])]),
    ("model", model(), model(1e-15)),
    ("single precision", np.float32([0.1, 1]), np.nextafter(np.float32([0.1, 1]), np.float32(2))),
    ("in a dict", {"a": {"b": 0.1 + 0.2}}, {"a": {"b": 0.3}}),
    ("long list", [0.1 + 0.2] * 100, [0.3] * 100),
]


@pytest.mark.parametrize(("one", "other"), [case[1:] for case in ROUNDED], ids=[case[0] for case in ROUNDED])
def test_last_bits_are_rounding(one, other):
    """Differences in the last bits are seen, and told from others."""
    found = between(one, other)
    assert rounding_only(found)
    assert max(item.relative for item in found) < 1e-6


@pytest.mark.parametrize("value", [frame(), frame()["b"], model(), {"a": [1, (2.5, None)]}, np.zeros(0), [], frame, 3])
def test_equal_values_have_equal_outlines(value):
    """Nothing differs from itself."""
    assert between(value, value) == ()
    assert not rounding_only(())


@given(
    hnp.arrays("f8", st.integers(1, 50), elements=st.floats(-1e6, 1e6)),
    st.integers(0, 49),
    st.sampled_from([1e-6, 1e-3, 0.5]),
)
def test_one_changed_number_is_never_rounding(numbers, at, change):
    """However the others look, a change of a millionth of the largest number counts."""
    numbers = np.append(numbers, 1.0)
    other = numbers.copy()
    other[at % len(numbers)] += change * np.abs(numbers).max()
    found = between(numbers, other)
    assert found
    assert not rounding_only(found)


def test_a_value_in_itself_and_a_huge_one_end():
    """Cycles and many parts are compared as a whole."""
    loop = [1]
    loop.append(loop)
    wide = {f"k{at}": list(range(10)) for at in range(5000)}
    assert between(loop, loop) == between(wide, wide) == ()
    assert len(outline(wide)) < 10_000
