"""Plans of small notebooks, without running anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2pipe.diagnostics import Severity
from nb2pipe.model import Pipeline
from nb2pipe.workflow import inspect
from tests.building import notebook

L, T, E = "step:load", "step:train", "step:evaluate"


def plan(tmp_path: Path, *cells: tuple[str, str]) -> tuple[Pipeline, list[str]]:
    found = inspect(notebook(tmp_path, *cells))
    return found.pipeline, [d.code for d in found.diagnostics if d.severity is Severity.ERROR]


def links(pipeline: Pipeline) -> dict[str, dict[str, str]]:
    return {step.name: {a.name: a.step for a in step.inputs} for step in pipeline.steps}


def setup(pipeline: Pipeline, step: str, cells: tuple[tuple[str, str], ...]) -> list[str]:
    return [
        line
        for snippet in pipeline.step(step).setup
        for line in cells[snippet.cell][1].splitlines()[snippet.line - 1 : snippet.end_line]
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # a plain chain
        ([(L, "a = 1"), (T, "b = a + 1"), (E, "print(a, b)")], {T: {"a": "load"}, E: {"a": "load", "b": "train"}}),
        # redefinition: the last definition before the reader counts
        ([(L, "a = 1"), (T, "a = 2"), (E, "print(a)")], {T: {}, E: {"a": "train"}}),
        # the scaler idiom reads before it writes
        ([(L, "X = [1]"), (T, "X = sorted(X)"), (E, "print(X)")], {T: {"X": "load"}, E: {"X": "train"}}),
        # a conditional definition passes the old value on
        ([(L, "a = 1"), (T, "if len('ab') > 3:\n    a = 2"), (E, "print(a)")], {T: {"a": "load"}, E: {"a": "train"}}),
        # augmented assignment reads
        ([(L, "n = 1"), (T, "n += 1"), (E, "print(n)")], {T: {"n": "load"}, E: {"n": "train"}}),
        # in-place change: the changing step hands on
        ([(L, "d = {}"), (T, "d['x'] = 1"), (E, "print(d)")], {T: {"d": "load"}, E: {"d": "train"}}),
        # read before written by the same step only
        ([(L, "a = 1"), (T, "a = 3\nprint(a)")], {T: {}}),
        # untagged cells belong to the step before them
        ([(L, "a = 1"), ("", "b = a"), (T, "print(b)")], {T: {"b": "load"}}),
        # a function's global is read where the function is called
        ([(L, "k = 2\ndef f(x):\n    return x * k"), (T, "y = f(1)")], {T: {"k": "load"}}),
        # ... and the latest value counts, as in the notebook
        ([(L, "k = 2\ndef f(x):\n    return x * k"), (T, "k = 3"), (E, "y = f(1)")], {T: {}, E: {"k": "train"}}),
        # a step that is continued, with nothing in between that it needs
        (
            [(L, "a = 1"), (T, "b = a"), (L, "c = 2"), (E, "print(b, c)")],
            {T: {"a": "load"}, E: {"b": "train", "c": "load"}},
        ),
        # a comprehension's variable does not leak
        ([(L, "rows = [1]"), (T, "x = [row for row in rows]"), (E, "print(x)")], {E: {"x": "train"}}),
        # a loop over two lists changes both
        (
            [(L, "a = []\nb = []"), (T, "for d in [a, b]:\n    d.append(1)"), (E, "print(a, b)")],
            {E: {"a": "train", "b": "train"}},
        ),
    ],
)
def test_inputs(tmp_path: Path, cells: list[tuple[str, str]], expected: dict[str, dict[str, str]]) -> None:
    """Each step gets each name from the step that left it as the notebook had it."""
    pipeline, errors = plan(tmp_path, *cells)
    assert errors == []
    found = links(pipeline)
    assert {step: found[step.removeprefix("step:")] for step in expected} == expected


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ([(L, "a = 1"), (T, "print(b)")], ["NB201"]),
        ([(T, "print(a)"), (L, "a = 1")], ["NB201"]),
        ([(L, "a = ("), (T, "b = 1")], ["NB202"]),
        ([(L, "a = 1"), (T, "b = a"), (L, "c = b")], ["NB203"]),
        ([(L, "a = 1"), ("skip", "b = 2"), (T, "print(b)")], ["NB205"]),
        ([(L, "a = [1]"), ("skip", "a.append(2)"), (T, "print(a)")], ["NB205"]),
        # what a skipped cell took of ``a`` may change with it, but nobody reads it
        (
            [
                (L, "import pandas as pd\na = pd.DataFrame({1: [1]})"),
                ("skip", "b = a['x']"),
                (T, "for part in [a]:\n    part['x'] = 1"),
            ],
            [],
        ),
        (
            [
                (L, "import pandas as pd\na = pd.DataFrame({1: [1]})"),
                ("skip", "b = a['x']"),
                (T, "for part in [a]:\n    part['x'] = 1\nb"),
            ],
            ["NB205"],
        ),
        ([(L, "a = 1"), (E, "print(a)"), (T, "a = 2"), (E, "print(a)")], ["NB206"]),
        ([("", "a = [1]\nb = a")], ["NB210"]),
        ([(L + " out:rows", "lines = 1")], ["NB211"]),
        ([(L + " in:rows", "lines = 1")], ["NB211"]),
        ([(L, "import math; rows = [1]"), (T, "print(math.pi, rows)")], ["NB213"]),
        ([(L, "def f():\n    return 1\nf.calls = 0"), (T, "print(f.calls)")], ["NB214"]),
        ([(L, "def f(a):\n    return a or later"), (T, "f(1)"), (E, "later = 2")], ["NB201"]),
        (
            [
                ("imports", "from math import e as x"),
                (T, "b = x"),
                ("imports", "from math import pi as x"),
                ("", "c = x"),
            ],
            ["NB206"],
        ),
    ],
)
def test_refusals(tmp_path: Path, cells: list[tuple[str, str]], codes: list[str]) -> None:
    """What cannot be split faithfully is an error with a code of its own."""
    assert plan(tmp_path, *cells)[1] == codes


@pytest.mark.parametrize(
    "cells",
    [
        # in the loop's second round, the change of 'axes' may be one of what the inner loop took from it
        [
            (L, "axes = [[1]]"),
            (T, "for i in [0]:\n    axes[i].append(2)\n    for part in axes[i]:\n        print(part)"),
        ],
        # a slip in a method that the notebook never calls
        [(L, "class Base:\n    def run(self):\n        raise NotImplementedException()"), (T, "b = Base()")],
        [(L, "def f(a):\n    return a or nowhere.made(a)"), (T, "f(1)")],
        # the same import once more, in the middle of a step
        [
            ("imports", "from math import pi"),
            (L, "a = 1"),
            (T, "b = pi"),
            ("imports", "from math import pi"),
            ("", "c = pi"),
        ],
        # settings under a condition, in a loop, or by another name
        [
            (L, "from matplotlib import pyplot\ntry:\n    pyplot.rcParams['a'] = 1\nexcept KeyError:\n    pass"),
            (T, "pyplot.plot()"),
        ],
        [(L, "import pylab\nfor k in ['a']:\n    pylab.rcParams[k] = 1"), (T, "pylab.plot()")],
        [(L, "from pylab import *\nrcParams['a'] = 1"), (T, "import matplotlib\nplot()")],
    ],
)
def test_no_refusals(tmp_path: Path, cells: list[tuple[str, str]]) -> None:
    """What real notebooks do, and what is nothing to worry about."""
    assert plan(tmp_path, *cells)[1] == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("m = smf.ols('np.log(y) ~ np.log(x) + C(g)', data=df).fit()", ["import numpy as np"]),
        ("m = smf.ols('y ~ square(x)', df)", ["def square(v):", "    return v"]),
        ("m = smf.ols('y ~ x', data=df)", []),
        ("m = smf.ols(formula='np.log(y) ~ x', data=df)", ["import numpy as np"]),
        ("X = dmatrix('np.log(x) + 0', df)", ["import numpy as np"]),
        ("f = open('~/np.log')", []),
        ("print('a ~/np.log')", []),
    ],
)
def test_names_in_formulas(tmp_path: Path, code: str, expected: list[str]) -> None:
    """A formula is Python in a text: its functions and modules are those of the notebook, its terms are columns.

    What a call in it is given may be either, so a variable of that name comes along.
    """
    cells = (
        (L, "import numpy as np\ndef square(v):\n    return v\ndf = 1\nx = y = 2"),
        ("imports", "import smf\nfrom patsy import dmatrix"), (T, code),
    )  # fmt: skip
    pipeline, errors = plan(tmp_path, *cells)
    assert errors == []
    assert [line for line in setup(pipeline, "train", cells) if "smf" not in line and "patsy" not in line] == expected
    assert ("x" in links(pipeline)["train"]) == ("(x)" in code)


def test_a_formula_without_data_reads_variables(tmp_path: Path) -> None:
    """As patsy does, in the notebook's names."""
    pipeline, errors = plan(tmp_path, ("imports", "import smf"), (L, "x = y = 2"), (T, "m = smf.ols('y ~ x')"))
    assert errors == []
    assert links(pipeline)["train"] == {"x": "load", "y": "load"}


