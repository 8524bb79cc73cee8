"""Values as notebooks hold them, and how each is handed over. Runs as ``__main__`` of a kernel's Python, 3.8 or later.

``CASES`` maps a name to (function that makes the value anew, name of the format, or the word that its refusal contains).
"""

# ruff: noqa: B905, FURB167, PYI024, UP017, UP031

import collections
import csv
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import io
import itertools
import logging
import math
import operator
import pathlib
import queue
import random
import re
import socket
import sqlite3
import string
import subprocess
import sys
import tempfile
import threading
import types
import uuid
import weakref

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy import stats
from scipy.interpolate import InterpolatedUnivariateSpline, UnivariateSpline
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier


class Point:
    """A plain class of the notebook."""

    scale = 2

    def __init__(self, x, y):
        self.x, self.y = x, y

    def length(self):
        return math.hypot(self.x, self.y) * self.scale


class Slotted:
    __slots__ = ("left", "right")

    def __init__(self, left):
        self.left = left


@dataclasses.dataclass
class Setting:
    rate: float
    tags: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Fixed:
    rate: float


class Colour(enum.Enum):
    RED = 1
    BLUE = "b"


class Power(enum.IntFlag):
    LOW = 1
    HIGH = 4


Row = collections.namedtuple("Row", "name value")


