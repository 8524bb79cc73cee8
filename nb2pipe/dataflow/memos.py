"""Dicts that do nothing but remember what a function of the notebook computed for which arguments.

They are told by their code: looked into for a key, filled for that key, and what is filled in is what is returned. Like the
memory of ``functools.lru_cache`` they are no content: a process that begins with an empty one computes the same again.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

Function = ast.FunctionDef | ast.AsyncFunctionDef
#: The name of a function or class, and the variable, default argument or attribute that is its memory.
Memo = tuple[str, str]
#: Stands among the memories where the notebook asks ``lru_cache`` how often it was of use: then that counts.
COUNTED: Memo = ("functools", "cache_info")
_Is = Callable[[ast.AST], bool]


def memos(statements: Iterable[ast.stmt]) -> tuple[Memo, ...]:
    """All memories of the notebook; one is left out if another of that name is none."""
    found: dict[Memo, bool] = {}
    trees = list(statements)
    attributes = Counter(n.attr for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Attribute))
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, Function):
            for key, holds in [*_enclosed(node), *_defaults(node)]:
                found[key] = found.get(key, True) and holds
        elif isinstance(node, ast.ClassDef):
            for key, holds in _attributes(node, attributes):
                found[key] = found.get(key, True) and holds
    counted = [COUNTED] if COUNTED[1] in attributes else []
    return (*counted, *sorted(key for key, holds in found.items() if holds))


def remembering_defaults(function: Function) -> frozenset[str]:
    """Arguments whose default is such a memory."""
    return frozenset(name for (_, name), holds in _defaults(function) if holds)


def _enclosed(outer: Function) -> Iterator[tuple[Memo, bool]]:
    """``cache = {}`` in a function, for the function that it defines and returns."""
    inner = [statement for statement in outer.body if isinstance(statement, Function)]
    for statement in outer.body:
        name = _new_dict(statement)
        if name is None:
            continue
        users = [function for function in inner if _mentions(function, _named(name))]
        elsewhere = _mentions(outer, _named(name)) - sum(_mentions(function, _named(name)) for function in users)
        for function in users:
            yield (function.name, name), elsewhere == 1 and len(users) == 1 and _only_remembers(function, _named(name))


def _defaults(function: Function) -> Iterator[tuple[Memo, bool]]:
    """``def f(n, memo={})``."""
    plain = [*function.args.posonlyargs, *function.args.args]
    values = [*function.args.defaults, *(value for value in function.args.kw_defaults)]
    arguments = [*plain[len(plain) - len(function.args.defaults) :], *function.args.kwonlyargs]
    for argument, value in zip(arguments, values, strict=True):
        if value is not None and _is_new_dict(value):
            yield (function.name, argument.arg), _only_remembers(function, _named(argument.arg))


def _attributes(node: ast.ClassDef, everywhere: Counter[str]) -> Iterator[tuple[Memo, bool]]:
    """``self.memo = {}`` in ``__init__``, for one method, and read by nobody else."""
    methods = [statement for statement in node.body if isinstance(statement, Function)]
    for name in (name for method in methods if method.name == "__init__" for name in _set_to_new_dict(method)):

        def is_it(part: ast.AST, name: str = name) -> bool:
            return (
                isinstance(part, ast.Attribute)
                and part.attr == name
                and isinstance(part.value, ast.Name)
                and part.value.id == "self"
            )

        users = [method for method in methods if method.name != "__init__" and _mentions(method, is_it)]
        own = sum(_mentions(method, is_it) for method in methods)
        yield (
            (node.name, name),
            len(users) == 1
            and own == everywhere[name] == 1 + _mentions(users[0], is_it)
            and _only_remembers(users[0], is_it),
        )


# ---------------------------------------------------------------- one function


def _only_remembers(function: Function, is_it: _Is) -> bool:
    """Whether all that the function does with the dict is one of the usual ways to remember results."""
    body = [statement for statement in function.body if not isinstance(statement, ast.Nonlocal)]
    given_on = _given_on(function, is_it)
    first = next((at for at, statement in enumerate(body) if _mentions(statement, is_it)), None)
    if first is None:
        return True
    statement, rest = body[first], body[first + 1 :]
    known = _mentions(function, is_it) - given_on
    if isinstance(statement, ast.If):
        key = _asked_for(statement.test, is_it, ast.NotIn)
        if key is not None and not statement.orelse and len(rest) == 1:
            stored = statement.body[-1] if statement.body else None
            return known == 3 and _stores(stored, key, is_it) and _returns(rest[0], key, is_it)
        key = _asked_for(statement.test, is_it, ast.In)
        if key is not None and len(statement.body) == 1 and _returns(statement.body[0], key, is_it):
            return _fills(key, [*statement.orelse, *rest], is_it, known - 2)
    if isinstance(statement, ast.Try) and len(statement.body) == 1 and len(statement.handlers) == 1:
        returned = statement.body[0]
        handler = statement.handlers[0]
        fails = isinstance(handler.type, ast.Name) and handler.type.id == "KeyError"
        if fails and isinstance(returned, ast.Return) and isinstance(returned.value, ast.Subscript):
            key = ast.dump(returned.value.slice)
            return _returns(returned, key, is_it) and _fills(key, [*handler.body, *rest], is_it, known - 1)
    return False


def _fills(key: str, statements: Sequence[ast.stmt], is_it: _Is, known: int) -> bool:
    """``... C[K] = V ... return V``: the dict is mentioned ``known`` times in these statements."""
    stored = next((statement for statement in statements if _stores(statement, key, is_it)), None)
    if not isinstance(stored, ast.Assign) or not isinstance(statements[-1], ast.Return):
        return False
    last = statements[-1]
    if _returns(last, key, is_it):
        return known == 2
    same = isinstance(last.value, ast.Name) and isinstance(stored.value, ast.Name) and last.value.id == stored.value.id
    return same and known == 1


def _given_on(function: Function, is_it: _Is) -> int:
    """How often the dict is given on to the function itself: ``fib(n - 1, memo)``."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    own = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == function.name]
    return sum(is_it(value) for call in own for value in (*call.args, *(keyword.value for keyword in call.keywords)))


