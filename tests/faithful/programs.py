"""Random small notebooks over everyday idioms, cut at random into steps; each ends with ``result``.

A program is a list of moves. A move takes one line of ``IDIOMS`` and fills its marks in, knowing which names exist and
what they hold; a kind of which nothing exists yet is made first. So nearly all programs run, and a program with fewer
moves is a program again: hypothesis (and ``hunt``) shrink by leaving moves out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from hypothesis import strategies as st

Cells = tuple[tuple[str, str], ...]

# Marks: <num> a name that holds a number, <num a> the same one each time, <+num a> a name to be bound (new, or an old one that
# changes its meaning), <-num> one that is deleted, <k> a small literal, <expr> an expression of numbers, <file> a file's name.
# "---" is a place where a cut may be. What stands in a def, lambda or class is from then on neither deleted nor changed in kind.
NAMES = (
    "<+num a> = <expr>",
    "<num a> = <expr>",
    "<num a> += <expr>",
    "<num a>, <num b> = <num b>, <num a> + <k>",
    "<+num a> = <+num b> = <expr>",
    "del <-any>",
    "del <-list a>\n---\n<list a> = [<expr>]",
    "<list a> = len(<list a>)\n---\n<list a> = [<list a>]",
    "if <expr> > <expr>:\n    <num a> = <expr>",
    "if <expr> > <k>:\n    <num a> = <expr>\nelse:\n    <list b>.append(<expr>)",
    "<+flag a> = <expr> > <k>\nif <flag a>:\n    <+maybe b> = <expr>\n---\n<+num c> = <maybe b> if <flag a> else <k>",
    "if (<+num a> := <expr>) > <k>:\n    <num b> = <num a>",
    "<+list b> = [<+num a> := x for x in <list c>] + [<num a>]",
    "for <+num a> in range(<k> + 1):\n    <num b> += <num a>",
    "for <+num a> in range(<k>):\n    if <num a> > 1:\n        break\nelse:\n    <num b> = <expr>",
    "while <num a> < <k>:\n    <num a> += 1\n    <list b>.append(<num a>)",
    "<+list b> = [<num a> * 2 for <num a> in <list c>]",
    "<+list b> = [x + <num a> for x in <list c> if x > <k>]",
    "try:\n    <num a> = <num a> // <expr>\nexcept ZeroDivisionError as problem:\n    <+text b> = str(problem)",
    "match [<expr>, <expr>]:\n    case [<+num a>, <+num b>]:\n        <num c> = <num a> - <num b>",
    "<+num a>, *<+list b> = [<expr>, <expr>, <expr>]",
    "<+text a> = f'{<num b>} {<expr>:>3} {<list c>!r}'",
    "exec('<num a> = <num a> + 1')",
    "globals()['<num a>'] = <expr>",
    "<+num a> = <expr>\n---\ndef <+fn0 f>():\n    return <num a> + <expr>\n---\n<num a> = <expr>",
    "def <+fn1 f>(x):\n    return x + <expr>",
    "def <+fn1 f>(x):\n    <num a> = x * 2\n    return <num a> + <num b>",
    "def <+fn1 f>(x, by=<expr>):\n    return x + by",
    "def <+fn1 f>(x, *, to=<list a>):\n    to.append(x)\n    return len(to)",
    "def <+fn1 f>(x, to=[]):\n    to.append(x)\n    return len(to)",
    "<+fn1 f> = lambda x: x + <expr>",
    "<+fn1 f> = lambda x, y=<num a>: x - y + <num b>",
    "<+fn1 f> = <fn1 g>",
    "def <+fn1 f>(x):\n    return <fn1 g>(x) + <fn1 h>(x + 1)",
    "def <+fn1 f>(x):\n    return <#num later> + x\n---\n<+num later> = <expr>",
    "def <+fn0 f>():\n    global <num a>\n    <num a> += 1\n    return <num a>",
    "def <+fn0 f>():\n    <list a>.append(<k>)\n    return len(<list a>)",
    "def <+fn0 f>():\n    n = <expr>\n    def inner():\n        return n + <num a>\n    return inner()",
    "def <+make m>(n):\n    def inner(x):\n        return n + x + <num a>\n    return inner\n---\n<+fn1 f> = <make m>(<expr>)",
    "def <+make m>(n):\n    return lambda x: n - x\n---\n<+fn1 f> = <make m>(<expr>)",
    "def <+count c>():\n    n = 0\n    def up():\n        nonlocal n\n        n += 1\n        return n\n    return up\n---\n"
    "<+fn0 f> = <count c>()",
    "def <+deco d>(fn):\n    def inner(x):\n        return fn(x) * 2 + <num a>\n    return inner\n---\n@<deco d>\n"
    "def <+fn1 f>(x):\n    return x + <expr>",
    "<+reg r> = {}\ndef <+deco d>(fn):\n    <reg r>[fn.__name__] = fn\n    return fn\n---\n@<deco d>\ndef <+fn1 f>(x):\n"
    "    return x + <num a>\n---\n<+num b> = sum(fn(2) for fn in <reg r>.values())",
    "import functools\n@functools.lru_cache\ndef <+fn1 f>(x):\n    return x * 2 + <k>",
    "import functools\n---\n<+fn0 f> = functools.partial(<fn1 g>, <expr>)",
    "<+fns a> = [<fn1 f>, lambda x: x + <num b>]",
    "<+fns a> = [<fn1 f>, <fn1 g>]",
    "<+num a> = sum(fn(<k>) for fn in <fns b>)",
    "<+num a> = <fn0 f>()",
    "<fn0 f>()",
    "<+num a> = <fn1 f>(<expr>)",
    "<+list a> = list(map(<fn1 f>, <list b>))",
    "<+list a> = sorted(<list b>, key=lambda x: (x % 3, <num c>))",
    "def <+fn1 f>(x):\n    return 1 if x <= 0 else x + <fn1 f>(x - 1)",
    "def <+gen1 f>(n):\n    for i in range(n):\n        yield i * <num a>\n---\n<+num b> = sum(<gen1 f>(3))",
)  # fmt: skip

OBJECTS = (
    "<+list a> = [<expr>, <expr>]",
    "<+list a> = <list b>",
    "<+list a> = list(<list b>)",
    "<+list a> = <list b> + [<expr>]",
    "<list a>.append(<expr>)",
    "<list a> += [<expr>]",
    "<list a>[0] = <expr>",
    "<list a>.sort()\n---\n<+num b> = <list a>[-1]",
    "<list a>, <list b> = <list b>, <list a>",
    "def <+mut f>(xs):\n    xs.append(<expr>)",
    "def <+mut f>(xs):\n    ys = xs\n    ys[:] = [y + 1 for y in ys]\n    return ys",
    "<mut f>(<list a>)",
    "<+list b> = <list a>\n---\n<mut f>(<list b>)",
    "def <+pass f>(xs):\n    return xs\n---\n<+list b> = <pass f>(<list a>)\n---\n<list b>.append(<expr>)",
    "<+nest n> = [<list a>, <list b>]",
    "<+nest n> = [list(<list a>), [<expr>]]",
    "<nest n>[0].append(<expr>)",
    "for <+list a> in <nest n>:\n    <list a>.append(<expr>)",
    "for <+list a> in [<list b>, <list c>]:\n    <list a>.append(<expr>)",
    "for <+list a> in <nest n>:\n    <mut f>(<list a>)",
    "<+list a> = <nest n>[1]",
    "<nest n>.append(<list a>)",
    "<nest n>[1] = <list a>",
    "<+num a> = sum(len(x) for x in <nest n>)",
    "<+dict d> = {'a': <expr>, 'b': <expr>}",
    "<dict d>['c'] = <expr>",
    "<dict d>.update(a=<expr>)",
    "<+num a> = <dict d>['a'] + <dict d>.get('c', 0)",
    "for <+text a>, <+num b> in sorted(<dict d>.items()):\n    <num c> += <num b>",
    "<+lists d> = {'a': <list a>, 'b': <list b>}",
    "<lists d>['a'].append(<expr>)",
    "for <+text a>, <+list b> in <lists d>.items():\n    <list b>.append(len(<text a>))",
    "<+list a> = <lists d>['b']",
    "<lists d>.setdefault('c', []).append(<expr>)\n---\n<+num a> = len(<lists d>['c'])",
    "class <+cls C>:\n    def __init__(self, v):\n        self.v = v\n        self.items = []\n    def put(self, x):\n"
    "        self.items.append(x + <num a>)\n        return self\n    def total(self):\n        return self.v + sum(self.items)",
    "class <+cls C>:\n    limit = <expr>\n    def __init__(self, v, items=<list a>):\n        self.v, self.items = v, items\n"
    "    def put(self, x):\n        self.items.append(x)\n    def total(self):\n"
    "        return self.v + self.limit + len(self.items)",
    "class <+cls C>(<cls B>):\n    def total(self):\n        return super().total() + <expr>",
    "from dataclasses import dataclass, field\n@dataclass\nclass <+cls C>:\n    v: int = 1\n"
    "    items: list = field(default_factory=list)\n"
    "    def put(self, x):\n        self.items.append(x)\n    def total(self):\n        return self.v + len(self.items)",
    "<+obj o> = <cls C>(<expr>)",
    "<+obj o> = <obj p>",
    "<obj o>.put(<expr>)",
    "<obj o>.v += <expr>",
    "<obj o>.items = <list a>",
    "<+list a> = <obj o>.items",
    "<+num a> = <obj o>.total()",
    "<+objs a> = [<obj o>, <cls C>(<k>)]",
    "for <+obj o> in <objs a>:\n    <obj o>.put(<expr>)",
    "<+fn1 f> = <obj o>.put\n---\n<fn1 f>(<k>)",
    "<+fn1 f> = <list a>.append\n---\n<fn1 f>(<k>)",
    "def <+omut f>(thing):\n    thing.v += <expr>\n    return thing\n---\n<+obj p> = <omut f>(<obj o>)",
    "<+it i> = iter(<list a>)\n---\n<+num b> = next(<it i>, <k>)",
    "<+num b> = next(<it i>, <k>)",
    "<+it g> = (x * <num a> for x in range(9))\n---\n<+num b> = next(<it g>)",
    "<+it i> = enumerate(<list a>)\n<+list b> = [n + x for n, x in <it i>]",
)  # fmt: skip

NUMBERS = (
    "<+arr a> = <np>.arange(<k> + 3)",
    "<+arr a> = <np>.ones((2, 3)) * <expr>",
    "<+arr a> = <arr b>",
    "<+arr a> = <arr b>[:2]",
    "<+arr a> = <arr b>.reshape(-1)",
    "<+arr a> = <arr b>[:2].copy()",
    "<+arr a> = <arr b> * 2",
    "<+arr a> = <arr b>.T",
    "<arr a>[0] = <expr>",
    "<arr a> += <k>",
    "<arr a>[:] = <arr a>[::-1]",
    "<arr a>[<arr a> > <k>] = 0",
    "<+num a> = int(<arr b>.sum())",
    "<+num a> = <arr b>.max()",
    "for <+arr a> in [<arr b>, <arr c>]:\n    <arr a> *= 2",
    "<+arrs a> = {'x': <arr b>, 'y': <np>.zeros(2)}",
    "<arrs a>['x'][0] = <expr>",
    "<np>.add(<arr a>, 1, out=<arr a>, casting='unsafe')",
    "def <+amut f>(values):\n    values[0] = <expr>\n---\n<amut f>(<arr a>)",
    "<amut f>(<arr a>)",
    "<+frame a> = <pd>.DataFrame({'x': [3, 1, <expr>], 'y': [<num b>, 5, 6]})",
    "<+frame a> = <frame b>",
    "<+frame a> = <frame b>.copy()",
    "<+frame a> = <frame b>[<frame b>['x'] > <k>]",
    "<+frame a> = <frame b>[['x', 'y']]",
    "<frame a>['z'] = <frame a>['x'] + <expr>",
    "<frame a>.loc[<frame a>['x'] > <k>, 'y'] = <expr>",
    "<frame a> = <frame a>.assign(w=<expr>)",
    "<frame a> = <frame a>.sort_values('x').reset_index(drop=True)",
    "<frame a>.sort_values('x', inplace=True)",
    "<frame a>.rename(columns={'z': 'zz'}, inplace=True)",
    "<frame a>['x'] = <frame a>['x'].apply(<fn1 f>)",
    "<frame a>['q'] = <frame a>['y'].map(lambda v: v + <num b>)",
    "<+frame a> = <frame b>.query('x > @<num c>')",
    "<+frame a> = <pd>.concat([<frame b>, <frame c>], ignore_index=True)",
    "<+num a> = int(<frame b>['y'].sum())",
    "<+series s> = <frame a>['x']",
    "<+series s> = <frame a>.groupby('x')['y'].sum()",
    "<series s>.iloc[0] = <expr>",
    "for <+frame a> in [<frame b>, <frame c>]:\n    <frame a>['n'] = <frame a>['x'] * 2",
    "<+frames a> = [<frame b>, <frame c>]",
    "<+framed a> = {'one': <frame b>, 'two': <pd>.DataFrame({'x': [1], 'y': [<expr>]})}",
    "for <+frame a> in <frames b>:\n    <frame a>['m'] = <expr>",
    "for <+text a>, <+frame b> in <framed c>.items():\n    <frame b>['m'] = len(<text a>)",
    "<frames a>[0]['k'] = <expr>",
    "<framed a>['one'] = <framed a>['one'].assign(v=<expr>)",
    "<frames a> = [d.assign(v=<expr>) for d in <frames a>]",
    "def <+fmut f>(d):\n    d['m'] = d['x'] * <num a>\n---\n<fmut f>(<frame b>)",
    "def <+fmut f>(d):\n    d = d.copy()\n    d['m'] = d['x'] * <num a>\n    return d\n---\n<+frame c> = <fmut f>(<frame b>)",
    "<fmut f>(<frame a>)",
    "<frame a>.attrs['unit'] = str(<expr>)",
    "<+rng r> = <np>.random.default_rng(<k>)",
    "<+rng r> = <np>.random.RandomState(<k>)",
    "<+num a> = int(<rng r>.random_sample() * 9) if hasattr(<rng r>, 'random_sample') else int(<rng r>.random() * 9)",
    "<+rng r> = <rng s>",
    "<+pyrng r> = <random>.Random(<k>)",
    "<+num a> = <pyrng r>.randrange(99)",
    "<pyrng r>.shuffle(<list a>)",
)  # fmt: skip

STATE = (
    "<random>.seed(<k>)\n---\n<+num a> = <random>.randrange(99)",
    "<+num a> = <random>.randrange(99)",
    "<random>.shuffle(<list a>)",
    "<np>.random.seed(<k>)\n---\n<+num a> = int(<np>.random.randint(99))",
    "<+num a> = int(<np>.random.randint(99))",
    "<+arr a> = <np>.random.normal(size=3)",
    "def <+void f>(n):\n    <random>.seed(n)\n    <np>.random.seed(n)\n---\n<void f>(<k>)\n---\n"
    "<+num a> = <random>.randrange(99)",
    "def <+fn0 f>():\n    return <random>.randrange(9)\n---\n<+num a> = <fn0 f>()",
    "<pd>.set_option('display.precision', <k> + 1)\n---\n<+text a> = repr(<pd>.Series([1.23456789]))",
    "<pd>.options.display.max_rows = <k> + 5\n---\n<+num a> = <pd>.get_option('display.max_rows')",
    "<np>.set_printoptions(precision=<k> + 1)\n---\n<+text a> = str(<np>.array([1.23456789]))",
    "<os>.environ['NB2PIPE_P'] = str(<k>)\n---\n<+text a> = <os>.environ.get('NB2PIPE_P')",
    "<os>.environ['NB2PIPE_P'] = str(<expr>)\n---\n<+text a> = <os>.environ['NB2PIPE_P']",
    "<+text a> = <os>.environ.get('NB2PIPE_P', 'none')",
    "<os>.makedirs('sub', exist_ok=True)\n<os>.chdir('sub')\n---\n<+text a> = <os>.path.basename(<os>.getcwd())",
    "import warnings\nwarnings.simplefilter('error')\n---\ntry:\n    warnings.warn('w')\n"
    "    <+num a> = 0\nexcept UserWarning:\n    <num a> = 1",
    "import decimal\ndecimal.getcontext().prec = <k> + 2\n---\n<+text a> = str(decimal.Decimal(1) / 3)",
    "with open('<file>', 'w') as out:\n    out.write(str(<expr>))\n---\n<+num a> = int(open('<file>').read())",
    "with open('<file>', 'w') as out:\n    out.write(str(<expr>))",
    "with open('<file>', 'a') as out:\n    out.write('1')\n---\n<+num a> = len(open('<file>').read())",
    "<+num a> = len(open('<file>').read()) if <os>.path.exists('<file>') else -1",
    "if <os>.path.exists('<file>'):\n    <os>.replace('<file>', 'moved.txt')\n---\n"
    "<+num a> = len(open('moved.txt').read()) if <os>.path.exists('moved.txt') else -1",
    "import pickle\nwith open('o.pkl', 'wb') as out:\n    pickle.dump(<obj o>, out)\n---\n"
    "<+obj p> = pickle.load(open('o.pkl', 'rb'))",
    "for key in ('A', 'B'):\n    <os>.environ['NB2PIPE_' + key] = str(<k>)\n---\n"
    "<+text a> = <os>.environ.get('NB2PIPE_' + 'B', 'no')",
    "def <+void f>(n):\n    <pd>.set_option('display.precision', n + 1)\n---\n<void f>(<k>)\n---\n"
    "<+text a> = repr(<pd>.Series([1.23456789]))",
    "for key in ('display.max_rows', 'display.min_rows'):\n    <pd>.set_option(key, <k> + 4)\n---\n"
    "<+num a> = <pd>.get_option('display.max_rows')",
    "if <expr> > <k>:\n    <np>.set_printoptions(precision=<k> + 1)\n---\n<+text a> = str(<np>.array([1.23456789]))",
    "before = <np>.seterr(over='raise')\n---\n<+text a> = <np>.geterr()['over']",
    "import logging\nlogger = logging.getLogger('nb')\nlogger.setLevel(10 + <k>)\n---\n<+num a> = logger.level",
    "@<pd>.api.extensions.register_series_accessor('twice')\nclass Twice:\n    def __init__(self, s):\n        self.s = s\n"
    "    def total(self):\n        return int(self.s.sum()) + <num a>\n---\n<+num b> = <series s>.twice.total()",
    "import functools\n@functools.singledispatch\ndef <+fn1 f>(x):\n    return x + <num a>\n---\n@<fn1 f>.register\n"
    "def _(x: str):\n    return len(x)\n---\n<+num b> = <fn1 f>('abc')",
    "class <+cls C>(<cls B>):\n    kinds = []\n    def __init_subclass__(cls):\n        <cls C>.kinds.append(cls.__name__)",
    "try:\n    <+num a> = missing_name\nexcept NameError:\n    <num a> = <expr>",
)  # fmt: skip

IDIOMS = NAMES + OBJECTS + NUMBERS + STATE

MODULES = {"np": "import numpy as np", "pd": "import pandas as pd", "random": "import random", "os": "import os"}

# How a name of a kind comes to be if there is none, and how its state is read at the end.
MAKERS = {
    "num": "<+num a> = <k>", "list": "<+list a> = [<k>, 2]", "text": "<+text a> = 'abc'",
    "fn0": "def <+fn0 f>():\n    return <num a>", "fn1": "def <+fn1 f>(x):\n    return x + <num a>",
    "mut": "def <+mut f>(xs):\n    xs.append(7)", "nest": "<+nest n> = [<list a>, [3]]", "fns": "<+fns a> = [<fn1 f>]",
    "dict": "<+dict d> = {'a': <k>}", "lists": "<+lists d> = {'a': <list a>, 'b': [<k>]}", "obj": "<+obj o> = <cls C>(<k>)",
    "objs": "<+objs a> = [<obj o>]", "cls": OBJECTS[34], "it": "<+it i> = iter(<list a>)",
    "arr": "<+arr a> = <np>.arange(4)", "arrs": "<+arrs a> = {'x': <arr a>}",
    "amut": "def <+amut f>(values):\n    values[0] = 8",
    "frame": "<+frame a> = <pd>.DataFrame({'x': [3, 1, 2], 'y': [<k>, 5, 6]})", "series": "<+series s> = <pd>.Series([<k>, 4])",
    "frames": "<+frames a> = [<frame b>, <frame c>]", "framed": "<+framed a> = {'one': <frame b>}",
    "fmut": "def <+fmut f>(d):\n    d['m'] = d['x']",
    "rng": "<+rng r> = <np>.random.default_rng(<k>)", "pyrng": "<+pyrng r> = <random>.Random(<k>)",
}  # fmt: skip
SHOWN = {
    "num": "{}", "list": "{}", "text": "{}", "fn0": "{}()", "fn1": "{}(3)", "nest": "{}", "dict": "{}", "lists": "{}",
    "fns": "[fn(2) for fn in {}]", "obj": "({0}.v, {0}.items, {0}.total())", "objs": "[(o.v, o.items) for o in {}]",
    "cls": "{}(2).total()", "arr": "{}", "arrs": "{}", "frame": "{}", "series": "{}", "frames": "{}", "framed": "{}",
    "rng": "{}.normal()", "pyrng": "{}.random()",
}  # fmt: skip
_MARK = re.compile(r"<([-+*#]?\w+(?: \w+)?)>")
CUTS = ("",) * 30 + ("cell",) * 10 + ("step",) * 16 + ("functions",) * 2 + ("skip",) + ("back",)
PARAMETERS = ("", "", "p = 3", "p = 2\nq = p * 10", "p = 2\nq: int = 4\nr = [p, q]")


@dataclass(frozen=True, slots=True)
class Move:
    """One idiom: which, where it is cut, and the choices that fill its marks in (zeros when they are used up)."""

    idiom: int
    cuts: tuple[int, ...] = ()
    picks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """The moves, which parameters there are, where imports go, and what is looked at in the end."""

    moves: tuple[Move, ...]
    parameters: int = 0
    imports: int = 0
    ends: tuple[int, ...] = ()


moves = st.builds(
    Move,
    idiom=st.integers(0, len(IDIOMS) - 1),
    cuts=st.lists(st.integers(0, len(CUTS) - 1), max_size=3).map(tuple),
    picks=st.lists(st.integers(0, 7), max_size=10).map(tuple),
)
programs = st.builds(
    Program,
    moves=st.lists(moves, min_size=2, max_size=14).map(tuple),
    parameters=st.integers(0, len(PARAMETERS) - 1),
    imports=st.integers(0, 2),
    ends=st.lists(st.integers(0, 7), max_size=8).map(tuple),
)


def drawn(random: Random) -> Program:
    """A program without hypothesis: cheaper, and as many as one likes."""
    return Program(
        moves=tuple(
            Move(
                random.randrange(len(IDIOMS)),
                tuple(random.randrange(len(CUTS)) for _ in range(3)),
                tuple(random.randrange(8) for _ in range(10)),
            )
            for _ in range(random.randint(2, 14))
        ),
        parameters=random.randrange(len(PARAMETERS)),
        imports=random.randrange(3),
        ends=tuple(random.randrange(8) for _ in range(8)),
    )


@dataclass(slots=True)
class Writer:
    """Writes a program's cells: the names that exist by kind, and the cell at hand."""

    program: Program
    kinds: dict[str, str] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)
    cells: list[tuple[str, list[str]]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    picks: list[int] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    imported: set[str] = field(default_factory=set)
    setup: list[str] = field(default_factory=list)
    count: int = 0

    def choose(self, size: int) -> int:
        """The next choice among ``size``."""
        return (self.picks.pop(0) if self.picks else 0) % size

    # ------------------------------------------------------------ cells

    def write(self) -> Cells:
        """All cells of the program."""
        parameters = PARAMETERS[self.program.parameters]
        for line in parameters.split("\n") if parameters else ():
            self.kinds[line[0]] = "list" if "[" in line else "num"
        for move in self.program.moves:
            self.picks, self.cuts = list(move.picks), list(move.cuts)
            self.idiom(IDIOMS[move.idiom])
        self.cuts = []
        self._final()
        cells = [(tags, "\n".join(lines)) for tags, lines in self.cells if lines]
        if self.setup:
            cells.insert(0, (("imports", "", "step:a")[self.program.imports], "\n".join(self.setup)))
        if parameters:
            cells.insert(0, ("parameters", parameters))
        return tuple(cells)

    def idiom(self, template: str) -> None:
        """Write one idiom; a cut may come before each of its parts."""
        labels: dict[str, str] = {}
        for chunk in template.split("\n---\n"):
            self._chunk(chunk, labels)

    def _chunk(self, chunk: str, labels: dict[str, str]) -> None:
        cut = CUTS[self.cuts.pop(0)] if self.cuts else ""
        if cut == "skip" and self.choose(4):  # mostly, people skip what they only looked at
            looked = _MARK.sub(lambda m: self._mark(m[1], {}, {}, False), "seen = <expr>\nprint(seen, <any>)")
            self._cut("skip")
            self.cells[-1][1].append(looked)
            self._cut("return")
            cut = ""
        bound: dict[str, str] = {}
        deferred = re.search(r"\b(def|lambda|class)\b", chunk) is not None
        text = _MARK.sub(lambda m: self._mark(m[1], labels, bound, deferred), chunk)
        self._cut(cut if cut != "functions" or chunk.startswith(("def ", "class ", "@")) else "cell")
        self.cells[-1][1].append(text)
        for name, kind in bound.items():
            if kind:
                self.kinds[name] = kind
            else:
                self.kinds.pop(name, None)
        if cut in ("functions", "skip"):
            self._cut("return")

    def _cut(self, cut: str) -> None:
        if not self.cells or cut == "step":
            self.steps.append("abcdefghijklmnopqrstuvwxyz"[len(self.steps) % 26])
            self.cells.append((f"step:{self.steps[-1]}", []))
        elif cut == "cell":
            self.cells.append(("" if self.cells[-1][0] not in ("skip", "functions") else f"step:{self.steps[-1]}", []))
        elif cut in ("back", "return"):
            at = self.choose(len(self.steps)) if cut == "back" else len(self.steps) - 1
            self.steps.append(self.steps.pop(at))
            self.cells.append((f"step:{self.steps[-1]}", []))
        elif cut in ("functions", "skip"):
            self.cells.append((cut, []))

    def _final(self) -> None:
        self.picks = list(self.program.ends)
        keep = self.choose(3)
        self._cut("step")
        shown = []
        for name, kind in self.kinds.items():
            if kind in SHOWN and (keep == 0 or kind == "it" or self.choose(keep + 1) == 0):
                shown.append(SHOWN[kind].format(name))
        lists = [name for name, kind in self.kinds.items() if kind in ("list", "frame", "obj")]
        shown += [f"{one} is {other}" for one, other in pairwise(lists)][:3]
        self.cells[-1][1].append(f"result = [{', '.join(shown)}]")

    # ------------------------------------------------------------ marks

    def _mark(self, mark: str, labels: dict[str, str], bound: dict[str, str], deferred: bool) -> str:
        kind, _, label = mark.partition(" ")
        if kind in MODULES:
            return self._module(kind)
        if kind == "k":
            return str(self.choose(8))
        if kind == "file":
            return labels.setdefault("file", f"f{self.choose(3)}.txt")
        if kind == "expr":
            return self._expression(deferred)
        if kind[0] == "#":
            return labels.setdefault(label, self._fresh(kind[1:]))
        if kind[0] in "+*":
            make = self._bindable if kind[0] == "+" else self._fresh_for
            name = labels[label] = labels.get(label) or make(kind[1:], labels)
            bound[name] = kind[1:]
        elif label in labels:
            name = labels[label]
        else:
            name = self._existing(kind.lstrip("-"), deletable=kind[0] == "-")
            if label:
                labels[label] = name
        if kind[0] == "-":
            bound[name] = ""
        elif deferred:
            self.fixed.add(name)
        return name

    def _module(self, name: str) -> str:
        if name not in self.imported:
            self.imported.add(name)
            if self.choose(3) and self.cells:
                self.cells[-1][1].append(MODULES[name])
            else:
                self.setup.append(MODULES[name])
        return name

    def _expression(self, deferred: bool) -> str:
        forms = ("<k>", "<num>", "len(<list>)", "<num> + <k>", "sum(<list>)", "<fn1>(<k>)", "<num> * 2 % 7", "<fn0>()")
        form = forms[self.choose(8)]
        return _MARK.sub(lambda m: self._mark(m[1], {}, {}, deferred), form)

    def _existing(self, kind: str, *, deletable: bool = False) -> str:
        def fits(name: str, held: str) -> bool:
            return held == kind or (kind == "any" and held in SHOWN)

        names = [n for n, held in self.kinds.items() if fits(n, held) and not (deletable and n in self.fixed)]
        if names:
            return names[-1 - self.choose(len(names))]
        made: dict[str, str] = {}
        saved, self.cuts = self.cuts, []
        before = set(self.kinds)
        self.count += 1
        kind = "num" if kind == "any" else kind
        self._chunk(MAKERS[kind].replace("<+", "<*"), made)
        self.cuts = saved
        return next(name for name in made.values() if name not in before and self.kinds.get(name) == kind)

    def _fresh(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def _fresh_for(self, kind: str, labels: dict[str, str]) -> str:
        return self._fresh(kind)

    def _bindable(self, kind: str, labels: dict[str, str]) -> str:
        choice = self.choose(4)
        same = [n for n, held in self.kinds.items() if held == kind and n not in labels.values()]
        other = [
            n for n, held in self.kinds.items() if held in SHOWN and n not in self.fixed and n not in labels.values()
        ]
        if choice == 2 and same:
            return same[-1 - self.choose(len(same))]
        if choice == 3 and other:
            return other[-1 - self.choose(len(other))]
        return self._fresh(kind)


def cells_of(program: Program) -> Cells:
    """The notebook of a program."""
    return Writer(program).write()
