"""NB418: an environment variable goes into the result."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.rules import doctor

CODE = "NB418"
TITLE = "An environment variable goes into the result"
SEVERITY = Severity.NOTICE
EXPLAIN = (
    """\
What `os.environ` holds is set outside of the notebook and not recorded with it.

```python bad
# %%
n_jobs = int(os.environ["JOBS"])
```

```python good
# %%
n_jobs = 2
```
"""
    + doctor.SETTLES
)


def diagnostic(what: str) -> Diagnostic:
    """The finding; its place is filled in by the caller."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"'{what}' depends on the environment of the process",
        notes=("make it a parameter, unless it is a secret or a path",),
    )
