"""Contracts at the step borders: what a step's tables look like, learned from runs, checked before the next step runs."""

from nb2pipe.checking.contracts.breach import Breach, Kind
from nb2pipe.checking.contracts.compared import Compared, read_compared, write_compared
from nb2pipe.checking.contracts.comparing import compare
from nb2pipe.checking.contracts.file import FILE_NAME, Contract, dump, load
from nb2pipe.checking.contracts.learning import accepted, learned
from nb2pipe.checking.contracts.ranking import Alert, alerts
from nb2pipe.checking.contracts.summary import ColumnSummary, TableSummary, summarise
from nb2pipe.checking.contracts.tables import readable

__all__ = [
    "FILE_NAME",
    "Alert",
    "Breach",
    "ColumnSummary",
    "Compared",
    "Contract",
    "Kind",
    "TableSummary",
    "accepted",
    "alerts",
    "compare",
    "dump",
    "learned",
    "load",
    "read_compared",
    "readable",
    "summarise",
    "write_compared",
]
