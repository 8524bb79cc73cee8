"""NB210: the notebook has no steps."""

from __future__ import annotations

import shlex

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook

CODE = "NB210"
TITLE = "The notebook has no steps"
SEVERITY = Severity.ERROR
EXPLAIN = """\
No cell carries a `step:NAME` tag, so there is nothing to make steps of.

```python bad
# %%
rows = [1, 2]
```

```python good
# %% tags=["step:load"]
rows = [1, 2]
```

What to do: `nb2pipe tag NOTEBOOK` proposes steps. Or tag the first cell of each step with `step:NAME` (or write
`#| step: NAME` as its first line); the code cells that follow belong to it.
"""


def diagnostic(notebook: Notebook) -> Diagnostic:
    """For a notebook in which nothing says where a step begins."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"{notebook.path.name} has no steps: no cell is tagged step:NAME",
        notebook=str(notebook.path),
        notes=(
            f"let nb2pipe propose them: nb2pipe tag {shlex.quote(str(notebook.path))}",
            "or tag the first cell of each step with step:NAME, or write '#| step: NAME' as its first line",
            "the untagged code cells that follow belong to that step",
        ),
    )
