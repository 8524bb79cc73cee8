"""What is normal: the tables of the run that made the baseline, and how far the runs that a person accepted were from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nb2pipe.checking.contracts.breach import STRUCTURE, Breach, Kind
from nb2pipe.checking.contracts.comparing import compare
from nb2pipe.checking.contracts.file import Contract
from nb2pipe.checking.contracts.ranking import alerts
from nb2pipe.checking.contracts.summary import ColumnSummary, TableSummary, summarise
from nb2pipe.checking.contracts.tables import readable

_REMEMBERED = 30  # accepted runs


def learned(artifacts: Mapping[str, Path]) -> Contract:
    """A contract from one run's artifacts, by ``step/name``; those that are no tables have none."""
    return Contract(tables={key: summarise(path) for key, path in sorted(artifacts.items()) if readable(path)})


def accepted(contract: Contract, artifacts: Mapping[str, Path]) -> Contract:
    """The contract after a person said that this run's data are as they should be.

    Where only statistics moved, the distance is remembered as normal; where the structure differs, the new table is the
    reference from now on.
    """
    tables = dict(contract.tables)
    for key, path in sorted(artifacts.items()):
        if not readable(path):
            continue
        known = tables.get(key)
        tables[key] = summarise(path) if known is None else _widened(known, path)
    return Contract(tables=tables)


def _widened(known: TableSummary, path: Path) -> TableSummary:
    breaches = compare(path, known)
    stopped = [alert.breach for alert in alerts(breaches, known)]
    if any(breach.kind in STRUCTURE or breach.kind is Kind.RELATION for breach in stopped):
        return summarise(path)
    fresh = summarise(path)
    ratio = fresh.rows / known.rows if known.rows else 1.0
    return replace(
        known,
        columns=tuple(_column(column, breaches) for column in known.columns),
        row_ratios=(*known.row_ratios, ratio)[-_REMEMBERED:],
    )


def _column(column: ColumnSummary, breaches: Sequence[Breach]) -> ColumnSummary:
    own = [breach for breach in breaches if breach.column == column.name]
    moved = max((b.size for b in own if b.kind in (Kind.DISTRIBUTION, Kind.VALUES, Kind.VANISHED)), default=0.0)
    nulls = max((b.size for b in own if b.kind is Kind.NULLS), default=0.0)
    return replace(
        column,
        drift=(*column.drift, round(moved, 6))[-_REMEMBERED:],
        null_drift=(*column.null_drift, round(nulls, 6))[-_REMEMBERED:],
    )
