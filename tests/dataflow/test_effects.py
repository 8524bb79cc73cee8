"""Which objects a statement changes, what user functions add, what values carry."""

from __future__ import annotations

import pytest

from tests.dataflow.reading import bindings, carries, last, mutations, uses, words

IMPORTS = """\
import numpy as np, pandas as pd, matplotlib.pyplot as plt, random, copy
from sklearn.model_selection import train_test_split
from sklearn.metrics import accuracy_score
from numpy.random import shuffle as mix
from elsewhere import unknown
import thing, torch
# %%
"""

# code, mutations
MUTATIONS = [
    ("a[0] = 1", "a"),
    ("a.b = 1", "a"),
    ("a.b[0].c = 1", "a"),
    ("df.loc[m, 'a'] = 1", "df"),
    ("ax.xaxis.label.x = 1", "ax"),
    ("ax.get_figure().x = 1", "ax"),
    ("a[0], b.c = 1, 2", "a b"),
    ("a[0] += 1", "a"),
    ("a.b += 1", "a"),
    ("xs += [5]", "xs"),
    ("del a[0]", "a"),
    ("del a.b", "a"),
    ("for a[0] in b: pass", "a"),
    ("with b as a.x: pass", "a"),
    ("(a.b, *c[0]) = d", "a c"),
    ("df.drop(columns=['a'], inplace=True)", "df"),
    ("df.drop(columns=['a'], inplace=False)", ""),
    ("df.drop(columns=['a'])", ""),
    ("df['a'].fillna(0, inplace=True)", "df"),
    ("xs.append(1)", "xs"),
    ("xs.append(y)", "xs"),
    ("d['k'].append(1)", "d"),
    ("d.get('k').append(1)", "d?"),
    ("d.setdefault('k', []).append(1)", "d"),
    ("d.update(e)", "d"),
    ("d.pop('k')", "d"),
    ("s.add(1)", "s"),
    ("m.fit(X, y)", "m"),
    ("m.fit_transform(X)", "m"),
    ("m.partial_fit(X)", "m"),
    ("m.set_params(a=1)", "m"),
    ("p = m.predict(X)", ""),
    ("m.predict_proba(X)[:, 1]", ""),
    ("m.score(X, y)", ""),
    ("rng.normal(size=3)", "rng"),
    ("next(it)", "it"),
    ("x = next(it)", "it"),
    ("random.shuffle(xs)", "xs"),
    ("np.random.shuffle(xs)", "xs"),
    ("mix(xs)", "xs"),
    ("setattr(o, 'a', 1)", "o"),
    ("delattr(o, 'a')", "o"),
    ("np.add(a, b, out=c)", "c"),
    ("np.clip(a, 0, 1, out=a)", "a"),
    ("np.sort(a)", ""),
    ("np.fill_diagonal(a, 0)", "a"),
    ("pd.concat([a, b])", ""),
    ("plt.plot(a, b)", ""),
    ("train_test_split(X, y)", ""),
    ("accuracy_score(y, p)", ""),
    ("copy.deepcopy(a)", ""),
    ("unknown(a)", "a?"),
    ("unknown(a, k=b, *c, **d)", "a? b? c? d?"),
    ("unknown(a['x'])", "a?"),
    ("unknown(a.x)", "a?"),
    ("unknown([a, b])", "a? b?"),
    ("unknown({'k': a})", "a?"),
    ("unknown(a + 1)", ""),
    ("unknown(len(a))", ""),
    ("unknown(f'{a}')", ""),
    ("unknown(a if c else b)", "a? b?"),
    ("thing.do(a)", "a?"),
    ("thing.do()", ""),
    ("thing.x.append(1)", ""),
    ("undefined(a)", "a?"),
    ("x.do()", "x?"),
    ("x.a.do()", "x?"),
    ("x[0].do()", "x?"),
    ("x.do(y)", "x? y?"),
    ("x.do().again()", "x?"),
    ("df.groupby('a').strange()", ""),
    ("df.head()", ""),
    ("df.describe().T.round(2)", ""),
    ("df.groupby('a')['b'].mean()", ""),
    ("df.merge(other, on='a')", ""),
    ("df.pipe(unknown)", "df?"),
    ("'x'.join(xs)", ""),
    ("df.plot.scatter(x='a', y='b')", ""),
    ("df['a'].str.strange()", ""),
    ("torch.nn.init.normal_(w)", "w"),
    ("print(a, sep=b)", ""),
    ("len(a)", ""),
    ("sorted(a, key=k)", ""),
    ("list(map(f, a))", ""),
    ("for d in [a, b]: d['x'] = 1", "a b"),
    ("for d in (a, b):\n    d.drop(columns='x', inplace=True)", "a b"),
    ("for d in frames: d['x'] = 1", "frames"),
    ("for k, d in frames.items(): d['x'] = 1", "frames"),
    ("for k, d in {'a': a, 'b': b}.items(): d['x'] = 1", "a b"),
    ("for i, d in enumerate(frames): d['x'] = i", "frames"),
    ("for d, e in zip(xs, ys): d['x'] = e", "xs"),
    ("for d in frames: unknown(d)", "frames?"),
    ("for d in frames: print(d)", ""),
    ("for c in df.columns: c.lower()", ""),
    ("for d in [a, b]:\n    d = d.copy()\n    d['x'] = 1", ""),
    ("for g in xs:\n    for h in g: h.append(1)", "xs"),
    ("[d.update(x=1) for d in dicts]", "dicts"),
    ("if c:\n    b = a\n    b['k'] = 1", "a?"),
    ("with a as f: f.write('x')", "a?"),
    ("if c:\n    a = []\n    a.append(1)", ""),
    ("if c:\n    a = []\na.append(1)", "a"),
    ("for i in r:\n    m = make()\n    m.fit(X)", ""),
    ("(lambda: xs.append(1))()", "xs"),
    ("__nb2pipe_shell__(x)", ""),
    ("!ls {x}", ""),
    ("len = unknown(a)", "a?"),
]


