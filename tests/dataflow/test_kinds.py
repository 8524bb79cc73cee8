"""Kinds of statements, settings and seeds, problems, what a cell shows, and places."""

from __future__ import annotations

import pytest

from nb2pipe.dataflow import analyze
from nb2pipe.magics import to_python
from nb2pipe.model import BindingKind, Place, ProblemKind, StatementKind
from tests.dataflow.reading import flows, last, mutations, uses

LIBRARIES = """\
import numpy as np, pandas as pd, matplotlib, matplotlib.pyplot as plt, seaborn as sns, warnings, logging, os, sys, locale
import random, torch, tensorflow as tf, sklearn, decimal, plotly.io as pio, pylab
from sklearn import set_config
from decimal import getcontext
from tqdm.auto import tqdm
from numpy.random import seed as set_it
from lightning import seed_everything
from warnings import filterwarnings
# %%
"""

SETTINGS = [
    ("pd.set_option('display.max_rows', 5)", "pandas"),
    ("pd.options.display.max_rows = 5", "pandas"),
    ("pd.options.mode.chained_assignment = None", "pandas"),
    ("np.set_printoptions(precision=2)", "numpy"),
    ("np.seterr(all='ignore')", "numpy"),
    ("plt.style.use('ggplot')", "matplotlib"),
    ("plt.rcParams['figure.figsize'] = (1, 2)", "matplotlib"),
    ("plt.rcParams.update({'a': 1})", "matplotlib"),
    ("matplotlib.rcParams['a'] = 1", "matplotlib"),
    ("plt.rc('font', size=3)", "matplotlib"),
    ("matplotlib.rc('font', size=3)", "matplotlib"),
    ("matplotlib.use('Agg')", "matplotlib"),
    ("sns.set()", "seaborn"),
    ("sns.set_theme(style='dark')", "seaborn"),
    ("sns.set_style('white')", "seaborn"),
    ("sns.set_palette('husl')", "seaborn"),
    ("sns.mpl.rcParams['a'] = 1", "matplotlib"),
    ("pylab.rcParams['a'] = 1", "matplotlib"),
    ("plt.rcParams['a'], plt.rcParams['b'] = 1, 2", "matplotlib"),
    ("plt.rcParams.setdefault('a', 1)", "matplotlib"),
    ("if a: sys.path.append('..')", "sys"),
    ("try: plt.rcParams['a'] = 1\nexcept ValueError: pass", "matplotlib"),
    ("sns.set_context('talk')", "seaborn"),
    ("warnings.filterwarnings('ignore')", "warnings"),
    ("warnings.simplefilter('ignore')", "warnings"),
    ("filterwarnings('ignore')", "warnings"),
    ("logging.basicConfig(level=1)", "logging"),
    ("sklearn.set_config(display='text')", "sklearn"),
    ("set_config(display='text')", "sklearn"),
    ("os.environ['A'] = '1'", "os"),
    ("os.environ.setdefault('A', '1')", "os"),
    ("del os.environ['A']", "os"),
    ("sys.path.append('..')", "sys"),
    ("sys.path.insert(0, '..')", "sys"),
    ("locale.setlocale(locale.LC_ALL, 'C')", "locale"),
    ("getcontext().prec = 10", "decimal"),
    ("decimal.getcontext().prec = 10", "decimal"),
    ("pio.templates.default = 'none'", "plotly"),
    ("tqdm.pandas()", "tqdm"),
    ("pd.DataFrame.total = f", "pandas"),
    ("%matplotlib inline", "matplotlib"),
    ("%config InlineBackend.figure_format = 'retina'", "matplotlib"),
    ("%load_ext autoreload", "IPython"),
    ("%cd data", "os"),
    ("%env A=1", "os"),
]

# more of them: made known to a library, imported for what it does, or set by a function, branch or loop of the notebook
FURTHER = [
    ("pd.api.extensions.register_series_accessor('x')(Info)", "pandas"),
    ("matplotlib.colormaps.register(cmap)", "matplotlib"),
    ("logging.getLogger().addHandler(handler)", "logging"),
    ("quiet()", "warnings"),
    ("if wide:\n    pd.set_option('display.max_columns', 9)", "pandas"),
    ("try:\n    locale.setlocale(locale.LC_ALL, 'de_CH')\nexcept locale.Error:\n    pass", "locale"),
    ("%%html\n<b>x</b>", "IPython.display"),
    ("%who", "IPython.display"),
    ("%pip install x", ""),
]
DEFINED = """
class Info: pass
handler, cmap, wide = 1, 2, True
def quiet():
    'No warnings.'
    import sys
    warnings.simplefilter('ignore')
def busy():
    warnings.simplefilter('ignore')
    return train()
# %%
"""


