"""Aligned columns: numbers to the right, long lists wrapped, never wider than the terminal if it can be helped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nb2pipe.reports.look import Look, clean, columns, cut, cut_within, wrap

GAP = "  "
NARROWEST = 8


@dataclass(frozen=True, slots=True)
class Column:
    """``right`` aligns numbers. When room is short, a column that ``cuts`` gives way first, then those that ``wrap``."""

    title: str
    right: bool = False
    wraps: bool = False
    cuts: bool = False


@dataclass(frozen=True, slots=True)
class Styled:
    """A cell with a style of :data:`nb2pipe.reports.look.STYLES`."""

    text: str
    style: str = ""


Row = Sequence[str | Styled]


def table(heads: Sequence[Column], rows: Sequence[Row], look: Look, *, indent: int = 0) -> list[str]:
    """The lines of a table with a rule below its head. Columns without any text are left out."""
    cells = [[_styled(cell, look) for cell in row] for row in rows]
    shown = [at for at in range(len(heads)) if not rows or any(row[at].text for row in cells)]
    heads = [heads[at] for at in shown]
    cells = [[row[at] for at in shown] for row in cells]
    widths = _widths(heads, cells, look.width - indent)
    head = [Styled(column.title, "bold") for column in heads]
    rule = look.plain("─")
    lines = _row(heads, head, widths, look)
    lines.append(look.paint(GAP.join(rule * width for width in widths), "dim"))
    for row in _cut(heads, cells, widths, look):
        lines += _row(heads, row, widths, look)
    return [" " * indent + line for line in lines]


def _styled(cell: str | Styled, look: Look) -> Styled:
    text, style = (cell.text, cell.style) if isinstance(cell, Styled) else (cell, "")
    return Styled(look.plain(clean(text)), style)


def _widths(heads: Sequence[Column], rows: Sequence[Sequence[Styled]], room: int) -> list[int]:
    """Natural widths, then the widest column that may give way gives way, until the table fits."""
    widths = [max([columns(head.title), *(columns(row[at].text) for row in rows)]) for at, head in enumerate(heads)]
    room -= len(GAP) * (len(heads) - 1)
    for giving in (
        [at for at, head in enumerate(heads) if head.cuts],
        [at for at, head in enumerate(heads) if head.wraps],
        [at for at, head in enumerate(heads) if not head.right],
    ):
        floors = {at: max(NARROWEST, columns(heads[at].title)) for at in giving}
        while sum(widths) > room:
            able = [at for at in giving if widths[at] > floors[at]]
            if not able:
                break
            widths[max(able, key=lambda at: widths[at])] -= 1
    return widths


def _cut(
    heads: Sequence[Column], rows: Sequence[Sequence[Styled]], widths: Sequence[int], look: Look
) -> list[list[Styled]]:
    """The rows with what is too wide cut: at its end, or within where two that differ would read the same."""
    ways = []
    for at, width in enumerate(widths):
        texts = {row[at].text for row in rows}
        same = not heads[at].cuts and len({cut(text, width) for text in texts}) < len(texts)
        ways.append(cut_within if same else cut)
    return [
        [
            cell if head.wraps else Styled(look.plain(way(cell.text, width)), cell.style)
            for head, cell, width, way in zip(heads, row, widths, ways, strict=True)
        ]
        for row in rows
    ]


def _row(heads: Sequence[Column], row: Sequence[Styled], widths: Sequence[int], look: Look) -> list[str]:
    parts = [
        wrap(cell.text, width) if head.wraps else [cell.text]
        for head, cell, width in zip(heads, row, widths, strict=True)
    ]
    lines = []
    for at in range(max(map(len, parts), default=0)):
        line = ""
        for head, cell, part, width in zip(heads, row, parts, widths, strict=True):
            text = part[at] if at < len(part) else ""
            space = " " * (width - columns(text))
            painted = look.paint(text, cell.style)
            line += (space + painted if head.right else painted + space) + GAP
        lines.append(line.rstrip())
    return lines
