"""Parameters: read from the cell, typed from text, checked, and written as Python."""

from __future__ import annotations

import ast
import datetime as dt
import math
import subprocess
import sys
from collections import OrderedDict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2pipe.errors import InvalidInput
from nb2pipe.model import Parameter
from nb2pipe.parameters import TYPES, literal, parse_value, read_parameters, resolve
from tests.reading.files import notebook


def read(source: str) -> dict[str, tuple[str, Any]]:
    return {p.name: (p.type, p.default) for p in read_parameters(source).parameters}


def one(source: str) -> Parameter:
    (parameter,) = read_parameters(source).parameters
    return parameter


# ---------------------------------------------------------------- the cell

# what papermill's inspection drops, cuts or gets wrong (see its PythonTranslator), and the plain cases
CELLS = {
    "seed = 7": {"seed": ("int", 7)},
    "x = -0.5": {"x": ("float", -0.5)},
    "x = +3": {"x": ("int", 3)},
    "z = 1 + 2j": {"z": ("any", 1 + 2j)},
    "f = 'x=1'": {"f": ("str", "x=1")},
    'n = "has # hash"  # trailing': {"n": ("str", "has # hash")},
    "a = True": {"a": ("bool", True)},
    "a = None": {"a": ("any", None)},
    "a = b'x'": {"a": ("bytes", b"x")},
    "a = (1,)": {"a": ("tuple", (1,))},
    "a = {1, 2}": {"a": ("set", {1, 2})},
    "a = set()": {"a": ("set", set())},
    "a = {'k': [1, (2, None)]}": {"a": ("dict", {"k": [1, (2, None)]})},
    "a = [\n    1,  # one\n    2,\n]": {"a": ("list", [1, 2])},
    "a = 'x' 'y'": {"a": ("str", "xy")},
    "a = float('inf')": {"a": ("float", math.inf)},
    "d: int | None = None": {"d": ("int", None)},
    'c: "int | None" = 3': {"c": ("int", 3)},
    "d: Optional[float] = None": {"d": ("float", None)},
    "d: typing.Optional[typing.List[str]] = None": {"d": ("list", None)},
    "d: Union[int, float] = 1": {"d": ("float", 1)},
    "d: list[str] = []": {"d": ("list", [])},
    "d: Dict[str, int] = {}": {"d": ("dict", {})},
    "d: Literal['a', 'b'] = 'a'": {"d": ("str", "a")},
    "d: np.ndarray = [1]": {"d": ("list", [1])},
    "d: int = 0.5": {"d": ("float", 0.5)},
    "d: Any = 1": {"d": ("any", 1)},
    "lr: float = 1": {"lr": ("float", 1)},
    "h, i = 1, -2": {"h": ("int", 1), "i": ("int", -2)},
    "(h, [i, j]) = (1, (2, 'x'))": {"h": ("int", 1), "i": ("int", 2), "j": ("str", "x")},
    "a = b = 1": {"a": ("int", 1), "b": ("int", 1)},
    "s = 5\nt: float": {"s": ("int", 5)},
    "a = 1; b = 2": {"a": ("int", 1), "b": ("int", 2)},
    "größe = 1": {"größe": ("int", 1)},
    "'''text'''\n# c\na = 1\n...": {"a": ("int", 1)},
    "a = 1\na = 2.5": {"a": ("float", 2.5)},
    "": {},
}


@pytest.mark.parametrize("source", CELLS)
def test_plain_values_are_parameters(source: str) -> None:
    """With the type of the annotation, where it is understood and fits, else of the value."""
    assert read(source) == CELLS[source]
    assert all(type_ in TYPES for type_, _ in read(source).values())


