"""Random programs are run in a namespace that records what each statement reads and binds; the analysis must foresee it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nb2pipe.dataflow import analyze
from nb2pipe.magics import PythonCode

DATA = ["a", "b", "c", "d", "e"]
FUNCTIONS = ["f", "g", "h"]  # each calls only those before it, so that every program ends
PRELUDE = "a = 1\nb = 2\nc = 0\nd = 3\ne = 0\ndef f(): return a\ndef g(): return f() + b\nh = lambda: g()"


class Recorder(dict[str, Any]):
    """Globals that start each statement empty and hand out older values on first access (facts: LOAD_* honour this)."""

    def __init__(self) -> None:
        super().__init__()
        self.older: dict[str, Any] = {}
        self.reads: set[str] = set()
        self.stores: set[str] = set()

    def __missing__(self, name: str) -> Any:
        if name not in self.older:
            raise KeyError(name)
        self.reads.add(name)
        value = self.older[name]
        dict.__setitem__(self, name, value)
        return value

    def __setitem__(self, name: str, value: Any) -> None:
        self.stores.add(name)
        dict.__setitem__(self, name, value)

    def __delitem__(self, name: str) -> None:
        if name in self.older:
            del self.older[name]
        elif name not in self:
            raise KeyError(name)
        self.pop(name, None)

    def begin(self) -> None:
        self.older.update(self)
        self.clear()
        self.reads, self.stores = set(), set()

    def bound(self) -> set[str]:
        """Names that were stored, be it past ``__setitem__`` (``global`` statements, walrus in comprehensions)."""
        changed = {n for n, v in self.items() if n not in self.reads or v is not self.older.get(n)}
        return (self.stores | changed) - {"__builtins__"}


def run(program: str) -> Iterator[tuple[ast.stmt, Recorder, bool]]:
    """Executes statement by statement; stops at the first one that raises."""
    namespace = Recorder()
    for node in ast.parse(program).body:
        namespace.begin()
        code = compile(ast.Module([node], []), "<program>", "exec")
        try:
            exec(code, namespace)
        except Exception:  # noqa: BLE001 - a program may do anything
            yield node, namespace, True
            return
        yield node, namespace, False


def check(program: str) -> None:
    """Everything really read or bound was foreseen, and what is certain happened."""
    parts = [PythonCode(ast.unparse(node)) for node in ast.parse(program).body]
    flows = analyze(list(enumerate(parts)))
    for (node, seen, failed), flow in zip(run(program), flows, strict=False):
        (statement,) = flow.statements
        text = f"in {ast.unparse(node)!r} of\n{program}"
        assert seen.reads <= {use.name for use in statement.uses}, text
        assert seen.bound() <= {binding.name for binding in statement.bindings}, text
        if not failed:
            assert {b.name for b in statement.bindings if b.certain} <= seen.bound(), text
            certain = {d.name for d in statement.deletions if d.certain}
            assert not certain & (set(seen) | set(seen.older)), text


# ---------------------------------------------------------------- programs

name = st.sampled_from(DATA)


def indent(block: str) -> str:
    return "\n".join("    " + line for line in block.split("\n"))


def expressions(callable_names: list[str]) -> st.SearchStrategy[str]:
    atom = st.one_of(name, name, st.sampled_from(["0", "1", "2"]), *[st.just(f"{f}()") for f in callable_names])

    def more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("({} + {})".format, inner, inner),
            st.builds("({} and {})".format, inner, inner),
            st.builds("({} or {})".format, inner, inner),
            st.builds("({} < {} < {})".format, inner, inner, inner),
            st.builds("({} if {} else {})".format, inner, inner, inner),
            st.builds("({} := {})".format, name, inner),
            st.builds("sum([{} for {} in range(2) if {}])".format, inner, st.sampled_from(["i", "a", "b"]), inner),
            st.builds("sum({} + i for i in range({} & 3) for j in range(i))".format, inner, inner),
            st.builds("len(f'{{{}}}')".format, name),
            st.builds("(lambda {}: {})({})".format, st.sampled_from(["x", "a"]), inner, inner),
            st.builds("eval('{} + 1')".format, name),
        )

    # a walrus may not rebind an iteration variable: such programs do not compile and are filtered out
    return st.recursive(atom, more, max_leaves=4)


def simple(callable_names: list[str], in_loop: bool) -> st.SearchStrategy[str]:
    value = expressions(callable_names)
    choices = [
        st.builds("{} = {}".format, name, value),
        st.builds("{} = {}".format, name, value),
        st.builds("{} += {}".format, name, value),
        st.builds("{}, {} = {}, {}".format, name, name, value, value),
        st.builds("{} = {} = {}".format, name, name, value),
        st.builds("{}: int = {}".format, name, value),
        st.builds("{}".format, value),
        st.builds("del {}".format, name),
        st.builds("assert {} or 1, {}".format, value, value),
        st.builds("exec('{} = {}')".format, name, name),
        st.builds("import os.path as {}; {} = 1".format, name, name),
        st.builds("globals()['{}'] = {}".format, name, value),
    ]
    if in_loop:
        choices += [st.just("break"), st.just("continue")]
    return st.one_of(choices)


def statements(callable_names: list[str], depth: int, in_loop: bool = False) -> st.SearchStrategy[str]:
    line = simple(callable_names, in_loop)
    if depth == 0:
        return line
    value = expressions(callable_names)

    def block(loop: bool) -> st.SearchStrategy[str]:
        return st.lists(statements(callable_names, depth - 1, loop), min_size=1, max_size=2).map(
            lambda lines: indent("\n".join(lines))
        )

    body, looped = block(in_loop), block(True)
    return st.one_of(
        line,
        st.builds("if {}:\n{}".format, value, body),
        st.builds("if {}:\n{}\nelse:\n{}".format, value, body, body),
        st.builds("if {}:\n{}\nelif {}:\n{}\nelse:\n{}".format, value, body, value, body, body),
        st.builds("for {} in range({} & 3):\n{}\nelse:\n{}".format, name, value, looped, body),
        st.builds("for _ in range(3):\n{}".format, looped),
        st.builds("for n in iter([1, 2, 0].pop, 0):\n{}".format, looped),
        st.builds("while True:\n{}\n    break".format, looped.filter(lambda t: "continue" not in t)),
        st.builds("try:\n{}\nexcept ValueError as {}:\n{}".format, body, name, body),
        st.builds("try:\n{}\n    int('x')\nexcept Exception as {}:\n{}\nelse:\n{}".format, body, name, body, body),
        st.builds("try:\n{}\nexcept NameError:\n{}\nfinally:\n{}".format, body, body, block(False)),
        st.builds("with open('/dev/null') as q:\n{}".format, body),
        st.builds(
            "match {}:\n    case 1:\n{}\n    case {} if {}:\n{}".format,
            value,
            body.map(indent),
            name,
            value,
            body.map(indent),
        ),
        st.builds(
            "match [{}]:\n    case [0] | [1]:\n{}\n    case [{}]:\n{}".format,
            value,
            body.map(indent),
            name,
            body.map(indent),
        ),
    )


@st.composite
def function(draw: st.DrawFn) -> str:
    index = draw(st.integers(0, 2))
    known = FUNCTIONS[:index]
    this = FUNCTIONS[index]
    kind = draw(st.sampled_from(["lambda", "def", "def", "global", "nested", "alias", "method"]))
    value = draw(expressions(known))
    if kind == "alias" and known:
        return f"{this} = {known[-1]}"
    if kind == "lambda":
        return f"{this} = lambda: {value}"
    body = draw(st.lists(statements(known, 1), min_size=1, max_size=2).map("\n".join))
    if "exec(" in body or "globals()" in body or "eval(" in body:
        body = "pass"
    if kind == "global":
        body = f"global {', '.join(draw(st.lists(name, min_size=1, max_size=2, unique=True)))}\n{body}".replace(
            "del ", ""
        )
    text = f"def {this}():\n{indent(body)}\n    return {value}"
    if kind == "nested":
        text = f"def {this}():\n    def inner():\n{indent(indent(body))}\n        return {value}\n    return inner()"
    if kind == "method":
        text = f"class Box:\n    {draw(name)} = 1\n    def go(self):\n{indent(indent(body))}\n        return {value}\nbox = Box()\n{this} = box.go"
    return text


def compiles(program: str) -> bool:
    try:
        compile(program, "x", "exec")
    except SyntaxError:
        return False
    return True


programs = (
    st.lists(st.one_of(statements(FUNCTIONS, 2), statements(FUNCTIONS, 1), function()), min_size=1, max_size=5)
    .map(lambda parts: "\n".join([PRELUDE, *parts]))
    .filter(compiles)
)


def _small(count: int) -> settings:
    return settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))


@given(programs)
@_small(200)
@example("a = 1\ndel a\nfor i in [1]:\n    a = 2\n    break\nelse:\n    b = 1")
@example("x = 1\ntry:\n    int('q')\n    x = 2\nexcept ValueError as x:\n    pass")
def test_reads_and_bindings_of_random_programs(program: str) -> None:
    """What a statement reads from outside and binds is what was foreseen."""
    check(program)


@pytest.mark.slow
@given(programs)
@_small(10_000)
def test_reads_and_bindings_of_many_random_programs(program: str) -> None:
    """The same, for longer."""
    check(program)