@pytest.mark.parametrize(("code", "module"), FURTHER, ids=[case[0] for case in FURTHER])
def test_further_settings(code: str, module: str) -> None:
    """Whatever changes nothing but settings can be done again in another process."""
    statement = last(LIBRARIES + DEFINED + code)
    assert (statement.kind, statement.modules) == (StatementKind.SETTING, (module,) if module else ())


@pytest.mark.parametrize(
    "code",
    [
        "busy()",
        "if wide:\n    pd.set_option('a', 1)\n    x = 1",
        "if rows.pop():\n    pd.set_option('a', 1)",
        "with warnings.catch_warnings():\n    warnings.simplefilter('ignore')",
    ],
)
def test_what_does_more_than_setting(code: str) -> None:
    """To do that again would do too much, or nothing."""
    statement = last(LIBRARIES + DEFINED + code)
    assert (statement.kind, statement.modules) == (StatementKind.OTHER, ())


@pytest.mark.parametrize(
    ("code", "kind", "modules"),
    [
        ("old = np.seterr(all='ignore')", StatementKind.OTHER, ("numpy",)),
        (
            "@pd.api.extensions.register_dataframe_accessor('geo')\nclass Geo: pass",
            StatementKind.DEFINITION,
            ("pandas",),
        ),
        ("from sklearn.experimental import enable_halving_search_cv", StatementKind.IMPORT, ("sklearn",)),
        ("from __future__ import annotations", StatementKind.IMPORT, ("__future__",)),
        ("@quiet.register\ndef f(x): pass", StatementKind.DEFINITION, ()),
    ],
)
def test_settings_beside_something_else(code: str, kind: StatementKind, modules: tuple[str, ...]) -> None:
    """A binding, definition or import may change a library on the way."""
    statement = last(LIBRARIES + DEFINED + code)
    assert (statement.kind, statement.modules) == (kind, modules)


SEEDS = [
    ("random.seed(1)", "random"),
    ("np.random.seed(1)", "numpy"),
    ("set_it(1)", "numpy"),
    ("torch.manual_seed(1)", "torch"),
    ("torch.cuda.manual_seed_all(1)", "torch"),
    ("tf.random.set_seed(1)", "tensorflow"),
    ("tf.keras.utils.set_random_seed(1)", "tensorflow"),
    ("seed_everything(1)", "lightning"),
    ("np.random.seed(SEED)", "numpy"),
]


@pytest.mark.parametrize(("code", "module"), SETTINGS + SEEDS, ids=[case[0] for case in SETTINGS + SEEDS])
def test_settings(code: str, module: str) -> None:
    """Statements that change a library's settings are told, with the library, and change no variable."""
    statement = last(LIBRARIES + code)
    assert (statement.kind, statement.modules) == (StatementKind.SETTING, (module,))
    assert mutations(statement) == set()
    assert statement.bindings == ()
    assert statement.seeds is ((code, module) in SEEDS)


def test_settings_read_what_they_are_given() -> None:
    """A setting's arguments are uses like any others."""
    assert uses(last(LIBRARIES + "np.random.seed(SEED)")) == {"np", "SEED"}


def test_a_loop_over_settings_is_one() -> None:
    """It binds the loop's variables, and changes nothing else."""
    statement = last(LIBRARIES + "for k, v in {}.items():\n    plt.rcParams[k] = v")
    assert (statement.kind, statement.modules) == (StatementKind.SETTING, ("matplotlib",))
    assert (mutations(statement), {binding.name for binding in statement.bindings}) == (set(), {"k", "v"})


NO_SETTINGS = [
    "if a: plt.rcParams['a'] = 1; b = 2",
    "for a in b: np.random.seed(a)",
    "df.set_option('a')",
    "pd.read_csv('a')",
    "plt.plot(a)",
    "x = np.seterr(all='ignore')",
    "style.use(a)",
    "os.makedirs('a')",
    "rng.seed(1)",
    "df.options.x = 1",
    "__nb2pipe_shell__()",
]


