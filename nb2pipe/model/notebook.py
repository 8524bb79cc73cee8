"""What was read: a notebook and its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class CellKind(StrEnum):
    """nbformat's cell types."""

    CODE = "code"
    MARKDOWN = "markdown"
    RAW = "raw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell as the user saved it.

    ``file_line`` is the line in the file on which its source begins (from 1), if known; line n of the source is n-1 lines
    further down, unless the file has the whole source on ``one_line``.
    """

    index: int
    id: str
    kind: CellKind
    source: str
    tags: tuple[str, ...] = ()
    execution_count: int | None = None
    outputs: tuple[Mapping[str, Any], ...] = ()
    file_line: int | None = None
    one_line: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A notebook of any supported file format; ``text_format`` is jupytext's name (``py:percent``) or ``ipynb``.

    ``notices`` are remarks of the reader (upgraded from nbformat 3, tags in an unreadable form) that become diagnostics.
    """

    path: Path
    cells: tuple[Cell, ...]
    language: str = "python"
    kernel_name: str | None = None
    python_version: str | None = None
    text_format: str = "ipynb"
    nbformat: tuple[int, int] = (4, 5)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
