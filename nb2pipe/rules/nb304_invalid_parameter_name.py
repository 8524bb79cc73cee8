"""NB304: a parameter name that cannot be set from outside."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB304"
TITLE = "Invalid parameter name"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Exported steps take two parameters of their own, `inputs` and `outputs`: the folders they read from and write to. A
notebook's parameter of that name would be overwritten.

```python bad
# %% tags=["parameters"]
inputs = "data"

# %% tags=["step:train"]
x = inputs
```

```python good
# %% tags=["parameters"]
input_folder = "data"

# %% tags=["step:train"]
x = input_folder
```

What to do: rename the parameter.
"""


def diagnostic(notebook: Notebook | None, cell: int, line: int, name: str) -> Diagnostic:
    """``name`` is reserved."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"{name!r} cannot be a parameter: exported steps use that name for a folder",
        notes=("rename it",),
    )
    return finding if notebook is None else placed(finding, notebook, cell, line)
