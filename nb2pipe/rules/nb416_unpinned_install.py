"""NB416: a package installed without a version."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.rules import doctor

CODE = "NB416"
TITLE = "A package installed without a version"
SEVERITY = Severity.WARNING
EXPLAIN = (
    """\
`!pip install x` takes the version of the day. A library's version moves metrics more than processor or threads do.

```python bad
# %%
!pip install lightgbm
```

```python good
# %%
!pip install lightgbm==4.5.0
```
"""
    + doctor.SETTLES
)


def diagnostic(what: str, argument: str = "") -> Diagnostic:
    """The finding; its place is filled in by the caller."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"'{what}' is installed without a version",
        notes=(f"name the version that you use: {what}=={argument}",),
    )
