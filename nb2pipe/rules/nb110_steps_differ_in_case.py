"""NB110: two step names that differ only in upper and lower case."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Fix, Severity, TagEdit
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB110"
TITLE = "Step names that differ only in case"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Each step is written to a file. On Windows and macOS, names that differ only in upper and lower case are the same file,
so one step would overwrite the other.

```python bad
# %% tags=["step:Train"]
x = 1

# %% tags=["step:train"]
y = x
```

```python good
# %% tags=["step:train"]
x = 1

# %% tags=["step:train"]
y = x
```

What to do: use one spelling (`nb2pipe lint --fix` writes the first one), or another name.
"""


def diagnostic(notebook: Notebook, cell: int, name: str, other: str, edits: tuple[TagEdit, ...]) -> Diagnostic:
    """The step ``name`` differs from the earlier ``other`` only in case; ``edits`` rename it."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"steps {other!r} and {name!r} differ only in upper and lower case",
        notes=(f"if they are one step, write {other!r} on both",),
        fix=Fix(description=f"rename step {name!r} to {other!r}", edits=edits),
        step=name,
    )
    return placed(finding, notebook, cell)