def test_annotation_comment_and_line_are_kept() -> None:
    """For the table of parameters, and for the exported cell."""
    parsed = read_parameters(
        '# first\nn: "int | None" = 3  # number of trees\nname = "é#"  #  text \nx = [\n 1]  # list', cell=4
    )
    assert [(p.line, p.annotation, p.comment, p.cell) for p in parsed.parameters] == [
        (2, "'int | None'", "number of trees", 4),
        (3, None, "text", 4),
        (4, None, "list", 4),
    ]


DERIVED = {
    "a = 2\nb = a * 10": (["a"], ((2, 2),)),
    "a = dict(k=1)": ([], ((1, 1),)),
    "a = 1 if x == 2 else 3": ([], ((1, 1),)),
    "a, b = 1, f()": ([], ((1, 1),)),
    "a, *b = 1, 2": ([], ((1, 1),)),
    "import os\na = 1": (["a"], ((1, 1),)),
    "a = 1\nif a:\n    b = 2\nc = 3": (["a", "c"], ((2, 3),)),
    "a = 1\na += 1": (["a"], ((2, 2),)),
    "a = []\na.append(1)": (["a"], ((2, 2),)),
    "%matplotlib inline\na = 1": (["a"], ((1, 1),)),
    "d['k'] = 1": ([], ((1, 1),)),
    "a = 2; b = a": ([], ((1, 1),)),
    "p = Path('x')\nd = date(2020, 1, 1)": ([], ((1, 1), (2, 2))),
    "a = 1\nb = (\n  a +\n  1)\nc = b": (["a"], ((2, 4), (5, 5))),
    # a plain value whose place matters: the line before reads or sets that name
    "n = 1\nm = n\nn = 2": (["n"], ((2, 2), (3, 3))),
    "n = f()\nn = 2": ([], ((1, 1), (2, 2))),
    "def n(): ...\nn = 2": ([], ((1, 1), (2, 2))),
}


@pytest.mark.parametrize("source", DERIVED)
def test_other_lines_are_derived(source: str) -> None:
    """They run after the values from outside are in place."""
    names, lines = DERIVED[source]
    parsed = read_parameters(source)
    assert [p.name for p in parsed.parameters] == names
    assert parsed.derived == lines


@pytest.mark.parametrize("source", [*CELLS, *DERIVED])
def test_parameters_first_and_derived_lines_after_compute_what_the_cell_computed(source: str) -> None:
    """The exported step does just that: without values from outside, nothing may change."""
    known = {"f": lambda: [5], "x": 2, "Path": Path, "date": dt.date, "d": {}, "Any": Any, "np": None}
    known |= dict.fromkeys(("Optional", "Union", "Dict", "Literal", "typing"), _Anything())
    if "%" in source:
        return
    parsed = read_parameters(source)
    original: dict[str, Any] = dict(known)
    exec(source, original)
    split: dict[str, Any] = dict(known)
    source_lines = source.split("\n")
    annotated = "from __future__ import annotations\n"
    exec("\n".join(f"{p.name} = {literal(p.default)}" for p in parsed.parameters), split)
    for line, end in parsed.derived:
        exec(annotated + "\n".join(source_lines[line - 1 : end]), split)
    ignored = {"__builtins__", "__annotations__", "__doc__", "annotations", *(["n"] if "def n" in source else [])}
    assert _without(split, ignored) == _without(original, ignored)


def _without(names: dict[str, Any], ignored: set[str]) -> dict[str, Any]:
    return {name: value for name, value in names.items() if name not in ignored}


class _Anything:
    def __getitem__(self, key: object) -> None: ...

    def __getattr__(self, name: str) -> _Anything:
        return self


def test_a_cell_that_is_no_python_is_an_error_with_its_line() -> None:
    """NB303; nothing is guessed."""
    nb = notebook(("seed = 7\nx = = 1", "parameters"))
    parsed = read_parameters(nb.cells[0].source, notebook=nb)
    (problem,) = parsed.problems
    assert (problem.code, problem.line, problem.source) == ("NB303", 2, "x = = 1")
    assert read_parameters("x = '\0'").problems[0].code == "NB303"


