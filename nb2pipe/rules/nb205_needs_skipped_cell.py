"""NB205: a step needs what a skipped cell makes."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook, Place
from nb2pipe.rules.placing import placed

CODE = "NB205"
TITLE = "A step needs what a skipped cell makes"
SEVERITY = Severity.ERROR
EXPLAIN = """\
A cell tagged `skip` is not part of the pipeline, but a later step reads what it defines, a file that it wrote in the
observed run, or relies on how it changed an object.

```python bad
# %% tags=["step:load"]
rows = [1, 2, None]

# %% tags=["skip"]
rows = [row for row in rows if row]

# %% tags=["step:train"]
print(sum(rows))
```

```python good
# %% tags=["step:load"]
rows = [1, 2, None]

# %%
rows = [row for row in rows if row]

# %% tags=["step:train"]
print(sum(rows))
```

What to do: remove the `skip` tag, or move the lines that matter into a cell of a step.
"""


def diagnostic(
    notebook: Notebook, cell: int, place: Place, *, name: str, step: str | None, skipped: int, changed: bool
) -> Diagnostic:
    """``changed``: the skipped cell changes an object that existed before, instead of defining the name."""
    verb = "changes" if changed else "defines"
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"step '{step}' reads '{name}', which the skipped cell {skipped + 1} {verb}",
        notes=(f"remove the 'skip' tag of cell {skipped + 1}, or move the lines that matter into a step",),
        step=step,
    )
    return placed(finding, notebook, cell, place.line, place.column, place.end_column)


def file(notebook: Notebook, cell: int, step: str, path: str, skipped: int) -> Diagnostic:
    """The skipped cell wrote a file; ``cell`` is where the part of the step begins that reads it."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"step '{step}' reads the file '{path}', which the skipped cell {skipped + 1} writes",
        notes=(f"remove the 'skip' tag of cell {skipped + 1}, or move the lines that write the file into a step",),
        step=step,
    )
    return placed(finding, notebook, cell)
