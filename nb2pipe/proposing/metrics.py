"""Which numbers of which cells are scores: the tags that make them metrics."""

from __future__ import annotations

from collections.abc import Mapping

from nb2pipe.model import BindingKind, CellFlow, CellRole, Notebook, Role
from nb2pipe.proposing.looks import Look
from nb2pipe.tags import grammar

_MOST = 6  # of one cell


def metric_tags(
    notebook: Notebook,
    flows: Mapping[int, CellFlow],
    looks: Mapping[int, Look],
    settled: Mapping[int, CellRole],
    roles: Mapping[int, tuple[str, str]],
) -> dict[int, list[str]]:
    """Per cell the tags ``metric:NAME`` or ``metrics``; none if the notebook has its own."""
    if any(_is_metric(tag) for cell in notebook.cells for tag in cell.tags):
        return {}
    found: dict[int, list[str]] = {}
    for cell, flow in flows.items():
        if cell in roles or (cell in settled and settled[cell].role is not Role.STEP):
            continue
        tags = _of_cell(flow, looks[cell])
        if tags:
            found[cell] = tags
    return found


def _is_metric(tag: str) -> bool:
    word = grammar.parse(tag)
    return isinstance(word, grammar.Word) and word.key in ("metrics", "metric")


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
