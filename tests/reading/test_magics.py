"""Magics as plain Python: line by line, with the way back to what was typed, and in agreement with IPython."""

from __future__ import annotations

import ast
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nb2pipe.magics import to_python

# what is typed -> what the analysis reads
TRANSLATED = {
    # Python in transparent magics takes part
    "%time x = f(y)": "x = f(y)",
    "%%time\nx = 1": "\nx = 1",
    "\n\n%%time\nx = 1": "\n\n\nx = 1",
    "%%capture\nx = 1": "\nx = 1",
    "%%capture out\nx = 1": "out = __nb2pipe_capture__()\nx = 1",
    "%%capture --no-stderr out\nx = 1": "out = __nb2pipe_capture__()\nx = 1",
    "%%capture --no-stderr\nx = 1": "\nx = 1",
    "%%capture out\n%%time\nx = 1": "out = __nb2pipe_capture__()\n\nx = 1",
    "%prun -l 5 -s cumulative x = f(y)": "x = f(y)",
    "%%prun -q\nx = 1": "\nx = 1",
    "%time !ls {x}": "__nb2pipe_shell__(x)",
    "if a:\n    %time x = y\n    z = 1": "if a:\n    x = y\n    z = 1",
    "if a:\n    %time": "if a:\n    pass",
    "%time x = f(a, \\\n  b)": "x = f(a, \\\n  b)",
    # repeated ones read names and bind none
    "%timeit f(x)": "__nb2pipe_timeit__(f, x)",
    "%timeit -n 10 -r3 x = f(y); z": "__nb2pipe_timeit__(f, y, z)",
    "r = %timeit -o f(x)": "r = __nb2pipe_timeit__(f, x)",
    "r = %time f(x)": "r = f(x)",
    "if a:\n    r = %time f(x)": "if a:\n    r = f(x)",
    "%time r = !ls {x}": "r = __nb2pipe_shell__(x)",
    "%time f(x)  # slow?": "f(x)  # slow?",
    "!ls  # what?": "__nb2pipe_shell__()",
    "%xdel": '__nb2pipe_opaque__("xdel")',
    "%%timeit a = 3\nb = a + c\nlst.append(b)": "__nb2pipe_timeit__()\n__nb2pipe_timeit__(c)\n__nb2pipe_timeit__(lst)",
    "%%timeit -n 3\nf(\n  x)": "__nb2pipe_timeit__()\n__nb2pipe_timeit__(f)\n__nb2pipe_timeit__(x)",
    "%lprun -f load train(df)": "__nb2pipe_timeit__(load, train, df)",
    "if a:\n    %timeit f(x)": "if a:\n    __nb2pipe_timeit__(f, x)",
    # shell lines
    "!pip install x": "__nb2pipe_shell__()",
    "!!ls": "__nb2pipe_shell__()",
    "!cmd {y} --n={n + 1} $z": "__nb2pipe_shell__(y, n + 1, z)",
    "!cmd {x:.2f} {y!r}": "__nb2pipe_shell__(x, y)",
    "x = !cmd {y}": "x = __nb2pipe_shell__(y)",
    "x, y = !cmd": "x, y = __nb2pipe_shell__()",
    'd["a=b"] = !cmd': 'd["a=b"] = __nb2pipe_shell__()',
    "!echo $HOME ${HOME} $1 $$": "__nb2pipe_shell__()",
    "!awk '{print $1}' f | xargs -I {} cp {a,b}.txt {1..5}": "__nb2pipe_shell__()",
    """!curl -d '{"a": 1}' u""": "__nb2pipe_shell__()",
    "!a \\\n  {x} \\\n  c\ny = 1": "__nb2pipe_shell__(x)\n\n\ny = 1",
    "for f in fs:\n    !cat {f}\nx = 1": "for f in fs:\n    __nb2pipe_shell__(f)\nx = 1",
    # settings and the like
    "%matplotlib inline": '__nb2pipe_magic__("matplotlib")',
    "%load_ext autoreload\n%autoreload 2\nx = 1": '__nb2pipe_magic__("load_ext")\n__nb2pipe_magic__("autoreload")\nx = 1',
    "%cd {folder}": '__nb2pipe_magic__("cd", folder)',
    "%env KEY=1": '__nb2pipe_magic__("env")',
    "home = %env HOME": 'home = __nb2pipe_magic__("env")',
    "%pip install x": '__nb2pipe_magic__("pip")',
    "%store -r a b": 'a = b = __nb2pipe_magic__("store")',
    "%store a": '__nb2pipe_magic__("store", a)',
    "%xdel a": "del a",
    "%run x.py": '__nb2pipe_run__("run")',
    "%reset -f": '__nb2pipe_run__("reset")',
    # opaque ones
    "%%bash\nls\nx = 1": '__nb2pipe_opaque__("bash")\n\n',
    "%%bash --out text\nls": 'text = __nb2pipe_opaque__("bash")\n',
    "%%R -i df -o res\nres <- df": 'res = __nb2pipe_opaque__("R", df)\n',
    "%%sql res <<\nselect 1": 'res = __nb2pipe_opaque__("sql")\n',
    "%%bigquery df --project p\nselect 1": 'df = __nb2pipe_opaque__("bigquery")\n',
    "%%cython\ncpdef int f(int x):\n    return x": 'f = __nb2pipe_opaque__("cython")\n\n',
    "%%html\n<b>x</b>": '__nb2pipe_magic__("html")\n',
    "%%writefile a.py\nx = 1": '__nb2pipe_opaque__("writefile")\n',
    "%unheard of": '__nb2pipe_opaque__("unheard")',
    "res = %sql select 1": 'res = __nb2pipe_opaque__("sql")',
    # help
    "f?": "__nb2pipe_help__(f)",
    "?f": "__nb2pipe_help__(f)",
    "??f.g": "__nb2pipe_help__(f)",
    "df.head??": "__nb2pipe_help__(df)",
    "%time?": "__nb2pipe_help__()",
    "*Error*?": "__nb2pipe_help__()",
    "x = 1\nf?\ny = 2": "x = 1\n__nb2pipe_help__(f)\ny = 2",
    # automatic calls and magics
    "/f a b": "f(a, b)",
    ",f a b": "f('a', 'b')",
    ";f a b": "f('a b')",
    "pip install x": '__nb2pipe_magic__("pip")',
    "cd ..": '__nb2pipe_magic__("cd")',
    "ls": '__nb2pipe_magic__("ls")',
    "time f(x)": "f(x)",
    # pasted and indented cells
    "  x = 1\n  y = 2": "x = 1\ny = 2",
    ">>> x = 1\n>>> for i in x:\n...     f(i)\n": "x = 1\nfor i in x:\n    f(i)\n",
    "In [3]: x = 1\n   ...: y = 2": "x = 1\ny = 2",
    # plain Python that looks like a magic
    "x = 5 % 3": "x = 5 % 3",
    "x = (5\n% 3)": "x = (5\n% 3)",
    "x = 5 \\\n% 3": "x = 5 \\\n% 3",
    's = """\n%time x\n!ls\nf?\n"""': 's = """\n%time x\n!ls\nf?\n"""',
    "s = '''a' % b\n%cd\n''' % c": "s = '''a' % b\n%cd\n''' % c",
    "s = 'it\\'s'\n%pwd": "s = 'it\\'s'\n__nb2pipe_magic__(\"pwd\")",
    "s = 'a\\\n%cd'\n%pwd": "s = 'a\\\n%cd'\n__nb2pipe_magic__(\"pwd\")",
    "s = r'\\'\n%pwd": "s = r'\\'\n__nb2pipe_magic__(\"pwd\")",
    "x = 1  # really?": "x = 1  # really?",
    "# %time x\n# !ls": "# %time x\n# !ls",
    "a = 'who?'": "a = 'who?'",
    "a = b != c": "a = b != c",
    "assert a == b, 'x = %s' % a": "assert a == b, 'x = %s' % a",
    "f(a, b=%c)": "f(a, b=%c)",
    "time = 3": "time = 3",
    "time(x)": "time(x)",
    "run = x\npip install": "run = x\npip install",
    "": "",
    "x = 1\r\ny = 2\r\n": "x = 1\ny = 2\n",
}


