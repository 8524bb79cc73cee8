"""Reading a parameters cell with ``ast``: which lines are parameters, and which compute from them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import Notebook, Parameter
from nb2pipe.parameters.kinds import of_value
from nb2pipe.rules import (
    nb303_unreadable_parameters,
    nb304_invalid_parameter_name,
    nb305_parameter_assigned_again,
)
from nb2pipe.rules.placing import source_lines

RESERVED = ("inputs", "outputs")  # the parameters that each exported step has


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedParameters:
    """``parameters`` in order of first mention; ``derived``: the lines (first, last) to run after the injection."""

    parameters: tuple[Parameter, ...] = ()
    derived: tuple[tuple[int, int], ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def read_parameters(source: str, *, cell: int = 0, notebook: Notebook | None = None) -> ParsedParameters:
    """The parameters that a cell's source sets, and the lines that compute from them.

    A plain value assigned to a name is a parameter (``a, b = 1, 2`` is two). Every other statement is derived: it runs
    again, in order, after the values from outside are in place; so does a plain value for a name that an earlier
    derived line reads or sets, since its place matters.
    """
    reader = _CellReader(source, cell, notebook)
    try:
        from nb2pipe.magics import to_python  # those who only convert values need no cell

        tree = ast.parse(to_python(source).text)
    except SyntaxError as error:
        why = f"line {error.lineno}: {error.msg}"
        return ParsedParameters(
            problems=(nb303_unreadable_parameters.diagnostic(notebook, cell, error.lineno or 1, why),)
        )
    except ValueError as error:
        return ParsedParameters(problems=(nb303_unreadable_parameters.diagnostic(notebook, cell, 1, str(error)),))
    for lines in _by_lines(tree.body):
        reader.read(lines)
    return ParsedParameters(
        parameters=tuple(reader.parameters.values()), derived=tuple(reader.derived), problems=tuple(reader.problems)
    )


def _by_lines(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Statements that share a line (``a = 1; b = a``) together: lines are replayed whole."""
    group: list[ast.stmt] = []
    for statement in body:
        if group and statement.lineno > (group[-1].end_lineno or 0):
            yield group
            group = []
        group.append(statement)
    if group:
        yield group


@dataclass(slots=True)
class _CellReader:
    source: str
    cell: int
    notebook: Notebook | None
    parameters: dict[str, Parameter] = field(default_factory=dict)
    derived: list[tuple[int, int]] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)  # the names that derived lines read or set

    def read(self, group: list[ast.stmt]) -> None:
        """One or more statements on the same lines."""
        if all(_is_remark(statement) for statement in group):
            return
        found = [_assigned(statement) for statement in group]
        names = {name for pairs in found for name, _, _ in pairs or ()}
        if None in found or names & self.touched:
            self._derive(group, names)
            return
        for statement, pairs in zip(group, found, strict=True):
            for name, annotation, default in pairs or ():
                self._add(statement, name, annotation, default)

    def _derive(self, group: list[ast.stmt], names: set[str]) -> None:
        line, end = group[0].lineno, max(statement.end_lineno or statement.lineno for statement in group)
        self.derived.append((line, end))
        nodes = [node for statement in group for node in ast.walk(statement)]
        self.touched |= {node.id for node in nodes if isinstance(node, ast.Name)}
        self.touched |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        for name in sorted(names & set(self.parameters)):
            self.problems.append(nb305_parameter_assigned_again.diagnostic(self.notebook, self.cell, line, name))

    def _add(self, statement: ast.stmt, name: str, annotation: str | None, default: object) -> None:
        if name in RESERVED:
            self.problems.append(
                nb304_invalid_parameter_name.diagnostic(self.notebook, self.cell, statement.lineno, name)
            )
        earlier = self.parameters.get(name)
        annotation = annotation or (earlier.annotation if earlier is not None else None)
        self.parameters[name] = Parameter(
            name=name,
            type=of_value(annotation, default).name,
            default=default,
            cell=self.cell,
            line=statement.lineno,
            annotation=annotation,
            comment=self._comment(statement),
        )

    def _comment(self, statement: ast.stmt) -> str | None:
        """The comment behind the statement, without its sign."""
        line = source_lines(self.source)[(statement.end_lineno or statement.lineno) - 1]
        behind = line.encode()[statement.end_col_offset or 0 :].decode(errors="replace").lstrip(" \t;")
        return behind.lstrip("#").strip() or None if behind.startswith("#") else None


def _is_remark(statement: ast.stmt) -> bool:
    """A text or ``...`` on its own, or ``pass``."""
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _assigned(statement: ast.stmt) -> list[tuple[str, str | None, Any]] | None:
    """The (name, annotation, value) that a statement sets to plain values, ``None`` if it does anything else."""
    if _is_remark(statement):
        return []
    if isinstance(statement, ast.AnnAssign) and statement.value is not None and isinstance(statement.target, ast.Name):
        value = _plain_value(statement.value)
        return None if value is _NOTHING else [(statement.target.id, ast.unparse(statement.annotation), value)]
    if not isinstance(statement, ast.Assign):
        return None
    found: list[tuple[str, str | None, Any]] = []
    for target in statement.targets:
        pairs = _unpacked(target, statement.value)
        if pairs is None:
            return None
        found += pairs
    return found


def _unpacked(target: ast.expr, value: ast.expr) -> list[tuple[str, str | None, Any]] | None:
    """``a`` from ``1``; ``a, b`` from ``1, 2``."""
    if isinstance(target, ast.Name):
        plain = _plain_value(value)
        return None if plain is _NOTHING else [(target.id, None, plain)]
    if not isinstance(target, ast.Tuple | ast.List) or not isinstance(value, ast.Tuple | ast.List):
        return None
    if len(target.elts) != len(value.elts) or any(isinstance(t, ast.Starred) for t in target.elts):
        return None
    found: list[tuple[str, str | None, Any]] = []
    for part, part_value in zip(target.elts, value.elts, strict=True):
        pairs = _unpacked(part, part_value)
        if pairs is None:
            return None
        found += pairs
    return found


_NOTHING = object()


def _plain_value(node: ast.expr) -> Any:
    """The value of a literal; ``float('inf')`` and ``set()`` count, having no literal of their own."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and not node.keywords
        and (node.func.id, *[a.value for a in node.args if isinstance(a, ast.Constant)]) in _CALLS
        and all(isinstance(a, ast.Constant) for a in node.args)
    ):
        return _CALLS[(node.func.id, *[a.value for a in node.args if isinstance(a, ast.Constant)])]()
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _NOTHING


_CALLS: dict[tuple[Any, ...], Any] = {
    ("set",): set,
    ("list",): list,
    ("dict",): dict,
    ("tuple",): tuple,
    **{("float", text): (lambda text=text: float(text)) for text in ("inf", "-inf", "nan", "Infinity", "+inf", "NaN")},
}
