"""NB109: a tolerance or option that cannot be read."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB109"
TITLE = "Unreadable tolerance or option"
SEVERITY = Severity.ERROR
EXPLAIN = """\
`metric:NAME` may carry a tolerance, absolute (`±0.01`) or relative (`±2%`); `+-` is read as `±`. `cache:` is `on` or
`off`. This tag has something else there.

```python bad
# %% tags=["step:eval", "metric:accuracy±tiny"]
accuracy = 0.9
```

```python good
# %% tags=["step:eval", "metric:accuracy±0.01"]
accuracy = 0.9
```

What to do: write a number that is not negative, with a point, and `%` if it is relative.
"""


def diagnostic(notebook: Notebook, cell: int, tag: str, why: str, line: int | None = None) -> Diagnostic:
    """``why`` says what cannot be read."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"tag {tag!r} cannot be read: {why}",
        notes=("examples: metric:accuracy, metric:accuracy±0.01, metric:accuracy±2%, cache:off",),
    )
    return placed(finding, notebook, cell, line)
