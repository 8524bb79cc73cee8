"""Which names a statement reads, binds and deletes: scopes and control flow."""

from __future__ import annotations

import sys

import pytest

from tests.dataflow.reading import bindings, deletions, last, uses, words

# code, uses, bindings, deletions
SIMPLE = [
    ("x = 1", "", "x", ""),
    ("x = a", "a", "x", ""),
    ("x = y = a + b", "a b", "x y", ""),
    ("x, (y, *z) = a", "a", "x y z", ""),
    ("[x, y] = a, b", "a b", "x y", ""),
    ("x = x + 1", "x", "x", ""),
    ("x += 1", "x", "x", ""),
    ("x += y", "x y", "x", ""),
    ("x: int = a", "a", "x", ""),
    ("x: int", "", "", ""),
    ("x: T = a", "T a", "x", ""),
    ("x: T", "T", "", ""),
    ("a.b = c", "a c", "", ""),
    ("a[i] = c", "a i c", "", ""),
    ("a[i:j, k] = c", "a i j k c", "", ""),
    ("a.b, c[0], d = e", "a c e", "d", ""),
    ("a[0] += c", "a c", "", ""),
    ("a.b += c", "a c", "", ""),
    ("x", "x", "", ""),
    ("x + y", "x y", "", ""),
    ("x.a.b.c", "x", "", ""),
    ("x[a:b:c]", "x a b c", "", ""),
    ("f(a, *b, k=c, **d)", "f a b c d", "", ""),
    ("print(len(a))", "a", "", ""),
    ("not a or -b and c", "a b c", "", ""),
    ("a < b <= c", "a b c", "", ""),
    ("a if b else c", "a b c", "", ""),
    ("{a: b, **c}", "a b c", "", ""),
    ("{a, b}", "a b", "", ""),
    ("(a, [b], *c)", "a b c", "", ""),
    ("f'{a} {b!r:>{c}} {d:.2f}'", "a b c d", "", ""),
    ("print(f'{a=}')", "a", "", ""),
    ("f'{x}' 'y' f'{z}'", "x z", "", ""),
    ("await a", "a", "", ""),
    ("x = await a(b)", "a b", "x", ""),
    ("assert a, b", "a b", "", ""),
    ("assert a, (x := 1)", "a", "x?", ""),
    ("raise a from b", "a b", "", ""),
    ("del x", "", "", "x"),
    ("del x, y", "", "", "x y"),
    ("del (x, [y])", "", "", "x y"),
    ("del a[k]", "a k", "", ""),
    ("del a.b", "a", "", ""),
    ("pass", "", "", ""),
    ("...", "", "", ""),
    ("global x", "", "", ""),
    ("ä = ö", "ö", "ä", ""),
    ("__name__", "", "", ""),
    ("display(x)", "x", "", ""),
    ("get_ipython().magic('time')", "", "", ""),
]

COMPREHENSIONS = [
    ("[i for i in a]", "a", "", ""),
    ("x = [i * k for i in a if i > m]", "a k m", "x", ""),
    ("[i for i in i]", "i", "", ""),
    ("[(i, j) for i in a for j in i]", "a", "", ""),
    ("[(i, j) for i in a for j in b]", "a b", "", ""),
    ("[j for i in a for j in j]", "a", "", ""),
    ("{k: v for k, v in a.items()}", "a", "", ""),
    ("{f(i) for i in a}", "f a", "", ""),
    ("sum(i * w for i in a)", "w a", "", ""),
    ("[[j for j in i] for i in a]", "a", "", ""),
    ("[[i for i in i] for i in a]", "a", "", ""),
    ("[y := f(i), y]", "f i", "y", ""),
    ("[y := i for i in a]", "a", "y?", ""),
    ("[i for i in (y := a)]", "a", "y", ""),
    ("[y for i in a if (y := i)]", "a", "y?", ""),
    ("[y for i in a]", "a y", "", ""),
    ("[[z := j for j in i] for i in a]", "a", "z?", ""),
    ("[lambda: i for i in a]", "a", "", ""),
    ("[i async for i in a]", "a", "", ""),
    ("(i for i in a)", "a", "", ""),
    ("[i for i, in a]", "a", "", ""),
    ("[i for i, *j in a if j]", "a", "", ""),
    ("any((hit := i) > t for i in a)", "a t", "hit?", ""),
]

