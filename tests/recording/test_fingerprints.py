"""Fingerprints: what counts as content, what does not, and what it costs."""

import copy
import hashlib
import logging
import math
import pickle
import random
import time
import tracemalloc
import types

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from hypothesis.extra.pandas import column, data_frames, range_indexes
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression

from nb2pipe.recording.inkernel.digests import fingerprint

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


def frame():
    return pd.DataFrame({"a": [1, 2, 3], "b": [0.5, 1.5, 2.5], "c": ["x", "y", "z"]})


class Holder:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def fitted():
    return RandomForestClassifier(3, random_state=0).fit(np.arange(20.0).reshape(10, 2), [0, 1] * 5)


MUTATIONS = [
    ("append", lambda: [1, 2], lambda v: v.append(3)),
    ("nested append", lambda: {"a": [[1]]}, lambda v: v["a"][0].append(3)),
    ("dict order", lambda: {"a": 1, "b": 2}, lambda v: v.update(a=v.pop("a"))),
    ("set", lambda: {1, 2}, lambda v: v.add(3)),
    ("int to float", lambda: [1], lambda v: v.__setitem__(0, 1.0)),
    ("int to bool", lambda: [1], lambda v: v.__setitem__(0, True)),
    ("sign of zero", lambda: [0.0], lambda v: v.__setitem__(0, -0.0)),
    ("last bit of a float", lambda: [0.1], lambda v: v.__setitem__(0, math.nextafter(0.1, 1))),
    ("one of many floats", lambda: [0.5] * 1000, lambda v: v.__setitem__(500, 0.25)),
    ("one of many texts", lambda: ["ab", "c"] * 50, lambda v: v.__setitem__(slice(0, 2), ["a", "bc"])),
    ("None to NaN among texts", lambda: ["a", None] * 50, lambda v: v.__setitem__(1, float("nan"))),
    ("attribute", lambda: Holder(a=1), lambda v: setattr(v, "a", 2)),
    ("new attribute", lambda: Holder(a=1), lambda v: setattr(v, "b", 2)),
    ("array cell", lambda: np.zeros(9), lambda v: v.__setitem__(4, 1)),
    ("array view", lambda: np.zeros((9, 9)), lambda v: v[2:3, ::3].fill(1)),
    ("array shape", lambda: np.zeros(6), lambda v: v.resize((2, 3), refcheck=False)),
    ("array sort", lambda: np.array([2, 1]), lambda v: v.sort()),
    ("object array", lambda: np.array([[1], None], dtype=object), lambda v: v[0].append(2)),
    ("mask", lambda: np.ma.array([1, 2]), lambda v: v.__setitem__(0, np.ma.masked)),
    ("level of a logger", lambda: logging.Logger("a"), lambda v: v.setLevel(10)),
    ("generator draw", lambda: np.random.default_rng(0), lambda v: v.random()),
    ("legacy draw", lambda: np.random.RandomState(0), lambda v: v.rand()),
    ("second normal of a pair", lambda: np.random.RandomState(0), lambda v: v.randn()),
    ("generator jump", lambda: np.random.default_rng(0), lambda v: v.bit_generator.advance(1)),
    ("python draw", lambda: random.Random(0), lambda v: v.random()),
    ("cell", frame, lambda v: v.__setitem__("a", [1, 2, 4])),
    ("loc", frame, lambda v: v.loc.__setitem__((1, "b"), 9.0)),
    ("text cell", frame, lambda v: v.loc.__setitem__((1, "c"), "w")),
    ("new column", frame, lambda v: v.__setitem__("d", 1)),
    ("dtype", frame, lambda v: v.__setitem__("a", v["a"].astype("int32"))),
    ("drop in place", frame, lambda v: v.drop(columns="a", inplace=True)),
    ("rename in place", frame, lambda v: v.rename(columns={"a": "A"}, inplace=True)),
    ("column order", frame, lambda v: v.insert(2, "a", v.pop("a"))),
    ("rows sorted", frame, lambda v: v.sort_values("a", ascending=False, inplace=True)),
    ("index", frame, lambda v: setattr(v, "index", [1, 2, 3])),
    ("index type", frame, lambda v: setattr(v, "index", pd.Index([0, 1, 2]))),
    ("index name", frame, lambda v: setattr(v.index, "name", "id")),
    ("columns' name", frame, lambda v: setattr(v.columns, "name", "field")),
    ("attrs", frame, lambda v: v.attrs.update(source="x")),
    ("missing", frame, lambda v: v.loc.__setitem__((0, "c"), None)),
    ("series name", lambda: frame()["a"], lambda v: setattr(v, "name", "b")),
    ("fit", LinearRegression, lambda v: v.fit([[0.0], [1.0]], [0.0, 1.0])),
    ("fit again", fitted, lambda v: v.fit(np.arange(20.0).reshape(10, 2)[::-1], [0, 1] * 5)),
    ("parameter", LinearRegression, lambda v: v.set_params(fit_intercept=False)),
    ("warm start", lambda: fitted().set_params(warm_start=True, n_estimators=3), lambda v: v.estimators_.pop()),
]


