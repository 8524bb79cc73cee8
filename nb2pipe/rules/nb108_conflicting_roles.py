"""NB108: two roles on one cell."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB108"
TITLE = "Conflicting roles on one cell"
SEVERITY = Severity.ERROR
EXPLAIN = """\
A cell is parameters, imports, functions, skipped, or part of one step. This one claims two of these, or has `in:`,
`out:` or `after:`, which belong to steps, without being part of one.

```python bad
# %% tags=["step:load", "step:train"]
x = 1
```

```python good
# %% tags=["step:load"]
x = 1
```

What to do: keep one role. To make two steps of one cell, split the cell.
"""


def diagnostic(
    notebook: Notebook, cell: int, tags: tuple[str, ...], why: str, remedy: str, line: int | None = None
) -> Diagnostic:
    """``tags`` contradict each other; ``why`` says the rule, ``line`` is that of a comment among them."""
    listed = " and ".join(repr(tag) for tag in tags)
    finding = Diagnostic(code=CODE, severity=SEVERITY, message=f"{listed} don't go together: {why}", notes=(remedy,))
    return placed(finding, notebook, cell, line)
