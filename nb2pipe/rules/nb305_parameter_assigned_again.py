"""NB305: a parameter that the cell computes from and then sets again."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB305"
TITLE = "A parameter is assigned again"
SEVERITY = Severity.WARNING
EXPLAIN = """\
The `parameters` cell sets a name to a plain value, computes from it, and then sets it once more. A value given from
outside replaces the first one; the later line still runs after it and wins.

```python bad
# %% tags=["parameters"]
n = 10
half = n // 2
n = 20

# %% tags=["step:train"]
x = half + n
```

```python good
# %% tags=["parameters"]
n = 10
half = n // 2
m = 20

# %% tags=["step:train"]
x = half + m
```

What to do: use another name for the second value.
"""


def diagnostic(notebook: Notebook | None, cell: int, line: int, name: str) -> Diagnostic:
    """``name`` is set again on ``line``."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"parameter {name!r} is assigned again on line {line}: a value given from outside does not outlive it",
        notes=("use another name for the second value",),
    )
    return finding if notebook is None else placed(finding, notebook, cell, line)