class Doubler:
    """A transformer of the notebook."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X * 2

    def get_params(self, deep=True):
        return {}


class Table(pd.DataFrame):
    """A subclass of a frame, defined in the notebook."""

    @property
    def _constructor(self):
        return Table


class Ratio(dict):
    pass


def double(x, factor=2):
    """A function of the notebook."""
    return x * factor


def adder(n):
    def add(x):
        return x + n

    return add


@functools.lru_cache(maxsize=8)
def cached(n):
    return n + 1


def frame():
    return pd.DataFrame({"a": [1, 2, 3], "b": [0.5, -0.0, 2.5], "c": ["x", "y", "z"]})


def dated():
    index = pd.to_datetime(["2020-01-01", "2020-01-03", "2020-01-07"])
    return pd.DataFrame({"v": [1.0, 2.0, 4.0]}, index=index)


def iris():
    return load_iris(return_X_y=True)


def fitted(model):
    X, y = iris()
    return model.fit(X[::3], y[::3])


def search():
    return fitted(GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]}, cv=3))


def search_results():
    return search().cv_results_


def cyclic():
    a = {"name": "a"}
    b = {"name": "b", "other": a}
    a["other"] = b
    return [a, b]


def shared_rows():
    return [[0, 0]] * 3


def shared_array():
    a = np.arange(4.0)
    return {"one": a, "two": a}


def lazily():
    yield 1


def half_read():
    numbers = iter([1, 2, 3])
    next(numbers)
    return numbers


def opened():
    return open(__file__)


def connected():
    return sqlite3.connect(":memory:")


def started():
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    return process


def figure():
    from matplotlib.figure import Figure

    made = Figure()
    made.subplots().plot([1, 2])
    return made


def drawn(rng):
    rng.normal(size=3)
    return rng


def frozen(array):
    array.setflags(write=False)
    return array


def structured(align=False):
    made = np.zeros(3, dtype=np.dtype([("id", "u1"), ("v", "f8")], align=align))
    made["id"] = [1, 2, 3]
    return made


def with_attrs():
    made = frame()
    made.attrs["source"] = "survey"
    return made


def named_columns():
    made = frame()
    made.columns.name = "field"
    return made


def sparse_frame():
    return pd.DataFrame({"s": pd.arrays.SparseArray([0.0, 0.0, 1.5])})


def loop_of_self():
    made = Point(1, 2)
    made.me = made
    return made


def least_squares():
    import statsmodels.api as sm

    X, y = iris()
    return sm.OLS(y, sm.add_constant(X)).fit()


def designs():
    import patsy

    table = pd.DataFrame({"y": [1.0, 2.0, 4.0, 5.0, 7.0], "x": [3.0, 3.0, 2.0, 1.0, 0.5]})
    return table, patsy.dmatrices("y ~ x", table, return_type="dataframe")[1]


def seeded_distribution():
    made = stats.norm(1, 2)
    made.random_state = np.random.RandomState(3)
    return made


def arima():
    import statsmodels.api as sm

    return sm.tsa.ARIMA(iris()[0][:60, 0], order=(1, 0, 0)).fit()


class Attributes(dict):
    """The well-known trick: keys are attributes."""

    def __init__(self, **items):
        super().__init__(items)
        self.__dict__ = self


CASES = {
    # ---- plain data
    "none": (lambda: None, "json"),
    "true": (lambda: True, "json"),
    "zero": (lambda: 0, "json"),
    "one": (lambda: 1, "json"),
    "one_float": (lambda: 1.0, "json"),
    "minus_zero": (lambda: -0.0, "json"),
    "plus_zero": (lambda: 0.0, "json"),
    "nan": (lambda: float("nan"), "json"),
    "inf": (lambda: float("inf"), "json"),
    "tenth": (lambda: 0.1 + 0.2, "json"),
    "huge": (lambda: 10**60, "json"),
    "beyond_64_bits": (lambda: [2**63, -(2**63), 1, 2, 3, 4, 5, 6, 7], "json"),
    "text": (lambda: "Grüße\n", "json"),
    "number_text": (lambda: "1", "json"),
    "lone_surrogate": (lambda: "a\ud800", "json"),
    "long_text": (lambda: "x" * 100000, "json"),
    "empty_text": (lambda: "", "json"),
    "empty_list": (list, "json"),
    "empty_dict": (dict, "json"),
    "list": (lambda: [1, 2, 3], "json"),
    "nested": (lambda: {"a": [1, {"b": None}], "c": [[], {}]}, "json"),
    "dict_order": (lambda: {"b": 1, "a": 2}, "json"),
    "dict_other_order": (lambda: {"a": 2, "b": 1}, "json"),
    "many_floats": (lambda: [i / 7 for i in range(1000)], "json"),
    "many_ints": (lambda: list(range(1000)), "json"),
    "many_texts": (lambda: ["row %d" % i for i in range(1000)], "json"),
    "many_mixed": (lambda: ["a", None, 1.5] * 50, "json"),
    "rows": (lambda: [[i, str(i)] for i in range(100)], "json"),
    "shared_rows": (shared_rows, "joblib"),
    "unshared_rows": (lambda: [[0, 0] for _ in range(3)], "json"),
    "cyclic": (cyclic, "joblib"),
    "int_keys": (lambda: {1: "a"}, "joblib"),
    "text_keys": (lambda: {"1": "a"}, "json"),
    "tuple": (lambda: (1, 2, 3), "joblib"),
    "tuple_in_list": (lambda: [(1, 2)], "joblib"),
    "set": (lambda: set("stringsinaset"), "joblib"),
    "set_of_ints": (lambda: {3, 1, 2**70}, "joblib"),
    "mixed_set": (lambda: {1, "a", (2, 3)}, "joblib"),
    "frozenset": (lambda: frozenset("stringsinaset"), "joblib"),
    "bytes": (lambda: b"\x00\xff", "joblib"),
    "bytearray": (lambda: bytearray(b"\x00\xff"), "joblib"),
    "complex": (lambda: 1 + 2j, "joblib"),
    "complex_other_sign": (lambda: complex(1, -2), "joblib"),
    "range": (lambda: range(3), "joblib"),
    "slice": (lambda: slice(1, None), "joblib"),
    "ellipsis": (lambda: ..., "joblib"),
    "mapping_proxy": (lambda: types.MappingProxyType({"a": 1}), "cloudpickle"),
    # ---- standard library
    "date": (lambda: datetime.date(2020, 2, 29), "joblib"),
    "time": (lambda: datetime.time(12, 30), "joblib"),
    "datetime": (lambda: datetime.datetime(2020, 2, 29, 1, 2, 3, 4), "joblib"),
    "datetime_utc": (lambda: datetime.datetime(2020, 2, 29, tzinfo=datetime.timezone.utc), "joblib"),
    "timedelta": (lambda: datetime.timedelta(days=1), "joblib"),
    "decimal": (lambda: decimal.Decimal("1.10"), "joblib"),
    "decimal_shorter": (lambda: decimal.Decimal("1.1"), "joblib"),
    "fraction": (lambda: fractions.Fraction(1, 3), "joblib"),
    "uuid": (lambda: uuid.UUID(int=5), "joblib"),
    "path": (lambda: pathlib.Path("data/x.csv"), "joblib"),
    "pattern": (lambda: re.compile("a+", re.I), "joblib"),
    "pattern_no_flag": (lambda: re.compile("a+"), "joblib"),
    "counter": (lambda: collections.Counter("abca"), "joblib"),
    "ordered_dict": (lambda: collections.OrderedDict(a=1, b=2), "joblib"),
    "default_dict": (lambda: collections.defaultdict(list, {"a": [1]}), "joblib"),
    "deque": (lambda: collections.deque([1, 2], maxlen=3), "joblib"),
    "deque_unbounded": (lambda: collections.deque([1, 2]), "joblib"),
    "chain_map": (lambda: collections.ChainMap({"a": 1}, {"b": 2}), "joblib"),
    "namespace": (lambda: types.SimpleNamespace(a=1, b="x"), "joblib"),
    "string_io": (lambda: io.StringIO("some text"), "joblib"),
    "bytes_io": (lambda: io.BytesIO(b"some bytes"), "joblib"),
    "template": (lambda: string.Template("$a"), "joblib"),
    "random": (lambda: random.Random(3), "joblib"),
    "random_drawn": (lambda: (lambda r: r.random() and r)(random.Random(3)), "joblib"),
    "itemgetter": (lambda: operator.itemgetter("a", 1), "joblib"),
    "partial": (lambda: functools.partial(round, ndigits=2), "joblib"),
    "partial_of_notebook": (lambda: functools.partial(double, factor=3), "joblib"),
    # ---- the notebook's own classes
    "point": (lambda: Point(1, 2.0), "joblib"),
    "point_other": (lambda: Point(1, 2), "joblib"),
    "points": (lambda: {"p": [Point(1, 2), Point(3, 4)]}, "joblib"),
    "loop_of_self": (loop_of_self, "joblib"),
    "slotted": (lambda: Slotted([1]), "joblib"),
    "dataclass": (lambda: Setting(0.1, ["a"]), "joblib"),
    "dataclass_frozen": (lambda: Fixed(0.1), "joblib"),
    "enum": (lambda: Colour.RED, "joblib"),
    "enum_list": (lambda: [Colour.RED, Colour.BLUE], "joblib"),
    "flag": (lambda: Power.LOW | Power.HIGH, "joblib"),
    "named_tuple": (lambda: Row("a", 1), "joblib"),
    "dict_subclass": (lambda: Ratio(a=1), "joblib"),
    "own_dict": (lambda: Attributes(a=1, b=[2]), "joblib"),
    "exception": (lambda: ValueError("no", 1), "joblib"),
    # ---- functions, classes, modules
    "function": (lambda: double, "joblib"),
    "library_function": (lambda: math.sqrt, "joblib"),
    "builtin": (lambda: len, "joblib"),
    "bound_method": (lambda: Point(1, 2).length, "joblib"),
    "bound_builtin": (lambda: "abc".upper, "joblib"),
    "class": (lambda: Point, "joblib"),
    "library_class": (lambda: LogisticRegression, "joblib"),
    "cached_function": (lambda: cached, "joblib"),
    "ufunc": (lambda: np.log1p, "joblib"),
    "lambda": (lambda: lambda x: x + 1, "cloudpickle"),
    "lambda_other": (lambda: lambda x: x + 2, "cloudpickle"),
    "closure": (lambda: adder(3), "cloudpickle"),
    "closure_other": (lambda: adder(4), "cloudpickle"),
    "lambda_in_dict": (lambda: {"clean": lambda s: s.strip()}, "cloudpickle"),
    "module": (lambda: math, "Import it"),
    # ---- numpy
    "np_float64": (lambda: np.float64(1), "joblib"),
    "np_float32": (lambda: np.float32(1), "joblib"),
    "np_int64": (lambda: np.int64(1), "joblib"),
    "np_int8": (lambda: np.int8(1), "joblib"),
    "np_bool": (lambda: np.bool_(True), "joblib"),
    "np_str": (lambda: np.str_("text"), "joblib"),
    "np_complex": (lambda: np.complex128(1 + 2j), "joblib"),
    "np_datetime": (lambda: np.datetime64("2020-01-01"), "joblib"),
    "np_datetime_ns": (lambda: np.datetime64("2020-01-01", "ns"), "joblib"),
    "np_dtype": (lambda: np.dtype("int32"), "joblib"),
    "np_dtype_record": (lambda: np.dtype([("a", "i4")]), "joblib"),
    "zero_dimensional": (lambda: np.array(1.0), "npy"),
    "floats": (lambda: np.arange(6.0), "npy"),
    "floats32": (lambda: np.arange(6, dtype="f4"), "npy"),
    "floats16": (lambda: np.arange(6, dtype="f2"), "npy"),
    "long_doubles": (lambda: np.arange(6, dtype=np.longdouble) / 7, "npy"),
    "integers": (lambda: np.arange(6), "npy"),
    "big_endian": (lambda: np.arange(6, dtype=">i8"), "npy"),
    "bools": (lambda: np.array([True, False]), "npy"),
    "bytes_array": (lambda: np.array([b"a", b"bc"]), "npy"),
    "text_array": (lambda: np.array(["a", "bc"]), "npy"),
    "dates": (lambda: np.array(["2020-01-01", "NaT"], dtype="M8[D]"), "npy"),
    "durations": (lambda: np.array([1, 2], dtype="m8[s]"), "npy"),
    "complexes": (lambda: np.array([1 + 2j, float("nan")]), "npy"),
    "matrix_shape": (lambda: np.arange(6.0).reshape(2, 3), "npy"),
    "fortran_order": (lambda: np.asfortranarray(np.arange(8.0).reshape(2, 4)), "npy"),
    "reversed_view": (lambda: np.arange(7.0)[::-1], "npy"),
    "strided_view": (lambda: np.arange(24.0).reshape(4, 6)[::2, 1::2], "npy"),
    "transposed_cube": (lambda: np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1), "npy"),
    "broadcast": (lambda: np.broadcast_to(np.arange(3.0), (2, 3)), "npy"),
    "read_only": (lambda: frozen(np.arange(9.0)), "npy"),
    "empty_array": (lambda: np.zeros((0, 3)), "npy"),
    "empty_array_other_shape": (lambda: np.zeros((3, 0)), "npy"),
    "nan_array": (lambda: np.array([1.0, np.nan]), "npy"),
    "minus_zeros": (lambda: np.array([-0.0, 0.0]), "npy"),
    "structured": (structured, "npy"),
    "structured_aligned": (lambda: structured(align=True), "joblib"),
    "record_array": (lambda: structured().view(np.recarray), "joblib"),
    "objects": (lambda: np.array(["a", None, 1], dtype=object), "joblib"),
    "ragged": (lambda: np.array([[1], [1, 2], None], dtype=object), "joblib"),
    "masked": (lambda: np.ma.array([1.0, 2.0], mask=[True, False]), "joblib"),
    "masked_other": (lambda: np.ma.array([1.0, 2.0], mask=[False, False]), "joblib"),
    "matrix": (lambda: np.matrix([[1, 2]]), ("joblib", "pickle")),
    "generator": (lambda: np.random.default_rng(1), "joblib"),
    "generator_drawn": (lambda: drawn(np.random.default_rng(1)), "joblib"),
    "generator_philox": (lambda: np.random.Generator(np.random.Philox(1)), "joblib"),
    "random_state": (lambda: np.random.RandomState(1), "joblib"),
    "random_state_drawn": (lambda: drawn(np.random.RandomState(1)), "joblib"),
    "shared_array": (shared_array, "pickle"),
    "arrays_in_dict": (lambda: {"one": np.arange(4.0), "two": np.arange(5.0)}, "joblib"),
    "split": (lambda: np.split(np.arange(9.0), 3), "joblib"),
    "polynomial": (lambda: np.poly1d([1, 2]), "joblib"),
    # ---- scipy
    "csr": (lambda: sp.csr_matrix(np.eye(3)), "npz-sparse"),
    "csc": (lambda: sp.csc_matrix(np.eye(3)), "npz-sparse"),
    "coo": (lambda: sp.coo_matrix(np.eye(3)), "npz-sparse"),
    "csr_float32": (lambda: sp.csr_matrix(np.eye(3, dtype="f4")), "npz-sparse"),
    "csr_array": (lambda: sp.csr_array(np.eye(3)), "npz-sparse"),
    "lil": (lambda: sp.lil_matrix(np.eye(3)), "joblib"),
    "dok": (lambda: sp.dok_matrix(np.eye(3)), "joblib"),
    # ---- pandas
    "frame": (frame, "parquet"),
    "frame_columns_swapped": (lambda: frame()[["b", "a", "c"]], "parquet"),
    "frame_int32": (lambda: frame().astype({"a": "int32"}), "parquet"),
    "frame_empty": (lambda: frame().iloc[:0], "parquet"),
    "frame_no_columns": (lambda: pd.DataFrame(index=[1, 2]), ("parquet", "joblib")),
    "frame_filtered": (lambda: frame()[frame().a > 1], "parquet"),
    "frame_index_named": (lambda: frame().rename_axis("id"), "parquet"),
    "frame_text_index": (lambda: frame().set_index("c"), "parquet"),
    "frame_dated": (dated, "parquet"),
    "frame_dated_freq": (lambda: dated().asfreq("D"), "joblib"),
    "frame_missing": (lambda: pd.DataFrame({"a": [1.0, np.nan]}), "parquet"),
    "frame_two_levels": (lambda: frame().set_index(["a", "c"]), "parquet"),
    "frame_column_levels": (lambda: frame().pivot_table(index="a", columns="c", values=["b"]), "joblib"),
    "frame_int_columns": (lambda: pd.DataFrame(np.eye(2)), ("parquet", "joblib")),
    "frame_mixed_columns": (lambda: pd.DataFrame({"a": [1], 2: [3]}), "joblib"),
    "frame_double_columns": (lambda: pd.DataFrame([[1, 2]], columns=["a", "a"]), "joblib"),
    "frame_named_columns": (named_columns, ("parquet", "joblib")),
    "frame_categories": (lambda: frame().astype({"c": "category"}), "parquet"),
    "frame_ordered": (lambda: frame().assign(c=pd.Categorical(list("zyx"), list("xyz"), ordered=True)), "parquet"),
    "frame_nullable": (lambda: frame().astype({"a": "Int64"}), "parquet"),
    "frame_nullable_missing": (lambda: pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}), "parquet"),
    "frame_bool_missing": (lambda: pd.DataFrame({"a": pd.array([True, None], dtype="boolean")}), "parquet"),
    "frame_zoned": (lambda: dated().tz_localize("Europe/Berlin"), "parquet"),
    "frame_periods": (lambda: pd.DataFrame({"p": pd.period_range("2020-01", periods=2, freq="M")}), "parquet"),
    "frame_intervals": (lambda: pd.DataFrame({"i": pd.interval_range(0, 3)}), ("parquet", "joblib")),
    "frame_sparse": (sparse_frame, "joblib"),
    "frame_objects": (lambda: pd.DataFrame({"o": [1, "a", None]}, dtype=object), "joblib"),
    "frame_lists": (lambda: pd.DataFrame({"o": [[1], [1, 2]]}), "joblib"),
    "frame_attrs": (with_attrs, ("parquet", "joblib")),
    "frame_subclass": (lambda: Table({"a": [1]}), "joblib"),
    "frame_decimals": (lambda: pd.DataFrame({"d": [decimal.Decimal("1.10")]}), ("parquet", "joblib")),
    "frame_dates": (lambda: pd.DataFrame({"d": [datetime.date(2020, 1, 1)]}, dtype=object), ("parquet", "joblib")),
    "frame_durations": (lambda: pd.DataFrame({"t": pd.to_timedelta([1, 2], unit="s")}), "parquet"),
    "series": (lambda: frame()["b"], "parquet-series"),
    "series_other_name": (lambda: frame()["b"].rename("d"), "parquet-series"),
    "series_unnamed": (lambda: pd.Series([1.0, 2.0]), "joblib"),
    "series_int_name": (lambda: pd.Series([1.0, 2.0], name=0), "joblib"),
    "series_objects": (lambda: pd.Series(["a", 1], name="o", dtype=object), "joblib"),
    "series_categories": (lambda: pd.Series(["a", "b"], name="o", dtype="category"), "parquet-series"),
    "index": (lambda: pd.Index([3, 1, 2], name="i"), "joblib"),
    "range_index": (lambda: pd.RangeIndex(3), "joblib"),
    "int_index": (lambda: pd.Index([0, 1, 2]), "joblib"),
    "date_index": (lambda: pd.date_range("2020", periods=3), "joblib"),
    "date_index_no_freq": (lambda: pd.DatetimeIndex(list(pd.date_range("2020", periods=3))), "joblib"),
    "multi_index": (lambda: pd.MultiIndex.from_product([[1, 2], ["a", "b"]], names=["n", None]), "joblib"),
    "interval_index": (lambda: pd.interval_range(0, 3), "joblib"),
    "categorical": (lambda: pd.Categorical(["a", "b"]), "joblib"),
    "category_type": (lambda: pd.CategoricalDtype(["a", "b"], ordered=True), "joblib"),
    "timestamp": (lambda: pd.Timestamp("2020-01-01"), "joblib"),
    "timestamp_zoned": (lambda: pd.Timestamp("2020-01-01", tz="Europe/Berlin"), "joblib"),
    "not_a_time": (lambda: pd.NaT, "joblib"),
    "missing": (lambda: pd.NA, "joblib"),
    "pd_timedelta": (lambda: pd.Timedelta("1D"), "joblib"),
    "period": (lambda: pd.Period("2020-01"), "joblib"),
    "offset": (lambda: pd.offsets.MonthEnd(2), "joblib"),
    "frames_in_dict": (lambda: {"train": frame(), "test": frame().iloc[:1]}, "joblib"),
    # ---- scikit-learn
    "unfitted": (lambda: LogisticRegression(C=2.0), "joblib"),
    "unfitted_other": (lambda: LogisticRegression(C=3.0), "joblib"),
    "linear": (lambda: fitted(LinearRegression()), "joblib"),
    "logistic": (lambda: fitted(LogisticRegression(max_iter=200)), "joblib"),
    "tree": (lambda: fitted(DecisionTreeClassifier(random_state=0)), "joblib"),
    "forest": (lambda: fitted(RandomForestClassifier(5, random_state=0)), "joblib"),
    "forest_other_seed": (lambda: fitted(RandomForestClassifier(5, random_state=1)), "joblib"),
    "boosting": (lambda: fitted(GradientBoostingClassifier(n_estimators=3, random_state=0)), "joblib"),
    "neighbours": (lambda: fitted(KNeighborsClassifier()), "joblib"),
    "svm": (lambda: fitted(SVC()), "joblib"),
    "network": (lambda: fitted(MLPClassifier((4,), max_iter=5, random_state=0)), "joblib"),
    "clusters": (lambda: fitted(KMeans(3, n_init=1, random_state=0)), "joblib"),
    "pipeline": (lambda: fitted(make_pipeline(StandardScaler(), LogisticRegression())), "joblib"),
    "pipeline_of_notebook": (lambda: fitted(Pipeline([("d", Doubler()), ("m", LinearRegression())])), "joblib"),
    "pipeline_function": (lambda: make_pipeline(FunctionTransformer(double), LinearRegression()), "joblib"),
    "pipeline_lambda": (lambda: make_pipeline(FunctionTransformer(lambda x: x), LinearRegression()), "cloudpickle"),
    "columns": (lambda: ColumnTransformer([("o", OneHotEncoder(), ["c"])]).fit(frame()), "joblib"),
    "vectorizer": (lambda: TfidfVectorizer().fit(["a good day", "a bad day"]), "joblib"),
    "texts_matrix": (lambda: TfidfVectorizer().fit_transform(["a good day", "a bad day"]), "npz-sparse"),
    "search": (search, "joblib"),
    "search_results": (search_results, "joblib"),
    "search_frame": (lambda: pd.DataFrame(search_results()), "parquet"),
    "least_squares": (least_squares, "joblib"),
    "arima": (arima, "joblib"),
    "logger": (lambda: logging.getLogger("case"), "logger"),
    "frozen": (lambda: stats.norm(1, 2), "distribution"),
    "frozen_multivariate": (lambda: stats.multivariate_normal([0, 1]), "distribution"),
    "distribution": (lambda: stats.gamma, "distribution"),
    "frozen_with_a_seed": (seeded_distribution, "joblib"),
    "frozen_in_a_list": (lambda: [stats.norm(1, 2)], "no format"),
    "kde": (lambda: stats.gaussian_kde([1.0, 2.0, 4.0]), "joblib"),
    "spline": (lambda: UnivariateSpline([0, 1, 2, 3], [0, 1, 4, 9]), "joblib"),
    "interpolating_spline": (lambda: InterpolatedUnivariateSpline([0, 1, 2, 3], [0, 1, 4, 9]), "joblib"),
    "design_table": (lambda: designs()[1], "parquet"),
    "design_in_a_model": (lambda: {"data": designs()}, "joblib"),
    "design": (lambda: designs()[1].design_info, 'return_type="dataframe"'),
    "folds": (lambda: KFold(3, shuffle=True, random_state=0), "joblib"),
    "bunch": (load_iris, "joblib"),
    # ---- what lives in one process
    "lazily": (lazily, "list(...)"),
    "generator_expression": (lambda: (i for i in [1]), "list(...)"),
    "half_read": (half_read, "list(...)"),
    "zip": (lambda: zip([1], [2]), "list(...)"),
    "map": (lambda: map(str, [1]), "list(...)"),
    "count": (lambda: itertools.count(), "list(...)"),
    "file": (opened, "path"),
    "temporary_file": (tempfile.TemporaryFile, "path"),
    "csv_reader": (lambda: csv.reader(["a,b"]), "_csv.reader"),
    "connection": (connected, "connection"),
    "cursor": (lambda: connected().cursor(), "connection"),
    "connection_in_dict": (lambda: {"db": connected()}, "it holds a sqlite3.Connection"),
    "socket": (lambda: socket.socket(), "network connection"),
    "lock": (threading.Lock, "locks"),
    "rlock_in_list": (lambda: [threading.RLock()], "it holds a _thread.RLock"),
    "event": (threading.Event, "locks"),
    "thread": (threading.Thread, "locks"),
    "queue": (queue.Queue, "it holds a threading.Condition"),
    "process": (started, "locks"),
    "weak": (lambda: weakref.ref(Point), "weak reference"),
    "groups": (lambda: frame().groupby("c"), "group it again"),
    "groups_of_column": (lambda: frame().groupby("c")["a"], "group it again"),
    "rolling": (lambda: frame()["a"].rolling(2), "group it again"),
    "figure": (figure, "Draw it"),
    "memory_view": (lambda: memoryview(b"ab"), "memoryview"),
}
