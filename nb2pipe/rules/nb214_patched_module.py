"""NB214: a step changes an imported module."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook, Place
from nb2pipe.rules.placing import placed

CODE = "NB214"
TITLE = "A step changes a module, function or class"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Assigning to an attribute of a module (`module.function = ...`) changes it for the whole process. Later steps
run in processes of their own and would see the module unchanged.

```python bad
# %% tags=["step:load"]
import math
math.answer = 42

# %% tags=["step:report"]
print(math.answer)
```

```python good
# %% tags=["imports"]
import math
math.answer = 42

# %% tags=["step:report"]
print(math.answer)
```

What to do: put the change into a cell tagged `imports` (it is then replayed in each step that uses the
module), or join the steps.
"""


def diagnostic(
    notebook: Notebook, cell: int, place: Place, *, what: str, name: str, step: str, reader: str
) -> Diagnostic:
    """``what`` is module, function or class, ``name`` its name in the notebook, ``reader`` a later step that uses it."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"step '{step}' changes the {what} '{name}', which step '{reader}' uses in another process",
        notes=("move the change into a cell tagged 'imports': each step that uses it replays it",),
        step=step,
    )
    return placed(finding, notebook, cell, place.line, place.column, place.end_column)
