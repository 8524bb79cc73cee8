"""The numbers that stand in a notebook's stored outputs: what each is called, how it was read, how far to trust it."""

from __future__ import annotations

from nb2pipe.outputs.cells import outcomes, read_cell
from nb2pipe.outputs.durations import is_duration
from nb2pipe.outputs.reading import Confidence, Reading, Source
from nb2pipe.outputs.trust import Trust, named_versions, trust

__all__ = [
    "Confidence",
    "Reading",
    "Source",
    "Trust",
    "is_duration",
    "named_versions",
    "outcomes",
    "read_cell",
    "trust",
]