@pytest.mark.parametrize("source", TRANSLATED)
def test_magics_become_plain_python(source: str) -> None:
    """The number of lines stays, for places in messages to be right."""
    text = to_python(source).text
    assert text == TRANSLATED[source]
    assert text.count("\n") == len(re.findall(r"\r\n|\n", source))


# ---------------------------------------------------------------- the way back

PLACES = [
    # the name `target`, wherever it stands in the translation, is found where it was typed
    "%time x = target",
    "    %time x = target",
    "if a:\n    %time x = target",
    "!cmd {target}",
    "x = !cmd --long {other} $target",
    "%timeit -n 10 x = f(target)",
    "%%timeit\nx = 1\ny = x + target",
    "%%capture target\nx = 1",
    "%cd {target}",
    "target?",
    "?target.attr",
    "%%R -i target\nx",
    ">>> x = 1\n>>> y = target",
    "  x = 1\n  y = target",
    "x = 'é' + target",
    "%time !ls {target}",
    "target = !ls",
    "y = 1\nx = target",
    "r = %timeit -o target(x)",
    "    r = %time f(target)",
]


@pytest.mark.parametrize("source", PLACES)
def test_places_lead_back_to_what_was_typed(source: str) -> None:
    """A caret under a name points at it in the user's own line."""
    code = to_python(source)
    line, text = next((n, t) for n, t in enumerate(code.text.split("\n"), start=1) if "target" in t)
    column = text.index("target")
    place = code.place(line, column, column + len("target"))
    assert source.split("\n")[place.line - 1][place.column : place.end_column] == "target"


