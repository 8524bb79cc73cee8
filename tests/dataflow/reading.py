"""How the tables of these tests spell the data flow of a statement."""

from __future__ import annotations

from nb2pipe.dataflow import analyze
from nb2pipe.magics import to_python
from nb2pipe.model import CellFlow, Statement

CELL = "\n# %%\n"


def flows(source: str) -> tuple[CellFlow, ...]:
    """The flow of each cell; cells are parted by ``# %%`` lines."""
    return analyze([(i, to_python(cell)) for i, cell in enumerate(source.split(CELL))])


def last(source: str) -> Statement:
    """The last statement of the last cell."""
    return flows(source)[-1].statements[-1]


def words(names: str) -> set[str]:
    return set(names.split())


def uses(statement: Statement) -> set[str]:
    """``x``, or ``x<f`` for a name that is read by way of ``f``."""
    return {use.name if use.via is None else f"{use.name}<{use.via}" for use in statement.uses}


def bindings(statement: Statement) -> set[str]:
    """``x``, or ``x?`` where control flow may pass by."""
    return {b.name + ("" if b.certain else "?") for b in statement.bindings}


def mutations(statement: Statement) -> set[str]:
    """``x``, or ``x?`` where the change is only possible."""
    return {m.name + ("" if m.certain else "?") for m in statement.mutations}


def deletions(statement: Statement) -> set[str]:
    return {d.name + ("" if d.certain else "?") for d in statement.deletions}


def carries(statement: Statement) -> dict[str, set[str]]:
    return {b.name: set(b.carries) for b in statement.bindings if b.carries}