WALRUS = [
    ("(x := a)", "a", "x", ""),
    ("print(x := a, x)", "a", "x", ""),
    ("x and (y := a)", "x a", "y?", ""),
    ("(y := a) and x", "x a", "y", ""),
    ("(y := a) if c else b", "a b c", "y?", ""),
    ("(y := a) if c else (y := b)", "a b c", "y", ""),
    ("if (n := len(a)) > 3: print(n)", "a", "n", ""),
    ("while (n := f()): print(n)", "f", "n", ""),
    ("a < (x := b) < (y := c)", "a b c", "x y?", ""),
    ("f(x := 1, y=(z := 2))", "f", "x z", ""),
    ("a[(i := 0)] = i", "a i", "i", ""),
    ("x = (y := 1) + y", "", "x y", ""),
    ("lambda: (x := 1)", "", "", ""),
]

IMPORTS = [
    ("import a", "", "a", ""),
    ("import a.b.c", "", "a", ""),
    ("import a.b as c", "", "c", ""),
    ("import a, b as c", "", "a c", ""),
    ("from a import b", "", "b", ""),
    ("from a.b import c as d, e", "", "d e", ""),
    ("from . import a", "", "a", ""),
    ("from a import *", "", "", ""),
    ("try:\n    import a\nexcept ImportError:\n    a = None", "", "a", ""),
    ("try:\n    import a\nexcept ImportError:\n    pass", "", "a?", ""),
    ("try:\n    import a\nexcept ImportError:\n    raise", "", "a", ""),
    ("if c:\n    import a", "c", "a?", ""),
    ("if c:\n    import a\nelse:\n    import b as a", "c", "a", ""),
]

BRANCHES = [
    ("if c:\n    x = 1", "c", "x?", ""),
    ("if c:\n    x = 1\nelse:\n    x = 2", "c", "x", ""),
    ("if c:\n    x = 1\nelse:\n    y = 2", "c", "x? y?", ""),
    ("if c:\n    x = 1\nelif d:\n    x = 2\nelse:\n    x = 3", "c d", "x", ""),
    ("if c:\n    x = 1\nelif d:\n    x = 2", "c d", "x?", ""),
    ("if c:\n    x = 1\nelse:\n    raise E", "c E", "x", ""),
    ("if c:\n    x = 1\n    print(x)", "c", "x?", ""),
    ("if c:\n    x = 1\nelse:\n    print(x)", "c x", "x?", ""),
    ("if True:\n    x = 1\n    y = x", "", "x y", ""),
    ("if False:\n    x = 1", "", "x?", ""),
    ("if c:\n    if d:\n        x = 1\n    else:\n        x = 2\nelse:\n    x = 3", "c d", "x", ""),
    ("if c:\n    del x", "c", "", "x?"),
    ("if c:\n    del x\nelse:\n    del x", "c", "", "x"),
    ("if c:\n    x = 1\n    del x", "c", "x?", "x?"),
    ("if c:\n    del x\n    x = 1\nelse:\n    x = 2", "c", "x", ""),
    ("if c:\n    pass\nelse:\n    x = 1\n    y = x", "c", "x? y?", ""),
    ("if c:\n    x = 1\nelse:\n    x = 2\n    raise E\n    x = 3", "c E", "x", ""),
    ("if (x := f()) and (y := g()):\n    print(x, y)", "f g", "x y?", ""),
    ("if not ((x := f()) or (y := g())):\n    print(x, y)", "f g", "x y?", ""),
    ("if c and (y := g()):\n    pass\nelse:\n    print(y)", "c g y", "y?", ""),
]