@pytest.mark.parametrize("code", NO_SETTINGS)
def test_no_settings(code: str) -> None:
    """What changes data, or gives a value, is no setting."""
    assert last(LIBRARIES + code).kind is StatementKind.OTHER


@pytest.mark.parametrize(
    ("before", "code", "seeds"),
    [
        ("def init(): np.random.seed(1)", "init()", True),
        ("def init(): np.random.seed(1)\ndef main(): init()", "x = main()", True),
        ("def init(): pass", "init()", False),
        ("", "rng.seed(3)", True),
        ("", "np.random.set_state(s)", True),
        ("", "random.setstate(s)", True),
        ("", "torch.random.set_rng_state(s)", True),
        ("", "if c: np.random.seed(1)", True),
        ("", "x = train_test_split(a, random_state=1)", False),
        ("", "rng = np.random.default_rng(1)", False),
    ],
)
def test_seeds(before: str, code: str, seeds: bool) -> None:
    """A statement that sets a random generator's state is told, also by way of a function."""
    assert last(f"{LIBRARIES}{before}\n# %%\n{code}").seeds is seeds


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("import a", "import"),
        ("from a import b", "import"),
        ("from a import *", "import"),
        ("try:\n    import a\nexcept ImportError:\n    a = None", "import"),
        ("try:\n    import a\n    HAS = True\nexcept ImportError:\n    HAS = False", "import"),
        ("if TYPE_CHECKING:\n    import a", "import"),
        ("try:\n    import a\nexcept ImportError:\n    a = make()", "other"),
        ("if c:\n    x = 1", "other"),
        ("def f(): pass", "definition"),
        ("class C: pass", "definition"),
        ("f = lambda: 1", "definition"),
        ("f = g = lambda: 1", "other"),
        ("f = partial(g, 1)", "other"),
        ("x = 1", "other"),
        ("print(x)", "other"),
    ],
)
def test_kinds(code: str, kind: str) -> None:
    """Imports, definitions and the rest."""
    assert last(code).kind == kind


def test_modules_of_imports() -> None:
    """An import tells the root module of each name."""
    bound = {b.name: (b.kind, b.module) for b in last("import a.b as x, c.d").bindings}
    assert bound == {"x": (BindingKind.IMPORT, "a"), "c": (BindingKind.IMPORT, "c")}
    (binding,) = last("from sklearn.linear_model import Lasso as L").bindings
    assert (binding.name, binding.module) == ("L", "sklearn")
    (binding,) = last("try:\n    import ujson as json\nexcept ImportError:\n    json = None").bindings
    assert (binding.kind, binding.module) == (BindingKind.IMPORT, "ujson")


# ---------------------------------------------------------------- names in strings

STRINGS = [
    ("df.query('a > @t and b < @u.x')", "df t u", ""),
    ("df[df.eval('a > @t')]", "df t", ""),
    ("df.query(f'a > {t}')", "df t", ""),
    ("pd.eval('a + b * c')", "pd a b c", ""),
    ("exec('q = 5')", "", "q?"),
    ("exec('q = z\\nr = q')", "z", "q? r?"),
    ("eval('a + b')", "a b", ""),
    ("x = eval('a + b')", "a b", "x"),
    ("exec('import os')", "", "os?"),
    ("globals()['x'] = y", "y", "x"),
    ("y = globals()['x']", "x", "y"),
    ("locals()['x'] = y", "y", "x"),
    ("if 'x' not in globals():\n    x = 1", "", "x?"),
    ("vars(o)", "o", ""),
]


@pytest.mark.parametrize(("code", "reads", "binds"), STRINGS, ids=[case[0] for case in STRINGS])
def test_names_in_strings(code: str, reads: str, binds: str) -> None:
    """Text that names variables is read as such."""
    statement = last(code)
    assert uses(statement) == set(reads.split())
    assert {b.name + ("" if b.certain else "?") for b in statement.bindings} == set(binds.split())
    assert flows(code)[0].problems == ()


def test_asking_for_a_name_reads_it_if_it_is_there() -> None:
    """``"x" in globals()`` depends on what the notebook has bound."""
    assert uses(last("x = 1\n# %%\nif 'x' not in globals():\n    x = 2")) == {"x"}


