"""One cell after the other: parse, walk each top-level statement, resolve it against the notebook so far."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace

from nb2pipe.dataflow.body import MISPLACED, Body, deletion
from nb2pipe.dataflow.closures import Closures
from nb2pipe.dataflow.facts import Bind, Definition, Note, Position, Read
from nb2pipe.dataflow.flat import walk_flat
from nb2pipe.dataflow.kinds import kind_of, renamed
from nb2pipe.dataflow.logs import logged
from nb2pipe.dataflow.loops import loop_variables
from nb2pipe.dataflow.resolve import Resolution
from nb2pipe.dataflow.scopes import Scope, ScopeKind
from nb2pipe.dataflow.settings import settings_of_function
from nb2pipe.dataflow.shown import shown_expression
from nb2pipe.dataflow.statements import statement
from nb2pipe.dataflow.texts import texts
from nb2pipe.dataflow.values import BUILTINS, MARK, Names
from nb2pipe.magics import PythonCode
from nb2pipe.model import (
    Binding,
    BindingKind,
    CellFlow,
    Mutation,
    Place,
    Problem,
    ProblemKind,
    Statement,
    StatementKind,
    Use,
)
from nb2pipe.outputs.templates import templates

_MODULE = Scope(ScopeKind.MODULE)
NO_NAMES: frozenset[str] = frozenset()
# Most cells have neither, and looking through their trees would take a fifth of the analysis.
_MAY_LOG = re.compile(r"\b(log|log_metrics?|glue)\b")
_LOOP = re.compile(r"^\s*(async\s+)?for\b", re.MULTILINE)


def parse(text: str) -> list[ast.stmt] | Problem:
    """The statements of a cell, or what is wrong with it."""
    try:
        return ast.parse(text).body
    except SyntaxError as error:
        line, column = error.lineno or 1, max((error.offset or 1) - 1, 0)
        end = error.end_offset - 1 if error.end_offset and error.end_lineno == line else column + 1
        return Problem(kind=ProblemKind.SYNTAX, message=error.msg, place=Place(line, column, max(end, column + 1)))
    except (RecursionError, MemoryError, ValueError) as error:
        message = str(error) or "nested too deeply"
        return Problem(kind=ProblemKind.SYNTAX, message=message, place=Place(1, 0, 1))


class Walked:
    """A cell whose statements have been walked: events only, nothing about the rest of the notebook.

    It is never changed afterwards: the next analysis may use it again.
    """

    def __init__(self, cell: int, code: PythonCode, future: bool) -> None:
        self.cell = cell
        self.code = code
        self.problems: list[Problem] = []
        self.statements: list[tuple[ast.stmt, Body]] = []
        self.lines = code.text.split("\n")
        self.place = places(code)
        self.words, self.reads_text = NO_NAMES, False
        self.printed: tuple[str, ...] = ()
        self.prints_more = False
        self.logged: tuple[tuple[str, str], ...] = ()
        self.looped = NO_NAMES
        parsed = parse(code.text)
        self.lazy_annotations = future
        if isinstance(parsed, Problem):
            at = parsed.place
            place = code.place(at.line, at.column, at.end_column)
            self.problems.append(Problem(kind=parsed.kind, message=parsed.message, place=place))
            return
        for node in parsed:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                self.lazy_annotations |= any(alias.name == "annotations" for alias in node.names)
            self.statements.append((node, self._walk(node)))
        self._refuse_misplaced()
        nodes = [node for node, _ in self.statements]
        self.words, self.reads_text = texts(nodes)
        self.printed, self.prints_more = _printed(nodes)
        if _MAY_LOG.search(code.text):
            self.logged = logged(nodes)
        if _LOOP.search(code.text):
            self.looped = loop_variables(nodes)

    def _refuse_misplaced(self) -> None:
        """``return`` outside a function and the like parse, but Python refuses the whole cell."""
        notes = [e for _, body in self.statements for e in body.events if isinstance(e, Note) and e.kind == MISPLACED]
        if notes:
            place = self.place(notes[0].at)
            self.problems.append(Problem(kind=ProblemKind.SYNTAX, message=notes[0].message, place=place))
            self.statements.clear()

    def _walk(self, node: ast.stmt) -> Body:
        body = Body(_MODULE)
        body.lines = self.lines
        body.lazy_annotations = self.lazy_annotations
        try:
            statement(body, node)
        except RecursionError:
            body = Body(_MODULE)
            walk_flat(body, node)
        return body


def places(code: PythonCode) -> Callable[[Position], Place]:
    """How to say where a position of the parsed text is in what the user typed."""
    if not code.shifts and code.text.isascii():
        return lambda at: Place(*at)
    lines = None if code.text.isascii() else [line.encode() for line in code.text.split("\n")]

    def place(at: Position) -> Place:
        line, start, end = at
        if lines is not None and 0 < line <= len(lines):
            raw = lines[line - 1]
            start, end = len(raw[:start].decode(errors="replace")), len(raw[:end].decode(errors="replace"))
        return code.place(line, start, end)

    return place


def resolve_cell(walked: Walked, names: Names, closures: Closures) -> CellFlow:
    """The data flow of one cell, given the names as the cells before left them."""
    statements: list[Statement] = []
    problems = list(walked.problems)
    for node, body in walked.statements:
        resolution = Resolution(names, closures)
        resolution.run(body.events, body.flow.sure, loops=_loops(node))
        statements.append(_statement(walked, node, body, resolution, names))
        problems.extend(_problems(walked, body, resolution))
    last = walked.statements[-1][0] if walked.statements else None
    shown = shown_expression(last, walked.code.text, names) if last is not None else None
    unique = tuple(dict.fromkeys(problems))
    return CellFlow(
        cell=walked.cell, statements=tuple(statements), problems=unique, shown=shown,
        words=walked.words, reads_text=walked.reads_text, printed=walked.printed, prints_more=walked.prints_more,
        logged=walked.logged, looped=walked.looped,
    )  # fmt: skip


def _printed(body: list[ast.stmt]) -> tuple[tuple[str, ...], bool]:
    """The expressions that print calls write; and whether some do so in loops."""
    calls = templates(ast.Module(body=body, type_ignores=[]))
    holes = [(hole.expression, call.repeated) for call in calls for hole in call.holes if not hole.counter]
    names = [name for name, repeated in holes if not repeated]
    return tuple(dict.fromkeys(names)), any(again for _, again in holes)


def _statement(walked: Walked, node: ast.stmt, body: Body, found: Resolution, names: Names) -> Statement:
    place, flow = walked.place, body.flow
    kind, modules = kind_of(node, names)
    renames = renamed(node, names) if kind is StatementKind.DEFINITION else frozenset()
    if isinstance(node, ast.FunctionDef):
        _note_settings(node, names)
    deletions = []
    for name, at in found.deleted.items():
        if name not in flow.sure:
            certain = deletion(name) in flow.bound and name not in found.elsewhere
            deletions.append(Binding(name=name, kind=BindingKind.DATA, place=place(at), certain=certain))
            if certain:
                names.delete(name)
    return Statement(
        cell=walked.cell,
        line=_first_line(node),
        end_line=node.end_lineno or node.lineno,
        kind=kind,
        uses=tuple(
            [
                Use(name=name, place=place(at), via=via)
                for name, (at, via) in found.uses.items()
                if not (renames and via)
            ]
        ),
        bindings=_bindings(found, place, flow.sure, BindingKind.FUNCTION if renames else None) if found.bound else (),
        mutations=() if renames else _mutations(found, place, names, kind),
        deletions=tuple(deletions),
        later_uses=_later_uses(body, place, renames, names) if kind is StatementKind.DEFINITION else (),
        modules=modules,
        seeds=found.seeds,
    )


def _note_settings(node: ast.FunctionDef, names: Names) -> None:
    sets = settings_of_function(node, names)
    for definition in names.get(node.name).definitions:
        if definition.name == node.name:
            definition.sets = sets


def _loops(node: ast.stmt) -> bool:
    if isinstance(node, (ast.If, ast.Try, ast.With, ast.Match)):
        return any(isinstance(part, (ast.For, ast.While)) for part in ast.walk(node))
    return isinstance(node, (ast.For, ast.While, ast.AsyncFor))


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", None)
    return min(d.lineno for d in decorators) if decorators else node.lineno


def _bindings(
    found: Resolution, place: Callable[[Position], Place], sure: set[str], kind: BindingKind | None
) -> tuple[Binding, ...]:
    return tuple(
        [
            Binding(
                name=name,
                kind=kind or bound.kind,
                place=place(bound.at),
                certain=name in sure,
                module=bound.module,
                source=bound.source,
                carries=frozenset(bound.carries) if bound.carries else NO_NAMES,
            )
            for name, bound in found.bound.items()
        ]
    )


def _mutations(
    found: Resolution, place: Callable[[Position], Place], names: Names, kind: StatementKind
) -> tuple[Mutation, ...]:
    if not found.changed:
        return ()
    return tuple(
        Mutation(name=name, place=place(changed.at), certain=changed.certain, carries=frozenset(changed.carries))
        for name, changed in found.changed.items()
        if not (kind is StatementKind.SETTING and names.get(name).module is not None)
    )


def _later_uses(
    body: Body, place: Callable[[Position], Place], renames: frozenset[Definition], names: Names
) -> tuple[Use, ...]:
    """The free names of the definition's own body, builtins included; a function's own name is left out."""
    found: dict[str, Use] = {}
    stack = [e.definition for e in body.events if isinstance(e, Bind) and e.definition is not None]
    stack += sorted(renames, key=lambda definition: definition.at)
    own = stack[0].name if stack else ""
    while stack:
        definition = stack.pop()
        stack.extend(reversed(definition.parts.values()))
        for event in definition.events:
            if not isinstance(event, Read) or not event.exposed or event.name in found or event.name == own:
                continue
            if not event.name.startswith(MARK) and not (event.in_text and event.name not in names.ever):
                found[event.name] = Use(name=event.name, place=place(event.at))
    return tuple(found.values())


def _problems(walked: Walked, body: Body, found: Resolution) -> list[Problem]:
    problems = [
        Problem(kind=ProblemKind(event.kind), message=event.message, place=walked.place(event.at))
        for event in body.events
        if isinstance(event, Note)
    ]
    for name, at in found.history.items():
        message = f"{name!r} is IPython's history of earlier results, which no other process has"
        problems.append(Problem(kind=ProblemKind.DYNAMIC, message=message, place=walked.place(at)))
    return problems


def drop_builtins(flow: CellFlow, bound: set[str]) -> CellFlow:
    """A builtin counts among the free names of a definition only if the notebook binds that name, be it later on."""
    statements = list(flow.statements)
    for index, one in enumerate(statements):
        kept = tuple(use for use in one.later_uses if use.name in bound or use.name not in BUILTINS)
        if len(kept) != len(one.later_uses):
            statements[index] = replace(one, later_uses=kept)
    return replace(flow, statements=tuple(statements))
