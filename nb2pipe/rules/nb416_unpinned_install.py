"""NB416: a package installed without a version."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB416"
TITLE = "A package installed without a version"
SEVERITY = Severity.WARNING
EXPLAIN = """\
`!pip install x` takes the version of the day. A library's version moves metrics more than processor or threads do.

```python bad
# %%
!pip install lightgbm
```

```python good
# %%
!pip install lightgbm==4.5.0
```

`nb2pipe doctor NOTEBOOK` runs the notebook three times and says whether it matters for the metrics.
"""


def diagnostic(what: str, argument: str = "") -> Diagnostic:
    """The finding; its place is filled in by the caller."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"'{what}' is installed without a version",
        notes=(f"name the version that you use: {what}=={argument}",),
    )
