"""NB404: nothing was checked."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.rules import figures

CODE = "NB404"
TITLE = "No metric has an original value to compare with"
SEVERITY = Severity.ERROR
EXPLAIN = """\
No metric of the pipeline has an original value to compare with, so the check proves nothing, and says so instead of
passing.

Bad: no cell is tagged as showing results.

Good, on the cell that assigns or shows the numbers that matter (or `metric:NAME` on any cell):

```python good
# %% tags=["metrics"]
accuracy = model.score(X_test, y_test)
```

Then export again (without --static, unless the numbers stand in the saved outputs).
"""


def diagnostic(*, notebook: str, metrics: int) -> Diagnostic:
    """The finding for a check that compared no number; ``metrics`` is how many the pipeline has."""
    if metrics:
        why = f"{figures.count(metrics, 'metric')} without an original value"
        what = "export again without --static, so that the original notebook is run and its numbers are kept"
    else:
        why = "the pipeline has no metrics"
        what = "tag the cell that computes the numbers that matter with metrics, or with metric:NAME, then export again"
    return Diagnostic(code=CODE, message=f"nothing was checked: {why}", notebook=notebook, notes=(what,))
