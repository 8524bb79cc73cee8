"""NB209: code that stays in its step unread."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook, Place
from nb2pipe.rules.placing import placed

CODE = "NB209"
TITLE = "Code that stays in its step unread"
SEVERITY = Severity.NOTICE
EXPLAIN = """\
Shell lines and cells in another language (`!wget ...`, `%%bash`, `%%cython`) stay in their step and run as
they did. What they read and write is not known: files that they make are found by later steps only because
steps share the notebook's folder.

```python bad
# %% tags=["step:load"]
!wget -q https://example.org/rows.csv
```

```python good
# %% tags=["step:load"]
import urllib.request
urllib.request.urlretrieve("https://example.org/rows.csv", "rows.csv")
```

What to do: nothing, if the order of steps in the notebook is the order in which such lines must run.
"""


def diagnostic(notebook: Notebook, cell: int, place: Place, problem: str, step: str | None) -> Diagnostic:
    """``problem`` says which line it is."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=problem,
        notes=("it stays in its step; what it reads and writes is not known",),
        step=step,
    )
    return placed(finding, notebook, cell, place.line, place.column, place.end_column)
