"""NB215: a value and the functions it holds need each other."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook, Place
from nb2pipe.rules.placing import placed

CODE = "NB215"
TITLE = "A value and the functions it holds need each other"
SEVERITY = Severity.ERROR
EXPLAIN = """\
A later step must define the functions before it can load a value that holds them; but defining them reads that value, as a
decorator does that notes each function in a registry. Only an observed run shows what a value holds.

```text bad
cell 1, step:load     REGISTRY = {}; the decorator @register notes functions in REGISTRY
cell 2, step:train    reads REGISTRY
```

```text good
cell 1, functions     the same lines
cell 2, step:train    reads REGISTRY
```

What to do: put the value, the decorator and the functions into a cell tagged `functions`. Steps then run these lines again
instead of loading the value.
"""


def diagnostic(
    notebook: Notebook, cell: int, place: Place, *, name: str, step: str, holds: tuple[str, ...]
) -> Diagnostic:
    """``holds`` are functions and classes that the value refers to."""
    listed = ", ".join(holds[:3]) + (", ..." if len(holds) > 3 else "")
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"step '{step}' needs '{name}' to define {listed}, and {listed} to load '{name}'",
        notes=(f"put '{name}' and these definitions into a cell tagged 'functions': steps then run it again",),
        step=step,
    )
    return placed(finding, notebook, cell, place.line, place.column, place.end_column)
