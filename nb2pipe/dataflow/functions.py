"""From the body of a function or lambda to a :class:`Definition`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from nb2pipe.dataflow.body import Body
from nb2pipe.dataflow.facts import NO_ORIGINS, Bind, Definition, Event, Mutate, Note, Position, Read, Sure
from nb2pipe.dataflow.memos import remembering_defaults
from nb2pipe.dataflow.scopes import FunctionNode, Scope, function_scope, parameters_of, type_scope


def open_body(outer: Body, scope: Scope, args: ast.arguments) -> Body:
    """A walk over a function's body; its parameters are bases, unless the function is inside another one."""
    inner = Body(scope, outer)
    for arg in parameters_of(args):
        base = frozenset({(":" + arg.arg, True)}) if outer.is_module else NO_ORIGINS
        inner.flow.set(scope.key(arg.arg), True, base)
    return inner


def close_body(outer: Body, inner: Body, name: str, args: ast.arguments, at: Position) -> Definition:
    """What was found in a function's body."""
    for event in inner.events:
        if isinstance(event, Note):
            outer.events.append(event)
    return Definition(
        name=name,
        at=at,
        events=_condense(inner.events),
        loads=tuple(dict.fromkeys(inner.loads)),
        positional=tuple(a.arg for a in (*args.posonlyargs, *args.args)),
        keywords=frozenset(a.arg for a in (*args.args, *args.kwonlyargs)),
        rest=tuple(":" + a.arg for a in (args.vararg, args.kwarg) if a is not None),
        lazy=inner.lazy,
        returns=inner.returns,
        returns_value=inner.returns_value,
        kept=_kept(args),
    )


def _kept(args: ast.arguments) -> frozenset[str]:
    positional = [*args.posonlyargs, *args.args]
    pairs = [
        *zip(reversed(positional), reversed(args.defaults), strict=False),
        *zip(args.kwonlyargs, args.kw_defaults, strict=True),
    ]
    made = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.Call)
    return frozenset(":" + arg.arg for arg, default in pairs if isinstance(default, made))


def _condense(events: Sequence[Event]) -> list[Event]:
    """Drop what a body says twice."""
    seen: set[tuple[object, ...]] = set()
    kept: list[Event] = []
    for event in events:
        match event:
            case Read():
                key: tuple[object, ...] = ("r", event.name, event.exposed, event.called, event.optional, event.hidden)
            case Mutate():
                key = ("m", event.base, event.certain, event.loads)
            case Bind():
                key = ("b", event.name)
            case Sure() | Note():
                continue
            case _:
                key = (id(event),)
        if key not in seen:
            seen.add(key)
            kept.append(event)
    return kept


def lambda_definition(outer: Body, node: ast.Lambda, walk: Callable[[Body, ast.expr], None]) -> Definition:
    """Walk a lambda's body, to be run later."""
    scope = function_scope(outer.scope, node.args, [node.body])
    inner = open_body(outer, scope, node.args)
    walk(inner, node.body)
    inner.returns_value = True
    return close_body(outer, inner, "<lambda>", node.args, outer.position(node))


def function_definition(outer: Body, node: FunctionNode, walk: Callable[[Body, list[ast.stmt]], None]) -> Definition:
    """Walk a function's body, to be run later."""
    scope = function_scope(type_scope(outer.scope, node), node.args, node.body)
    inner = open_body(outer, scope, node.args)
    walk(inner, node.body)
    if isinstance(node, ast.AsyncFunctionDef):
        inner.lazy = inner.returns_value = True
    definition = close_body(outer, inner, node.name, node.args, outer.position(node))
    if definition.kept:
        definition.kept -= {":" + name for name in remembering_defaults(node)}
    return definition
