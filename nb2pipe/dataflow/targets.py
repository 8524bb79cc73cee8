"""What gets bound: assignment targets, loop variables and ``match`` captures."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from nb2pipe.dataflow import dynamic
from nb2pipe.dataflow.body import Body
from nb2pipe.dataflow.facts import Bind, BindTogether, Load, Origins, weaken
from nb2pipe.dataflow.origins import elements, elements_by_target, origins, owner_through_calls
from nb2pipe.model import BindingKind

Evaluate = Callable[[Body, ast.AST | None], None]


def bind_loop_target(body: Body, target: ast.expr, iterable: ast.AST, evaluate: Evaluate, mark: int) -> None:
    """Bind the variables of a ``for`` to the items of ``iterable``, which was loaded since ``mark``."""
    loads = body.loads[mark:]
    by_target = elements_by_target(body, target, iterable)
    if by_target is not None and isinstance(target, (ast.Tuple, ast.List)):
        for item, found in zip(target.elts, by_target, strict=True):
            bind_target(body, item, found, loads, evaluate)
    else:
        bind_target(body, target, elements(body, iterable), loads, evaluate)


def bind_target(body: Body, target: ast.AST, found: Origins, loads: Sequence[Load], evaluate: Evaluate) -> None:
    """Bind or store into one target, all parts of which may get the value described by ``found`` and ``loads``."""
    binds: list[Bind] = []
    stack = [target]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name):
            bind = Bind(node.id, body.position(node), BindingKind.DATA, origins=found, loads=tuple(loads))
            event = body.bind(bind)
            if event is not None:
                binds.append(event)
        elif isinstance(node, (ast.Tuple, ast.List)):
            stack.extend(reversed(node.elts))
        elif isinstance(node, ast.Starred):
            stack.append(node.value)
        else:
            store(body, node, loads, evaluate)
    if binds:
        body.events.append(binds[0] if len(binds) == 1 else BindTogether(binds))


def store(body: Body, node: ast.AST, loads: Sequence[Load], evaluate: Evaluate) -> None:
    """``a.b = ...`` or ``a[b] = ...``: the object behind ``a`` changes."""
    if isinstance(node, ast.Subscript) and dynamic.namespace_store(body, node, loads):
        evaluate(body, node.slice)
        return
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        evaluate(body, node.value)
        if isinstance(node, ast.Subscript):
            evaluate(body, node.slice)
        found, _ = owner_through_calls(body, node.value)
        body.mutate(found, node, loads=loads)


def escape(body: Body, target: ast.AST, value: ast.AST) -> None:
    """A value stored into another object may be changed through that one later on."""
    if isinstance(target, (ast.Attribute, ast.Subscript)) and not body.is_module:
        parameters = frozenset(origin for origin in origins(body, value) if origin[0].startswith(":"))
        body.mutate(weaken(parameters), value, certain=False)


def bind_pattern(body: Body, pattern: ast.pattern, found: Origins, loads: Sequence[Load], evaluate: Evaluate) -> None:
    """Bind the captures of a ``match`` pattern to parts of the subject."""
    match pattern:
        case ast.MatchValue():
            evaluate(body, pattern.value)
        case ast.MatchClass():
            evaluate(body, pattern.cls)
        case ast.MatchMapping():
            for key in pattern.keys:
                evaluate(body, key)
    if isinstance(pattern, ast.MatchOr):
        _bind_alternatives(body, pattern, found, loads, evaluate)
        return
    children = [*getattr(pattern, "patterns", ()), *getattr(pattern, "kwd_patterns", ())]
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
        children.append(pattern.pattern)
    for child in children:
        bind_pattern(body, child, found, loads, evaluate)
    name = pattern.rest if isinstance(pattern, ast.MatchMapping) else getattr(pattern, "name", None)
    if name:
        body.emit_bind(Bind(name, body.position(pattern), BindingKind.DATA, origins=found, loads=tuple(loads)))


def _bind_alternatives(
    body: Body, pattern: ast.MatchOr, found: Origins, loads: Sequence[Load], evaluate: Evaluate
) -> None:
    outcomes = []
    for alternative in pattern.patterns:
        mark = body.flow.mark()
        bind_pattern(body, alternative, found, loads, evaluate)
        outcomes.append(body.flow.finish(mark))
    body.flow.join(outcomes)


def irrefutable(pattern: ast.pattern) -> bool:
    """Whether a pattern matches everything."""
    if isinstance(pattern, ast.MatchOr):
        return any(irrefutable(p) for p in pattern.patterns)
    return isinstance(pattern, ast.MatchAs) and (pattern.pattern is None or irrefutable(pattern.pattern))
