"""Where a finding stands: fills in the cell's line of source and the line of the file."""

from __future__ import annotations

import re
from dataclasses import replace

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import Notebook

_LINE_END = re.compile(r"\r\n|\r|\n")


def source_lines(source: str) -> list[str]:
    """The lines as Python counts them: form feeds and Unicode's line separators end no line."""
    return _LINE_END.split(source)


def line_source(notebook: Notebook, cell: int, line: int) -> str | None:
    """The text of a line (from 1) of a cell (from 0), ``None`` where there is no such line."""
    if not 0 <= cell < len(notebook.cells):
        return None
    lines = source_lines(notebook.cells[cell].source)
    return lines[line - 1] if 1 <= line <= len(lines) else None


def placed(
    diagnostic: Diagnostic,
    notebook: Notebook,
    cell: int | None = None,
    line: int | None = None,
    column: int | None = None,
    end_column: int | None = None,
) -> Diagnostic:
    """The diagnostic with its place in the notebook, the source line there and the line in the file."""
    if cell is None:
        return replace(diagnostic, notebook=str(notebook.path))
    there = notebook.cells[cell]
    file_line = there.file_line
    if file_line is not None and line is not None and not there.one_line:
        file_line += line - 1
    return replace(
        diagnostic,
        notebook=str(notebook.path),
        cell=cell,
        line=line,
        column=column,
        end_column=end_column,
        source=None if line is None else line_source(notebook, cell, line),
        file_line=file_line,
    )
