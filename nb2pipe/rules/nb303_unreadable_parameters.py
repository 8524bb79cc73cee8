"""NB303: a parameters cell that cannot be read without running it."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB303"
TITLE = "The parameters cell cannot be read"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Parameters are read from the cell without running it: plain values assigned to names. This cell is not valid Python, or
it deletes a name or assigns it in a way that hides what a parameter's value is.

```python bad
# %% tags=["parameters"]
seed = = 7

# %% tags=["step:train"]
x = 1
```

```python good
# %% tags=["parameters"]
seed = 7

# %% tags=["step:train"]
x = seed
```

What to do: write one plain value per parameter (`seed = 7`). Lines that compute from parameters may follow; they are
run again with the values given.
"""


def diagnostic(notebook: Notebook | None, cell: int, line: int, why: str) -> Diagnostic:
    """``why`` says what cannot be read, on ``line`` of the cell."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"the parameters cell cannot be read: {why}",
        notes=("write one plain value per parameter: seed = 7",),
    )
    return finding if notebook is None else placed(finding, notebook, cell, line)
