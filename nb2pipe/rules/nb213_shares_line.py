"""NB213: a definition shares its line with other code."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB213"
TITLE = "A definition shares its line with other code"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Steps replay whole lines of your cells: imports, functions, settings. This line also does something else,
which would then run in each of those steps.

```python bad
# %% tags=["step:load"]
import math; rows = [math.pi]

# %% tags=["step:area"]
print(math.tau, rows)
```

```python good
# %% tags=["step:load"]
import math
rows = [math.pi]

# %% tags=["step:area"]
print(math.tau, rows)
```

What to do: give the import or definition a line of its own.
"""


def diagnostic(notebook: Notebook, cell: int, line: int, step: str) -> Diagnostic:
    """``step`` is the one that would replay the line."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"step '{step}' needs a definition that shares its line with other code",
        notes=("give the import or definition a line of its own",),
        step=step,
    )
    return placed(finding, notebook, cell, line)