def _asked_for(test: ast.expr, is_it: _Is, operator: type[ast.cmpop]) -> str | None:
    one = isinstance(test, ast.Compare) and len(test.ops) == 1
    if isinstance(test, ast.Compare) and one and isinstance(test.ops[0], operator) and is_it(test.comparators[0]):
        return ast.dump(test.left)
    return None


def _stores(statement: ast.stmt | None, key: str, is_it: _Is) -> bool:
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    target = statement.targets[0]
    return isinstance(target, ast.Subscript) and is_it(target.value) and ast.dump(target.slice) == key


def _returns(statement: ast.stmt, key: str, is_it: _Is) -> bool:
    value = statement.value if isinstance(statement, ast.Return) else None
    return isinstance(value, ast.Subscript) and is_it(value.value) and ast.dump(value.slice) == key


# ---------------------------------------------------------------- parts


def _mentions(node: ast.AST, is_it: _Is) -> int:
    return sum(is_it(part) for part in ast.walk(node))


def _named(name: str) -> _Is:
    return lambda node: isinstance(node, ast.Name) and node.id == name


def _is_new_dict(node: ast.expr) -> bool:
    if isinstance(node, ast.Dict):
        return not node.keys
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict" and not node.args


def _new_dict(statement: ast.stmt) -> str | None:
    """The variable that a statement binds to a new, empty dict."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and _is_new_dict(statement.value):
        target = statement.targets[0]
        return target.id if isinstance(target, ast.Name) else None
    return None


def _set_to_new_dict(method: Function) -> Iterator[str]:
    """Attributes that ``__init__`` sets to a new, empty dict, alone or in an unpacking."""
    for statement in method.body:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        target, value = statement.targets[0], statement.value
        pairs = (
            zip(target.elts, value.elts, strict=False)
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            else [(target, value)]
        )
        for one, given in pairs:
            if isinstance(one, ast.Attribute) and _is_new_dict(given):
                yield one.attr
