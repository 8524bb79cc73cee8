"""Did you mean: the distance between two words, slips of neighbouring letters included."""

from __future__ import annotations

from collections.abc import Iterable


def distance(a: str, b: str) -> int:
    """Damerau-Levenshtein: letters added, left out, changed, or swapped (``setp`` is one from ``step``)."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        before, last, row = row, before, [i, *(0 for _ in b)]
        for j, y in enumerate(b, start=1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                row[j] = min(row[j], last[j - 2] + 1)
    return row[len(b)]


def closest(word: str, known: Iterable[str], slips: int | None = None) -> str | None:
    """The known word nearest to ``word``, at most ``slips`` away (by default a third of its letters), or ``None``.

    Case and the choice between ``-`` and ``_`` count less than a letter.
    """
    allowed = max(1, len(word) // 3) if slips is None else slips
    found = [
        (distance(_plain(word), _plain(k)), distance(word, k), k) for k in known if abs(len(k) - len(word)) <= allowed
    ]
    near = [f for f in found if f[0] <= allowed]
    return min(near)[2] if near else None


def _plain(word: str) -> str:
    return word.casefold().replace("-", "_")