LOOPS = [
    ("for i in a: pass", "a", "i?", ""),
    ("for i in a:\n    x = i", "a", "i? x?", ""),
    ("for i in a:\n    print(i, x)\n    x = i", "a x", "i? x?", ""),
    ("for i in a:\n    x = i\n    print(x)", "a", "i? x?", ""),
    ("for i in a:\n    x = 1\nelse:\n    x = 2", "a", "i? x", ""),
    ("for i in a:\n    if i:\n        break\nelse:\n    x = 2", "a", "i? x?", ""),
    ("for i in a:\n    x = 1\n    break\nelse:\n    x = 2", "a", "i? x", ""),
    ("for i, (j, k) in a: print(i, j, k)", "a", "i? j? k?", ""),
    ("for a[0] in b: pass", "a b", "", ""),
    ("for a.x in b: pass", "a b", "", ""),
    ("for i in i: pass", "i", "i?", ""),
    ("for i in a:\n    total += i", "a total", "i? total?", ""),
    ("for i in a:\n    if i:\n        continue\n    x = 1\n    print(x)", "a", "i? x?", ""),
    ("for i in a:\n    for j in i:\n        x = j", "a", "i? j? x?", ""),
    ("while c:\n    x = 1", "c", "x?", ""),
    ("while c:\n    x = 1\nelse:\n    y = 1", "c", "x? y", ""),
    ("while True:\n    x = 1\n    if x:\n        break", "", "x", ""),
    ("while True:\n    if c:\n        break\n    x = 1", "c", "x?", ""),
    ("while True:\n    x = 1\n    if c:\n        y = 2\n        break\n    z = x", "c", "x y z?", ""),
    ("while 1:\n    x = f()\n    if x:\n        break\n    else:\n        continue", "f", "x", ""),
    ("while i < 3:\n    i += 1", "i", "i?", ""),
    ("async for i in a:\n    x = i", "a", "i? x?", ""),
    (
        "for i in a:\n    try:\n        x = 1\n        break\n    except E:\n        pass\nelse:\n    x = 0",
        "a E",
        "i? x",
        "",
    ),
]

TRIES = [
    ("try:\n    x = f()\nexcept E:\n    x = 0", "f E", "x", ""),
    ("try:\n    x = f()\nexcept E:\n    pass", "f E", "x?", ""),
    ("try:\n    x = f()\nexcept E:\n    raise", "f E", "x", ""),
    ("try:\n    x = f()\nexcept E as e:\n    print(e, x)", "f E x", "x? e?", "e?"),
    ("try:\n    x = f()\nexcept E as e:\n    x = e", "f E", "x e?", "e?"),
    ("try:\n    x = f()\nfinally:\n    y = 1", "f", "x y", ""),
    ("try:\n    x = f()\nfinally:\n    print(x)", "f x", "x", ""),
    ("try:\n    x = f()\nexcept E:\n    x = 1\nfinally:\n    del x", "f E", "x?", "x"),
    ("try:\n    x = f()\nexcept E:\n    y = 1\nelse:\n    y = 2", "f E", "x? y", ""),
    ("try:\n    x = f()\nexcept E:\n    y = 1\nelse:\n    y = x", "f E", "x? y", ""),
    ("try:\n    pass\nexcept (A, B):\n    x = 1\nexcept C:\n    x = 2", "A B C", "x?", ""),
    ("try:\n    x = 1\nexcept:\n    x = 2\nelse:\n    z = x", "", "x z?", ""),
    ("try:\n    f()\nexcept* E as e:\n    x = e", "f E", "x? e?", "e?"),
    ("try:\n    x = 1\n    try:\n        y = f()\n    except E:\n        y = 0\nfinally:\n    pass", "f E", "x y", ""),
]

WITHS = [
    ("with a as x: pass", "a", "x", ""),
    ("with a as x, x.b as y:\n    z = y", "a", "x y z", ""),
    ("with a as (x, y): print(x, y)", "a", "x y", ""),
    ("with a: x = b", "a b", "x", ""),
    ("with open(p) as f:\n    t = f.read()", "p", "f t", ""),
    ("with suppress(E):\n    x = f()", "suppress E f", "x?", ""),
    ("with contextlib.suppress(E): x = 1", "contextlib E", "x?", ""),
    ("with a as b.c, d as e[0]: pass", "a b d e", "", ""),
    ("async with a as x: pass", "a", "x", ""),
]

MATCHES = [
    ("match a:\n    case 1: x = 1", "a", "x?", ""),
    ("match a:\n    case 1: x = 1\n    case _: x = 2", "a", "x", ""),
    ("match a:\n    case y: x = y", "a", "y x", ""),
    ("match a:\n    case [p, *q]: pass", "a", "p? q?", ""),
    ("match a:\n    case {'k': v, **rest}: print(v, rest)", "a", "v? rest?", ""),
    ("match a:\n    case P(u, w=v): print(u, v)", "a P", "u? v?", ""),
    ("match a:\n    case m.C: pass", "a m", "", ""),
    ("match a:\n    case y if y > t: pass", "a t", "y?", ""),
    ("match a:\n    case (1 | 2) as n: pass\n    case n: pass", "a", "n", ""),
    ("match a:\n    case [x, 1] | [1, x]: pass\n    case x: pass", "a", "x", ""),
    ("match a:\n    case [x]: pass\n    case _: print(x)", "a x", "x?", ""),
    ("match a, b:\n    case (x, y): z = x", "a b", "x? y? z?", ""),
]

