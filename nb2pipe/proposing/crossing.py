"""Which variables would cross a border, for every place where one could be."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from nb2pipe.model import BindingKind, CellFlow

_CODE = (BindingKind.IMPORT, BindingKind.FUNCTION, BindingKind.CLASS)


def crossing(cells: Sequence[int], flows: Mapping[int, CellFlow], not_data: Collection[str]) -> list[frozenset[str]]:
    """Before each of ``cells``: the variables that earlier ones made and this or later ones read. The first is empty.

    ``not_data`` are names that need no handing over: parameters, imports, functions.
    """
    reads = {cell: _reads(flows[cell]) for cell in cells}
    made: list[set[str]] = []
    known: set[str] = set()
    for cell in cells:
        made.append(set(known))
        known |= {b.name for s in flows[cell].statements for b in s.bindings if b.kind not in _CODE} - set(not_data)
    alive: set[str] = set()
    result: list[frozenset[str]] = []
    for position in range(len(cells) - 1, -1, -1):
        alive = (alive - _surely_bound(flows[cells[position]])) | reads[cells[position]]
        result.append(frozenset(alive & made[position]))
    return result[::-1]


def read_later(cells: Sequence[int], flows: Mapping[int, CellFlow]) -> Mapping[int, frozenset[str]]:
    """For each of ``cells``: the names whose value as it leaves the cell something later may read."""
    inside = {u.name for flow in flows.values() for s in flow.statements for u in s.later_uses}
    alive: set[str] = set(inside)
    result: dict[int, frozenset[str]] = {}
    for cell in reversed(cells):
        result[cell] = frozenset(alive)
        alive = (alive - (_surely_bound(flows[cell]) - inside)) | _reads(flows[cell])
    return result


def _reads(flow: CellFlow) -> set[str]:
    """Names that the cell reads or changes before it certainly binds them."""
    bound: set[str] = set()
    found: set[str] = set()
    for statement in flow.statements:
        found |= {use.name for use in statement.uses} - bound
        found |= {mutation.name for mutation in statement.mutations} - bound
        found |= {deletion.name for deletion in statement.deletions} - bound
        bound |= {binding.name for binding in statement.bindings if binding.certain}
    return found


def _surely_bound(flow: CellFlow) -> set[str]:
    bound: set[str] = set()
    for statement in flow.statements:
        bound |= {b.name for b in statement.bindings if b.certain}
        bound |= {d.name for d in statement.deletions if d.certain}
    return bound
