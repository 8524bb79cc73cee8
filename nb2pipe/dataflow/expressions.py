"""Walking expressions in the order Python evaluates them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from nb2pipe.dataflow import dynamic
from nb2pipe.dataflow.body import MISPLACED, Body
from nb2pipe.dataflow.effects import ACCESSORS, CONSUMERS, PLAIN_BUILTINS, PLAIN_METHODS
from nb2pipe.dataflow.facts import NO_ORIGINS, Call, Definition, Origins, Slot, weaken
from nb2pipe.dataflow.functions import lambda_definition
from nb2pipe.dataflow.origins import aliases, elements, origins, owner_through_calls
from nb2pipe.dataflow.scopes import ScopeKind, comprehension_scope, defaults_of
from nb2pipe.dataflow.targets import bind_target


def expression(body: Body, node: ast.AST | None) -> None:
    """Walk one expression."""
    if node is not None:
        _EXPRESSIONS.get(type(node), _children)(body, node)


def expressions(body: Body, nodes: Iterable[ast.AST | None]) -> None:
    """Walk several expressions in order."""
    for node in nodes:
        expression(body, node)


def _children(body: Body, node: ast.AST) -> None:
    for child in ast.iter_child_nodes(node):
        expression(body, child)


def _nothing(_body: Body, _node: ast.AST) -> None:
    pass


def _name(body: Body, node: ast.Name) -> None:
    if isinstance(node.ctx, ast.Load):
        body.read(node.id, node)


def _attribute(body: Body, node: ast.Attribute) -> None:
    expression(body, node.value)


def _subscript(body: Body, node: ast.Subscript) -> None:
    if not dynamic.namespace_item(body, node):
        expression(body, node.value)
    expression(body, node.slice)


def _binary(body: Body, node: ast.BinOp) -> None:
    spine: list[ast.expr] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp):
        spine.append(left.right)
        left = left.left
    expression(body, left)
    expressions(body, reversed(spine))


def _compare(body: Body, node: ast.Compare) -> None:
    expression(body, node.left)
    if len(node.ops) == 1 and dynamic.membership(body, node):
        return
    expression(body, node.comparators[0])
    maybe(body, node.comparators[1:])


def maybe(body: Body, nodes: Iterable[ast.AST]) -> None:
    """Walk expressions of which each is only evaluated if the one before let it."""
    for node in nodes:
        body.flow.optional(partial(expression, body, node))


def surely(body: Body, test: ast.expr, truth: bool) -> None:
    """Walk a condition of which the outcome is known: in ``a and b`` that held, ``b`` was evaluated."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) is truth:
        for value in test.values:
            surely(body, value, truth)
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        surely(body, test.operand, not truth)
    else:
        expression(body, test)


def depends_on_outcome(test: ast.expr) -> bool:
    """Whether a condition binds names in a part that may be skipped."""
    if not isinstance(test, (ast.BoolOp, ast.UnaryOp)):
        return False
    return any(isinstance(part, ast.NamedExpr) for part in ast.walk(test))


def _boolean(body: Body, node: ast.BoolOp) -> None:
    expression(body, node.values[0])
    maybe(body, node.values[1:])


def _conditional(body: Body, node: ast.IfExp) -> None:
    expression(body, node.test)
    flow = body.flow
    flow.join([flow.branch(partial(expression, body, branch)) for branch in (node.body, node.orelse)])


def _walrus(body: Body, node: ast.NamedExpr) -> None:
    mark = len(body.loads)
    expression(body, node.value)
    inner = body.scope
    while body.scope.kind is ScopeKind.COMPREHENSION and body.scope.parent is not None:
        body.scope = body.scope.parent
    body.bind_plain(node.target.id, node.target, aliases(body, node.value), mark)
    body.scope = inner


def _lambda(body: Body, node: ast.Lambda) -> None:
    definition = make_lambda(body, node)
    if body.scope.kind is ScopeKind.CLASS and body.parts:
        body.add_part("<lambda>", definition)
    else:
        body.inline(definition)
    if not body.consuming:
        body.lazy = True
        body.loads.append((definition, False))


def make_lambda(body: Body, node: ast.Lambda) -> Definition:
    """Walk a lambda: its defaults run now, its body later."""
    expressions(body, defaults_of(node.args))
    return lambda_definition(body, node, expression)


