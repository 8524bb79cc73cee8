"""NB403: a metric is missing."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import MetricCheck
from nb2pipe.rules import figures

CODE = "NB403"
TITLE = "The run did not produce a metric"
SEVERITY = Severity.ERROR
EXPLAIN = """\
The original notebook gave this metric, but the pipeline's run did not: its cell was not reached, it shows something
else than a number now, or the name was never assigned.

Bad, because nothing is assigned when `verbose` is false:

```python bad
# %% tags=["metrics"]
if verbose:
    accuracy = model.score(X_test, y_test)
```

Good:

```python good
# %% tags=["metrics"]
accuracy = model.score(X_test, y_test)
```

If the metric is gone on purpose, remove its tag and export again.
"""


def diagnostic(check: MetricCheck, *, notebook: str, file_line: int | None = None) -> Diagnostic:
    """The finding for a metric of the baseline that the run did not produce."""
    original = f" (the original is {figures.number(check.original)})" if check.original is not None else ""
    return Diagnostic(
        code=CODE,
        message=f"the run gave no value for '{check.name}'{original}",
        notebook=notebook,
        cell=check.cell,
        file_line=file_line,
        step=check.step,
        notes=(
            f"step '{check.step}' should compute it",
            "is it gone on purpose? Remove its tag, then export again",
        ),
    )
