"""Which cells a cell's numbers may come from: backwards along the names, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pipe.model import CellFlow


def upstream(flows: Sequence[CellFlow], cell: int) -> frozenset[int]:
    """The cell itself and those above it that bind or change a name that it needs, directly or through others.

    A cell whose code cannot be seen through belongs to them: it may do anything.
    """
    found, wanted = {cell}, set[str]()
    for flow in sorted((flow for flow in flows if flow.cell <= cell), key=lambda flow: flow.cell, reverse=True):
        made = {binding.name for statement in flow.statements for binding in statement.bindings}
        made |= {mutation.name for statement in flow.statements for mutation in statement.mutations}
        if flow.cell == cell or flow.problems or made & wanted:
            found.add(flow.cell)
            wanted |= {use.name for statement in flow.statements for use in (*statement.uses, *statement.later_uses)}
    return frozenset(found)
