"""NB402: the saved outputs were made in another order than top to bottom."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from itertools import pairwise

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Cell, CellKind, Notebook

CODE = "NB402"
TITLE = "The saved outputs were made in another order than top to bottom"
SEVERITY = Severity.WARNING
EXPLAIN = """\
The execution counts in the notebook (the numbers in [ ]) do not grow from top to bottom. Some cell was run again after
a later one, so the numbers saved in the file may not belong to the code that stands there now.

Bad:

```text bad
[1]  df = load()
[4]  df = df.dropna()          <- run again, after the model was trained
[3]  model.fit(df[X], df[y])
```

Good: restart the kernel, run all cells, save. Or let nb2pipe do it, which compares with what the code computes from
top to bottom: `nb2pipe check churn.ipynb`.
"""
SHOWN = 8  # counts quoted in the message


def find(notebook: Notebook, steps: Mapping[int, str] | None = None) -> Diagnostic | None:
    """The first place where the counts fall; ``steps`` maps cell indices to step names."""
    executed = [
        cell for cell in notebook.cells if cell.kind is CellKind.CODE and cell.execution_count and cell.source.strip()
    ]
    for at, (upper, lower) in enumerate(pairwise(executed)):
        if _count(upper) >= _count(lower):
            first = max(0, at - 2)
            quoted = ", ".join(str(cell.execution_count) for cell in executed[first : first + SHOWN])
            return diagnostic(str(notebook.path), upper, lower, quoted, steps or {})
    return None


def diagnostic(notebook: str, upper: Cell, lower: Cell, counts: str, steps: Mapping[int, str]) -> Diagnostic:
    """The finding that ``upper``, which stands above ``lower``, ran after it."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"the saved outputs were made in another order than top to bottom: {counts}",
        notebook=notebook,
        cell=upper.index,
        file_line=upper.file_line,
        step=steps.get(upper.index),
        notes=(
            f"{_called(upper, steps)} ran after {_called(lower, steps)} (counts {upper.execution_count} and "
            f"{lower.execution_count}): saved numbers may not belong to this code",
            f"see what it computes from top to bottom: nb2pipe check {shlex.quote(str(notebook))}",
        ),
    )


def _called(cell: Cell, steps: Mapping[int, str]) -> str:
    step = steps.get(cell.index)
    return f"cell {cell.index + 1}" + (f" ({step})" if step else "")


def _count(cell: Cell) -> int:
    return cell.execution_count or 0
