"""Which numbers of which cells are scores: the tags that make them metrics."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from nb2pipe.model import BindingKind, CellFlow
from nb2pipe.proposing.looks import Look

_MOST = 6  # of one cell


def metric_tags(
    cells: Collection[int], flows: Mapping[int, CellFlow], looks: Mapping[int, Look]
) -> dict[int, list[str]]:
    """Per cell (of ``cells``) the tags ``metric:NAME`` or ``metrics``."""
    found = {cell: _of_cell(flow, looks[cell]) for cell, flow in flows.items() if cell in cells}
    return {cell: tags for cell, tags in found.items() if tags}


def _of_cell(flow: CellFlow, look: Look) -> list[str]:
    assigned = {
        b.name: b.certain
        for s in flow.statements
        for b in s.bindings
        if b.kind is BindingKind.DATA and not b.name.startswith("_")
    }
    scores = [name for name in look.scores if assigned.get(name)][:_MOST]
    shown = look.shown_score if flow.shown is not None and look.shown_score not in assigned else None
    if not scores and shown is None:
        return []
    if set(assigned) == set(scores):
        return ["metrics"]
    return [f"metric:{name}" for name in scores] + ([f"metric:{shown}"] if shown else [])
