"""What is remembered of a table: its structure, and per column what a later table can be compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from nb2pipe.checking.contracts.tables import Table, open_table
from nb2pipe.running.caching.objects import digest_file

LEVELS = 101  # points of the distribution that are kept
FEW = 40  # so many distinct values, or fewer, are counted one by one
MOST_COLUMNS = 80  # for correlations
SAMPLE = 200_000  # rows that statistics look at; structure, rows and nulls are those of the whole table
RANKED = 20_000  # rows that correlations look at


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSummary:
    """``grid`` are values in ascending order, ``below`` the share of values up to each, ``under`` the share less than it.

    ``counts`` has the sampled rows that hold each value, if they are few, else those of the most frequent ones; ``counted``
    is their base. ``drift``: how far (Kolmogorov-Smirnov distance, or total variation) accepted runs were from this one,
    ``null_drift`` by how much their share of nulls differed.
    """

    name: str
    type: str
    nulls: int
    grid: tuple[float, ...] = ()
    below: tuple[float, ...] = ()
    under: tuple[float, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    counted: int = 0
    unique: bool = False
    drift: tuple[float, ...] = ()
    null_drift: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSummary:
    """``columns`` in their order. ``ranked`` names the columns of ``correlations`` (Spearman's, upper triangle by rows)."""

    rows: int
    digest: str
    columns: tuple[ColumnSummary, ...]
    shape: str = ""
    ranked: tuple[str, ...] = ()
    correlations: tuple[float, ...] = ()
    sampled: int = 0
    row_ratios: tuple[float, ...] = ()


def summarise(path: Path) -> TableSummary:
    """The summary of a parquet or npy file; raises OSError, ValueError."""
    table = open_table(path)
    rows = Rows.of(table.rows)
    columns: list[ColumnSummary] = []
    ranks: dict[str, Any] = {}
    for name, kind, values in table.columns():
        columns.append(_column(name, kind, values, rows))
        ranked = rows.ranks(values)
        if ranked is not None and len(ranks) < MOST_COLUMNS:
            ranks[name] = ranked
    return TableSummary(
        rows=table.rows,
        digest=digest_file(path),
        columns=tuple(columns),
        shape=shape(table),
        ranked=tuple(ranks),
        correlations=correlations(ranks),
        sampled=rows.ranked_rows,
    )


def shape(table: Table) -> str:
    """Type and shape of an array that has no columns of its own."""
    return "" if table.names else "".join(table.types)


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows statistics look at: all, or evenly drawn ones, the same in each run of the same table."""

    total: int
    sample: Any
    ranked: Any

    @classmethod
    def of(cls, total: int) -> Rows:
        """For a table of so many rows."""
        import numpy as np

        drawn = np.random.default_rng(total)
        sample = None if total <= SAMPLE else np.sort(drawn.choice(total, SAMPLE, replace=False))
        ranked = None if total <= RANKED else np.sort(drawn.choice(total, RANKED, replace=False))
        return cls(total, sample, ranked)

    @property
    def ranked_rows(self) -> int:
        """How many rows correlations look at."""
        return min(self.total, RANKED)

    def of_column(self, values: Any) -> Any:
        """The sampled values, without nulls."""
        return (values if self.sample is None else values.iloc[self.sample]).dropna()

    def ranks(self, values: Any) -> Any:
        """Centred ranks of a column of numbers (nulls in the middle), of length one; None for others and constants."""
        import numpy as np

        if not is_number(values):
            return None
        some = numbers(values if self.ranked is None else values.iloc[self.ranked])
        ranked = some.rank().to_numpy()
        ranked = np.where(np.isnan(ranked), np.nanmean(ranked) if len(ranked) and not some.isna().all() else 0, ranked)
        ranked = ranked - ranked.mean() if len(ranked) else ranked
        length = float(np.sqrt(ranked @ ranked))
        return ranked / length if length > 0 else None


def is_number(values: Any) -> bool:
    """Numbers, times and durations have an order and a distance; flags are counted."""
    import pandas as pd

    types = pd.api.types
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype) or types.is_bool_dtype(dtype) or types.is_complex_dtype(dtype):
        return False
    return bool(
        types.is_numeric_dtype(dtype) or types.is_datetime64_any_dtype(dtype) or types.is_timedelta64_dtype(dtype)
    )


def numbers(values: Any) -> Any:
    """As floats; times in seconds."""
    import pandas as pd

    types = pd.api.types
    if types.is_datetime64_any_dtype(values.dtype):
        return (values - pd.Timestamp(0, tz=getattr(values.dtype, "tz", None))).dt.total_seconds()
    if types.is_timedelta64_dtype(values.dtype):
        return values.dt.total_seconds()
    return values.astype("float64")


def counts_of(values: Any) -> dict[str, int] | None:
    """How often each value occurs, most frequent first; None for values that cannot be counted (lists)."""
    try:
        found = values.value_counts()
    except TypeError:
        return None
    return {str(value): int(count) for value, count in found.items() if count}


def correlations(ranks: Mapping[str, Any]) -> tuple[float, ...]:
    """Spearman's, upper triangle by rows."""
    import numpy as np

    if len(ranks) < 2:
        return ()
    stacked = np.stack(list(ranks.values()))
    matrix = stacked @ stacked.T
    return tuple(round(float(value), 4) for value in matrix[np.triu_indices(len(ranks), 1)])


def _column(name: str, kind: str, values: Any, rows: Rows) -> ColumnSummary:
    import numpy as np

    summary = ColumnSummary(name=name, type=kind, nulls=int(values.isna().sum()))
    sample = rows.of_column(values)
    if not len(sample):
        return summary
    counts = counts_of(sample) or {}
    if counts:
        few = len(counts) <= FEW
        repeated = not few and counts[next(iter(counts))] >= max(5, len(sample) // 200)
        kept = counts if few else (dict(list(counts.items())[:FEW]) if repeated and not is_number(values) else {})
        summary = replace(summary, counts=kept, counted=len(sample), unique=_is_key(name, values, counts))
    if is_number(values):
        ordered = np.sort(numbers(sample).to_numpy())
        grid = np.unique(np.quantile(ordered, np.linspace(0, 1, LEVELS), method="inverted_cdf"))
        summary = replace(
            summary,
            grid=tuple(map(float, grid)),
            below=_shares(ordered, grid, "right"),
            under=_shares(ordered, grid, "left"),
        )
    return summary


def _shares(ordered: Any, grid: Any, side: Literal["left", "right"]) -> tuple[float, ...]:
    import numpy as np

    return tuple(round(float(share), 6) for share in np.searchsorted(ordered, grid, side=side) / len(ordered))


def _is_key(name: str, values: Any, counts: Mapping[str, int]) -> bool:
    """Whether the values are distinct on purpose, not by chance: text, dense whole numbers, or a name that says so."""
    import pandas as pd

    if len(values) < FEW or values.isna().any() or not counts or not values.is_unique:
        return False
    if name.lower() == "id" or name.lower().endswith(("_id", "uuid", "_key")) or name.startswith("__index"):
        return True
    if pd.api.types.is_integer_dtype(values.dtype):
        return bool(int(values.max()) - int(values.min()) < 4 * len(values))
    return not is_number(values)