def test_setup_is_replayed_in_order(tmp_path: Path) -> None:
    """A step replays the imports, functions and settings that it needs, and no others."""
    cells = (
        ("imports", "import os\nimport json\nimport pandas as pd\npd.set_option('display.width', 80)"),
        (
            L,
            "frame = pd.DataFrame({'a': [1]})\ndef helper(x):\n    return json.dumps(x)\ndef other():\n    return os.sep",
        ),
        (T, "text = helper([1])"),
        (E, "print(1)"),
    )
    pipeline, errors = plan(tmp_path, *cells)
    assert errors == []
    assert setup(pipeline, "train", cells) == ["import json", "def helper(x):", "    return json.dumps(x)"]
    assert setup(pipeline, "evaluate", cells) == []
    assert setup(pipeline, "load", cells) == ["import pandas as pd", "pd.set_option('display.width', 80)"]


def test_parameters_and_derived_values(tmp_path: Path) -> None:
    """A literal is a parameter of the steps that read it; what is computed from it is replayed after it."""
    cells = (("parameters", "a = 2\nb = a * 10\nc = 5"), (L, "x = b"), (T, "y = x"), (E, "z = c"))
    pipeline, errors = plan(tmp_path, *cells)
    assert errors == []
    assert [p.name for p in pipeline.parameters] == ["a", "c"]
    assert {s.name: s.parameters for s in pipeline.steps} == {"load": ("a",), "train": (), "evaluate": ("c",)}
    assert setup(pipeline, "load", cells) == ["b = a * 10"]


