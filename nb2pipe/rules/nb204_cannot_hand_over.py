"""NB204: a value cannot be handed to another step."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook, Place
from nb2pipe.rules.placing import placed

CODE = "NB204"
TITLE = "A value cannot be handed to another step"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Steps run in different processes and hand values over as files. Some things live in one process only: database
connections, open files, generators, locks, threads, figures in the making. And a value is only handed over if
reading it back gives exactly the same.

```python bad
# %% tags=["step:load"]
lines = (line.strip() for line in ["a 1 ", "b 2 "])

# %% tags=["step:features"]
total = sum(int(line.split()[1]) for line in lines)
```

```python good
# %% tags=["step:load"]
lines = [line.strip() for line in ["a 1 ", "b 2 "]]

# %% tags=["step:features"]
total = sum(int(line.split()[1]) for line in lines)
```

Some of these things are made again in the step that needs them, because that gives the same: `df.groupby(...)`, a free
lock, a connection to a database in a file.

What to do: use the thing up in the step that makes it and pass plain data on, make it again where it is
needed, or join the two steps under one name.
"""


def diagnostic(
    notebook: Notebook,
    cell: int,
    place: Place,
    *,
    names: Sequence[str],
    type_name: str | None,
    step: str,
    reader: str,
    why: str,
) -> Diagnostic:
    """``why`` is a sentence about this type and what to do; several names share objects."""
    what = ", ".join(f"'{name}'" for name in names) + (f" ({type_name})" if type_name else ", which share an object,")
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"step '{step}' cannot hand {what} to step '{reader}'",
        notes=(why, f"or join the two: tag the first cell of '{reader}' with step:{step}"),
        step=step,
    )
    return placed(finding, notebook, cell, place.line, place.column, place.end_column)