@pytest.mark.parametrize(("code", "changed"), MUTATIONS, ids=[case[0] for case in MUTATIONS])
def test_what_a_statement_changes(code: str, changed: str) -> None:
    """Stores and known methods certainly change their object, unknown calls possibly."""
    assert mutations(last(IMPORTS + code)) == words(changed)


# earlier cells, the statement, mutations
ALIASES = [
    ("a = []\nb = a", "b.append(1)", "b a?"),
    ("a = []\nb = a", "a.append(1)", "a b?"),
    ("a = []\nb = a\nc = b", "c.append(1)", "c b? a?"),
    ("a = []\nb = a\nb = []", "b.append(1)", "b"),
    ("a = []\nb = a\na = []", "b.append(1)", "b"),
    ("a = f()\nv = a[:2]", "v[0] = 1", "v a?"),
    ("a = f()\nv = a.T", "a[0] = 1", "a v?"),
    ("a = f()\nv = a.values", "v += 1", "v a?"),
    ("a = f()\nv = a.loc[m]", "v['x'] = 1", "v a?"),
    ("a = f()\nv = a.copy()", "v['x'] = 1", "v"),
    ("a = f()\nv = a + 1", "v[0] = 1", "v"),
    ("a = f()\nb = f()\nxs = [a, b]", "for x in xs: x['k'] = 1", "xs a? b?"),
    ("a = f()\nb = a", "unknown(b)", "b?"),
    ("a = f()\nb = a", "b.head()", ""),
    ("a = f()\nif c:\n    b = a", "b[0] = 1", "b a?"),
    ("import numpy as np\nrand = np.random", "rand.shuffle(a)", "a"),
    ("for d in frames: pass", "d['x'] = 1", "d"),
    ("frames = f()\nfor d in frames: pass", "d['x'] = 1", "d frames?"),
    ("a = f()\nm2 = a.fit(X)", "m2.fit(Y)", "m2 a?"),
    ("m = M()\np = Pipeline([('m', m)])", "p.fit(X)", "p m?"),
    ("m = M()\np = make_pipeline(S(), m)", "p.fit(X)", "p m?"),
    ("net = N()\nopt = torch.optim.Adam(net.parameters())", "opt.step()", "opt net?"),
    ("d = f()\ndf = pd.DataFrame(d)", "df['a'] = 1", "df d?"),
]