def test_parameter_changed_by_a_step(tmp_path: Path) -> None:
    """After a step assigned a parameter anew, later steps get that value, not the parameter."""
    pipeline, _ = plan(tmp_path, ("parameters", "n = 1"), (L, "n = n + 1"), (T, "print(n)"))
    assert links(pipeline)["train"] == {"n": "load"}
    assert pipeline.step("train").parameters == ()


def test_default_argument_comes_early(tmp_path: Path) -> None:
    """A default argument is read when the function is defined, so its value is loaded before the definition."""
    pipeline, errors = plan(tmp_path, (L, "k = [1]\ndef f(x=k):\n    return x"), (T, "y = f()"))
    assert errors == []
    assert pipeline.step("train").early == ("k",)


def test_seeds_chain_steps(tmp_path: Path) -> None:
    """Where a notebook seeds the global generator, steps continue the stream one after another."""
    cells = ((L, "import random\nrandom.seed(1)\na = random.random()"), (T, "b = random.random()"), (E, "print(b)"))
    pipeline, _ = plan(tmp_path, *cells)
    assert [step.random_from for step in pipeline.steps] == [None, "load", "train"]


def test_order_follows_continued_steps(tmp_path: Path) -> None:
    """A step that is continued runs before those that read its second half."""
    pipeline, errors = plan(
        tmp_path, ("step:a", "x = 1"), ("step:b", "y = 2"), ("step:a", "z = y"), ("step:c", "print(x, z)")
    )
    assert errors == []
    assert [step.name for step in pipeline.steps] == ["b", "a", "c"]