@pytest.mark.parametrize(("make", "change"), [case[1:] for case in MUTATIONS], ids=[case[0] for case in MUTATIONS])
def test_a_change_in_place_changes_the_fingerprint(make, change):
    """However small the change is and however it is made."""
    value = make()
    before = fingerprint(value)
    assert before == fingerprint(make())
    change(value)
    assert fingerprint(value) not in (before, None)


READS = [
    ("describe", frame, lambda v: v.describe()),
    ("groupby", frame, lambda v: v.groupby("c").mean(numeric_only=True)),
    ("columns read", frame, lambda v: [v.a, v["b"], v.c.values, v.iloc[:, 0]]),
    ("index lookups", frame, lambda v: [v.index.is_unique, v.index.get_loc(1), v.columns.get_loc("b")]),
    ("predict", fitted, lambda v: v.predict(np.zeros((2, 2)))),
    ("score", fitted, lambda v: v.score(np.zeros((2, 2)), [0, 1])),
    ("repr", fitted, repr),
    ("html", fitted, lambda v: v._repr_html_()),
    ("sums", lambda: np.zeros((3, 3)), lambda v: v.sum(axis=0)),
    ("masked fill", lambda: np.ma.array([1.0], mask=[True]), lambda v: v.filled()),
]


@pytest.mark.parametrize(("make", "read"), [case[1:] for case in READS], ids=[case[0] for case in READS])
def test_reading_a_value_leaves_its_fingerprint(make, read):
    """Libraries fill caches when they are asked: those are no content."""
    value = make()
    before = fingerprint(value)
    read(value)
    assert fingerprint(value) == before


def test_shared_and_separate_parts_are_the_same_content():
    """Whether a list holds one object twice or two equal ones is told by aliases, not by the fingerprint."""
    part = {"deep": [1, 2, {"er": (3, [4])}]}
    assert fingerprint([part, part]) == fingerprint([part, copy.deepcopy(part)])


def test_cycles_are_followed_once():
    """A value that contains itself has a fingerprint, equal in a copy and different from a longer cycle."""
    short, long = [1], [1, [1]]
    short.append(short)
    long[1].append(long)
    assert fingerprint(short) == fingerprint(copy.deepcopy(short))
    assert fingerprint(short) != fingerprint(long)


def test_a_large_web_of_objects_takes_linear_time():
    """Objects that all lead to one another, and lists whose parts are shared a hundred levels down."""

    def web(weight):
        nodes = [Holder(number=number) for number in range(30)]
        for node in nodes:
            node.others = [*nodes, weight]
        return nodes

    assert fingerprint(web(1)) == fingerprint(web(1)) != fingerprint(web(2))
    shared = [0]
    for _ in range(100):  # 2**100 paths lead to the innermost list
        shared = [shared, shared]
    assert fingerprint(shared) is not None


def test_values_too_deep_to_look_at_have_no_fingerprint():
    """Nothing pickles them either."""
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert fingerprint(deep) is None


def test_measured_times_are_no_content():
    """Two runs of a grid search or a cross validation are equal but for the time they took."""
    one = {"fit_time": [1.0], "test_score": [0.5], "mean_fit_time": np.array([2.0])}
    assert fingerprint(one) == fingerprint({**one, "fit_time": [9.0], "mean_fit_time": np.array([3.0])})
    assert fingerprint(Holder(refit_time_=1.0, best=1)) == fingerprint(Holder(refit_time_=2.0, best=1))
    assert fingerprint(pd.DataFrame({"fit_time": [1.0]})) == fingerprint(pd.DataFrame({"fit_time": [2.0]}))
    assert fingerprint(one) != fingerprint({**one, "test_score": [0.6]})


