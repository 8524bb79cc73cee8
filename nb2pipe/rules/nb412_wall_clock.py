"""NB412: the clock goes into the data."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.rules import doctor

CODE = "NB412"
TITLE = "The clock goes into the data"
SEVERITY = Severity.WARNING
EXPLAIN = (
    """\
`datetime.now()`, `Timestamp.now()`, `time.time()`: what is computed from them is another tomorrow. Measuring how
long something takes is fine.

```python bad
# %%
today = pd.Timestamp.now()
recent = df[df.date > today - pd.Timedelta(days=30)]
```

```python good
# %%
today = pd.Timestamp("2024-06-30")
recent = df[df.date > today - pd.Timedelta(days=30)]
```
"""
    + doctor.SETTLES
)


def diagnostic(what: str) -> Diagnostic:
    """The finding; its place is filled in by the caller."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"'{what}' reads the clock: the result depends on when it runs",
        notes=("make the time a parameter: a literal in the cell tagged parameters",),
    )
