"""Walking statements: bindings, control flow, definitions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from nb2pipe.dataflow import branches
from nb2pipe.dataflow.body import MISPLACED, Body
from nb2pipe.dataflow.expressions import dotted, expression, expressions, make_lambda
from nb2pipe.dataflow.facts import NO_ORIGINS, Bind, BindTogether, Call, Definition, Event, Load, Origins, Read, weaken
from nb2pipe.dataflow.functions import function_definition
from nb2pipe.dataflow.origins import aliases, origins, owner
from nb2pipe.dataflow.scopes import (
    FUNCTIONS,
    FunctionNode,
    ScopeKind,
    annotations_of,
    class_scope,
    defaults_of,
    is_global,
    type_scope,
)
from nb2pipe.dataflow.targets import bind_target, escape, store
from nb2pipe.model import BindingKind


def block(body: Body, nodes: Sequence[ast.stmt]) -> None:
    """Walk statements in order."""
    for node in nodes:
        statement(body, node)


def statement(body: Body, node: ast.stmt) -> None:
    """Walk one statement."""
    handler = _STATEMENTS.get(type(node))
    if handler is not None:
        handler(body, node)
    elif not branches.walk(body, node, block):
        expressions(body, ast.iter_child_nodes(node))


def optional_block(body: Body, nodes: Sequence[ast.stmt]) -> None:
    """Walk statements that may not run."""
    body.flow.optional(lambda: block(body, nodes))


def _expr(body: Body, node: ast.Expr) -> None:
    expression(body, node.value)


# ---------------------------------------------------------------- assignments


def _assign(body: Body, node: ast.Assign) -> None:
    value = node.value
    if isinstance(value, ast.Lambda) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        _name_lambda(body, node.targets[0], value)
        return
    if isinstance(value, ast.Tuple) and len(node.targets) == 1 and _pairwise(body, node.targets[0], value):
        return
    mark, start = len(body.loads), len(body.events)
    expression(body, value)
    loads = body.loads[mark:]
    if isinstance(value, ast.GeneratorExp):
        reads: list[Event] = [event for event in body.events[start:] if isinstance(event, Read)]
        loads.append((Definition("<generator>", events=reads), False))
    for target in node.targets:
        _assign_one(body, target, value, loads)


def _assign_one(body: Body, target: ast.expr, value: ast.expr, loads: Sequence[Load]) -> None:
    if isinstance(target, ast.Name):
        body.emit_bind(_bind_name(body, target, value, loads))
    else:
        escape(body, target, value)
        bind_target(body, target, aliases(body, value), loads, expression)


def _bind_name(body: Body, target: ast.Name, value: ast.expr, loads: Sequence[Load]) -> Bind:
    root, path = dotted(value)
    alias = (root, *path) if root is not None and is_global(body.scope.find(root)) else None
    made = body.events[-1] if isinstance(value, ast.Call) and body.events else None
    return Bind(
        target.id,
        body.position(target),
        alias=alias,
        call=made if isinstance(made, Call) else None,
        loads=tuple(loads),
        origins=aliases(body, value),
    )


def _pairwise(body: Body, target: ast.expr, value: ast.Tuple) -> bool:
    """``a, b = c, d``: each target gets its own value."""
    if not isinstance(target, (ast.Tuple, ast.List)) or len(target.elts) != len(value.elts):
        return False
    if not all(isinstance(t, ast.Name) for t in target.elts) or any(isinstance(v, ast.Starred) for v in value.elts):
        return False
    made: list[Bind] = []
    for name, item in zip(target.elts, value.elts, strict=True):
        assert isinstance(name, ast.Name)
        mark = len(body.loads)
        expression(body, item)
        made.append(_bind_name(body, name, item, body.loads[mark:]))
    events = [event for event in map(body.bind, made) if event is not None]
    if events:
        body.events.append(BindTogether(events))
    return True


def _name_lambda(body: Body, target: ast.Name, value: ast.Lambda) -> None:
    mark = len(body.loads)
    definition = make_lambda(body, value)
    definition.name = target.id
    captured = tuple(body.loads[mark:])
    if not body.is_module:
        _define_inside(body, definition)
    body.emit_bind(Bind(target.id, body.position(target), BindingKind.FUNCTION, definition=definition, loads=captured))


def _aug_assign(body: Body, node: ast.AugAssign) -> None:
    target = node.target
    mark = len(body.loads)
    if isinstance(target, ast.Name):
        body.read(target.id, target)
        found: Origins = body.origins_of(target.id)
        expression(body, node.value)
        loads = tuple(body.loads[mark:])
        body.mutate(found, target, loads=loads)
        body.emit_bind(Bind(target.id, body.position(target), origins=found, loads=loads))
        return
    expression(body, target)
    expression(body, node.value)
    body.mutate(owner(body, target), target, loads=body.loads[mark:])


def _ann_assign(body: Body, node: ast.AnnAssign) -> None:
    if node.value is not None:
        plain = ast.Assign(targets=[node.target], value=node.value)
        _assign(body, ast.copy_location(plain, node))
    evaluated = body.is_module or body.scope.kind is ScopeKind.CLASS  # never in a function
    if evaluated and not body.lazy_annotations:
        expression(body, node.annotation)


def _delete(body: Body, node: ast.Delete) -> None:
    stack: list[ast.expr] = list(reversed(node.targets))
    while stack:
        target = stack.pop()
        if isinstance(target, ast.Name):
            body.delete(target.id, target)
        elif isinstance(target, (ast.Tuple, ast.List)):
            stack.extend(reversed(target.elts))
        else:
            store(body, target, (), expression)


def _type_alias(body: Body, node: Any) -> None:
    outer = body.scope
    body.scope = type_scope(outer, node)
    optional_block(body, [ast.Expr(node.value)])
    body.scope = outer
    body.bind_plain(node.name.id, node.name)


# ---------------------------------------------------------------- imports


def _import(body: Body, node: ast.Import) -> None:
    for alias in node.names:
        root = alias.name.split(".")[0]
        module = alias.name if alias.asname else root
        _bind_import(body, alias.asname or root, module, alias)


def _import_from(body: Body, node: ast.ImportFrom) -> None:
    origin = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name == "*":
            body.note("star-import", f"from {origin} import * binds names that cannot be seen here", node)
        else:
            joined = origin + alias.name if origin.endswith(".") else f"{origin}.{alias.name}"
            _bind_import(body, alias.asname or alias.name, joined, alias)


def _bind_import(body: Body, name: str, module: str, node: ast.alias) -> None:
    body.emit_bind(Bind(name, body.position(node), BindingKind.IMPORT, module=module, origins=NO_ORIGINS))


# ---------------------------------------------------------------- definitions


def _function(body: Body, node: FunctionNode) -> None:
    mark = len(body.loads)
    _decorators(body, node.decorator_list)
    expressions(body, defaults_of(node.args))
    if not body.lazy_annotations:
        outer = body.scope
        body.scope = type_scope(outer, node)
        expressions(body, annotations_of(node))
        body.scope = outer
    captured = tuple(body.loads[mark:])
    definition = function_definition(body, node, block)
    if not body.is_module:
        _define_inside(body, definition)
        body.local_functions.add(body.scope.find(node.name))
    at = _name_position(body, node)
    body.emit_bind(Bind(node.name, at, BindingKind.FUNCTION, definition=definition, loads=captured))


def _decorators(body: Body, nodes: Sequence[ast.expr]) -> None:
    """``@show.register`` is called with what it decorates, and may keep it."""
    for node in nodes:
        called = ast.copy_location(ast.Call(func=node, args=[], keywords=[]), node)
        expression(body, called if isinstance(node, ast.Attribute) else node)


def _define_inside(body: Body, definition: Definition) -> None:
    """A function inside another one counts as part of it: it is almost always called or handed out."""
    body.inline(definition)


def _class(body: Body, node: ast.ClassDef) -> None:
    mark = len(body.loads)
    _decorators(body, node.decorator_list)
    outer = body.scope
    parts: dict[str, Definition] = {}
    body.scope = type_scope(outer, node)
    start = len(body.events)
    expressions(body, node.bases)
    for event in body.events[start:]:
        if isinstance(event, Read):
            event.at_rest = all(isinstance(base, (ast.Name, ast.Attribute)) for base in node.bases)
    for keyword in node.keywords:
        expression(body, keyword.value)
    body.scope = class_scope(body.scope, node.body)
    body.parts.append(parts)
    body.flow.depth += 1
    block(body, node.body)
    body.flow.depth -= 1
    body.parts.pop()
    body.scope = outer
    definition = Definition(node.name, is_class=True, at=body.position(node), parts=parts, returns_value=True)
    for part in parts.values():
        part.owner = definition
    at = _name_position(body, node)
    loads = tuple(body.loads[mark:])
    body.emit_bind(Bind(node.name, at, BindingKind.CLASS, definition=definition, loads=loads))


def _name_position(body: Body, node: FunctionNode | ast.ClassDef) -> tuple[int, int, int]:
    """Where the name stands behind ``def``, ``async def`` or ``class`` when nothing unusual is between."""
    if body.override is not None:
        return body.override
    skip = {ast.FunctionDef: 4, ast.AsyncFunctionDef: 10, ast.ClassDef: 6}[type(node)]
    start = node.col_offset + skip
    return (node.lineno, start, start + len(node.name.encode()))


def _return(body: Body, node: ast.Return) -> None:
    if body.is_module or body.scope.kind is ScopeKind.CLASS:
        body.note(MISPLACED, "'return' outside function", node)
    if node.value is not None:
        expression(body, node.value)
        body.returns |= weaken(origins(body, node.value))
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            body.returns_value = True
    body.flow.dead = True


def _nothing(_body: Body, _node: ast.stmt) -> None:
    pass


def _function_or_class() -> dict[type[ast.AST], Callable[[Body, Any], None]]:
    return {**dict.fromkeys(FUNCTIONS, _function), ast.ClassDef: _class}


_STATEMENTS: dict[type[ast.AST], Callable[[Body, Any], None]] = {
    ast.Expr: _expr,
    ast.Assign: _assign,
    ast.AugAssign: _aug_assign,
    ast.AnnAssign: _ann_assign,
    ast.Delete: _delete,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    **_function_or_class(),
    ast.Return: _return,
    ast.Global: _nothing,
    ast.Nonlocal: _nothing,
    ast.Pass: _nothing,
}
if hasattr(ast, "TypeAlias"):
    _STATEMENTS[ast.TypeAlias] = _type_alias
