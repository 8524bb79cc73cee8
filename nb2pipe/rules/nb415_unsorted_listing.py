"""NB415: a folder listed in any order."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.rules import doctor

CODE = "NB415"
TITLE = "A folder listed in any order"
SEVERITY = Severity.WARNING
EXPLAIN = (
    """\
`os.listdir`, `glob` and `Path.iterdir` give files in the order of the file system, which differs between machines.

```python bad
# %%
frames = [pd.read_csv(name) for name in glob.glob("data/*.csv")]
```

```python good
# %%
frames = [pd.read_csv(name) for name in sorted(glob.glob("data/*.csv"))]
```
"""
    + doctor.SETTLES
)


def diagnostic(what: str) -> Diagnostic:
    """The finding; its place is filled in by the caller."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"'{what}' gives files in the order of the file system",
        notes=(f"sort them: sorted({what})",),
    )
