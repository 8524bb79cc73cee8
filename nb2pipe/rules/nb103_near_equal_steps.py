"""NB103: two step names one letter apart."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB103"
TITLE = "Two steps whose names are one letter apart"
SEVERITY = Severity.WARNING
EXPLAIN = """\
The same name on several cells makes them one step. Two names that differ by a single slip make two steps, which is
seldom meant.

```python bad
# %% tags=["step:evaluate"]
x = 1

# %% tags=["step:evalute"]
y = x
```

```python good
# %% tags=["step:evaluate"]
x = 1

# %% tags=["step:evaluate"]
y = x
```

What to do: give both cells the same name, or names that differ by more. Names that differ in a digit (`train1`,
`train2`) are not reported.
"""


def diagnostic(notebook: Notebook, cell: int, name: str, other: str, other_cell: int) -> Diagnostic:
    """The later step ``name`` begins at ``cell``, the earlier ``other`` at ``other_cell``."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"steps {other!r} (cell {other_cell + 1}) and {name!r} (cell {cell + 1}) are one letter apart",
        notes=(f"if they are one step, write {other!r} on both cells",),
        step=name,
    )
    return placed(finding, notebook, cell)
