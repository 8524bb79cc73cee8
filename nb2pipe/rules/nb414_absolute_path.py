"""NB414: a path that exists on one machine."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.rules import doctor

CODE = "NB414"
TITLE = "A path that exists on one machine"
SEVERITY = Severity.WARNING
EXPLAIN = (
    """\
`/home/me/data.csv`, `C:\\Users\\...`, `/content/drive/...` exist on one machine only.

```python bad
# %%
df = pd.read_csv("/home/me/data/train.csv")
```

```python good
# %%
df = pd.read_csv("data/train.csv")
```
"""
    + doctor.SETTLES
)


def diagnostic(what: str) -> Diagnostic:
    """The finding; its place is filled in by the caller."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"the path {what} exists on one machine only",
        notes=("put the file beside the notebook, and name it by a relative path",),
    )