def compiled(source, file="cell.py"):
    scope = {"__name__": "__main__"}
    exec(compile(source, file, "exec"), scope)
    return scope["f"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("def f(x):\n    return x + 1", "\n\n\ndef f(x):  # moved\n\n    return x + 1", True),
        ("def f(x):\n    return x + 1", "def f(x):\n    return x + 2", False),
        ("def f(x):\n    return x + 1", "def f(x, y=1):\n    return x + 1", False),
        ("def f(x, y=1):\n    return x", "def f(x, y=2):\n    return x", False),
        ("def f(x):\n    return x.a", "def f(x):\n    return x.b", False),
        ("def f(x):\n    return x in {'a', 'b', 'c'}", "def f(x):\n    return x in {'c', 'b', 'a'}", True),
        ("def f(x):\n    return (lambda: 1)()", "def f(x):\n    return (lambda: 2)()", False),
        ("def f():\n    return 0.0", "def f():\n    return -0.0", False),
        ("def f():\n    return 1", "def f():\n    return True", False),
        ("class f:\n    def g(self): return 1", "class f:\n\n    def g(self): return 1", True),
        ("class f:\n    def g(self): return 1", "class f:\n    def g(self): return 2", False),
        ("class f:\n    n = 1", "class f:\n    n = 2", False),
        ("class f(list): pass", "class f(dict): pass", False),
        (
            "class f:\n    @property\n    def g(self): return 1",
            "class f:\n    @property\n    def g(self): return 2",
            False,
        ),
        (
            "class f:\n    @staticmethod\n    def g(): return 1",
            "class f:\n    @classmethod\n    def g(): return 1",
            False,
        ),
        ("def h(n):\n    return lambda: n\nf = h(1)", "def h(n):\n    return lambda: n\nf = h(2)", False),
    ],
)
def test_functions_and_classes_of_the_notebook_count_by_what_they_do(one, other, same):
    """Moving a definition to another line or file changes nothing, changing its code or defaults does."""
    left, right = compiled(one), compiled(other, "other.py")
    assert (fingerprint(left) == fingerprint(right)) is same
    assert fingerprint(left) is not None


def test_classes_with_attributes_that_have_no_content_still_have_one_themselves():
    """A lock or a generator on a class counts by its type."""
    source = "import threading\nclass f:\n    lock = threading.Lock()\n    n = {}"
    assert fingerprint(compiled(source.format(1))) == fingerprint(compiled(source.format(1)))
    assert fingerprint(compiled(source.format(1))) != fingerprint(compiled(source.format(2)))


@pytest.mark.parametrize(("module", "same"), [("some.library", True), ("__main__", False)])
@pytest.mark.parametrize("name", ["_time_fit_was_called", "_tmp_like_exog"])
def test_the_time_of_day_and_scratch_memory_in_a_library_s_object_are_no_content(module, same, name):
    """Of lifelines and statsmodels; a class of the notebook may mean something by such a name."""
    kind = type("Fitter", (), {"__module__": module})
    fitted = kind(), kind()
    for at, one in enumerate(fitted):
        one.coef_ = 0.5
        setattr(one, name, f"12:0{at}")
    assert (fingerprint(fitted[0]) == fingerprint(fitted[1])) is same


def test_objects_that_refuse_to_be_looked_at_have_no_fingerprint():
    """Whatever they raise, nothing comes out of the probe."""
    broken = types.SimpleNamespace()

    class Refusing:
        def __reduce_ex__(self, protocol):
            raise ZeroDivisionError

    broken.part = Refusing()
    assert fingerprint(broken) is None


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.binary(max_size=5)
    | st.complex_numbers(),
    lambda inner: (
        st.lists(inner, max_size=12) | st.dictionaries(st.text(max_size=3), inner, max_size=4) | st.tuples(inner)
    ),
    max_leaves=30,
)


def strictly(value):
    """A key that is equal for strictly equal plain values only."""
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    if isinstance(value, complex):
        return ("complex", strictly(value.real), strictly(value.imag))
    if isinstance(value, list | tuple):
        return (type(value).__name__, [strictly(item) for item in value])
    if isinstance(value, dict):
        return [(key, strictly(item)) for key, item in value.items()]
    return repr(value)


