"""NB411: random numbers without a seed."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.rules import doctor

CODE = "NB411"
TITLE = "Random numbers without a seed"
SEVERITY = Severity.WARNING
EXPLAIN = (
    """\
`np.random`, `random` and `default_rng()` give other numbers in each run unless they are seeded.

```python bad
# %%
rng = np.random.default_rng()
```

```python good
# %%
rng = np.random.default_rng(0)
```
"""
    + doctor.SETTLES
)


def diagnostic(what: str, argument: str = "") -> Diagnostic:
    """The finding; its place is filled in by the caller."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"'{what}' draws random numbers, and nothing seeds them",
        notes=(f"seed them before the first draw: {argument}",),
    )
