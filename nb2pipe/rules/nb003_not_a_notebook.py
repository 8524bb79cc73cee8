"""NB003: JSON, but not a notebook."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB003"
TITLE = "The file is not a notebook"
SEVERITY = Severity.ERROR
EXPLAIN = """\
The file can be parsed, but it is not built as a notebook: an object with `nbformat`, `metadata` and a list of
`cells`, each with a `cell_type` and a `source`. The message says what is missing and in which cell.

```json bad
[{"cell_type": "code", "source": "x = 1"}]
```

```json good
{"nbformat": 4, "nbformat_minor": 5, "metadata": {},
 "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": null, "source": "x = 1"}]}
```

What to do: open it in Jupyter and save it again, or restore it from version control. `python -m json.tool` shows its
parts.
"""


def diagnostic(notebook: str, what: str, cell: int | None = None) -> Diagnostic:
    """``what`` says what is wrong with the cell, or with the whole file."""
    where = "" if cell is None else f"cell {cell + 1}: "
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"{notebook} is not a notebook: {where}{what}",
        notebook=notebook,
        cell=cell,
        notes=("open it in Jupyter and save it again, or restore it from version control",),
    )
