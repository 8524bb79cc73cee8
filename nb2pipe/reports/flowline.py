"""A pipeline as lines of text: each step, and what goes where from it."""

from __future__ import annotations

from nb2pipe.model import Pipeline
from nb2pipe.reports.graph import arrows
from nb2pipe.reports.look import Look, clean, columns, cut

FORK, LAST = ("├─", "└─")


def lines(pipeline: Pipeline, look: Look) -> list[str]:
    """A line per step, and below it one per step that takes something from it."""
    names = [step.name for step in pipeline.steps]
    outgoing: dict[int, list[tuple[str, str]]] = {}
    for arrow in arrows(pipeline):
        outgoing.setdefault(arrow.source, []).append((names[arrow.target], arrow.label))
    found: list[str] = []
    for at, name in enumerate(names):
        found.append(look.paint(look.plain(clean(name)), "bold"))
        links = outgoing.get(at, [])
        for number, (target, label) in enumerate(links, start=1):
            sign = (LAST if number == len(links) else FORK) if look.unicode else "'-" if number == len(links) else "|-"
            room = look.width - columns(target) - 8
            said = f" {cut(clean(label), max(room, 8))} " if label else " "
            found.append(look.plain(f"{sign}{said}→ {clean(target)}"))
    return found
