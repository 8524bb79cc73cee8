"""NB206: a step needs two versions of one name."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook, Place
from nb2pipe.rules.placing import placed

CODE = "NB206"
TITLE = "A step needs two versions of one name"
SEVERITY = Severity.ERROR
EXPLAIN = """\
The step reads a name as it was at two moments between which another step changed it. A step starts with one
version of each name, so this cannot be split here.

```python bad
# %% tags=["step:load"]
rows = [1, 2]

# %% tags=["step:report"]
print(len(rows))

# %% tags=["step:clean"]
rows = rows[:1]

# %% tags=["step:report"]
print(len(rows))
```

```python good
# %% tags=["step:load"]
rows = [1, 2]

# %% tags=["step:report"]
print(len(rows))

# %% tags=["step:clean"]
rows = rows[:1]

# %% tags=["step:report_clean"]
print(len(rows))
```

What to do: give the later cells a step name of their own, or the changed value a new name.
"""


def diagnostic(notebook: Notebook, cell: int, place: Place, *, name: str, step: str, why: str) -> Diagnostic:
    """``why`` says which versions."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"step '{step}' needs two versions of '{name}': {why}",
        notes=(f"give cell {cell + 1} a step name of its own, or the changed '{name}' a new name",),
        step=step,
    )
    return placed(finding, notebook, cell, place.line, place.column, place.end_column)