def test_names_that_exported_steps_use_are_refused() -> None:
    """NB304."""
    assert [p.code for p in read_parameters("inputs = 1\noutputs = 'x'").problems] == ["NB304", "NB304"]


def test_a_value_that_does_not_last_is_pointed_out() -> None:
    """NB305: -p n=5 would be overwritten by the later line."""
    (problem,) = read_parameters("n = 10\nhalf = n // 2\nn = 20").problems
    assert (problem.code, "line 3" in problem.message) == ("NB305", True)
    assert read_parameters("n = 10\nn = 20\nhalf = n // 2").problems == ()


# ---------------------------------------------------------------- text to value

PARSED = [
    # definition, text, value
    ("x = 7", "007", 7), ("x = 7", "-3", -3), ("x = 7", "1_000", 1000), ("x = 7", "0x10", 16), ("x = 7", "1e6", 10**6),
    ("x = 7", "1.5e1", 15), ("x = 7", "9" * 30, int("9" * 30)),
    ("x = '7'", "007", "007"), ("x = '7'", "1.10", "1.10"), ("x = '7'", "true", "true"), ("x = '7'", "", ""),
    ("x = '7'", "it's \"quoted\"\n\\n", "it's \"quoted\"\n\\n"), ("x = '7'", "None", "None"), ("x = '7'", " a ", " a "),
    ("x = .5", "1", 1.0), ("x = .5", "-1e-3", -0.001), ("x = .5", "inf", math.inf), ("x = .5", ".5", 0.5),
    *(("x = True", text, True) for text in ("true", "True", "YES", "1", "on")),
    *(("x = True", text, False) for text in ("false", "no", "0", "Off")),
    ("x = [1]", "[2, 'a']", [2, "a"]), ("x = [1]", '["a", true, null]', ["a", True, None]), ("x = [1]", "(1, 2)", [1, 2]),
    ("x = (1,)", "[1, 2]", (1, 2)), ("x = {1}", "[1, 1]", {1}), ("x = {}", '{"a": false}', {"a": False}),
    ("x = {}", "{'a': None, 1: 2}", {"a": None, 1: 2}),
    ("x: list[float] = []", "[1, 2.5]", [1.0, 2.5]), ("x: dict[str, float] = {}", "{'a': 1}", {"a": 1.0}),
    ("x: int | None = None", "None", None), ("x: int | None = None", "null", None), ("x: int | None = 3", "4", 4),
    ("x: Optional[str] = None", "None", None), ("x: Optional[str] = None", "007", "007"),
    ("x: Literal['a', 'b'] = 'a'", "b", "b"), ("x: Literal[1, 2] = 1", "2", 2),
    ("x = None", "7", 7), ("x = None", "some text", "some text"), ("x = None", "None", None), ("x = None", "[1", "[1"),
    ("x = b'a'", "b'\\x00'", b"\0"), ("x = b'a'", "é", "é".encode()),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "text", "value"), PARSED)
def test_text_is_read_by_the_declared_type(definition: str, text: str, value: Any) -> None:
    """Not by its looks, as papermill does."""
    found = parse_value(one(definition), text)
    assert found == value
    assert type(found) is type(value)


UNFIT = [
    ("x = 7", "abc"), ("x = 7", "1.5"), ("x = 7", ""), ("x = 7", "True"), ("x = 7", "1e-2"), ("x = 7", "None"),
    ("x = .5", "1,5"), ("x = .5", "1e999"), ("x = .5", "true"), ("x = True", "2"), ("x = True", "maybe"),
    ("x = [1]", "a,b"), ("x = [1]", "5"), ("x = [1]", "__import__('os')"), ("x = {}", "[1]"), ("x = (1,)", "{1: 2}"),
    ("x: list[int] = []", "[1, 'a']"), ("x: list[int] = []", "[true]"), ("x: Literal['a'] = 'a'", "c"),
    ("x: int | None = None", "nothing"), ("x = [1]", "[" * 5000),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "text"), UNFIT)
