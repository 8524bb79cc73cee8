"""scikit-learn's classification report, as it prints it."""

from __future__ import annotations

import re

from nb2pipe.outputs.numerals import Number, parse

_HEADER = re.compile(r"^\s*(?:pre\s+rec\s+spe\s+f1\s.*|precision\s+recall\s+f1-score\s+support)\s*$")
_SUMS = ("accuracy", "micro avg", "macro avg", "weighted avg", "samples avg", "avg / total")
COLUMNS = ("precision", "recall", "f1-score", "support")


def find(lines: list[str]) -> list[tuple[int, int]]:
    """Where reports stand: the first line and the one behind the last."""
    found = []
    at = 0
    while at < len(lines):
        if _HEADER.match(lines[at]):
            end = at + 1
            while end < len(lines) and (not lines[end].strip() or _row(lines[end]) is not None):
                end += 1
            if end > at + 1:
                found.append((at, end))
                at = end
                continue
        at += 1
    return found


def classification(text: str) -> list[tuple[str, Number]]:
    """``0.f1-score``, ``macro avg.recall``, ``accuracy``; nothing if the text is no report."""
    lines = text.split("\n")
    blocks = find(lines)
    if not blocks or any(line.strip() for line in lines[: blocks[0][0]]):
        return []
    found: list[tuple[str, Number]] = []
    for line in lines[blocks[0][0] + 1 : blocks[0][1]]:
        row = _row(line)
        if row is None:
            continue
        label, cells = row
        if label == "accuracy":
            found.append(("accuracy", cells[0]))
        else:
            found += [(f"{label}.{column}", cell) for column, cell in zip(COLUMNS, cells, strict=False)]
    return found


def _row(line: str) -> tuple[str, list[Number]] | None:
    words = line.split()
    cells: list[Number] = []
    while words and len(cells) < 4 and (number := parse(words[-1])) is not None:
        if cells and len(words) == 1:
            break  # a class named by a number
        cells.insert(0, number)
        words.pop()
    label = " ".join(words)
    if not label or len(cells) < 2 or (len(cells) < 3 and label not in _SUMS):
        return None
    return label, cells
