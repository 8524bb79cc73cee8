"""NB112: more than one parameters cell."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB112"
TITLE = "More than one parameters cell"
SEVERITY = Severity.ERROR
EXPLAIN = """\
papermill puts the values that it is given behind the first cell tagged `parameters`. A second one would set its own
values again.

```python bad
# %% tags=["parameters"]
seed = 7

# %% tags=["parameters"]
n_trees = 100

# %% tags=["step:train"]
x = seed + n_trees
```

```python good
# %% tags=["parameters"]
seed = 7
n_trees = 100

# %% tags=["step:train"]
x = seed + n_trees
```

What to do: merge the cells into one.
"""


def diagnostic(notebook: Notebook, cell: int, first: int) -> Diagnostic:
    """``cell`` is tagged ``parameters`` after ``first`` was."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"cells {first + 1} and {cell + 1} are both tagged 'parameters'",
        notes=("merge them into one cell: papermill sets parameters behind the first",),
    )
    return placed(finding, notebook, cell)