def _comprehension(body: Body, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
    outer = body.scope
    expression(body, node.generators[0].iter)
    first = elements(body, node.generators[0].iter)
    body.scope = comprehension_scope(outer, node.generators)

    def once() -> None:
        for index, generator in enumerate(node.generators):
            if index:
                expression(body, generator.iter)
            found = elements(body, generator.iter) if index else first
            bind_target(body, generator.target, found, (), expression)
            for test in generator.ifs:
                surely(body, test, True)
        expressions(body, (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,))

    body.flow.optional(once)
    body.scope = outer


def _dict(body: Body, node: ast.Dict) -> None:
    for key, value in zip(node.keys, node.values, strict=True):
        expression(body, key)
        expression(body, value)


def _yield(body: Body, node: ast.Yield | ast.YieldFrom) -> None:
    expression(body, node.value)
    if body.is_module:
        body.note(MISPLACED, "'yield' outside function", node)
    body.lazy = body.returns_value = True


# ---------------------------------------------------------------- calls


def _call(body: Body, node: ast.Call) -> None:
    mark = len(body.loads)
    func = node.func
    if isinstance(func, ast.Name):
        body.read(func.id, func, called=True)
    else:
        expression(body, func)
    if dynamic.special_call(body, node):
        return
    start = len(body.loads)
    consumed = _consumes(func)
    body.consuming += consumed
    expressions(body, node.args)
    for keyword in node.keywords:
        expression(body, keyword.value)
    body.consuming -= consumed
    _emit_call(body, node, start)
    if _is_plain(func):
        del body.loads[mark:]


def _consumes(func: ast.expr) -> bool:
    if isinstance(func, ast.Attribute):
        return func.attr in CONSUMERS
    return isinstance(func, ast.Name) and func.id in CONSUMERS and func.id not in ("map", "filter")  # these are lazy


def _is_plain(func: ast.expr) -> bool:
    if isinstance(func, ast.Name):
        return func.id in PLAIN_BUILTINS
    return isinstance(func, ast.Attribute) and func.attr in PLAIN_METHODS


def _emit_call(body: Body, node: ast.Call, start: int) -> None:
    func = node.func
    name, path = dotted(func)
    root, module = body.root(name) if name is not None else (None, None)
    receiver, fresh = owner_through_calls(body, func.value) if isinstance(func, ast.Attribute) else (NO_ORIGINS, False)
    through_accessor = isinstance(func, ast.Attribute) and _is_accessor(func.value)
    args: list[tuple[Slot, Origins]] = []
    for index, arg in enumerate(node.args):
        found = origins(body, arg)
        if found:
            args.append((None if isinstance(arg, ast.Starred) else index, found))
    inplace = False
    for keyword in node.keywords:
        found = origins(body, keyword.value)
        if found:
            args.append((keyword.arg, found))
        if keyword.arg == "inplace":
            inplace = not (isinstance(keyword.value, ast.Constant) and not keyword.value.value)
    body.call(
        Call(
            at=body.position(func),
            root=root,
            path=path,
            method=func.attr if isinstance(func, ast.Attribute) else None,
            module=module,
            receiver=weaken(receiver) if fresh else receiver,
            fresh=fresh or through_accessor,
            args=tuple(args),
            slots=(*range(len(node.args)), *(keyword.arg for keyword in node.keywords)),
            inplace=inplace,
            loads=tuple(body.loads[start:]),
        )
    )


def _is_accessor(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ACCESSORS


def dotted(node: ast.AST) -> tuple[str | None, tuple[str, ...]]:
    """``a.b.c`` as (``a``, (``b``, ``c``)); no name for anything else."""
    path: list[str] = []
    while isinstance(node, ast.Attribute):
        path.append(node.attr)
        node = node.value
    return (node.id, tuple(reversed(path))) if isinstance(node, ast.Name) else (None, ())


_EXPRESSIONS: dict[type[ast.AST], Callable[[Body, Any], None]] = {
    ast.Name: _name,
    ast.Constant: _nothing,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.IfExp: _conditional,
    ast.NamedExpr: _walrus,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.Dict: _dict,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
    ast.Load: _nothing,
}
