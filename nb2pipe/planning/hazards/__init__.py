"""What in the code may make a number another one in the next run, as far as reading tells. The run is the verdict."""

from __future__ import annotations

import ast

from nb2pipe import magics
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import CellKind, Notebook
from nb2pipe.planning.hazards.installs import installed
from nb2pipe.planning.hazards.randomness import draws, estimator, seeds
from nb2pipe.planning.hazards.reading import Cell, Hazard, Reader
from nb2pipe.planning.hazards.surroundings import absolute_path, clock, contact, environment, listing, walked
from nb2pipe.rules import nb410_unseeded_estimator, nb411_unseeded_draws

__all__ = ["Hazard", "find", "unseeded", "unseeded_draws"]

_WALKS = ("list", "tuple", "enumerate", "join", "array", "zip", "map", "Series", "DataFrame", "Index")


def find(notebook: Notebook) -> tuple[Hazard, ...]:
    """All hazards, in the order of the cells."""
    reader = Reader(notebook=notebook)
    for cell in notebook.cells:
        if cell.kind is not CellKind.CODE:
            continue
        code = magics.to_python(cell.source)
        try:
            tree = ast.parse(code.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        _read(Cell(reader, cell.index, code), tree)
    return tuple(reader.found)


def unseeded_draws(notebook: Notebook) -> tuple[Diagnostic, ...]:
    """What draws random numbers that nothing seeds, by reading the code."""
    codes = (nb410_unseeded_estimator.CODE, nb411_unseeded_draws.CODE)
    return tuple(hazard.finding for hazard in find(notebook) if hazard.finding.code in codes)


def unseeded(notebook: Notebook) -> tuple[str, ...]:
    """``unseeded randomness: cells 3 and 5``, or nothing: a doubt about each number that the notebook saved."""
    cells = [
        str(cell + 1)
        for cell in dict.fromkeys(finding.cell for finding in unseeded_draws(notebook))
        if cell is not None
    ]
    if not cells:
        return ()
    first = ", ".join(cells[:3]) + (" and more" if len(cells) > 3 else "")
    return (f"unseeded randomness: {'cell' if len(cells) == 1 else 'cells'} {first}",)


def _read(cell: Cell, tree: ast.Module) -> None:
    """Every node in the order of the text, then the magics."""
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            cell.parents[child] = node
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr | ast.stmt)]
    for node in sorted(nodes, key=lambda n: (n.lineno, n.col_offset)):
        _bindings(cell, node)
        _node(cell, node)
    for magic in cell.code.magics:
        installed(cell, magic.line, magic.name, magic.body)


def _bindings(cell: Cell, node: ast.AST) -> None:
    """What names stand for, and which hold sets."""
    names = cell.reader.names
    match node:
        case ast.Import():
            for alias in node.names:
                root = alias.name.partition(".")[0]
                names[alias.asname or root] = alias.name if alias.asname else root
        case ast.ImportFrom():
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}"
        case ast.Assign(targets=[ast.Name(id=name)]):
            (cell.reader.sets.add if cell.is_set(node.value) else cell.reader.sets.discard)(name)


def _node(cell: Cell, node: ast.AST) -> None:
    match node:
        case ast.Call():
            _call(cell, node)
        case ast.Constant(value=str(text)):
            absolute_path(cell, node, text)
        case ast.Subscript(value=ast.Attribute(attr="environ"), ctx=ast.Load()):
            environment(cell, node)
        case ast.For() | ast.AsyncFor():
            walked(cell, node.iter)
        case ast.ListComp() | ast.DictComp() | ast.GeneratorExp():
            walked(cell, node.generators[0].iter)


def _call(cell: Cell, node: ast.Call) -> None:
    name = cell.dotted(node.func)
    last = name.rpartition(".")[2]
    seeds(cell, name, last, node)
    estimator(cell, node, last)
    draws(cell, node, name, last)
    clock(cell, node, name)
    contact(cell, node, name, last)
    listing(cell, node, name, last)
    if last in _WALKS and node.args:
        walked(cell, node.args[0])
    if name in ("os.getenv", "os.environ.get"):
        environment(cell, node)
