"""What the tags say about a cell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a code cell is for. ``STEP`` covers tagged step cells and the untagged code cells that follow them."""

    PARAMETERS = "parameters"
    IMPORTS = "imports"
    FUNCTIONS = "functions"
    STEP = "step"
    SKIP = "skip"
    HEAD = "head"  # an untagged code cell before the first step; planning decides what becomes of it


class ToleranceSource(StrEnum):
    """Who said how far a metric may be off."""

    TAG = "tag"
    FILE = "file"
    NOISE = "noise"  # repeats with other seeds, by ``nb2pipe baseline``
    DIGITS = "digits"  # the decimals that the notebook printed
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """Allowed difference, as in :func:`math.isclose`: ``|a-b| <= max(rel * max(|a|, |b|), abs)``."""

    abs: float = 0.0
    rel: float = 0.0
    source: ToleranceSource = ToleranceSource.DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricTag:
    """``metric:NAME`` or ``metric:NAME±...`` on a cell."""

    name: str
    tolerance: Tolerance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRole:
    """What the tags say about one code cell.

    ``step`` is the step the cell belongs to (``None`` for setup, parameters, skipped and head cells); ``tagged`` tells a
    cell that carries ``step:`` itself from one that inherits it. ``metrics`` marks a ``metrics`` cell.
    ``cache`` is false after ``cache:off``; ``may_raise`` is true with Jupyter's own tag ``raises-exception``.
    """

    cell: int
    role: Role
    step: str | None = None
    tagged: bool = False
    metrics: bool = False
    metric_tags: tuple[MetricTag, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    cache: bool = True
    may_raise: bool = False
