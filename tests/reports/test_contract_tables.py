"""What ``nb2pipe contract`` shows."""

from __future__ import annotations

from nb2pipe.checking.contracts import ColumnSummary, Contract, TableSummary
from nb2pipe.reports import contracts
from nb2pipe.reports.look import Look


def test_names_of_tables_and_columns_are_whole():
    """In 80 columns names that begin alike can be told apart; each table is headed by its size."""
    columns = tuple(
        ColumnSummary(name=f"contract_with_{kind}", type="int64", nulls=nulls, counts={"0": 6, "1": 4}, counted=10)
        for kind, nulls in (("month by month", 0), ("one year", 1), ("two years", 0))
    )
    summary = TableSummary(rows=10, digest="", columns=columns, row_ratios=(1.0,))
    lines = contracts.of_contract(Contract(tables={"load_all_customers/contracts": summary, "b/c": summary}), Look())
    assert lines[:5] == [
        "load_all_customers/contracts: 10 rows, 1 accepted",
        "  column                        type   nulls  usually",
        "  ────────────────────────────  ─────  ─────  ────────────",
        "  contract_with_month by month  int64         0 60%, 1 40%",
        "  contract_with_one year        int64  10.0%  0 60%, 1 40%",
    ]
    assert lines[6:8] == ["", "b/c: 10 rows, 1 accepted"]
    assert max(map(len, contracts.of_contract(Contract(), Look()))) <= 80
