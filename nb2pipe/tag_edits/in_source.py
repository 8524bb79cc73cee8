"""Edits of a line of code in a notebook's file: all other bytes stay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from nb2pipe.json_places import skip_value, walk_array, walk_cells, walk_object
from nb2pipe.model import Notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEdit:
    """Replace the characters from ``start`` to ``end`` of a ``line`` (from 1) of a cell (from 0) by ``new``."""

    cell: int
    line: int
    start: int
    end: int
    new: str


def apply_to_source(text: str, notebook: Notebook, edits: Sequence[SourceEdit]) -> str:
    """The file's text with the edits made; those whose line is not found as it was read are left out."""
    changed: dict[tuple[int, int], str] = {}
    for edit in sorted(edits, key=lambda e: (e.cell, e.line, -e.start)):
        lines = notebook.cells[edit.cell].source.split("\n")
        old = changed.get((edit.cell, edit.line), lines[edit.line - 1])
        changed[edit.cell, edit.line] = old[: edit.start] + edit.new + old[edit.end :]
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _in_json(text, changed)
    return _in_text(text, notebook, changed)


def _in_text(text: str, notebook: Notebook, changed: dict[tuple[int, int], str]) -> str:
    lines = text.split("\n")
    for (cell, line), new in changed.items():
        there = notebook.cells[cell]
        old = there.source.split("\n")[line - 1]
        at = (there.file_line or 0) + line - 2
        if there.file_line and at < len(lines) and lines[at].rstrip("\r") == old:
            lines[at] = lines[at].replace(old, new, 1)
    return "\n".join(lines)


def _in_json(text: str, changed: dict[tuple[int, int], str]) -> str:
    offset = len(text) - len(text.removeprefix("\ufeff"))
    body = text[offset:]
    escaped = body.isascii() and "\\u" in body
    wanted = {cell for cell, _ in changed}
    replacements: list[tuple[int, int, str]] = []

    def cell(index: int, start: int) -> int | None:
        if index not in wanted:
            return None

        def member(key: str, at: int) -> int | None:
            if key != "source":
                return None
            strings: list[int] = []
            end = walk_array(body, at, strings.append) if body[at] == "[" else skip_value(body, at)
            replacements.extend(_lines(body, strings or [at], index, changed, escaped=escaped))
            return end

        return walk_object(body, start, member)

    walk_cells(body, cell)
    for start, end, new in sorted(replacements, reverse=True):
        body = body[:start] + new + body[end:]
    json.loads(body)
    return text[:offset] + body


def _lines(
    body: str, strings: list[int], cell: int, changed: dict[tuple[int, int], str], *, escaped: bool
) -> list[tuple[int, int, str]]:
    """The strings of a cell's source that change; one may hold several lines."""
    found = []
    number = 1
    for start in strings:
        end = skip_value(body, start)
        lines = json.loads(body[start:end]).split("\n")
        whole = len(lines) - (not lines[-1])  # what follows a line end at the end begins the next string
        news = [changed.get((cell, number + at), line) if at < whole else line for at, line in enumerate(lines)]
        if news != lines:
            found.append((start, end, json.dumps("\n".join(news), ensure_ascii=escaped)))
        number += len(lines) - 1
    return found