def test_text_that_does_not_fit_is_refused(definition: str, text: str) -> None:
    """With a sentence that says what was wanted; no code is ever run."""
    with pytest.raises(ValueError, match=r" is not (a|an|one of) "):
        parse_value(one(definition), text)


# ---------------------------------------------------------------- values that are typed already

CHECKED = [
    ("x = .5", 1, 1.0), ("x = .5", Decimal("0.25"), 0.25), ("x = 7", 8, 8), ("x: float | None = 1", None, None),
    ("x = '2020-01-01'", dt.date(2020, 1, 31), "2020-01-31"), ("x = 'a'", Path("b/c"), str(Path("b/c"))),
    ("x = (1,)", [1, 2], (1, 2)), ("x = {1}", [2], {2}), ("x = None", {"a": [1]}, {"a": [1]}),
    ("x: list[float] = []", [1], [1.0]), ("x = True", False, False),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "value", "expected"), CHECKED)
def test_typed_values_are_checked_and_converted(definition: str, value: Any, expected: Any) -> None:
    """From a YAML file or the library."""
    found = resolve([one(definition)], {"x": value})["x"]
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("definition", "value"),
    [("x = 7", True), ("x = 7", 1.0), ("x = .5", True), ("x = True", 1), ("x = 'a'", 1),
     ("x = [1]", {1: 2}), ("x = 7", None), ("x = 'a'", None)],
)  # fmt: skip
def test_typed_values_of_another_type_are_refused(definition: str, value: Any) -> None:
    """A bool is no int, 1.0 is no int, None only where it is allowed."""
    with pytest.raises(InvalidInput) as caught:
        resolve([one(definition)], {"x": value})
    assert [d.code for d in caught.value.diagnostics] == ["NB301"]


