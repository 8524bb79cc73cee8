"""A proposal of tags as a table: which cells are what, why, and what crosses."""

from __future__ import annotations

from nb2pipe.proposing import Proposal, ProposedPart
from nb2pipe.reports.look import Look, clean, columns, wrap
from nb2pipe.reports.tables import Column, Row, Styled, table
from nb2pipe.rules import figures

COLUMNS = (Column("part"), Column("cells", wraps=True), Column("why", wraps=True), Column("hands over", wraps=True))


def overview(proposal: Proposal, look: Look, *, title: str) -> list[str]:
    """The line of counts, the table, the metrics, and what is good to know."""
    steps = [part for part in proposal.parts if part.role == "step"]
    lines = [look.plain(f"{look.paint(clean(str(proposal.notebook.path)), 'bold')}: {title}")]
    if proposal.parts:
        lines += ["", *table(COLUMNS, [_row(part) for part in proposal.parts], look)]
    lines += [""]
    if steps:
        several = len(proposal.crossing)
        crossing = f"{figures.count(several, 'variable')} {'crosses' if several == 1 else 'cross'} between them"
        lines += [f"{figures.count(len(steps), 'step')}; {crossing}."]
    metrics = proposal.pipeline.metrics
    if metrics:
        said = ", ".join(dict.fromkeys(f"{metric.name} (cell {metric.cell + 1})" for metric in metrics))
        lines += _wrapped(f"metrics: {said}", look)
    elif steps:
        lines += _wrapped("no metrics: no cell assigns a score to a name or shows one as its last expression", look)
    for note in proposal.notes:
        lines += _wrapped(note, look)
    return lines


def _wrapped(text: str, look: Look) -> list[str]:
    return wrap(look.plain(clean(text)), look.width) if columns(text) > look.width else [look.plain(clean(text))]


def _row(part: ProposedPart) -> Row:
    name = Styled(part.name, "bold") if part.role == "step" else Styled(part.role, "dim")
    why = part.why or ("as tagged" if part.kept else "")
    if part.kept and part.why:
        why = f"{part.why} (as tagged)"
    return (name, figures.ranges(part.cells), why, ", ".join(part.hands_over))