@pytest.mark.parametrize(("before", "code", "changed"), ALIASES, ids=[f"{b} | {c}" for b, c, _ in ALIASES])
def test_changes_through_other_names(before: str, code: str, changed: str) -> None:
    """What changes under one name is possibly changed under another that holds it."""
    assert mutations(last(f"{before}\n# %%\n{code}")) == words(changed)


# definitions, the statement, uses, bindings, mutations
FUNCTIONS = [
    ("def f(): return k", "x = f()", "f k<f", "x", ""),
    ("def f(): return k", "x = f", "f", "x", ""),  # another name for it: k is read when x is called
    ("def f(): return k", "g(f)", "g f k<f", "", "f?"),
    ("def f(): return k", "list(map(f, xs))", "f k<f xs", "", ""),
    ("def f(): return k", "k = f()", "f k<f", "k", ""),
    ("def f(): return k", "f() + k", "f k", "", ""),
    ("def f(): return k", "y = 1", "", "y", ""),
    ("def f(): return g()\ndef g(): return k", "f()", "f g<f k<f", "", ""),
    ("def f(): return g()\ng = lambda: k", "f()", "f g<f k<f", "", ""),
    ("def f(n): return f(n - 1) + k", "f(3)", "f k<f", "", ""),
    ("def f(): return g()\ndef g(): return f() + k", "g()", "g f<g k<g", "", ""),
    ("def f(): return len(a)", "f()", "f a<f", "", ""),
    ("def f(): return sum(a)\nsum = 1", "f()", "f sum<f a<f", "", "a?"),
    ("def f(): return a\n# %%\ndef f(): return b", "f()", "f b<f", "", ""),
    ("def f(): return a\n# %%\nif c:\n    def f(): return b", "f()", "f a<f b<f", "", ""),
    ("if c:\n    def f(): return a\nelse:\n    def f(): return b", "f()", "f a<f b<f", "", ""),
    ("def f(): return a\n# %%\nf = 3", "f", "f", "", ""),
    ("def f():\n    global n\n    n = k", "f()", "f k<f", "n?", ""),
    ("def f():\n    global n\n    n += 1", "f()", "f n<f", "n?", "n"),
    ("def f():\n    global n\n    n = 1\n    g()\ndef g(): return n + m", "f()", "f g<f m<f", "n?", ""),
    ("def g(): return n\ndef f():\n    global n\n    n = 1", "f(); g()", "g n<g", "", ""),
    ("def f():\n    xs.append(1)", "f()", "f xs<f", "", "xs"),
    ("def f():\n    unknown(xs)", "f()", "f unknown<f xs<f", "", "xs?"),
    ("def g():\n    xs.append(1)\ndef f(): g()", "f()", "f g<f xs<f", "", "xs"),
    ("def f(x):\n    x['a'] = 1", "f(df)", "f df", "", "df"),
    ("def f(x):\n    x['a'] = 1", "f(x=df)", "f df", "", "df"),
    ("def f(x):\n    x['a'] = 1", "f(df['b'])", "f df", "", "df?"),
    ("def f(x):\n    x['a'] = 1", "f(*frames)", "f frames", "", "frames?"),
    ("def f(x):\n    x.strange()", "f(df)", "f df", "", "df?"),
    ("def f(x):\n    return x.mean()", "f(df)", "f df", "", ""),
    ("def f(x):\n    x = x.copy()\n    x['a'] = 1\n    return x", "f(df)", "f df", "", ""),
    ("def f(x):\n    y = x\n    y['a'] = 1", "f(df)", "f df", "", "df?"),
    ("def f(x, y):\n    y['a'] = x", "f(a, b)", "f a b", "", "a? b"),
    ("def f(x, y):\n    y['a'] = 1", "f(a, b)", "f a b", "", "b"),
    ("def f(x, *, y=None):\n    y['a'] = 1", "f(a, y=b)", "f a b", "", "b"),
    ("def f(*xs):\n    xs[0]['a'] = 1", "f(a, b)", "f a b", "", "a? b?"),
    ("def f(x):\n    g(x)\ndef g(z):\n    z.append(1)", "f(a)", "f g<f a", "", "a"),
    ("def f(x):\n    g(x)\ndef g(z):\n    return z", "f(a)", "f g<f a", "", ""),
    ("def f(x, n):\n    x.append(n)\n    f(x, n - 1)", "f(a, b)", "f a b", "", "a"),
    ("def f(x):\n    for d in x: d['k'] = 1", "f(frames)", "f frames", "", "frames"),
    ("def f(x):\n    x.drop(inplace=True)", "f(df)", "f df", "", "df"),
    ("f = lambda x: x.append(1)", "f(a)", "f a", "", "a"),
    ("def f(x):\n    import numpy as np\n    np.random.shuffle(x)", "f(a)", "f a", "", "a"),
    ("def f(x): return x\n# %%\na = []\nb = f(a)", "b.append(1)", "b", "", "b a?"),
    ("def f(x):\n    def g():\n        x.append(1)\n    g()", "f(a)", "f a", "", "a"),
    ("@deco\ndef f(x): return k", "f(a)", "f k<f a", "", ""),
    ("def deco(f): return wrap(f, q)", "@deco\ndef h(): pass", "deco wrap<deco q<deco", "h", "q?"),
    ("def f(): return k", "if c:\n    k = 1\n    f()", "c f", "k?", ""),
    ("def f(): return k", "for k in xs: f()", "xs f", "k?", ""),
    ("def f(): return k", "with a as k: f()", "a f", "k", ""),
    ("def f(): return k", "if c:\n    k = 1\nf()", "f k<f", "", ""),
    ("def f(): return a", "for i in r:\n    f()\n    def f(): return b", "r f a<f b<f", "i? f?", ""),
    ("xs = []", "for i in r:\n    if i: prev.append(i)\n    prev = xs", "r prev xs", "i? prev?", "prev xs?"),
    ("def f():\n    def g(): return k\n    return g", "h = f()", "f k<f", "h", ""),
]


