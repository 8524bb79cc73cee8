"""The notebook as it is read for hazards, cell by cell."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.magics import PythonCode
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """A finding and, where it is safe to repair, where the expression stands (lines from 1, columns from 0) and how."""

    finding: Diagnostic
    span: tuple[int, int, int, int] | None = None
    replacement: str = ""


@dataclass(slots=True, kw_only=True)
class Reader:
    """One pass over the notebook, top to bottom: what was imported, seeded and known as a set so far."""

    notebook: Notebook
    names: dict[str, str] = field(default_factory=dict)  # name in the notebook -> dotted name it stands for
    seeded: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)
    found: list[Hazard] = field(default_factory=list)


class Cell:
    """One cell as it is read: what names stand for, and what was found."""

    def __init__(self, reader: Reader, cell: int, code: PythonCode) -> None:
        self.reader = reader
        self.cell = cell
        self.code = code
        self.parents: dict[ast.AST, ast.AST] = {}
        self.told: set[tuple[str, str]] = set()

    def add(self, node: ast.AST, finding: Diagnostic, what: str, replacement: str = "") -> None:
        """One finding of a kind about a thing in a cell: the first."""
        if (finding.code, what) in self.told:
            return
        self.told.add((finding.code, what))
        line, end_line = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        lines = self.code.text.split("\n")
        start = len(lines[line - 1].encode()[: getattr(node, "col_offset", 0)].decode(errors="replace"))
        end = len(lines[end_line - 1].encode()[: getattr(node, "end_col_offset", 0)].decode(errors="replace"))
        place = self.code.place(line, start, end if end_line == line else len(lines[line - 1]))
        there = placed(finding, self.reader.notebook, self.cell, line, place.column, place.end_column)
        span = (line, start, end_line, end) if replacement else None
        self.reader.found.append(Hazard(finding=there, span=span, replacement=replacement))

    def at_line(self, line: int, finding: Diagnostic) -> None:
        """A finding on a line."""
        self.reader.found.append(Hazard(finding=placed(finding, self.reader.notebook, self.cell, line)))

    def dotted(self, node: ast.expr) -> str:
        """The name with its import spelled out: ``np.random.rand`` -> ``numpy.random.rand``."""
        try:
            text = ast.unparse(node)
        except RecursionError:
            return ""
        root, dot, rest = text.partition(".")
        return f"{self.reader.names.get(root, root)}{dot}{rest}"

    def is_set(self, node: ast.expr) -> bool:
        """Whether the expression gives a set, as far as its text tells."""
        match node:
            case ast.Set() | ast.SetComp():
                return True
            case ast.Call(func=ast.Name(id="set" | "frozenset")):
                return True
            case ast.Call(func=ast.Attribute(attr="union" | "intersection" | "difference", value=owner)):
                return self.is_set(owner)
            case ast.Name(id=name):
                return name in self.reader.sets
            case ast.BinOp(op=ast.Sub() | ast.BitAnd() | ast.BitOr() | ast.BitXor()):
                return self.is_set(node.left) or self.is_set(node.right)
        return False