def test_numpy_scalars_are_numbers() -> None:
    """papermill turns np.int64(5) into the text "5"."""
    import numpy as np

    parameters = read_parameters("n = 1\nx = 0.5\nb = True\nf: float = 1").parameters
    given_ = {"n": np.int64(5), "x": np.float32(0.5), "b": np.bool_(False), "f": np.uint8(3)}
    found = resolve(parameters, given_)
    assert found == {"n": 5, "x": 0.5, "b": False, "f": 3.0}
    assert [type(v) for v in found.values()] == [int, float, bool, float]
    with pytest.raises(InvalidInput):
        resolve(parameters, {"n": np.float64(5)})


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Unknown names get a did-you-mean, wrong types the line of the cell."""
    parameters = read_parameters("n_trees = 100\nseed = 7\n").parameters
    with pytest.raises(InvalidInput) as caught:
        resolve(parameters, {"n_tree": 5, "seed": "abc", "learning_rate": 1})
    found = caught.value.diagnostics
    assert [d.code for d in found] == ["NB302", "NB301", "NB302"]
    assert found[0].message == "no parameter 'n_tree'"
    assert found[0].notes == ("did you mean 'n_trees'?",)
    assert found[1].message == "-p seed=abc: 'seed' is an int in the parameters cell (seed = 7)"
    assert found[2].notes == ("there are: n_trees, seed",)


def test_an_int_that_should_be_a_fraction_gets_the_remedy() -> None:
    """`alpha = 1` in the cell, -p alpha=0.5 on the command line."""
    with pytest.raises(InvalidInput) as caught:
        resolve([one("alpha = 1")], {"alpha": "0.5"})
    assert "alpha = 1.0" in caught.value.diagnostics[0].notes[0]


def test_a_notebook_without_parameters_says_so() -> None:
    """The remedy is a tag."""
    with pytest.raises(InvalidInput) as caught:
        resolve([], {"a": 1})
    assert "tag a cell" in caught.value.diagnostics[0].notes[0]


# ---------------------------------------------------------------- value to source

_PLAIN = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary(),
        st.complex_numbers(allow_nan=False),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.tuples(inner, inner), st.tuples(inner),
        st.dictionaries(st.text() | st.integers(), inner, max_size=3),
    ),
    max_leaves=10,
)  # fmt: skip


@given(_PLAIN)
def test_a_literal_evaluates_to_the_value(value: Any) -> None:
    """Whatever quotes, backslashes, line ends and signs it holds; on one line."""
    source = literal(value)
    assert repr(eval(source, {})) == repr(value)
    assert "\n" not in source


OTHERS = [
    float("nan"), -0.0, {1, "a", (2,)}, set(), frozenset({1}), frozenset(), range(1, 9, 2), 10**5000, -(10**5000),
    dt.date(2020, 1, 31), dt.datetime(2020, 1, 31, 12, 30, 1, 5), dt.time(12, 30), dt.timedelta(days=-1, microseconds=3),
    dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2020, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30))),
    dt.datetime(2020, 10, 25, 2, 30, fold=1), Decimal("1.10"), Decimal("NaN"), Fraction(1, 3), Path("a b/c'd"),
    bytearray(b"x"), {"a": [Path("x"), {dt.date(2020, 1, 1): Decimal("0.1")}]}, "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("value", OTHERS, ids=lambda value: type(value).__name__)
def test_other_values_have_expressions_that_need_no_import(value: Any) -> None:
    """Dates, paths, decimals: papermill pastes their text in quotes."""
    found = eval(literal(value), {})
    assert type(found) is type(value)
    if isinstance(value, int | set):
        assert found == value
    else:
        assert repr(found) == repr(value)


def test_literals_are_the_same_in_each_process() -> None:
    """A set's order depends on the hash seed; exported files must not."""
    code = "from nb2pipe.parameters import literal; print(literal({'a', 'b', 'c', ('d', 1)}))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in (1, 2, 3)
    }
    assert len(outputs) == 1


def test_numpy_scalars_are_written_as_numbers() -> None:
    """Of every kind, without importing numpy in the kernel."""
    import numpy as np

    scalars = [
        np.int8(-1),
        np.uint64(2**63),
        np.float32(0.1),
        np.float64(0.1),
        np.bool_(True),
        np.str_("a"),
        np.complex64(1j),
    ]
    for scalar in scalars:
        assert eval(literal(scalar), {}) == scalar.item()
        ast.parse(literal(scalar), mode="eval")
    assert literal(np.datetime64("2020-01-31")) == literal(dt.date(2020, 1, 31))


def _cycle() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


def _deep() -> list[Any]:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    return value


class _Text(str):
    """A text that lies about itself."""

    def __repr__(self) -> str:
        return "__import__('os').system('true')"


def test_nothing_is_ever_pasted() -> None:
    """A subclass's own repr is not asked."""
    assert literal(_Text("x")) == "'x'"
    assert literal(OrderedDict(a=1)) == "{'a': 1}"


@pytest.mark.parametrize(
    "make", [object, lambda: len, _cycle, _deep, lambda: [object()], lambda: {"a": lambda: 1}, lambda: iter([])]
)
def test_what_has_no_literal_is_refused_with_a_sentence(make: Any) -> None:
    """Rather than written as its text."""
    with pytest.raises(ValueError, match=r"cannot be written|nested too deeply"):
        literal(make())


def test_arrays_and_time_zones_are_refused() -> None:
    """numpy arrays, pandas timestamps, named zones: give a list, a text, an offset."""
    from zoneinfo import ZoneInfo

    import numpy as np
    import pandas as pd

    for value in (
        np.array([1, 2]),
        np.array(1),
        pd.Timestamp("2020-01-01"),
        dt.datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC")),
    ):
        with pytest.raises(ValueError, match="cannot be written"):
            literal(value)
