"""Names that share objects or memory."""

import functools
import itertools
import sqlite3
from collections import namedtuple

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nb2pipe.recording.inkernel.sharing import alias_groups, sharing


class Node:
    def __init__(self, part):
        self.part = part


class Slots:
    __slots__ = ("part",)

    def __init__(self, part):
        self.part = part


Pair = namedtuple("Pair", "left right")  # noqa: PYI024


def enclosing(part):
    def read():
        return part

    return read


def pipeline():
    scaler = StandardScaler()
    return scaler, make_pipeline(scaler, LinearRegression())


LIST = [1, 2]
ARRAY = np.arange(20.0).reshape(4, 5)

SHARED = [
    ("one object, two names", lambda part: (part, part)),
    ("in a list", lambda part: (part, [0, part])),
    ("deep in a dict", lambda part: (part, {"a": {"b": (1, [part])}})),
    ("in an attribute", lambda part: (part, Node(part))),
    ("in a slot", lambda part: (part, Slots(part))),
    ("in a closure", lambda part: (part, enclosing(part))),
    ("in a partial", lambda part: (part, functools.partial(print, part))),
    ("behind a bound method", lambda part: (part, Node(part).__repr__)),
    ("behind a bound builtin", lambda part: (part, part.append)),
    ("in a named tuple", lambda part: (part, Pair(part, 1))),
    ("in an object array", lambda part: (part, np.array([part, None], dtype=object))),
    ("in an object column", lambda part: (part, pd.DataFrame({"o": pd.Series([part], dtype=object)}))),
    ("in a third", lambda part: ([part], {"k": part})),
]


@pytest.mark.parametrize("make", [case[1] for case in SHARED], ids=[case[0] for case in SHARED])
def test_names_that_reach_the_same_object_are_aliases(make):
    """A change through one name shows through the other, however it is reached."""
    one, other = make([1, 2, [3]])
    assert alias_groups({"one": one, "other": other})["aliases"] == [["one", "other"]]
    assert alias_groups({"one": one, "other": other})["memory"] == []


MEMORY = [
    ("slice", lambda a: (a, a[1:])),
    ("column", lambda a: (a, a[:, 2])),
    ("transposed", lambda a: (a, a.T)),
    ("overlapping parts", lambda a: (a[:3], a[2:])),
    ("reversed", lambda a: (a, a[::-1])),
    ("list of parts", lambda a: (a, np.split(a, 2))),
    ("matrix over it", lambda a: (a, np.asmatrix(a))),
    ("in an object", lambda a: (a, Node(a[0]))),
]


@pytest.mark.parametrize("make", [case[1] for case in MEMORY], ids=[case[0] for case in MEMORY])
def test_views_are_aliases_by_memory(make):
    """Arrays that lie in the same memory are told apart from shared objects: no file keeps that."""
    one, other = make(ARRAY.copy())
    groups = alias_groups({"one": one, "other": other})
    assert groups["aliases"] == groups["memory"] == [["one", "other"]]


SEPARATE = [
    ("equal lists", lambda: ([1], [1])),
    ("numbers and texts", lambda: (5, 5)),
    ("the same text", lambda: ("a", {"k": "a"})),
    ("the same class", lambda: (Node, Node(1))),
    ("instances", lambda: (Node(1), Node(2))),
    ("the same function", lambda: (pytest, {"f": pytest.raises})),
    ("disjoint parts", lambda: (ARRAY[:2], ARRAY[2:])),
    ("disjoint columns", lambda: (ARRAY[:, 0], ARRAY[:, 1])),
    ("copies", lambda: (ARRAY, ARRAY.copy())),
    ("same index", lambda: (lambda df: (df[["a"]].copy(), df[["b"]].copy()))(pd.DataFrame({"a": [1], "b": [2]}))),
    ("same time zone", lambda: (pd.Timestamp("2020", tz="UTC"), [pd.Timestamp("2021", tz="UTC")])),
    ("estimators", lambda: (LinearRegression().fit([[1]], [1]), LinearRegression().fit([[1]], [1]))),
    ("empty arrays", lambda: (np.zeros(0), np.zeros((0, 3)))),
    ("generators", lambda: ((i for i in [1]), (i for i in [2]))),
    ("connections", lambda: (sqlite3.connect(":memory:"), sqlite3.connect(":memory:"))),
    ("iterators", lambda: (itertools.count(), itertools.count())),
    ("same named tuple", lambda: ((pair := Pair(1, 2)), [pair])),
    ("same empty tuple", lambda: ((), [()])),
]


@pytest.mark.parametrize("make", [case[1] for case in SEPARATE], ids=[case[0] for case in SEPARATE])
def test_what_cannot_be_changed_through_one_another_is_no_alias(make):
    """Shared constants, classes, modules and disjoint parts of one array do not tie names together."""
    one, other = make()
    assert alias_groups({"one": one, "other": other})["aliases"] == []


def test_a_fitted_part_of_a_pipeline_is_an_alias_of_the_pipeline():
    """The scaler that is fitted through the pipeline is the scaler of the other name."""
    scaler, whole = pipeline()
    assert alias_groups({"scaler": scaler, "whole": whole})["aliases"] == [["scaler", "whole"]]


def test_groups_join_through_common_members():
    """a and b share, b and c share: one group, in the order the names were given."""
    x, y = [1], [2]
    groups = alias_groups({"c": [y], "n": 1, "b": [x, y], "a": [x], "z": [3]})
    assert groups["aliases"] == [["c", "b", "a"]]


def test_tables_that_copy_on_write_are_no_aliases_of_their_columns():
    """pandas 3 never lets a change of a column show in the table."""
    table = pd.DataFrame({"a": [1.0, 2.0]})
    copies = int(pd.__version__.split(".")[0]) >= 3
    groups = alias_groups({"table": table, "y": table["a"]})["aliases"]
    assert groups == ([] if copies else [["table", "y"]])


def test_too_many_objects_are_not_all_looked_at():
    """The walk is bounded, says so, and stays quick on plain data of any length."""
    wide = [[number] for number in range(300_000)]
    assert alias_groups({"a": wide, "b": [1]})["complete"] is False
    assert alias_groups({"a": list(range(1_000_000)), "b": [1]})["complete"] is True


def test_inner_sharing_is_the_same_in_a_faithful_copy():
    """One list held three times is not three lists, and the order of repeats counts."""
    part = [0]
    assert sharing([part, part]) == sharing([LIST, LIST]) != sharing([[0], [0]])
    assert sharing([part, [1], part]) != sharing([part, part, [1]])