@pytest.mark.parametrize(
    ("before", "code", "reads", "binds", "changed"), FUNCTIONS, ids=[f"{c[0]} | {c[1]}" for c in FUNCTIONS]
)
def test_what_a_user_function_adds(before: str, code: str, reads: str, binds: str, changed: str) -> None:
    """A function's free names count where it is referred to, with what they mean there."""
    statement = last(f"{before}\n# %%\n{code}")
    assert uses(statement) == words(reads)
    assert bindings(statement) == words(binds)
    assert mutations(statement) == words(changed)


CLASS = """\
class Base:
    def common(self): return shared
class C(Base):
    def __init__(self, data): self.n = len(data)
    def grow(self): self.n += step
    def peek(self): return self.n
    def twice(self):
        self.grow()
    def feed(self, xs): xs.append(self.n)
"""
ALL = "shared<C step<C"

CLASSES = [
    ("", "c = C(d)", f"C d {ALL}", "c", ""),
    ("c = C(d)", "c.grow()", f"c {ALL}", "", "c"),
    ("c = C(d)", "c.twice()", f"c {ALL}", "", "c"),
    ("c = C(d)", "c.peek()", f"c {ALL}", "", ""),
    ("c = C(d)", "c.feed(ys)", f"c ys {ALL}", "", "ys"),
    ("c = C(d)", "c.other()", f"c {ALL}", "", "c?"),
    ("c = C(d)\nxs = [c]", "xs[0]", f"xs {ALL}", "", ""),
    ("xs = []\nxs.append(C(d))", "xs[0]", f"xs {ALL}", "", ""),
    ("o = make()\no.part = C(d)", "o", f"o {ALL}", "", ""),
    ("c = C(d)\nn = len(c.xs)", "n", "n", "", ""),
    ("class D(C): pass\nd = D(1)", "d", "d shared<D step<D", "", ""),
    ("def make(): return C(0)\nc = make()", "c", f"c {ALL}", "", ""),
]