TABLE = SIMPLE + COMPREHENSIONS + WALRUS + IMPORTS + BRANCHES + LOOPS + TRIES + WITHS + MATCHES


@pytest.mark.parametrize(("code", "reads", "binds", "deletes"), TABLE, ids=[case[0] for case in TABLE])
def test_names_of_one_statement(code: str, reads: str, binds: str, deletes: str) -> None:
    """A statement reads, binds and deletes exactly these names."""
    statement = last(code)
    assert uses(statement) == words(reads)
    assert bindings(statement) == words(binds)
    assert deletions(statement) == words(deletes)


# code, uses, bindings, later uses
DEFINITIONS = [
    ("def f(): pass", "", "f", ""),
    ("def f(): return x", "", "f", "x"),
    ("def f(a, *b, c=d, **e): return a, b, c, e, g", "d", "f", "g"),
    ("@deco(k)\ndef f(): pass", "deco k", "f", ""),
    ("def f(a: T, *b: U) -> V: pass", "T U V", "f", ""),
    ("def f():\n    x = 1\n    return x", "", "f", ""),
    ("def f():\n    print(x)\n    x = 1", "", "f", ""),
    ("def f():\n    global x\n    x = 1", "", "f", ""),
    ("def f():\n    global x\n    x = 1\n    return x", "", "f", ""),
    ("def f():\n    global x\n    print(x)\n    x = 1", "", "f", "x"),
    ("def f():\n    global x\n    x += 1", "", "f", "x"),
    ("def f():\n    global x\n    if c:\n        x = 1\n    return x", "", "f", "c x"),
    ("def f():\n    def g(): return x\n    x = 1\n    return g", "", "f", ""),
    ("def f():\n    def g(): return y\n    return g", "", "f", "y"),
    ("def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = y\n    return g", "", "f", "y"),
    ("def f():\n    x = 1\n    def g():\n        global x\n        return x\n    return g", "", "f", "x"),
    ("def f():\n    import a\n    return a.b", "", "f", ""),
    ("def f():\n    for i in a: pass\n    return i", "", "f", "a"),
    ("def f():\n    return [i + k for i in a]", "", "f", "k a"),
    ("def f():\n    [y := i for i in a]\n    return y", "", "f", "a"),
    ("def f():\n    try: pass\n    except E as e: print(e)", "", "f", "E"),
    ("def f():\n    with a as b: return b", "", "f", "a"),
    ("def f():\n    class C:\n        z = q\n    return C", "", "f", "q"),
    ("def f(n): return f(n - 1)", "", "f", ""),
    ("def f(): return g(len(a))", "", "f", "g a"),
    ("def f(x):\n    match x:\n        case [y]: return y, z", "", "f", "z"),
    ("def f():\n    x: T = a\n    return x", "", "f", "a"),
    ("def f():\n    del x\n    x = 1", "", "f", ""),
    ("def f():\n    return lambda q: q + w", "", "f", "w"),
    ("async def f(): return await a", "", "f", "a"),
    ("def f():\n    yield x", "", "f", "x"),
    ("f = lambda: x", "", "f", "x"),
    ("f = lambda a, b=c: a + b + d", "c", "f", "d"),
    ("f: T = lambda: x", "T", "f", "x"),
    ("class C: pass", "", "C", ""),
    ("class C(A, metaclass=M): pass", "A M", "C", ""),
    ("@deco\nclass C: pass", "deco", "C", ""),
    ("class C:\n    x = y", "y", "C", ""),
    ("class C:\n    x = 1\n    y = x", "", "C", ""),
    ("class C:\n    x = x", "x", "C", ""),
    ("class C:\n    if c:\n        x = 1\n    y = x", "c x", "C", ""),
    ("class C:\n    x = 1\n    y = [x for _ in z]", "x z", "C", ""),
    ("class C:\n    x = 1\n    y = [i for i in x]", "", "C", ""),
    ("class C:\n    x = 1\n    def m(self): return x", "", "C", "x"),
    ("class C:\n    def m(self): return self.k + k", "", "C", "k"),
    ("class C:\n    def m(self, a=b): pass", "b", "C", ""),
    ("class C:\n    @prop\n    def m(self): return a", "prop", "C", "a"),
    ("class C:\n    @property\n    def m(self): return a\n    @m.setter\n    def m(self, v): b(v)", "", "C", "a b"),
    ("class C:\n    x: T\n    y: U = z", "T U z", "C", ""),
    ("class C:\n    class D:\n        def m(self): return a", "", "C", "a"),
    ("class C:\n    def m(self): return C", "", "C", ""),
    ("class C:\n    def m(self): return super().m() + __class__.x", "", "C", ""),
    ("class C:\n    for i in a: pass\n    print(i)", "a i", "C", ""),
    ("class C:\n    f = field(default_factory=lambda: D)", "field", "C", "D"),
    ("class C:\n    global x\n    x = a", "a", "C x", ""),
]


