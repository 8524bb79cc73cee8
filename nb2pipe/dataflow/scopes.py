"""Which names a function, class or comprehension owns, by Python's own rules.

The tests compare every answer with :mod:`symtable` over the standard library. ``symtable`` itself is not used here
because its tables can be matched with syntax nodes only by order, and that order differs between Python versions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from itertools import count

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LATER = (ast.Lambda, *COMPREHENSIONS)
_numbers = count(1)


class ScopeKind(Enum):
    """What sort of block a scope is."""

    MODULE = 0
    FUNCTION = 1
    CLASS = 2
    COMPREHENSION = 3


@dataclass(slots=True, eq=False)
class Scope:
    """One block of names. A name of the module is its own key; other names get a key with the scope's number."""

    kind: ScopeKind
    parent: Scope | None = None
    names: frozenset[str] = frozenset()
    globals: frozenset[str] = frozenset()
    number: int = field(default_factory=lambda: next(_numbers))

    def key(self, name: str) -> str:
        """How the flow calls a name that this scope owns."""
        return f"{name}.{self.number}"

    def find(self, name: str) -> str:
        """The key of ``name`` as read or bound in this scope."""
        if self.parent is None:
            return name
        if name in self.globals:
            return name
        if name in self.names:
            return self.key(name)
        return self.find_outside(name)

    def find_outside(self, name: str) -> str:
        """The key of a name that this scope does not own: nested scopes cannot see a class's names."""
        scope = self.parent
        while scope is not None:
            if scope.kind is not ScopeKind.CLASS:
                if name in scope.globals:
                    return name
                if name in scope.names:
                    return scope.key(name)
            scope = scope.parent
        return name


def is_global(key: str) -> bool:
    """Whether a key stands for a name of the notebook."""
    return "." not in key


class _Owned:
    """Collects what a block binds without entering nested blocks (but a walrus leaves a comprehension)."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()

    def collect(self, nodes: Iterable[ast.AST]) -> None:
        """Visit without recursion, so that deep code cannot exhaust the stack."""
        stack = list(nodes)
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Name):
                if not isinstance(node.ctx, ast.Load):
                    self.bound.add(node.id)
            elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                self.bound.add(node.name)
                stack.extend(around(node))
            elif isinstance(node, _LATER):
                self._later(node, stack)
            else:
                self._other(node)
                stack.extend(ast.iter_child_nodes(node))

    def _other(self, node: ast.AST) -> None:
        if isinstance(node, ast.alias):
            self.bound.add(node.asname or node.name.split(".")[0])
        elif isinstance(node, ast.Global):
            self.globals.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            self.nonlocals.update(node.names)
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
            self.bound.update([node.name] if node.name else [])
        elif isinstance(node, ast.MatchMapping) and node.rest:
            self.bound.add(node.rest)

    def _later(self, node: ast.AST, stack: list[ast.AST]) -> None:
        if isinstance(node, ast.Lambda):
            stack.extend(d for d in [*node.args.defaults, *node.args.kw_defaults] if d is not None)
            return
        inner = list(ast.iter_child_nodes(node))
        while inner:
            part = inner.pop()
            if isinstance(part, ast.NamedExpr):
                self.bound.add(part.target.id)
            if not isinstance(part, ast.Lambda):
                inner.extend(ast.iter_child_nodes(part))


def around(node: ast.AST) -> list[ast.AST]:
    """The parts of a ``def`` or ``class`` that the enclosing block evaluates."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    assert isinstance(node, FUNCTIONS)
    return [*node.decorator_list, *defaults_of(node.args), *annotations_of(node)]


def defaults_of(args: ast.arguments) -> list[ast.expr]:
    """Default values, evaluated when the function is defined."""
    return [*args.defaults, *(d for d in args.kw_defaults if d is not None)]


def annotations_of(node: FunctionNode) -> list[ast.expr]:
    """Annotations of parameters and the result."""
    found = [arg.annotation for arg in parameters_of(node.args)]
    return [a for a in [*found, node.returns] if a is not None]


def parameters_of(args: ast.arguments) -> list[ast.arg]:
    """All parameters of a function, in no particular order for the starred ones."""
    starred = [a for a in (args.vararg, args.kwarg) if a is not None]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *starred]


def function_scope(parent: Scope, args: ast.arguments, body: Iterable[ast.AST]) -> Scope:
    """The scope of a function or lambda."""
    owned = _Owned()
    owned.collect(body)
    names = owned.bound | {arg.arg for arg in parameters_of(args)}
    names -= owned.globals | owned.nonlocals
    return Scope(ScopeKind.FUNCTION, parent, frozenset(names), frozenset(owned.globals))


def class_scope(parent: Scope, body: Iterable[ast.AST]) -> Scope:
    """The scope of a class body."""
    owned = _Owned()
    owned.collect(body)
    names = owned.bound - owned.globals - owned.nonlocals
    return Scope(ScopeKind.CLASS, parent, frozenset(names), frozenset(owned.globals))


def comprehension_scope(parent: Scope, generators: Iterable[ast.comprehension]) -> Scope:
    """The scope of a comprehension: its iteration variables only."""
    owned = {n.id for g in generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
    return Scope(ScopeKind.COMPREHENSION, parent, frozenset(owned))


def type_scope(parent: Scope, node: ast.AST) -> Scope:
    """The scope of ``[T]`` behind a name (Python 3.12), or the parent where there is none."""
    names = {p.name for p in getattr(node, "type_params", ())}
    return Scope(ScopeKind.FUNCTION, parent, frozenset(names)) if names else parent
