"""What the tables between steps are expected to look like."""

from __future__ import annotations

from typing import Any

from nb2pipe.checking.contracts import ColumnSummary, Contract, TableSummary
from nb2pipe.reports.look import Look, clean, wrap
from nb2pipe.reports.tables import Column, table

SCHEMA_VERSION = 1
HEADS = (
    Column("column", wraps=True),
    Column("type", cuts=True),
    Column("nulls", right=True),
    Column("usually", wraps=True),
)


def of_contract(contract: Contract, look: Look) -> list[str]:
    """Each table with its rows and how many later runs were accepted, and below it a row per column."""
    if not contract.tables:
        said = "no contract: no table crosses a step border, or the project was exported without running it"
        return wrap(said, look.width)
    lines: list[str] = []
    for key, summary in contract.tables.items():
        rows = [(column.name, column.type, _nulls(column, summary), _usually(column)) for column in summary.columns]
        shape = f", {clean(summary.shape)}" if summary.shape else ""
        lines += [""] if lines else []
        lines.append(look.plain(f"{look.paint(clean(key), 'bold')}: {_size(summary)}{shape}"))
        lines += table(HEADS, rows, look, indent=2) if rows else []
    return lines


def to_json(contract: Contract) -> dict[str, Any]:
    """Without the numbers that only comparisons need."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "contract",
        "tables": {
            key: {
                "rows": summary.rows,
                "accepted_runs": len(summary.row_ratios),
                "columns": [
                    {
                        "name": column.name,
                        "type": column.type,
                        "nulls": column.nulls,
                        "unique": column.unique,
                        "usually": _usually(column),
                    }
                    for column in summary.columns
                ],
            }
            for key, summary in contract.tables.items()
        },
    }


def _size(summary: TableSummary) -> str:
    accepted = len(summary.row_ratios)
    more = f", {accepted} accepted" if accepted else ""
    return f"{summary.rows:,} rows{more}"


def _nulls(column: ColumnSummary, summary: TableSummary) -> str:
    return f"{column.nulls / summary.rows:.1%}" if column.nulls and summary.rows else ""


def _usually(column: ColumnSummary) -> str:
    """The middle nine tenths of numbers, the most frequent values of others."""
    if column.unique:
        return "each value once"
    if column.grid:
        low = next(value for value, share in zip(column.grid, column.below, strict=True) if share >= 0.05)
        high = next(value for value, share in zip(column.grid, column.below, strict=True) if share >= 0.95)
        return f"{low:.4g} to {high:.4g}" if low != high else f"{low:.4g}"
    shares = sorted(column.counts.items(), key=lambda item: -item[1])[:3]
    return ", ".join(f"{value} {count / column.counted:.0%}" for value, count in shares)
