"""NB212: a skipped cell draws random numbers."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB212"
TITLE = "A skipped cell draws random numbers"
SEVERITY = Severity.ERROR
EXPLAIN = """\
The notebook seeds a global random generator; a cell tagged `skip` draws from it, and a later step goes on
with the same stream. Without the cell, the later step would get other numbers than in the notebook.

```python bad
# %% tags=["step:load"]
import random
random.seed(1)

# %% tags=["skip"]
print(random.random())

# %% tags=["step:sample"]
print(random.random())
```

```python good
# %% tags=["step:load"]
import random
random.seed(1)

# %% tags=["step:sample"]
random.seed(2)
print(random.random())
```

What to do: remove the `skip` tag, or seed again in the later step.
"""


def diagnostic(notebook: Notebook, cell: int, step: str) -> Diagnostic:
    """``cell`` is the skipped one, ``step`` goes on with the stream."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"the skipped cell {cell + 1} draws random numbers, and step '{step}' goes on with the same stream",
        notes=(f"remove the 'skip' tag of cell {cell + 1}, or seed again in step '{step}'",),
        step=step,
    )
    return placed(finding, notebook, cell)
