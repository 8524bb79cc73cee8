"""NB203: steps need each other in a circle."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook, Place
from nb2pipe.rules.placing import placed

CODE = "NB203"
TITLE = "Steps need each other in a circle"
SEVERITY = Severity.ERROR
EXPLAIN = """\
A step that you come back to later in the notebook runs as one step. If a step between its two halves needs
the first half and the second half needs that step, neither can run first.

```python bad
# %% tags=["step:load"]
rows = [3, 1, 2]

# %% tags=["step:train"]
best = max(rows)

# %% tags=["step:load"]
rest = [row for row in rows if row != best]
```

```python good
# %% tags=["step:load"]
rows = [3, 1, 2]

# %% tags=["step:train"]
best = max(rows)

# %% tags=["step:rest"]
rest = [row for row in rows if row != best]
```

What to do: give the second half a name of its own, or put both steps into one.
"""


def diagnostic(
    notebook: Notebook, cycle: tuple[str, ...], links: tuple[tuple[str, str, str, int, Place], ...]
) -> Diagnostic:
    """``cycle`` begins and ends with the same step; ``links`` are (reader, name, provider, cell, place)."""
    notes = [
        f"'{reader}' reads '{name}' from '{provider}' (cell {cell + 1}, line {place.line})"
        for reader, name, provider, cell, place in links[:4]
    ]
    notes.append(f"give the later cells of '{cycle[0]}' a step name of their own, or join the steps under one name")
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"steps form a cycle: {' -> '.join(cycle)}",
        notes=tuple(notes),
        step=cycle[0],
    )
    if not links:
        return placed(finding, notebook, 0)
    _, _, _, cell, place = links[0]
    return placed(finding, notebook, cell, place.line, place.column, place.end_column)
