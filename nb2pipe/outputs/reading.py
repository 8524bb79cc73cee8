"""One number read from an output."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Which kind of output a number stood in."""

    RECORD = "record"  # scrapbook, papermill.record
    RESULT = "result"  # the value of the cell's last expression
    PRINT = "print"  # printed by a print call of the cell
    REPORT = "report"  # scikit-learn's classification report
    TABLE = "table"  # an HTML table or a printed frame
    LOG = "log"  # the last line of a training log
    LABEL = "label"  # a word and a number on a line


class Confidence(StrEnum):
    """How sure it is which expression a number belongs to."""

    EXACT = "exact"  # the code that showed it says so
    NAMED = "named"  # the text beside it says so
    POSITION = "position"  # only where it stands says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A number in a cell's output.

    ``decimals`` is how many were shown (``None``: full precision). ``expression`` is the source of what was shown, ``key``
    the path inside it. ``percent``: a percent sign stood behind the number, which was divided by 100; whether the code
    counts in percent is not known then.
    """

    cell: int
    name: str
    value: float
    decimals: int | None
    source: Source
    confidence: Confidence
    expression: str | None = None
    key: str = ""
    percent: bool = False