def test_magics_are_listed_with_kind_and_name() -> None:
    """What a later diagnostic says of them; transparent ones need none."""
    code = to_python("%time x = 1\n!pip install a\ny = !ls\nf?\n%unheard 1")
    found = [(m.line, m.kind, m.name, m.transparent) for m in code.magics]
    assert found == [
        (1, "line", "time", True),
        (2, "shell", "pip", False),
        (3, "shell", "ls", False),
        (4, "help", "f", False),
        (5, "line", "unheard", False),
    ]
    (cell,) = to_python("%%bash -e\nls\ncd x").magics
    assert (cell.kind, cell.name, cell.body) == ("cell", "bash", "-e\nls\ncd x")


# ---------------------------------------------------------------- agreement with IPython

AGREED = [
    *(
        source
        for source in TRANSLATED
        if not source.startswith(("pip ", "cd ", "ls", "time ", "run ")) and source.strip()
    ),
    "def f():\n    %time x = 1\n    return x",
    "x = [\n  1,\n  %foo\n]",
    "x = {'a': 1,\n     'b': 2}\n%pwd\n!ls",
    "class A:\n    '''doc\n    %time\n    '''\n    x = 1\n!ls",
    "f(a,\n  b)?",
    "if x:\n\n    # %cd\n    !ls\nelse:\n    %pwd",
    "'''\n'''; x = 1\n%pwd",
    'x = "a" "b"\n!ls "x',
    "!echo 'unfinished\nx = 1",
    "%timeit 'a' + \"b\nx = 1",
    "x = 1;\n%pwd",
    "lambda: (yield)\n%pwd",
    "a = b = !ls",
    "a: int = !ls",
    "x = f'{y}%' % z\n%pwd",
    "# -*- coding: utf-8 -*-\n%matplotlib inline\nimport os",
    "\t%pwd",
    "x = (  # comment with ' and (\n 1)\n%pwd",
    "print('''%s\n!%s''' % (a,\nb))\n!ls",
]