@pytest.mark.parametrize(("code", "reads", "binds", "later"), DEFINITIONS, ids=[case[0] for case in DEFINITIONS])
def test_names_of_definitions(code: str, reads: str, binds: str, later: str) -> None:
    """A definition reads some names now and its free names later."""
    statement = last(code)
    assert uses(statement) == words(reads)
    assert {b.strip("?") for b in bindings(statement)} == words(binds)
    assert {use.name for use in statement.later_uses} == words(later)
    assert statement.kind.value == "definition"


TYPES = [
    ("type X = list[Y]", "Y", "X"),
    ("type X[T] = list[T]", "", "X"),
    ("def f[T: B](a: T) -> T: return g(a)", "", "f"),  # bounds are evaluated lazily
    ("class C[T](Base[T]): pass", "Base", "C"),
]


@pytest.mark.parametrize(
    ("before", "code", "deletes"),
    [
        ("def f():\n    global x\n    del x", "f()", "x?"),
        ("def f():\n    global x\n    x = 1", "if c:\n    del x\n    f()\nelse:\n    del x", "x?"),
        ("def f(): pass", "if c:\n    del x\n    f()\nelse:\n    del x", "x"),
    ],
)
def test_deletions_and_functions(before: str, code: str, deletes: str) -> None:
    """A function may delete a global, or bring one back."""
    assert deletions(last(f"{before}\n# %%\n{code}")) == words(deletes)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize(("code", "reads", "binds"), TYPES, ids=[case[0] for case in TYPES])
def test_type_parameters_are_local(code: str, reads: str, binds: str) -> None:
    """The names in square brackets belong to the definition."""
    statement = last(code)
    assert uses(statement) == words(reads)
    assert bindings(statement) == words(binds)


FUTURE = "from __future__ import annotations\n# %%\n"


@pytest.mark.parametrize("code", ["def f(a: T) -> U: pass", "x: T = 1", "class C:\n    x: T"])
def test_annotations_are_not_read_after_the_future_import(code: str) -> None:
    """IPython keeps ``from __future__ import annotations`` for all later cells."""
    assert uses(last(FUTURE + code)) == set()
    assert uses(last(code)) != set()


BOUND = "import numpy as np\nk, y, x, df = 1, 2, 3, 4\ndef double(v): return v * k\n# %%\n"


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("m = fit('y ~ x', data=df)", "fit df"),  # columns of the table
        ("m = fit('y ~ x')", "fit y x"),  # no table: variables
        ("m = fit('y ~ np.log(x)', df)", "fit df np x"),
        ("m = fit('y ~ double(x) + C(g)', df)", "fit df double k<double x"),
        ("m = fit(formula='y ~ Q(\"k\")', data=df)", "fit df"),
        ("p = open('~/data.csv')", ""),
        ("out = sql('select a from df where a > 2')", "sql df"),
        ("out = sql(f'select * from {k} join df on a')", "sql k df"),
        ("out = sql('select * from other')", "sql"),
        ("text = say('greetings from df')", "say df"),
    ],
)
def test_names_in_formulas_and_queries(code: str, names: str) -> None:
    """Statistics and databases look names up where they are called; what the notebook does not bind is theirs."""
    assert uses(last(BOUND + code)) == words(names)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("try:\n    here = __file__\nexcept NameError:\n    here = '.'", ""),
        ("try:\n    a = unknown\nexcept Exception:\n    a = k", "k"),
        ("try:\n    a = df\nexcept (KeyError, NameError):\n    a = 1", "df"),
        ("try:\n    a = unknown\nexcept ValueError:\n    a = 1", "unknown"),
    ],
)
def test_names_that_may_be_missing(code: str, names: str) -> None:
    """Who catches a NameError asks whether the name is there."""
    assert uses(last(BOUND + code)) == words(names)
