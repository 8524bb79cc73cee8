"""NB202: a cell is not valid Python."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook, Place
from nb2pipe.rules.placing import placed

CODE = "NB202"
TITLE = "A cell is not valid Python"
SEVERITY = Severity.ERROR
EXPLAIN = """\
The cell cannot be parsed, so nobody can tell what it reads and writes.

```python bad
# %% tags=["step:load"]
rows = [1, 2
```

```python good
# %% tags=["step:load"]
rows = [1, 2]
```

What to do: run the cell in Jupyter and mend it, tag it `skip`, or make it a Markdown or raw cell. Magics
(`%time`, `!ls`) are understood.
"""


def diagnostic(notebook: Notebook, cell: int, place: Place, problem: str, step: str | None) -> Diagnostic:
    """``problem`` is the parser's sentence."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"cell {cell + 1} is not valid Python: {problem}",
        notes=("mend the cell, or tag it 'skip' if nothing depends on it",),
        step=step,
    )
    return placed(finding, notebook, cell, place.line, place.column, place.end_column)