@given(plain, plain)
@settings(max_examples=150, deadline=None)
def test_plain_data_are_told_apart_exactly(one, other):
    """Equal fingerprints if and only if equal content and types; copies and pickles are the same."""
    assert (fingerprint(one) == fingerprint(other)) is (strictly(one) == strictly(other))
    assert fingerprint(copy.deepcopy(one)) == fingerprint(pickle.loads(pickle.dumps(one))) == fingerprint(one)


@given(
    st.lists(st.text(alphabet="ab\0", max_size=3) | st.none(), min_size=9),
    st.lists(st.text(alphabet="ab\0", max_size=3)),
)
@settings(max_examples=100, deadline=None)
def test_texts_are_not_mixed_up_where_they_are_hashed_together(one, other):
    """ "ab" + "c" is not "a" + "bc"."""
    assert (fingerprint(one) == fingerprint(other)) is (one == other)


dtypes = hnp.scalar_dtypes() | hnp.unicode_string_dtypes() | hnp.byte_string_dtypes()


@given(hnp.arrays(dtypes, hnp.array_shapes(max_dims=3, max_side=5)), st.data())
@settings(max_examples=100, deadline=None)
def test_arrays_count_by_their_content_not_by_how_they_lie_in_memory(array, data):
    """Copies, other memory orders and detours through a larger array are the same; another cell is not."""
    digest = fingerprint(array)
    assert digest == fingerprint(array.copy()) == fingerprint(np.asfortranarray(array))
    padded = np.zeros(tuple(2 * n for n in array.shape), array.dtype)
    inside = padded[tuple(slice(None, None, 2) for _ in array.shape)]
    inside[...] = array
    assert fingerprint(inside) == digest
    flat = array.copy().reshape(-1)
    at = data.draw(st.integers(0, flat.size - 1))
    new = np.zeros(1, array.dtype)[0]
    if flat[at].tobytes() != new.tobytes() and not (array.dtype.kind in "fc" and array.dtype.itemsize > 8):
        flat[at] = new
        assert fingerprint(flat.reshape(array.shape)) != digest
    if array.ndim > 1:
        assert fingerprint(array.reshape(-1)) != digest


frames = data_frames(
    [
        column("i", dtype=int),
        column("f", dtype=float),
        column("b", dtype=bool),
        column("t", elements=st.text(max_size=4) | st.none(), dtype=object),
    ],
    index=range_indexes(max_size=20),
)


@given(frames)
@settings(max_examples=30, deadline=None)
def test_frames_survive_pickling_with_their_fingerprint(table):
    """And a copy made column by column is the same table."""
    digest = fingerprint(table)
    assert digest is not None
    assert fingerprint(pickle.loads(pickle.dumps(table))) == digest
    assert fingerprint(pd.concat([table[[name]] for name in table], axis=1)) == digest
    assert fingerprint(table.copy().rename(columns={"i": "j"})) != digest


def test_large_arrays_are_read_where_they_lie():
    """80 MB are hashed without a copy, in little more than the hash itself takes, whatever the memory order."""
    array = np.random.default_rng(0).random((2_000_000, 5))
    array[3, 3] = np.nan
    began = time.process_time()
    hashlib.sha256(array.data).digest()
    bare = time.process_time() - began
    tracemalloc.start()
    began = time.process_time()
    digest = fingerprint(array)
    taken = time.process_time() - began
    _, peak = tracemalloc.get_traced_memory()
    assert fingerprint(np.asfortranarray(array)) == digest
    tracemalloc.reset_peak()
    held, _ = tracemalloc.get_traced_memory()
    fingerprint(array[::2])
    fingerprint(array.T)
    _, later = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 << 20
    assert later - held < 24 << 20
    assert taken < 4 * bare + 0.2


def test_a_million_texts_take_about_a_second():
    """As a column, as an object column, as an array, as a list."""
    texts = [f"customer {number}" for number in range(1_000_000)]
    for make in (lambda: pd.DataFrame({"t": texts}), lambda: pd.Series(texts, dtype=object), lambda: texts):
        value = make()
        began = time.process_time()
        assert fingerprint(value)
        assert time.process_time() - began < 3
