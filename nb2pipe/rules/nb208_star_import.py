"""NB208: star import."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook, Place
from nb2pipe.rules.placing import placed

CODE = "NB208"
TITLE = "Star import"
SEVERITY = Severity.NOTICE
EXPLAIN = """\
`from module import *` defines names that don't stand in the notebook. Each step that reads a name nobody else
defines replays the star import. That works, but a mistyped name is then found only when the step runs.

```python bad
# %% tags=["imports"]
from math import *

# %% tags=["step:area"]
area = pi * 2**2
```

```python good
# %% tags=["imports"]
from math import pi

# %% tags=["step:area"]
area = pi * 2**2
```
"""


def diagnostic(notebook: Notebook, cell: int, place: Place, problem: str, step: str | None) -> Diagnostic:
    """``problem`` names the module."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=problem,
        notes=("import the names that you use, so that slips are found early",),
        step=step,
    )
    return placed(finding, notebook, cell, place.line, place.column, place.end_column)
