"""Random programs are run in a namespace that records what each statement reads and binds; the analysis must foresee it."""

from __future__ import annotations

import ast
import re
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
        self.reads |= {name} - {"__annotations__"}
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


VALUES = """\
(X + Y)
(X and Y)
(X or Y)
(X < Y < Z)
(X if Y else Z)
(N := X)
sum([X for i in range(2) if Y])
sum([X for N in range(2) if Y])
sum(X + i for i in range(Y & 3) for N in range(i))
len(f'{N}')
(lambda N: X)(Y)
eval('N + 1')
[X, Y][0]""".splitlines()

LINES = """\
N = X
N = Y
N += X
N, M = X, Y
N = M = X
N: int = X
X
del N
assert X or 1, Y
exec('N = M')
from os import path as N; N = 1
globals()['N'] = X""".splitlines()

COMPOUNDS = [
    "if X:\n    A",
    "if X:\n    A\nelse:\n    B",
    "if X:\n    A\nelif Y:\n    B\nelse:\n    C",
    "if not (X and Y):\n    A\nelse:\n    B",
    "for N in range(X & 3):\n    L\nelse:\n    A",
    "for _ in range(3):\n    L",
    "for i in [X, 2, 0]:\n    L",
    "K = 0\nwhile (K := K + 1) < 4 and X:\n    L\nelse:\n    A",
    "K = 0\nwhile True:\n    K += 1\n    if K > 3:\n        break\n    L",
    "try:\n    A\nexcept ValueError as N:\n    B",
    "try:\n    assert X\n    A\nexcept AssertionError:\n    B",
    "try:\n    A\n    int('x')\nexcept Exception as N:\n    B\nelse:\n    C",
    "try:\n    A\nexcept NameError:\n    B\nelse:\n    C\nfinally:\n    A",
    "with open('/dev/null') as N:\n    A",
    "match X:\n    case 1:\n        A\n    case N if Y:\n        B",
    "match [X]:\n    case [0] | [1]:\n        A\n    case [N]:\n        B",
]

DEFINITIONS = [
    "F = lambda: X",
    "def F():\n    A\n    return X",
    "def F():\n    global N\n    A\n    return X",
    "def F():\n    global N\n    N = N + X\n    A\n    return N",
    "def F():\n    def inner():\n        A\n        return X\n    return inner()",
    "class Box:\n    N = 1\n    def go(self):\n        A\n        return X\nbox = Box()\nF = box.go",
]


class Writer:
    """Writes random programs; hypothesis shrinks the random choices."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.count = 0

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def name(self) -> str:
        return self.random.choice(DATA)

    def fill(self, template: str, functions: list[str], depth: int, loop: bool = False) -> str:
        """Each mark of a template becomes a random part: N, M names, K a counter, X, Y, Z values, A, B, C blocks, L a loop's."""
        n, m = self.name(), self.name()
        self.count += 1
        lines = []
        for line in template.split("\n"):
            mark = line.strip()
            if mark in ("A", "B", "C", "L"):
                by = len(line) - len(mark)
                lines.append(self.block(functions, depth - 1, loop or mark == "L", by))
                continue
            for name, text in (("N", n), ("M", m), ("K", f"k{self.count}")):
                line = re.sub(rf"\b{name}\b", text, line)
            lines.append(re.sub(r"\b[XYZ]\b", lambda _: self.value(functions, max(depth - 1, 0)), line))
        return "\n".join(lines)

    def value(self, functions: list[str], depth: int = 2) -> str:
        if depth == 0 or self.random.random() < 0.3:
            return self.pick(self.name(), self.name(), "0", "1", "2", *[f"{f}()" for f in functions])
        return self.fill(self.pick(*VALUES), functions, depth)

    def line(self, functions: list[str], loop: bool) -> str:
        jumps = ["break", "continue"] * 2 if loop else []
        return self.fill(self.pick(*LINES, *jumps), functions, 2)

    def block(self, functions: list[str], depth: int, loop: bool, by: int) -> str:
        text = "\n".join(self.statement(functions, depth, loop) for _ in range(self.random.randint(1, 2)))
        return "\n".join(" " * by + line for line in text.split("\n"))

    def statement(self, functions: list[str], depth: int, loop: bool = False) -> str:
        if depth == 0 or self.random.random() < 0.3:
            return self.line(functions, loop)
        return self.fill(self.pick(*COMPOUNDS), functions, depth, loop)

    def function(self) -> str:
        index = self.random.randrange(3)
        known, this = FUNCTIONS[:index], FUNCTIONS[index]
        templates = [*DEFINITIONS, f"F = {known[-1]}"] if known else DEFINITIONS
        while True:
            text = re.sub(r"\bF\b", this, self.fill(self.pick(*templates), known, 2))
            # names in text are the function's own there, and a global may not be deleted past the recorder
            if not re.search(r"eval\(|exec\(|globals\(", text) and not ("global" in text and "del " in text):
                return text

    def program(self) -> str:
        parts = [PRELUDE]
        for _ in range(self.random.randint(1, 5)):
            depth = self.random.randint(1, 2)
            parts += [self.function() if self.random.random() < 0.3 else self.statement(FUNCTIONS, depth)]
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
@example(
    "c = 1\nif c:\n    del c\n    k = 0\n    while True:\n        k += 1\n        if k > 1:\n            break\n        c = 3"
)
@example("x = 1\ntry:\n    int('q')\n    x = 2\nexcept ValueError as x:\n    pass")
def test_reads_and_bindings_of_random_programs(program: str) -> None:
    """What a statement reads from outside and binds is what was foreseen."""
    check(program)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@given(programs)
@settings(max_examples=4_000, **QUIET)
def test_reads_and_bindings_of_many_random_programs(program: str) -> None:
    """The same, for longer."""
    check(program)
