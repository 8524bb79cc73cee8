"""Constants that people vary, gathered in a parameters cell: paths, seeds, sizes, hyper-parameters.

This moves code, so it happens only if the user asks. A constant moves only where nothing can tell: its name is bound
once in the whole notebook, nothing changes it, and no code could look names up in ways that we don't see.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from nb2pipe import magics
from nb2pipe.model import CellFlow, CellKind, Notebook, ProblemKind, Role, StatementKind
from nb2pipe.planning.analysis import flows_of
from nb2pipe.proposing import setup
from nb2pipe.proposing.words import WORK_OF, Work, words
from nb2pipe.tags import read_roles

KEYWORDS = words(
    """
    random_state seed test_size train_size validation_split n_estimators max_depth learning_rate n_neighbors
    n_clusters n_components alpha n_splits cv epochs batch_size max_iter min_samples_leaf min_samples_split
    max_features l1_ratio n_iter threshold n_topics window
    """
)
"""Arguments that people vary."""
RESERVED = frozenset(["inputs", "outputs", *dir(builtins)])
_PATH = re.compile(r"[\w ./~\\:-]+\.(csv|tsv|txt|xlsx?|json|parquet|pkl|pickle|feather|npy|npz|zip|gz|data|dat)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A value that becomes a parameter; ``source`` is its text, ``cells`` those it comes from."""

    name: str
    source: str
    cells: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The constants, the sources of the cells that change, and where the constants go.

    ``into`` is a cell of plain values that is there already, else a new cell stands in front of the cell ``before``.
    """

    constants: tuple[Constant, ...]
    sources: Mapping[int, str]
    before: int
    into: int | None = None

    @property
    def source(self) -> str:
        """The lines of the parameters cell."""
        return "\n".join(f"{constant.name} = {constant.source}" for constant in self.constants)


@dataclass(slots=True)
class _Spot:
    """A literal in a cell, by lines (from 1) and columns (bytes, as ``ast`` counts)."""

    name: str
    cell: int
    node: ast.expr
    whole: ast.stmt | None = None  # the assignment that goes with it


@dataclass(slots=True)
class _Cells:
    trees: dict[int, ast.Module] = field(default_factory=dict)
    lines: dict[int, list[str]] = field(default_factory=dict)


def gather(notebook: Notebook) -> Gathered | str:
    """What would be gathered, or a sentence that says why nothing can be."""
    roles, _ = read_roles(notebook)
    flows = {flow.cell: flow for flow in flows_of(notebook)}
    if any(role.role is Role.PARAMETERS for role in roles):
        return "the notebook has a parameters cell: add to it by hand"
    hidden = [
        f.cell for f in flows.values() if any(p.kind in (ProblemKind.DYNAMIC, ProblemKind.SYNTAX) for p in f.problems)
    ]
    if hidden:
        return f"cell {hidden[0] + 1} may read or set names in ways that cannot be seen"
    cells = _read(notebook, [r.cell for r in roles if r.role not in (Role.SKIP, Role.IMPORTS, Role.FUNCTIONS)])
    spots = [*_assigned(cells, flows), *_arguments(cells, flows)]
    if not spots:
        return "no constant was found that could move"
    sources = {
        cell: _without(notebook.cells[cell].source, [s for s in spots if s.cell == cell])
        for cell in {s.cell for s in spots}
    }
    by_name: dict[str, list[_Spot]] = {}
    for spot in spots:
        by_name.setdefault(spot.name, []).append(spot)
    constants = tuple(
        Constant(
            name=name,
            source=ast.get_source_segment(notebook.cells[those[0].cell].source, those[0].node) or "",
            cells=tuple(dict.fromkeys(spot.cell for spot in those)),
        )
        for name, those in by_name.items()
    )
    found = Gathered(constants=constants, sources=sources, before=_place(notebook, flows))
    _check(notebook, found)
    into = setup.parameters_cell(notebook, flows)
    if into is None or into >= min(sources):
        return found
    longer = f"{notebook.cells[into].source.rstrip()}\n{found.source}"
    return replace(found, sources={**sources, into: longer}, into=into)


def _read(notebook: Notebook, wanted: Sequence[int]) -> _Cells:
    """Cells that are plain Python, without magics."""
    cells = _Cells()
    for cell in notebook.cells:
        if cell.kind is CellKind.CODE and cell.index in wanted and magics.to_python(cell.source).text == cell.source:
            cells.trees[cell.index] = ast.parse(cell.source)
            cells.lines[cell.index] = cell.source.split("\n")
    return cells


def _place(notebook: Notebook, flows: Mapping[int, CellFlow]) -> int:
    """Below the imports at the top, above all else that runs."""
    for index, flow in flows.items():
        if any(s.kind not in (StatementKind.IMPORT, StatementKind.SETTING) or s.seeds for s in flow.statements):
            return index
    return len(notebook.cells)


# ---------------------------------------------------------------- what may move


def _assigned(cells: _Cells, flows: Mapping[int, CellFlow]) -> Iterator[_Spot]:
    """``n = 100`` on a line of its own."""
    bound = Counter(b.name for f in flows.values() for s in f.statements for b in s.bindings)
    changed = {m.name for f in flows.values() for s in f.statements for m in s.mutations}
    changed |= {d.name for f in flows.values() for s in f.statements for d in s.deletions}
    read = {u.name for f in flows.values() for s in f.statements for u in (*s.uses, *s.later_uses)}
    for cell, tree in cells.trees.items():
        moved = [
            s for s in tree.body if isinstance(s, ast.Assign) and _moves(s, tree) and _is_plain(s, bound, changed, read)
        ]
        if len(moved) < len(tree.body):  # a cell is not emptied
            for statement in moved:
                yield _Spot(_target(statement), cell, statement.value, statement)


def _target(statement: ast.Assign) -> str:
    """The one plain name that it binds, or nothing."""
    first = statement.targets[0]
    return first.id if len(statement.targets) == 1 and isinstance(first, ast.Name) else ""


def _moves(statement: ast.Assign, tree: ast.Module) -> bool:
    """Whether it is an assignment of one name that shares no line."""
    if not _target(statement):
        return False
    lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    return sum(o.lineno in lines or (o.end_lineno or 0) in lines for o in tree.body) == 1 and statement.col_offset == 0


def _is_plain(statement: ast.Assign, bound: Counter[str], changed: set[str], read: set[str]) -> bool:
    name, value = _target(statement), _literal(statement.value)
    fits = bound[name] == 1 and name in read and name not in changed and name not in RESERVED
    return fits and not name.startswith("_") and _is_setting(value)


def _is_setting(value: object) -> bool:
    if isinstance(value, list | tuple):
        return 0 < len(value) <= 20 and all(isinstance(item, int | float | str) for item in value)
    return isinstance(value, int | float | str) and value != ""


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return None


def _arguments(cells: _Cells, flows: Mapping[int, CellFlow]) -> Iterator[_Spot]:
    """``random_state=42`` in calls outside functions, and the paths of files that are read."""
    found: list[_Spot] = []
    paths: list[_Spot] = []
    for cell, tree in cells.trees.items():
        for node in _outside_functions(tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found += [
                _Spot(keyword.arg, cell, keyword.value)
                for keyword in node.keywords
                if keyword.arg in KEYWORDS and _varies(called) and type(_literal(keyword.value)) in (int, float)
            ]
            if called == "seed" and len(node.args) == 1 and type(_literal(node.args[0])) is int:
                found.append(_Spot("seed", cell, node.args[0]))
            path = (
                _literal(node.args[0]) if node.args and called.startswith(("read_", "loadtxt", "genfromtxt")) else None
            )
            if isinstance(path, str) and _PATH.fullmatch(path):
                paths.append(_Spot(_path_name(path), cell, node.args[0]))
    named = _names_anywhere(flows, cells)
    values: dict[str, set[str]] = {}
    for spot in (*found, *paths):
        values.setdefault(spot.name, set()).add(repr(_literal(spot.node)))
    for spot in (*paths, *found):
        if len(values[spot.name]) == 1 and spot.name not in named and spot.name not in RESERVED:
            yield spot


def _varies(called: str) -> bool:
    """Whether people vary the arguments of that call: models, splits, searches, made-up data; not drawings."""
    works = (Work.SPLIT, Work.TUNE, Work.TRAIN, Work.LOAD, Work.FEATURES)
    return called[:1].isupper() or called in ("sample", "shuffle") or WORK_OF.get(called) in works


def _path_name(path: str) -> str:
    stem = re.sub(r"\W+", "_", PurePosixPath(path.replace("\\", "/")).stem).strip("_").lower()
    return f"{stem}_path" if stem and not stem[0].isdigit() else f"data_{stem}_path"


def _outside_functions(tree: ast.Module) -> Iterator[ast.AST]:
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            stack.extend(reversed(list(ast.iter_child_nodes(node))))


def _names_anywhere(flows: Mapping[int, CellFlow], cells: _Cells) -> set[str]:
    """Names that the notebook uses for anything, also inside functions: a new name must be none of them."""
    found = {b.name for f in flows.values() for s in f.statements for b in s.bindings}
    found |= {u.name for f in flows.values() for s in f.statements for u in (*s.uses, *s.later_uses)}
    for tree in cells.trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
    return found


# ---------------------------------------------------------------- the sources


def _without(source: str, spots: Sequence[_Spot]) -> str:
    """The source with each literal replaced by its name, and without the assignments that moved."""
    lines = [line.encode() for line in source.split("\n")]
    arguments = [spot for spot in spots if spot.whole is None]
    for spot in sorted(arguments, key=lambda s: (s.node.lineno, s.node.col_offset), reverse=True):
        first, last = spot.node.lineno - 1, (spot.node.end_lineno or spot.node.lineno) - 1
        head, tail = lines[first][: spot.node.col_offset], lines[last][spot.node.end_col_offset or 0 :]
        lines[first : last + 1] = [head + spot.name.encode() + tail, *[b""] * 0]
    gone: set[int] = set()
    for spot in spots:
        if spot.whole is not None:
            gone |= set(range(spot.whole.lineno - 1, spot.whole.end_lineno or spot.whole.lineno))
    kept = [line.decode() for number, line in enumerate(lines) if number not in gone]
    return "\n".join(kept).strip("\n") if gone else "\n".join(kept)


class _Back(ast.NodeTransformer):
    """Puts the constants back where their names stand now."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.parse(self.values[node.id], mode="eval").body if node.id in self.values else node


def _check(notebook: Notebook, found: Gathered) -> None:
    """With the constants put back, the code is what it was."""
    values = {constant.name: constant.source for constant in found.constants}
    for cell, source in found.sources.items():
        after = _Back(values).visit(ast.parse(source))
        kept = [s for s in ast.parse(notebook.cells[cell].source).body if not _is_moved(s, values)]
        before = _Back(values).visit(ast.Module(body=kept, type_ignores=[]))
        if ast.dump(after) != ast.dump(before):
            raise AssertionError(f"gathering parameters changed cell {cell + 1}")


def _is_moved(statement: ast.stmt, values: Mapping[str, str]) -> bool:
    return isinstance(statement, ast.Assign) and _target(statement) in values