PROBLEMS = [
    ("x = (", ProblemKind.SYNTAX, Place(1, 4, 5)),
    ("if x:\nprint(1)", ProblemKind.SYNTAX, None),
    ("  x = 1\n y = 2", ProblemKind.SYNTAX, None),
    ("return 3", ProblemKind.SYNTAX, Place(1, 0, 8)),
    ("x = yield", ProblemKind.SYNTAX, Place(1, 4, 9)),
    ("break", ProblemKind.SYNTAX, Place(1, 0, 5)),
    ("x = '\\0", ProblemKind.SYNTAX, None),
    ("x = 'a\x00b'", ProblemKind.SYNTAX, None),
    ("from m import *", ProblemKind.STAR_IMPORT, Place(1, 0, 15)),
    ("try:\n    from m import *\nexcept ImportError: pass", ProblemKind.STAR_IMPORT, Place(2, 4, 19)),
    ("exec(code)", ProblemKind.DYNAMIC, Place(1, 0, 10)),
    ("x = eval(code)", ProblemKind.DYNAMIC, Place(1, 4, 14)),
    ("exec('x = (')", ProblemKind.DYNAMIC, None),
    ("globals()[k] = 1", ProblemKind.DYNAMIC, Place(1, 0, 9)),
    ("globals().update(d)", ProblemKind.DYNAMIC, Place(1, 0, 9)),
    ("x = locals()", ProblemKind.DYNAMIC, Place(1, 4, 12)),
    ("def f():\n    exec(code)", ProblemKind.DYNAMIC, Place(2, 4, 14)),
    ("_ + 1", ProblemKind.DYNAMIC, Place(1, 0, 1)),
    ("x = Out[3]", ProblemKind.DYNAMIC, Place(1, 4, 7)),
    ("In[1]", ProblemKind.DYNAMIC, Place(1, 0, 2)),
    ("_12", ProblemKind.DYNAMIC, Place(1, 0, 3)),
    ("!pip install x", ProblemKind.OPAQUE, None),
    ("x = !ls", ProblemKind.OPAQUE, None),
    ("%%bash\nls", ProblemKind.OPAQUE, None),
    ("%run other.py", ProblemKind.DYNAMIC, None),
]


@pytest.mark.parametrize(("code", "kind", "place"), PROBLEMS, ids=[case[0] for case in PROBLEMS])
def test_problems(code: str, kind: ProblemKind, place: Place | None) -> None:
    """What cannot be analysed is told, with its place, and nothing else is disturbed by it."""
    first, second, third = flows(f"a = 1\n# %%\n{code}\n# %%\nprint(a)")
    (problem,) = second.problems
    assert problem.kind is kind
    assert problem.message
    if place is not None:
        assert problem.place == place
    assert first.problems == third.problems == ()
    assert [uses(s) for s in third.statements] == [{"a"}]


NO_PROBLEMS = [
    "for _ in range(3): pass\nprint(_)",
    "a, _ = 1, 2\n_",
    "_ = 3\n# %%\n_",
    "def f():\n    return locals()",
    "vars(x)",
    "eval('1', {})",
    "get_ipython().run_line_magic('time', 'x')",
    "[1 for _ in x]",
    "Out = 1\nOut",
]


@pytest.mark.parametrize("code", NO_PROBLEMS)
def test_no_problems(code: str) -> None:
    """Names of the notebook's own, and harmless looks at namespaces, are no problems."""
    assert [flow.problems for flow in flows(code)] == [()] * len(flows(code))


# ---------------------------------------------------------------- what a cell shows

