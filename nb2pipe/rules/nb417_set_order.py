"""NB417: the order of a set goes into the result."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.rules import doctor

CODE = "NB417"
TITLE = "The order of a set goes into the result"
SEVERITY = Severity.WARNING
EXPLAIN = (
    """\
Sets of texts are walked through in an order that differs from process to process (unless `PYTHONHASHSEED` is set,
as nb2pipe does for its kernels). Asking whether something is in a set is fine.

```python bad
# %%
columns = list(set(df.columns) - {"target"})
```

```python good
# %%
columns = sorted(set(df.columns) - {"target"})
```
"""
    + doctor.SETTLES
)


def diagnostic(what: str) -> Diagnostic:
    """The finding; its place is filled in by the caller."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"'{what}' goes through a set: its order differs from process to process",
        notes=("sort it: sorted(...)",),
    )