@pytest.mark.parametrize(
    ("before", "code", "reads", "binds", "changed"), CLASSES, ids=[f"{c[0]} | {c[1]}" for c in CLASSES]
)
def test_what_instances_bring_along(before: str, code: str, reads: str, binds: str, changed: str) -> None:
    """Whoever has an instance may call any of its class's methods."""
    statement = last(f"{CLASS}\n# %%\n{before}\n# %%\n{code}")
    assert uses(statement) == words(reads)
    assert bindings(statement) == words(binds)
    assert mutations(statement) == words(changed)


# earlier cells, the statement, what its bindings carry
CARRIES = [
    ("class C: pass", "c = C()", {"c": "C"}),
    ("class C: pass", "xs = [C() for _ in r]", {"xs": "C"}),
    ("class C: pass", "k = C", {"k": "C"}),
    ("class C: pass\nc = C()", "d = {'a': c}", {"d": "C"}),
    ("class C: pass\nc = C()", "d = c.thing", {"d": "C"}),
    ("class C: pass\nc = C()", "n = len(c)", {}),
    ("class C: pass\nc = C()", "p = c.predict(X)", {}),
    ("def f(x): return x", "y = f(1)", {}),
    ("def f(x): return x", "g = f", {"g": "f"}),
    ("import functools\ndef f(x): return x", "g = functools.partial(f, 1)", {"g": "f"}),
    ("def f(x): return x", "t = FunctionTransformer(f)", {"t": "f"}),
    ("def f(x): return x", "p = Pipeline([('f', FunctionTransformer(f)), ('m', M())])", {"p": "f"}),
    ("class C: pass\ndef f(): return C()", "c = f()", {"c": "C"}),
    ("class C: pass\ndef f(): return g()\ndef g(): return C()", "c = f()", {"c": "C"}),
    ("def f():\n    def g(): pass\n    return g", "h = f()", {"h": "f"}),
    ("def f():\n    yield 1", "g = f()", {"g": "f"}),
    ("def f(xs): return sorted(xs, key=lambda x: -x)", "y = f(a)", {}),
    ("def f(x): return x", "a, b = f, 1", {"a": "f"}),
    ("class C: pass", "for c in [C()]: pass", {"c": "C"}),
    ("class C: pass", "with C() as c: pass", {"c": "C"}),
    ("class C: pass", "print(c := C())", {"c": "C"}),
    ("class C: pass\nc = C()\nc = 1", "d = c", {}),
    ("class C: pass\nif x:\n    c = C()\nelse:\n    c = 1", "d = c", {"d": "C"}),
    ("def f(x): return x", "df['a'] = df['b'].apply(f)", {}),
    ("def f(x): return x", "y = df['b'].apply(f)", {}),
    ("class C: pass", "y = df['b'].apply(C)", {"y": "C"}),
    ("def f(x): return x", "y = map(f, xs)", {"y": "f"}),
    ("def f(x): return x", "y = list(map(f, xs))", {}),
]


@pytest.mark.parametrize(("before", "code", "contents"), CARRIES, ids=[f"{b} | {c}" for b, c, _ in CARRIES])
def test_what_values_carry(before: str, code: str, contents: dict[str, str]) -> None:
    """A binding tells the user's definitions that its value may contain."""
    assert carries(last(f"{before}\n# %%\n{code}")) == {name: words(found) for name, found in contents.items()}


def test_a_change_tells_what_it_puts_in() -> None:
    """What a list or an attribute got is known for the change, too."""
    statement = last("class C: pass\n# %%\nxs.append(C())")
    assert [(m.name, m.carries) for m in statement.mutations] == [("xs", frozenset({"C"}))]