@pytest.mark.parametrize("source", AGREED)
def test_ipython_sees_magics_on_the_same_lines(source: str) -> None:
    """IPython's own transformer is the judge of where magics are: what it leaves alone, we leave alone."""
    from IPython.core.inputtransformer2 import TransformerManager

    theirs = TransformerManager().transform_cell(source.replace("\r\n", "\n"))
    code = to_python(source)
    if source.lstrip().startswith("%%"):
        assert "get_ipython().run_cell_magic(" in theirs
        assert code.magics[0].kind == "cell"
        return
    calls = re.findall(r"get_ipython\(\)", theirs)
    assert len([m for m in code.magics if m.name not in {"/", ",", ";"}]) == len(calls) + len(
        re.findall(r"%time .*!", source)  # translated when it runs
    )
    if not code.magics:
        assert theirs.strip("\n") == code.text.strip("\n")


def _names(source: str, context: type) -> set[str]:
    return {
        node.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, context) and node.id != "get_ipython"
    }


@pytest.mark.parametrize("source", AGREED)
def test_names_outside_of_magics_are_those_that_ipython_sees(source: str) -> None:
    """What IPython's translation binds and reads in plain Python, ours does too."""
    from IPython.core.inputtransformer2 import TransformerManager

    theirs = TransformerManager().transform_cell(source)
    ours = to_python(source).text
    try:
        ast.parse(theirs)
    except SyntaxError:
        return
    if source.lstrip().startswith("%%"):
        return
    assert _names(theirs, ast.Store) <= _names(ours, ast.Store)
    assert _names(theirs, ast.Load) <= _names(ours, ast.Load)


# ---------------------------------------------------------------- robustness and time

_PIECES = st.sampled_from(
    ["%xdel ", "r = %time ", "%time ", "%%time\n",
     "!", "?", "x", " = ", "\n", "    ", "'", '"', '"""', "(", ")", "{", "}", "\\\n", "#", "%", "$x",
     "if a:\n", "ls", "/f ", ",", ";", ">>> ", "é", "\r\n", "\x0c", "-n 3 ", "%timeit ", "%%timeit ", "%store -r "]
)  # fmt: skip


@settings(deadline=None, max_examples=500)
@given(st.lists(_PIECES, max_size=14).map("".join))
def test_no_text_whatever_crashes_or_changes_the_number_of_lines(source: str) -> None:
    """Also what is no Python and no magic."""
    code = to_python(source)
    assert code.text.count("\n") == len(re.findall(r"\r\n|\r|\n", source))
    for line in range(1, code.text.count("\n") + 2):
        code.place(line, 0, 1)


_STATEMENTS = st.lists(
    st.sampled_from(
        ["x = 1", "y = x % 3", "s = '''\n%time a\n!ls\n'''", "f(a,\n  b)", "for i in x:\n    y = i", "z = 'a%s' % x  # ?",
         "d = {\n '%': 1}", "a = b \\\n  % c", "assert x != y", "s = f'{x!r}'", "@dec\ndef f(): ..."]
    ),
    min_size=1,
)  # fmt: skip


@given(_STATEMENTS.map("\n".join))
def test_plain_python_is_left_as_it_is(source: str) -> None:
    """No statement is taken for a magic because of what stands in it or before it."""
    code = to_python(source)
    assert code.text == source
    assert not code.magics


def test_a_long_cell_takes_linear_time() -> None:
    """Twenty thousand lines with strings, magics and brackets."""
    block = "x = {'a': [1, 2], \"b\": '%s' % y}\n%time y = f(x)\n!ls {x}\ns = '''\n%cd\n'''\n"
    start = time.process_time()
    code = to_python(block * 3_500)
    assert time.process_time() - start < 3
    assert len(code.magics) == 7_000
