"""NB214: a step changes an imported module."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook, Place
from nb2pipe.rules.placing import placed

CODE = "NB214"
TITLE = "A step changes a module, function or class"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Assigning to an attribute of a function or class of the notebook, or changing a module inside a function, changes it in this
process only. Later steps run in processes of their own and would see it unchanged. (A plain `module.name = ...` is replayed
in each step that uses the module.)

```python bad
# %% tags=["step:load"]
def count():
    count.calls += 1
count.calls = 0

# %% tags=["step:report"]
print(count.calls)
```

```python good
# %% tags=["step:load"]
calls = 0

# %% tags=["step:report"]
print(calls)
```

What to do: keep such a value in a variable, put the lines into a cell tagged `functions` (they are then replayed in each step
that needs them), or join the steps.
"""


def diagnostic(
    notebook: Notebook, cell: int, place: Place, *, what: str, name: str, step: str, reader: str
) -> Diagnostic:
    """``what`` is module, function or class, ``name`` its name in the notebook, ``reader`` a later step that uses it."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"step '{step}' changes the {what} '{name}', which step '{reader}' uses in another process",
        notes=("keep it in a variable, or move these lines into a cell tagged 'functions', which steps replay",),
        step=step,
    )
    return placed(finding, notebook, cell, place.line, place.column, place.end_column)