SHOWN = [
    ("x", "x"),
    ("a = 1\nmodel.score(X, y)", "model.score(X, y)"),
    ("x;", None),
    ("x ;  # why", None),
    ("x  # a; b", "x"),
    ("(x)", "x"),
    ("(x);", None),
    ("(a, b)", "(a, b)"),
    ("a, b", "a, b"),
    ("f(\n    a,\n    b,\n)", "f(a, b)"),
    ("f(\n    a,\n);", None),
    ("x = 1", None),
    ("x\ny = 1", None),
    ("if x:\n    y", None),
    ("None", None),
    ("'text'", "'text'"),
    ("print(x)", None),
    ("display(x)", None),
    ("plt.show()", None),
    ("plt.plot(x)", "plt.plot(x)"),
    ("xs.append(1)", None),
    ("df.drop('a', inplace=True)", None),
    ("df.drop('a')", "df.drop('a')"),
    ("df.info()", None),
    ("np.random.seed(1)", None),
    ("pd.set_option('a', 1)", None),
    ("%time f(x)", "f(x)"),
    ("%matplotlib inline", None),
    ("!ls", None),
    ("f?", None),
    ("await x", "await x"),
    ("", None),
    ("# only a comment", None),
    ("x\n# %%\n", None),
    ("def f(): print(1)\nf()", None),
    ("def f(): return 1\nf()", "f()"),
    ("def f(): yield 1\nf()", "f()"),
    ("ä['ö'].mean()", "ä['ö'].mean()"),
    ("'ä', x; y", "y"),
    ("x; y;", None),
]


@pytest.mark.parametrize(("code", "shown"), SHOWN, ids=[case[0] for case in SHOWN])
def test_what_a_cell_shows(code: str, shown: str | None) -> None:
    """The last expression is shown unless a semicolon follows or it gives nothing."""
    assert flows(code)[-1].shown == shown


# ---------------------------------------------------------------- places

PLACES = [
    ("y = x", "x", Place(1, 4, 5)),
    ("'ä' + x", "x", Place(1, 6, 7)),
    ("äö = f(\n  'é', x)", "x", Place(2, 7, 8)),
    ("%time y = x", "x", Place(1, 10, 11)),
    ("a\nb\nc + x", "x", Place(3, 4, 5)),
]


@pytest.mark.parametrize(("code", "name", "place"), PLACES)
def test_places_of_uses(code: str, name: str, place: Place) -> None:
    """A place counts characters of what the user typed."""
    found = [u.place for flow in flows(code) for s in flow.statements for u in s.uses if u.name == name]
    assert found == [place]


@pytest.mark.parametrize(
    ("code", "name", "place"),
    [
        ("x = 1", "x", Place(1, 0, 1)),
        ("def foo(): pass", "foo", Place(1, 4, 7)),
        ("@d\nasync def foo(): pass", "foo", Place(2, 10, 13)),
        ("class Foo: pass", "Foo", Place(1, 6, 9)),
        ("import a.b as c", "c", Place(1, 7, 15)),
        ("for i in a: pass", "i", Place(1, 4, 5)),
        ("try: pass\nexcept E as err: pass", "err", Place(2, 12, 15)),
    ],
)
def test_places_of_bindings(code: str, name: str, place: Place) -> None:
    """A binding stands where its name does."""
    assert {b.name: b.place for b in last(code).bindings}[name] == place


def test_a_use_by_way_of_a_function_stands_where_the_function_is_named() -> None:
    """The caret goes to what the user can change in this cell."""
    statement = last("def f(): return k\n# %%\nx = 1 + f()")
    assert {(u.name, u.via, u.place) for u in statement.uses} == {
        ("f", None, Place(1, 8, 9)),
        ("k", "f", Place(1, 8, 9)),
    }


def test_lines_of_a_decorated_definition() -> None:
    """A definition begins at its first decorator."""
    statement = last("x = 1\n@d\ndef f():\n    pass")
    assert (statement.line, statement.end_line) == (2, 4)


def test_cells_keep_their_numbers() -> None:
    """A flow is known by the index it was given."""
    found = analyze([(3, to_python("x = 1")), (7, to_python("x"))])
    assert [(flow.cell, flow.statements[0].cell) for flow in found] == [(3, 3), (7, 7)]


def test_deep_nesting_gets_a_rough_answer() -> None:
    """Code too deep to walk still names what it reads and binds."""
    deep = "x = " + "f(" * 80 + "a" + ")" * 80
    assert uses(last(deep)) == {"f", "a"}
    sums = "x = a" + " + b" * 2500
    assert uses(last(sums)) == {"a", "b"}
    chain = "x = a" + ".b()" * 900
    found = last(chain)
    assert uses(found) == {"a"}
    assert {b.name for b in found.bindings} == {"x"}
    elifs = "if a: x = 1\n" + "".join(f"elif b == {i}: x = {i}\n" for i in range(900))
    assert uses(last(elifs)) == {"a", "b"}
