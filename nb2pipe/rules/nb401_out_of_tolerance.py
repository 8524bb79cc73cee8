"""NB401: a metric is out of tolerance."""

from __future__ import annotations

import math

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Direction, MetricCheck, ToleranceSource
from nb2pipe.rules import figures

CODE = "NB401"
TITLE = "The run computes another number than the notebook"
SEVERITY = Severity.ERROR
EXPLAIN = """\
The pipeline ran, but a number it computed differs from the original notebook's by more than its tolerance allows.

Bad, if the original accuracy is 0.958 and the run gives 0.944:

```python bad
# %% tags=["metric:accuracy±0.01"]
accuracy = model.score(X_test, y_test)
```

Good, if a difference of that size does not matter to you:

```python good
# %% tags=["metric:accuracy±0.02"]
accuracy = model.score(X_test, y_test)
```

In an exported project, the same stands in `tolerances` of pipeline.yaml; for one check there is
`nb2pipe check churn_pipeline --tolerance accuracy=0.02`.

A tolerance is absolute (±0.01) or relative (±2%), and a difference passes when either allows it, as in `math.isclose`.
Without one of yours, a difference of 1e-6 of the value passes, which other CPUs and threads explain; where the original
is known only from what the notebook printed, the printed decimals decide.

Before widening it, look for the cause: another version of a package, data that changed, a random generator without a
seed, cells that were run in another order than they stand (NB402).
"""


def diagnostic(
    check: MetricCheck, *, notebook: str, file_line: int | None = None, changed: tuple[str, ...] = ()
) -> Diagnostic:
    """The finding for a metric that failed. ``changed`` are packages whose version differs (``numpy 1.26 -> 2.1``)."""
    original, reproduced = figures.pair(check.original, check.reproduced)
    if check.difference is None:
        fact = f"'{check.name}' is {reproduced}, the original is {original}"
    else:
        off = figures.difference(check.difference, check.allowed)
        limit = f"is outside {figures.allowance(check.allowed)}" if check.allowed else "where none is allowed"
        fact = f"'{check.name}' is {reproduced}, the original {original}: difference {off} {limit}"
    return Diagnostic(
        code=CODE,
        message=fact,
        notebook=notebook,
        cell=check.cell,
        file_line=file_line,
        step=check.step,
        notes=tuple(_notes(check, changed)),
    )


def _notes(check: MetricCheck, changed: tuple[str, ...]) -> list[str]:
    notes = [f"computed by step '{check.step}'" + (f": {check.reason}" if check.reason else "")]
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        notes.append(f"packages changed since the original ran: {', '.join(changed[:3])}{more}")
    own = check.tolerance.source in (ToleranceSource.TAG, ToleranceSource.FILE)
    if own and check.direction is not Direction.BOTH:
        notes.append(f"{check.direction.value} is better for it: only the other direction fails")
    if check.difference is not None and math.isfinite(check.difference):
        wider = figures.number(_rounded_up(abs(check.difference)))
        notes.append(
            f"if that is fine: tag metric:{check.name}±{wider} on cell {check.cell + 1}, or tolerances in pipeline.yaml"
        )
    return notes


def _rounded_up(value: float) -> float:
    """The next number of two digits above ``value``: 0.0268 -> 0.03 would hide much, 0.027 does not."""
    step = 10.0 ** (float(format(value, ".0e").partition("e")[2]) - 1)
    rounded = float(format(value, ".1e"))
    return rounded if rounded >= value else float(format(rounded + step, ".1e"))
