"""A column against its summary: type, keys, nulls, distribution, shares of values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from nb2pipe.checking.contracts.breach import Breach, Kind, percent, usual
from nb2pipe.checking.contracts.summary import ColumnSummary, Rows, counts_of, is_number, numbers

# The least effect that matters. A difference can be certain and still too small to stop a pipeline for.
DISTANCE = 0.1  # of two distributions, or total variation of shares
NULLS = 0.01  # share of rows
VANISHED = 0.01  # share of rows that a value had
EXPECTED = 5  # rows of a value, in both tables, from which chi-squared holds; rarer ones are put together
_SURELY = 1e-4


def of_column(
    known: ColumnSummary, kind: str, values: Any, rows: Rows, before: int, *, statistics: bool
) -> Iterator[Breach]:
    """Deviations of a column whose new values have type ``kind``; ``before`` are the reference's rows."""
    if kind != known.type:
        yield Breach(kind=Kind.TYPE, column=known.name, message=f"the type is {kind}, not {known.type}")
    if known.unique and not values.is_unique:
        doubled = int(values.duplicated().sum())
        yield Breach(kind=Kind.KEY, column=known.name, message=f"{doubled:,} values occur twice; all were distinct")
    if not statistics:
        return
    yield from _nulls(known, int(values.isna().sum()), len(values), before)
    sample = rows.of_column(values)
    if not len(sample) or not known.counted:
        return
    if known.grid and is_number(values):
        yield from _distribution(known, numbers(sample).to_numpy())
    if known.counts and (bool(known.grid) == is_number(values)):
        yield from _values(known, counts_of(sample) or {}, len(sample))


def _nulls(known: ColumnSummary, nulls: int, rows: int, before: int) -> Iterator[Breach]:
    """Two proportions, by the difference of their arcsines (Cohen's h), which is steady near 0 and 1."""
    new, old = nulls / rows, known.nulls / before if before else 0.0
    h = 2 * math.asin(math.sqrt(new)) - 2 * math.asin(math.sqrt(old))
    p = math.erfc(abs(h) / math.sqrt(1 / rows + 1 / max(before, 1)) / math.sqrt(2))
    if new != old:
        yield Breach(
            kind=Kind.NULLS,
            column=known.name,
            message=f"{percent(new)} of the rows are null, {percent(old)} in the reference",
            p=p,
            effect=abs(new - old) / max(NULLS, usual(known.null_drift)),
            size=abs(new - old),
        )


def _distribution(known: ColumnSummary, values: Any) -> Iterator[Breach]:
    import numpy as np
    from scipy.special import kolmogorov

    ordered = np.sort(values)
    distance = distance_of(known, ordered)
    size = len(ordered) * known.counted / (len(ordered) + known.counted)
    # The grid has the quantiles of the reference, so what lies between two of them is not seen: nothing is added for it.
    old, new = _median(known.grid, known.below), float(np.median(ordered))
    yield Breach(
        kind=Kind.DISTRIBUTION,
        column=known.name,
        message=f"other numbers: the median is {new:.6g}, {old:.6g} in the reference",
        p=float(kolmogorov(distance * math.sqrt(size))),
        effect=distance / max(DISTANCE, usual(known.drift)),
        size=distance,
    )


def distance_of(known: ColumnSummary, ordered: Any) -> float:
    """Kolmogorov-Smirnov's, at the reference's quantiles, from both sides of each: values may occur many times."""
    import numpy as np

    if not known.grid:
        return 1.0
    return max(
        float(np.abs(np.searchsorted(ordered, known.grid, side="right") / len(ordered) - known.below).max()),
        float(np.abs(np.searchsorted(ordered, known.grid, side="left") / len(ordered) - known.under).max()),
    )


def _values(known: ColumnSummary, counts: Mapping[str, int], total: int) -> Iterator[Breach]:
    pairs_of_counts = _cells(known, counts, total)
    variation = sum(abs(old / known.counted - new / total) for old, new in pairs_of_counts) / 2
    gone = {
        value: p
        for value, old in known.counts.items()
        if not counts.get(value) and old / known.counted >= VANISHED
        and (p := _absence(old, known.counted, total)) < _SURELY
    }  # fmt: skip
    if gone:
        shown = ", ".join(f"{value!r} ({percent(known.counts[value] / known.counted)})" for value in [*gone][:3])
        yield Breach(
            kind=Kind.VANISHED,
            column=known.name,
            message=f"{'values' if len(gone) > 1 else 'a value'} vanished: {shown}",
            p=min(gone.values()),
            effect=max(variation / DISTANCE, 1.0),
            size=variation,
        )
    elif len(pairs_of_counts) > 1:
        yield Breach(
            kind=Kind.VALUES,
            column=known.name,
            message=_moved(known, counts, total),
            p=_chi_squared(pairs_of_counts, known.counted, total),
            effect=variation / max(DISTANCE, usual(known.drift)),
            size=variation,
        )


def _cells(known: ColumnSummary, counts: Mapping[str, int], total: int) -> list[tuple[int, int]]:
    """Rows with each value, before and now; the rare values and those that are not counted one by one come last."""
    cells = [(old, counts.get(value, 0)) for value, old in known.counts.items()]
    least = EXPECTED * (known.counted + total) / min(known.counted, total)
    frequent = [(old, new) for old, new in cells if old + new >= least]
    rest = known.counted - sum(old for old, _ in frequent), total - sum(new for _, new in frequent)
    return [*frequent, rest] if sum(rest) else frequent


def _chi_squared(cells: list[tuple[int, int]], counted: int, total: int) -> float:
    from scipy.stats import chi2

    statistic = 0.0
    for old, new in cells:
        pooled = (old + new) / (counted + total)
        statistic += (old - pooled * counted) ** 2 / (pooled * counted) + (new - pooled * total) ** 2 / (pooled * total)
    return float(chi2.sf(statistic, len(cells) - 1))


def _absence(old: int, counted: int, total: int) -> float:
    """The probability that none of ``old`` rows with a value falls among the new ones, if both are of one kind."""
    return (counted / (counted + total)) ** old


def _moved(known: ColumnSummary, counts: Mapping[str, int], total: int) -> str:
    """The value whose share moved most."""
    new_ones = {value: count for value, count in counts.items() if value not in known.counts}
    shares = {value: (old / known.counted, counts.get(value, 0) / total) for value, old in known.counts.items()}
    if len(known.counts) < len(counts) and new_ones:
        value = max(new_ones, key=lambda name: new_ones[name])
        shares[value] = (0.0, new_ones[value] / total)
    value = max(shares, key=lambda name: abs(shares[name][0] - shares[name][1]))
    old_share, new_share = shares[value]
    return f"other shares: {value!r} is {percent(new_share)}, {percent(old_share)} in the reference"


def _median(grid: tuple[float, ...], below: tuple[float, ...]) -> float:
    return next((value for value, share in zip(grid, below, strict=True) if share >= 0.5), grid[-1])
