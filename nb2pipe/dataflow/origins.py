"""Whose objects an expression may give access to: the names behind views, containers and loop variables."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from nb2pipe.dataflow.body import Body
from nb2pipe.dataflow.effects import ITEM_VIEWS, ITERATORS, KEEPERS, SAME_OBJECT_BUILTINS, SAME_OBJECT_METHODS
from nb2pipe.dataflow.facts import NO_ORIGINS, Origins, weaken


def origins(body: Body, node: ast.AST) -> Origins:
    """Origins of a value that is passed on: certain only for a plain name."""
    if isinstance(node, ast.Constant):
        return NO_ORIGINS
    if isinstance(node, ast.Name):
        return body.origins_of(node.id)
    return weaken(_inside(body, node))


def aliases(body: Body, node: ast.AST) -> Origins:
    """Origins of a value that is assigned: from here on changes are only possibly shared."""
    return weaken(origins(body, node))


def _union(body: Body, nodes: Iterable[ast.AST | None]) -> Origins:
    parts = [origins(body, node) for node in nodes if node is not None]
    return NO_ORIGINS.union(*parts) if parts else NO_ORIGINS


def _inside(body: Body, node: ast.AST) -> Origins:  # noqa: PLR0911 - one return per kind of expression
    match node:
        case ast.Attribute() | ast.Subscript() | ast.Starred():
            return owner(body, node)
        case ast.List() | ast.Tuple() | ast.Set():
            return _union(body, node.elts)
        case ast.Dict():
            return _union(body, node.values)
        case ast.IfExp():
            return _union(body, (node.body, node.orelse))
        case ast.BoolOp():
            return _union(body, node.values)
        case ast.NamedExpr() | ast.Await():
            return origins(body, node.value)
        case ast.Call():
            return _same_object(body, node)
    return NO_ORIGINS


def _same_object(body: Body, node: ast.Call) -> Origins:
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr in SAME_OBJECT_METHODS:
        return origins(body, func.value)
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    if name in KEEPERS or (isinstance(func, ast.Name) and name in SAME_OBJECT_BUILTINS):
        return _union(body, [*node.args, *(keyword.value for keyword in node.keywords)])
    return NO_ORIGINS


def owner(body: Body, node: ast.AST) -> Origins:
    """Origins of ``a`` in ``a.b[c].d``: changing the inner object changes the outer one."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return body.origins_of(node.id) if isinstance(node, ast.Name) else NO_ORIGINS


def owner_through_calls(body: Body, node: ast.AST) -> tuple[Origins, bool]:
    """The same through method calls (``a.get(k).x``), and whether there was one."""
    called = False
    while True:
        if isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node, called = node.func.value, True
        else:
            break
    return (body.origins_of(node.id) if isinstance(node, ast.Name) else NO_ORIGINS), called


def elements(body: Body, node: ast.AST) -> Origins:
    """Origins of the items that iterating over ``node`` gives; a certain change of an item is one of its owner."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        parts = [origins(body, item) for item in node.elts]
        return NO_ORIGINS.union(*parts) if parts else NO_ORIGINS
    if isinstance(node, ast.Dict):
        return _union(body, node.keys)
    if isinstance(node, ast.Call):
        func = node.func
        if isinstance(func, ast.Attribute) and func.attr in ITEM_VIEWS:
            return (
                elements(body, func.value) if not isinstance(func.value, ast.Dict) else _union(body, func.value.values)
            )
        if isinstance(func, ast.Name) and func.id in ITERATORS:
            parts = [elements(body, arg) for arg in node.args]
            return NO_ORIGINS.union(*parts) if parts else NO_ORIGINS
    return origins(body, node)


def elements_by_target(body: Body, target: ast.expr, node: ast.AST) -> list[Origins] | None:
    """Origins per target of ``for a, b in ...`` where the iterator says which item goes where."""
    if not isinstance(target, (ast.Tuple, ast.List)) or any(isinstance(t, ast.Starred) for t in target.elts):
        return None
    width = len(target.elts)
    if isinstance(node, ast.Call) and not any(isinstance(a, ast.Starred) for a in node.args):
        func = node.func
        if isinstance(func, ast.Name) and func.id == "zip" and len(node.args) == width:
            return [elements(body, arg) for arg in node.args]
        if isinstance(func, ast.Name) and func.id == "enumerate" and width == 2 and node.args:
            return [NO_ORIGINS, elements(body, node.args[0])]
        if isinstance(func, ast.Attribute) and func.attr in ITEM_VIEWS and width == 2:
            return [NO_ORIGINS, elements(body, node)]
    return None