def test_metric_names(tmp_path: Path) -> None:
    """Numbers a metrics cell assigns or shows become metrics; a tuple gives one per element."""
    pipeline, _ = plan(
        tmp_path,
        (L, "a = 1"),
        (E + " metrics", "acc = 0.5\nloss = 0.25"),
        ("metrics", "max(a, 2), min(a, 2)"),
        ("metric:score±2%", "a + 1"),
    )
    assert [m.name for m in pipeline.metrics] == ["acc", "loss", "max(a, 2)", "min(a, 2)", "score"]
    assert pipeline.metrics[-1].tolerance is not None
    assert pipeline.metrics[-1].tolerance.rel == pytest.approx(0.02)


def test_shown_dicts_are_named_by_their_cell(tmp_path: Path) -> None:
    """``cell2.acc`` says more than ``{"acc": a}.acc``."""
    pipeline, _ = plan(tmp_path, (L, "a = 1"), (E + " metrics", '{"acc": a}'), ("metrics", 'dict(a=a), {"b": a}'))
    assert [m.name for m in pipeline.metrics] == ["cell2", "dict(a=a)", "cell3[1]"]


def test_variables_of_loops_are_no_metrics(tmp_path: Path) -> None:
    """What a loop only counts with; what it assigns is one, and so is what a tag names."""
    loop = "for fold, (name, model) in enumerate(found):\n    last = model"
    pipeline, _ = plan(
        tmp_path, (L, "found = [(1, 2)]"), (E + " metrics", loop), ("metric:fold", "for fold in [1]:\n    pass")
    )
    assert [m.name for m in pipeline.metrics] == ["last", "fold"]


def test_what_a_loop_counts_with_is_no_metric(tmp_path: Path) -> None:
    """Unless the cell prints it after the loop, shows it, binds it otherwise too, or a tag names it."""
    loops = "best = 9\nfor C, (n, k) in grid:\n    for i in [1]:\n        best = min(best, C)\n"
    cells = (
        ("step:load", "grid = [(1, (2, 3))]"), (E + " metrics", loops), ("metrics", loops + "print(C)"),
        ("metrics", loops + "k"), ("metrics", loops + "n = 0"), ("metrics metric:i", loops),
    )  # fmt: skip
    pipeline, _ = plan(tmp_path, *cells)
    names = [[m.expression for m in pipeline.metrics if m.cell == cell] for cell in range(1, 6)]
    assert names == [["best"], ["best", "C"], ["best", "k"], ["best", "n"], ["i", "best"]]


def test_metrics_cell_without_a_number(tmp_path: Path) -> None:
    """A tag that finds no number is told of; what is shown or printed is one."""
    path = notebook(tmp_path, (L, "acc = 0.5"), ("metrics", "import math"))
    assert [(d.code, d.cell) for d in inspect(path).diagnostics] == [("NB111", 1)]
    assert not inspect(notebook(tmp_path, (L, "acc = 0.5"), ("metrics", "print(f'{acc:.3f}')"))).diagnostics
    assert not inspect(notebook(tmp_path, (L, "acc = 0.5"), ("metrics", "acc"))).diagnostics


def test_declared_output_is_handed_on(tmp_path: Path) -> None:
    """out:NAME makes the step hand the name on, also where no statement visibly changes it."""
    cells = ((L, "rows = {}"), (T, "pass"), (E, "print(rows)"))
    assert links(plan(tmp_path, *cells)[0])["evaluate"] == {"rows": "load"}
    declared = (cells[0], (T + " out:rows", "pass"), cells[2])
    assert links(plan(tmp_path, *declared)[0])["evaluate"] == {"rows": "train"}


def test_what_seaborn_sets_reaches_steps_that_draw_with_matplotlib_alone(tmp_path: Path) -> None:
    """``sns.set()`` changes matplotlib's settings; a step that uses neither is spared the import."""
    cells = (
        ("imports", "import seaborn as sns\nimport matplotlib.pyplot as plt\nsns.set()"),
        (L, "a = 1"),
        (T, "plt.plot([a])"),
    )
    pipeline, _ = plan(tmp_path, *cells)
    assert setup(pipeline, "train", cells)[-1] == "sns.set()"
    assert setup(pipeline, "load", cells) == []
