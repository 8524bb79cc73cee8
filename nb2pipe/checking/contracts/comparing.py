"""A table against its summary: what is broken, how sure that is, and how large it is.

Structure (columns, order, types, keys, rows) is compared exactly. Statistics are tested: the distribution by
Kolmogorov-Smirnov's distance, shares of values by chi-squared, nulls by the difference of two proportions, and how a column
goes with the others by Fisher's z of Spearman's correlations, which sees two columns swapped that look alike. Never by
exact minima and maxima: those fail 62 to 69 % of the columns of clean data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nb2pipe.checking.contracts.breach import Breach, Kind, usual
from nb2pipe.checking.contracts.columns import DISTANCE, distance_of, of_column
from nb2pipe.checking.contracts.relations import of_columns
from nb2pipe.checking.contracts.summary import ColumnSummary, Rows, TableSummary, is_number, numbers, shape
from nb2pipe.checking.contracts.tables import open_table
from nb2pipe.running.caching.objects import digest_file

FEWER_ROWS = 0.7  # of the reference's
MORE_ROWS = 3.0
_MOST_MOVED = 8  # columns that are tried in each other's place


def compare(
    path: Path,
    reference: TableSummary,
    *,
    statistics: bool = True,
    digest: Callable[[Path], str | None] = digest_file,
) -> tuple[Breach, ...]:
    """All deviations of the stored table from the summary, however small; raises OSError, ValueError.

    ``statistics=False`` compares the structure alone: with other parameters, other numbers are to be expected. ``digest``
    gives a file's SHA-256, for callers that remember it.
    """
    if digest(path) == reference.digest:
        return ()
    table = open_table(path)
    if shape(table) != reference.shape:
        return (_whole(Kind.TYPE, f"it is {shape(table) or 'a table'}, not {reference.shape or 'a table'}"),)
    known = {column.name: column for column in reference.columns}
    found = [*_structure(table.names, tuple(known))]
    if not table.rows and reference.rows:
        return (*found, _whole(Kind.EMPTY, f"it has no rows, not about {reference.rows:,}"))
    if statistics:
        found += _rows(table.rows, reference)
    rows = Rows.of(table.rows)
    ranks: dict[str, Any] = {}
    moved: dict[str, Any] = {}
    for name, kind, values in table.columns():
        if name in known:
            before = len(found)
            found += of_column(known[name], kind, values, rows, reference.rows, statistics=statistics)
            if len(moved) < _MOST_MOVED and any(_is_moved(breach) for breach in found[before:]) and is_number(values):
                moved[name] = rows.of_column(values)
            if statistics and name in reference.ranked and (ranked := rows.ranks(values)) is not None:
                ranks[name] = ranked
    if statistics:
        found += of_columns(ranks, rows.ranked_rows, reference)
    place = _in_each_others_place(moved, known)
    return tuple(
        replace(breach, looks_like=place[breach.column]) if _is_moved(breach) and breach.column in place else breach
        for breach in found
    )


def _is_moved(breach: Breach) -> bool:
    return breach.kind is Kind.DISTRIBUTION and breach.effect >= 1


def _in_each_others_place(moved: Mapping[str, Any], known: Mapping[str, ColumnSummary]) -> dict[str, str]:
    """Pairs of columns whose new values are distributed as the other's were."""
    import numpy as np

    ordered = {name: np.sort(numbers(sample).to_numpy()) for name, sample in moved.items() if len(sample)}
    names = list(ordered)
    place: dict[str, str] = {}
    for index, first in enumerate(names):
        for second in names[index + 1 :]:
            there = distance_of(known[second], ordered[first]) < DISTANCE
            if there and distance_of(known[first], ordered[second]) < DISTANCE:
                place |= {first: second, second: first}
    return place


def _structure(names: tuple[str, ...], known: tuple[str, ...]) -> Iterator[Breach]:
    for name in known:
        if name not in names:
            yield Breach(kind=Kind.MISSING, column=name, message="the column is gone")
    for name in names:
        if name not in known:
            yield Breach(kind=Kind.EXTRA, column=name, message="the column is new")
    both = [name for name in names if name in known]
    expected = [name for name in known if name in names]
    moved = [name for name, other in zip(both, expected, strict=True) if name != other]
    if moved:
        yield _whole(Kind.ORDER, f"the columns stand in another order: {', '.join(map(repr, moved[:4]))}")


def _rows(rows: int, reference: TableSummary) -> Iterator[Breach]:
    ratio = rows / reference.rows if reference.rows else 1.0
    spread = [abs(math.log(past)) for past in reference.row_ratios if past > 0]
    least = min(FEWER_ROWS, math.exp(-usual(spread)))
    most = max(MORE_ROWS, math.exp(usual(spread)))
    if ratio < least or ratio > most:
        effect = math.log(ratio) / math.log(least if ratio < least else most)
        yield Breach(
            kind=Kind.ROWS, column="", message=f"{rows:,} rows, the reference has {reference.rows:,}", effect=effect
        )


def _whole(kind: Kind, message: str) -> Breach:
    return Breach(kind=kind, column="", message=message)
