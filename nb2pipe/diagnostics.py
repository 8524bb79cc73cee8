"""Findings about a notebook: a code, a place, a sentence, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Errors make commands refuse; warnings and notices do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagEdit:
    """Replace ``old`` by ``new`` (``None`` removes it) among a cell's tags or in its first-line comment.

    An empty ``old`` adds the tag ``new``; as a ``#|`` comment on top of the cell if ``comment`` is true.
    """

    cell: int
    old: str
    new: str | None
    comment: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What `lint --fix` would do."""

    description: str
    edits: tuple[TagEdit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding.

    ``cell`` is an index from 0, ``line`` from 1, columns from 0. ``source`` is the text of the line in question.
    ``notes`` say what to do; the renderer prints each behind ``=``. ``file_line`` is the line in the notebook's file.
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    notebook: str | None = None
    cell: int | None = None
    line: int | None = None
    column: int | None = None
    end_column: int | None = None
    source: str | None = None
    notes: tuple[str, ...] = ()
    fix: Fix | None = None
    file_line: int | None = None
    step: str | None = None
