"""Few alerts: which deviations stop a run, and what belongs together.

Deviations that are neither sure (Holm's correction over all tests of the table) nor large enough are dropped. Columns that
go together are told once: the idea of partition summaries and of one alert per group of correlated columns is that of
GATE (Shankar et al., "Automatic and Precise Data Validation for Machine Learning", CIKM 2023).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nb2pipe.checking.contracts.breach import STRUCTURE, Breach, Kind
from nb2pipe.checking.contracts.relations import pairs
from nb2pipe.checking.contracts.summary import TableSummary

ALPHA = 0.001  # probability that a clean table of one run raises any alert by chance, before the least effects
TOGETHER = 0.8  # rank correlation from which columns are one group


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing to look at: its worst deviation, the columns that it touches (worst first), and a guess at the cause."""

    breach: Breach
    columns: tuple[str, ...]
    others: tuple[Breach, ...] = ()
    cause: str = ""


def alerts(breaches: Sequence[Breach], reference: TableSummary, alpha: float = ALPHA) -> tuple[Alert, ...]:
    """What remains, worst first."""
    sure = _large(breaches, alpha)
    lead = _without_echoes(sure)
    groups = _groups(lead, reference)
    found = [
        Alert(
            breach=group[0],
            columns=tuple(dict.fromkeys(breach.column for breach in group if breach.column)),
            others=tuple(group[1:]),
            cause=_cause(group),
        )
        for group in groups
    ]
    return tuple(sorted(found, key=lambda alert: _weight(alert.breach)))


def _large(breaches: Sequence[Breach], alpha: float) -> list[Breach]:
    """Holm: the i-th smallest p-value is compared with alpha / (number of tests - i)."""
    tested = sorted((breach for breach in breaches if breach.kind not in STRUCTURE), key=lambda breach: breach.p)
    kept = [breach for breach in breaches if breach.kind in STRUCTURE]
    for position, breach in enumerate(tested):
        if breach.p > alpha / (len(tested) - position):
            break
        if breach.effect >= 1:
            kept.append(breach)
    return kept


def _weight(breach: Breach) -> tuple[int, float, float]:
    """Structure first; then values that vanished, which move other columns too; the number of rows last, as it is a result."""
    first = {Kind.VANISHED: 1, Kind.ROWS: 3}.get(breach.kind, 2)
    return (0 if breach.kind in STRUCTURE else first, -breach.effect, breach.p)


def _without_echoes(breaches: Sequence[Breach]) -> list[Breach]:
    """The worst deviation of each column first; a relation is told only of columns that nothing else explains."""
    direct = {b.column for b in breaches if b.kind is not Kind.RELATION and b.column}
    relations = sorted((b for b in breaches if b.kind is Kind.RELATION), key=lambda b: -b.effect)
    kept = [b for b in breaches if b.kind is not Kind.RELATION]
    if not direct:
        kept += _culprits(relations)
    return sorted(kept, key=_weight)


def _culprits(relations: Sequence[Breach]) -> list[Breach]:
    """One column with new values moves its correlations with all others; those of the largest effects are to blame."""
    if not relations:
        return []
    largest = relations[0].effect
    return [breach for breach in relations if breach.effect >= 0.8 * largest]


def _groups(breaches: Sequence[Breach], reference: TableSummary) -> list[list[Breach]]:
    """Deviations of one column, and of columns that go together, in one group."""
    together = pairs(reference.ranked, reference.correlations)
    groups: list[list[Breach]] = []
    for breach in breaches:
        home = next((group for group in groups if _belongs(breach, group, together)), None)
        if home is None:
            groups.append([breach])
        else:
            home.append(breach)
    return groups


def _belongs(breach: Breach, group: list[Breach], together: Mapping[tuple[str, str], float]) -> bool:
    if not breach.column or not group[0].column:
        return False
    if any(other.column == breach.column for other in group):
        return True
    alike = group[0].kind is breach.kind
    return alike and any(abs(together.get((breach.column, other.column), 0.0)) >= TOGETHER for other in group)


def _cause(group: Sequence[Breach]) -> str:
    breach = group[0]
    if breach.kind is Kind.NULLS and breach.effect * 0.01 > 0.5:
        return "was it read, joined or renamed under another name?"
    other = next((item.looks_like for item in group if item.column == breach.column and item.looks_like), "")
    if other:
        return f"are {breach.column!r} and {other!r} swapped?"
    if breach.kind is Kind.TYPE:
        return "did one value that is no number turn the column to text?" if "text" in breach.message else ""
    if breach.kind is Kind.DISTRIBUTION:
        return "another unit, other rows, or another source?"
    return ""
