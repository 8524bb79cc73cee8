"""A proposal of tags as a table: which cells are what, why, and what crosses."""

from __future__ import annotations

from collections.abc import Iterable

from nb2pipe.proposing import Gathered, Proposal, ProposedPart
from nb2pipe.reports.look import Look, clean, cut, wrap
from nb2pipe.reports.tables import Column, Row, Styled, table
from nb2pipe.rules import figures

COLUMNS = (Column("part"), Column("cells", wraps=True), Column("why", wraps=True), Column("hands over", wraps=True))
PARAMETERS = (Column("parameter"), Column("value", cuts=True), Column("from", wraps=True))
CHANGES = (Column("cell", right=True), Column("change"), Column("source", cuts=True))
_NEW_CELL = "these move to a new cell {}, which the cell numbers count already"
DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def overview(proposal: Proposal, look: Look, *, title: str, alone: bool = False) -> list[str]:
    """The line of counts (``alone``: nothing else), the table, the metrics, and what is good to know."""
    lines = [f"{look.paint(clean(str(proposal.notebook.path)), 'bold')}: {title}"]
    if alone:
        return lines
    steps = [part for part in proposal.parts if part.role == "step"]
    if proposal.parts:
        lines += ["", *table(COLUMNS, [_row(part) for part in proposal.parts], look)]
    lines += [""]
    if steps:
        several = len(proposal.crossing)
        lines += [f"{figures.count(len(steps), 'step')}, {figures.count(several, 'variable')} handed over"]
    else:
        lines += ["no steps: the notebook only imports and defines"]
    metrics = proposal.pipeline.metrics
    if metrics:
        said = ", ".join(dict.fromkeys(f"{metric.name} (cell {metric.cell + 1})" for metric in metrics))
        lines += _wrapped(f"metrics: {said}", look)
    elif steps and not any("printed" in note for note in proposal.notes):
        lines += _wrapped("no metrics: no cell gives a score a name, or shows one as its last expression", look)
    for note in proposal.notes:
        lines += _wrapped(note, look)
    return lines


def gathered(found: Gathered, look: Look) -> list[str]:
    """The constants that become parameters."""
    rows: list[Row] = [
        (
            Styled(constant.name, "bold"),
            constant.source,
            figures.cells(tuple(c + (found.into is None and c >= found.before) for c in constant.cells)),
        )
        for constant in found.constants
    ]
    said = f"these move to cell {found.into + 1}" if found.into is not None else _NEW_CELL.format(found.before + 1)
    return [*table(PARAMETERS, rows, look), "", *_wrapped(said, look)]


def changes(proposal: Proposal, look: Look) -> list[str]:
    """A row per tag that comes or goes."""
    rows: list[Row] = []
    for edit in proposal.edits:
        source = proposal.notebook.cells[edit.cell].source
        begin = next((line for line in source.splitlines() if line.strip() and not line.startswith("#|")), "")
        for sign, tag in (("-", edit.old), ("+", edit.new)):
            if tag:
                rows.append(
                    (str(edit.cell + 1), Styled(f"{sign} {tag}", DIFF_STYLES[sign]), Styled(begin.strip(), "dim"))
                )
    return table(CHANGES, rows, look)


def difference(lines: Iterable[str], look: Look) -> list[str]:
    """A diff, its lines cut to the width: a notebook's outputs stand on long ones."""
    return [look.paint(look.plain(cut(clean(line), look.width)), DIFF_STYLES.get(line[:1], "")) for line in lines]


def _wrapped(text: str, look: Look) -> list[str]:
    return wrap(look.plain(clean(text)), look.width)


def _row(part: ProposedPart) -> Row:
    name = Styled(part.name, "bold") if part.role == "step" else Styled(part.role, "dim")
    why = part.why or ("is tagged so" if part.kept else "")
    return (name, figures.ranges(part.cells), why, ", ".join(part.hands_over))
