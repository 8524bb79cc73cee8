"""NB413: data from the network."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.rules import doctor

CODE = "NB413"
TITLE = "Data from the network"
SEVERITY = Severity.WARNING
EXPLAIN = (
    """\
What a server sends can change or go away, and nothing in the project pins it.

```python bad
# %%
df = pd.read_csv("https://example.org/data.csv")
```

```python good
# %%
df = pd.read_csv("data/data.csv")
```
"""
    + doctor.SETTLES
)


def diagnostic(what: str, argument: str = "") -> Diagnostic:
    """The finding; its place is filled in by the caller."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"'{what}' reads from the network: {argument}",
        notes=("save the data beside the notebook, and read that file",),
    )
