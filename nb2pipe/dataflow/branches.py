"""Control flow: which bindings are certain behind ``if``, loops, ``try``, ``match`` and ``with``."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from functools import partial

from nb2pipe.dataflow.body import MISPLACED, Body
from nb2pipe.dataflow.expressions import depends_on_outcome, expression, surely
from nb2pipe.dataflow.facts import Bind, Position, Read
from nb2pipe.dataflow.flow import Jumps, Outcome
from nb2pipe.dataflow.origins import aliases
from nb2pipe.dataflow.targets import bind_loop_target, bind_pattern, bind_target, irrefutable

Block = Callable[[Body, Sequence[ast.stmt]], None]
_SWALLOWING = frozenset({"suppress", "raises", "assertRaises"})


def walk(body: Body, node: ast.stmt, block: Block) -> bool:
    """Walk a statement that branches; False if it is none."""
    match node:
        case ast.If():
            _if(body, node, block)
        case ast.For() | ast.AsyncFor():
            _for(body, node, block)
        case ast.While():
            _while(body, node, block)
        case ast.Try() | ast.TryStar():
            _try(body, node, block)
        case ast.With() | ast.AsyncWith():
            _with(body, node, block)
        case ast.Match():
            _match(body, node, block)
        case ast.Assert():
            _assert(body, node)
        case ast.Raise():
            expression(body, node.exc)
            expression(body, node.cause)
            body.flow.dead = True
        case ast.Break() | ast.Continue():
            _jump(body, node)
        case _:
            return False
    return True


def _truth(test: ast.expr) -> bool | None:
    return bool(test.value) if isinstance(test, ast.Constant) else None


def _if(body: Body, node: ast.If, block: Block) -> None:
    begin = _condition(body, node.test)
    truth = _truth(node.test)

    def run(taken: bool) -> None:
        begin(taken)
        block(body, node.body if taken else node.orelse)

    then = body.flow.branch(lambda: run(True))
    other = body.flow.branch(lambda: run(False))
    if truth is None:
        body.flow.join([then, other])
    else:
        body.flow.join([then if truth else other])


def _condition(body: Body, test: ast.expr) -> Callable[[bool], None]:
    """Walk a condition; what is returned begins the branch taken for its outcome."""
    if depends_on_outcome(test):
        return lambda truth: surely(body, test, truth)
    expression(body, test)
    return lambda _truth: None


def _assert(body: Body, node: ast.Assert) -> None:
    expression(body, node.test)
    if node.msg is not None:
        body.flow.optional(lambda: expression(body, node.msg))


# ---------------------------------------------------------------- loops


def _loop_body(body: Body, run: Callable[[], None]) -> tuple[Outcome, Jumps]:
    jumps = Jumps(body.flow.mark())
    body.flow.loops.append(jumps)
    outcome = body.flow.branch(run)
    body.flow.loops.pop()
    return outcome, jumps


def _breaks(body: Body, outcome: Outcome, jumps: Jumps) -> list[Outcome]:
    """How the loop ends at its ``break`` statements, which may come after earlier rounds of the body."""

    def after_rounds(broken: Outcome) -> None:
        body.flow.join([Outcome(), outcome, *jumps.continues])
        body.flow.apply(broken)

    return [body.flow.branch(partial(after_rounds, broken)) for broken in jumps.breaks]


def _for(body: Body, node: ast.For | ast.AsyncFor, block: Block) -> None:
    mark = len(body.loads)
    expression(body, node.iter)

    def once() -> None:
        bind_loop_target(body, node.target, node.iter, expression, mark)
        block(body, node.body)

    outcome, jumps = _loop_body(body, once)

    def normal() -> None:
        body.flow.join([Outcome(), outcome, *jumps.continues])
        block(body, node.orelse)

    body.flow.join([body.flow.branch(normal), *_breaks(body, outcome, jumps)])


def _while(body: Body, node: ast.While, block: Block) -> None:
    begin = _condition(body, node.test)
    forever = _truth(node.test)

    def once() -> None:
        begin(True)
        block(body, node.body)

    outcome, jumps = _loop_body(body, once)

    def normal() -> None:
        body.flow.join([Outcome(), outcome, *jumps.continues])
        surely(body, node.test, False)
        block(body, node.orelse)

    ends = [] if forever else [body.flow.branch(normal)]
    if ends or jumps.breaks:
        body.flow.join([*ends, *_breaks(body, outcome, jumps)])
    else:
        body.flow.dead = True


def _jump(body: Body, node: ast.Break | ast.Continue) -> None:
    if body.flow.loops:
        jumps = body.flow.loops[-1]
        body.flow.jump(jumps.breaks if isinstance(node, ast.Break) else jumps.continues, jumps.mark)
    else:
        word = "'break' outside loop" if isinstance(node, ast.Break) else "'continue' not properly in loop"
        body.note(MISPLACED, word, node)


# ---------------------------------------------------------------- try


def _catches_missing_names(caught: ast.expr | None) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    known = ("NameError", "Exception", "BaseException")
    return any(name is None or (isinstance(name, ast.Name) and name.id in known) for name in names)


def _try(body: Body, node: ast.Try | ast.TryStar, block: Block) -> None:
    flow = body.flow
    start = len(body.events)
    tried = body.flow.branch(lambda: block(body, node.body))
    if any(_catches_missing_names(handler.type) for handler in node.handlers):
        for event in body.events[start:]:
            if isinstance(event, Read):
                event.optional = True  # ``try: df`` / ``except NameError: df = load()``

    def rest() -> None:
        flow.apply(tried)
        block(body, node.orelse)

    total = body.flow.branch(rest) if node.orelse else tried
    interrupted = Outcome(tried.changes)

    def handle(handler: ast.ExceptHandler) -> None:
        flow.join([Outcome(), interrupted])
        _handler(body, handler, block)

    handled = [body.flow.branch(lambda h=handler: handle(h)) for handler in node.handlers]  # type: ignore[misc]
    if not node.finalbody:
        flow.join([total, *handled])
        return
    ends = [total, *handled]

    def finally_() -> None:
        flow.join([Outcome(), *(Outcome(end.changes) for end in ends), interrupted])
        inner = flow.mark()
        block(body, node.finalbody)
        last.append(flow.changes(inner))

    last: list[Outcome] = []
    body.flow.branch(finally_)
    flow.join(ends)
    flow.apply(last[0])


def _handler(body: Body, handler: ast.ExceptHandler, block: Block) -> None:
    expression(body, handler.type)
    if handler.name:
        body.emit_bind(Bind(handler.name, _caught_position(body, handler, handler.name)))
    block(body, handler.body)
    if handler.name:
        body.delete(handler.name, handler)


def _caught_position(body: Body, handler: ast.ExceptHandler, name: str) -> Position:
    """Where ``name`` stands behind ``as``: the tree does not say."""
    at = body.position(handler)
    line, start, _ = at
    if body.override is None and handler.type is not None and 0 < line <= len(body.lines):
        found = re.compile(rf"\bas\s+({name})\b".encode()).search(body.lines[line - 1].encode(), start)
        if found is not None:
            return (line, found.start(1), found.end(1))
    return at


# ---------------------------------------------------------------- with, match


def _with(body: Body, node: ast.With | ast.AsyncWith, block: Block) -> None:
    swallows = False
    for item in node.items:
        mark = len(body.loads)
        expression(body, item.context_expr)
        func = item.context_expr.func if isinstance(item.context_expr, ast.Call) else None
        name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
        swallows = swallows or name in _SWALLOWING
        if item.optional_vars is not None:
            found = aliases(body, item.context_expr)
            bind_target(body, item.optional_vars, found, body.loads[mark:], expression)
    if swallows:
        body.flow.optional(lambda: block(body, node.body))
    else:
        block(body, node.body)


def _match(body: Body, node: ast.Match, block: Block) -> None:
    mark = len(body.loads)
    expression(body, node.subject)
    loads, found = body.loads[mark:], aliases(body, node.subject)

    def case(item: ast.match_case) -> None:
        bind_pattern(body, item.pattern, found, loads, expression)
        expression(body, item.guard)
        block(body, item.body)

    outcomes = [body.flow.branch(lambda i=item: case(i)) for item in node.cases]  # type: ignore[misc]
    last = node.cases[-1]
    if not (irrefutable(last.pattern) and last.guard is None):
        outcomes.append(Outcome())
    body.flow.join(outcomes)
