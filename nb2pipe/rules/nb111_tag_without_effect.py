"""NB111: a tag on a cell that holds no code, or ``metrics`` on one that gives no number."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB111"
TITLE = "Tag without effect"
SEVERITY = Severity.WARNING
EXPLAIN = """\
Only code cells run, so only their tags count. This tag is on a Markdown or raw cell. Or it is `metrics` on a cell that
neither assigns anything nor prints or shows a value.

```python bad
# %% [markdown] tags=["step:train"]
# # Training

# %% tags=["step:load"]
x = 1
```

```python good
# %% [markdown]
# # Training

# %% tags=["step:train"]
x = 1
```

What to do: move the tag to the first code cell of the step. In a `metrics` cell, assign the number
(`accuracy = model.score(X, y)`), print it, or let it be the cell's last line.
"""


def diagnostic(notebook: Notebook, cell: int, tag: str) -> Diagnostic:
    """``tag`` is on a cell that is no code."""
    kind = notebook.cells[cell].kind.value
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"tag {tag!r} has no effect on a {kind} cell",
        notes=("move it to the code cell that it is meant for",),
    )
    return placed(finding, notebook, cell)


def no_number(notebook: Notebook, cell: int) -> Diagnostic:
    """The ``metrics`` cell assigns nothing and shows nothing."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message="tag 'metrics' has no effect: the cell assigns nothing and shows nothing",
        notes=("assign the number to a variable, print it, or write it as the cell's last line",),
    )
    return placed(finding, notebook, cell)
