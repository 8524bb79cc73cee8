"""Random programs are run in a namespace that records what each statement reads and binds; the analysis must foresee it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from random import Random
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
        return (self.stores | changed) - {"__builtins__", "__annotations__"}


def run(program: str) -> Iterator[tuple[ast.stmt, Recorder, bool]]:
    """Executes statement by statement; stops at the first one that raises."""
    namespace = Recorder()
    for node in ast.parse(program).body:
        namespace.begin()
        code = compile(ast.Module([node], []), "<program>", "exec")
        try:
            exec(code, namespace)
        except Exception:
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


class Writer:
    """Writes random programs; hypothesis shrinks the random choices."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def name(self) -> str:
        return self.random.choice(DATA)

    def value(self, functions: list[str], depth: int = 2) -> str:
        if depth == 0 or self.random.random() < 0.4:
            return self.pick(self.name(), self.name(), "0", "1", "2", *[f"{f}()" for f in functions])
        x, y, z = (self.value(functions, depth - 1) for _ in range(3))
        n, m = self.name(), self.pick("i", *DATA)
        return self.pick(
            f"({x} + {y})",
            f"({x} and {y})",
            f"({x} or {y})",
            f"({x} < {y} < {z})",
            f"({x} if {y} else {z})",
            f"({n} := {x})",
            f"sum([{x} for {m} in range(2) if {y}])",
            f"sum({x} + i for i in range({y} & 3) for {m} in range(i))",
            f"len(f'{{{n}}}')",
            f"(lambda {m}: {x})({y})",
            f"eval('{n} + 1')",
            f"[{x}, {y}][0]",
        )

    def line(self, functions: list[str], loop: bool) -> str:
        n, m, x, y = self.name(), self.name(), self.value(functions), self.value(functions)
        jumps = ["break", "continue"] * 2 if loop else []
        return self.pick(
            f"{n} = {x}",
            f"{n} = {y}",
            f"{n} += {x}",
            f"{n}, {m} = {x}, {y}",
            f"{n} = {m} = {x}",
            f"{n}: int = {x}",
            x,
            f"del {n}",
            f"assert {x} or 1, {y}",
            f"exec('{n} = {m}')",
            f"from os import path as {n}; {n} = 1",
            f"globals()['{n}'] = {x}",
            *jumps,
        )

    def block(self, functions: list[str], depth: int, loop: bool, by: int = 4) -> str:
        count = self.random.randint(1, 2)
        text = "\n".join(self.statement(functions, depth, loop) for _ in range(count))
        return "\n".join(" " * by + line for line in text.split("\n"))

    def statement(self, functions: list[str], depth: int, loop: bool = False) -> str:
        if depth == 0 or self.random.random() < 0.3:
            return self.line(functions, loop)
        x, y, n = self.value(functions), self.value(functions), self.name()
        a, b, c = (self.block(functions, depth - 1, loop) for _ in range(3))
        inner = self.block(functions, depth - 1, True)
        deeper = [self.block(functions, depth - 1, loop, 8) for _ in range(2)]
        return self.pick(
            f"if {x}:\n{a}",
            f"if {x}:\n{a}\nelse:\n{b}",
            f"if {x}:\n{a}\nelif {y}:\n{b}\nelse:\n{c}",
            f"if not ({x} and {y}):\n{a}\nelse:\n{b}",
            f"for {n} in range({x} & 3):\n{inner}\nelse:\n{a}",
            f"for _ in range(3):\n{inner}",
            f"for k in [{x}, 2, 0]:\n{inner}",
            f"k = 0\nwhile (k := k + 1) < 4 and {x}:\n{inner}\nelse:\n{a}",
            f"k = 0\nwhile True:\n    k += 1\n    if k > 3:\n        break\n{inner}",
            f"try:\n{a}\nexcept ValueError as {n}:\n{b}",
            f"try:\n{a}\n    int('x')\nexcept Exception as {n}:\n{b}\nelse:\n{c}",
            f"try:\n{a}\nexcept NameError:\n{b}\nelse:\n{c}\nfinally:\n{self.block(functions, depth - 1, False)}",
            f"with open('/dev/null') as {self.pick('q', n)}:\n{a}",
            f"match {x}:\n    case 1:\n{deeper[0]}\n    case {n} if {y}:\n{deeper[1]}",
            f"match [{x}]:\n    case [0] | [1]:\n{deeper[0]}\n    case [{n}]:\n{deeper[1]}",
        )

    def function(self) -> str:
        index = self.random.randrange(3)
        known, this = FUNCTIONS[:index], FUNCTIONS[index]
        value, n = self.value(known), self.name()
        deep = self.block(known, 1, False, 8)
        while any(word in deep for word in ("eval(", "exec(", "globals(")):
            deep = self.block(known, 1, False, 8)
        body = deep.replace("        ", "    ", 1).replace("\n        ", "\n    ")
        alias = known[-1] if known else "f"
        loose = self.pick(f"    global {n}\n", "")
        if loose:
            body = body.replace("del ", "").replace(f"{n}: int", n)
        choices = [
            f"{this} = lambda: {value}",
            f"def {this}():\n{loose}{body}\n    return {value}",
            f"def {this}():\n{loose}{body}\n    return {value}",
            f"def {this}():\n    def inner():\n{deep}\n        return {value}\n    return inner()",
            f"class Box:\n    {n} = 1\n    def go(self):\n{deep}\n        return {value}\nbox = Box()\n{this} = box.go",
        ]
        return self.pick(*choices, *([f"{this} = {alias}"] if known else []))

    def program(self) -> str:
        parts = [PRELUDE]
        for _ in range(self.random.randint(1, 5)):
            parts.append(
                self.function() if self.random.random() < 0.3 else self.statement(FUNCTIONS, self.random.randint(1, 2))
            )
        return "\n".join(parts)


def compiles(program: str) -> bool:
    try:
        compile(program, "x", "exec")
    except SyntaxError:  # a walrus that rebinds an iteration variable, ``global`` after use
        return False
    return True


programs = st.randoms(use_true_random=False).map(lambda random: Writer(random).program()).filter(compiles)
QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@given(programs)
@settings(max_examples=300, **QUIET)
@example("a = 1\ndel a\nfor i in [1]:\n    a = 2\n    break\nelse:\n    b = 1")
@example("x = 1\ntry:\n    int('q')\n    x = 2\nexcept ValueError as x:\n    pass")
def test_reads_and_bindings_of_random_programs(program: str) -> None:
    """What a statement reads from outside and binds is what was foreseen."""
    check(program)


@pytest.mark.slow
@given(programs)
@settings(max_examples=20_000, **QUIET)
def test_reads_and_bindings_of_many_random_programs(program: str) -> None:
    """The same, for longer."""
    check(program)
