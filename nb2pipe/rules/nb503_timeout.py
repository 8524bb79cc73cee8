"""NB503: a cell ran longer than allowed."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB503"
TITLE = "A cell ran out of time"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Each cell has the time that `--timeout` gives, in seconds; without it a cell may run for ever. The cell was interrupted as
by Ctrl-C, and the line that was running then is shown if Python could tell.

```sh bad
nb2pipe run churn.ipynb --timeout 60       # with a grid search of ten minutes
```

```sh good
nb2pipe run churn.ipynb --timeout 1800
```

What to do: give more time, or make the cell faster. A cell that waits for input or for a network connection never ends.
"""


def diagnostic(seconds: float, *, step: str | None = None) -> Diagnostic:
    """``seconds`` were allowed."""
    where = f"the cell in step {step!r}" if step else "the cell"
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"{where} was still running after {seconds:g} s",
        step=step,
        notes=("to give each cell more time: --timeout SECONDS",),
    )
