"""NB422: a metric that no seed controls."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.rules import figures

CODE = "NB422"
TITLE = "A metric differs between two runs with the same seed"
SEVERITY = Severity.WARNING
EXPLAIN = """\
`nb2pipe baseline` runs the first seed twice. This metric came out differently, so something that no seed reaches moves
it: the clock, a network, `os.urandom` or `uuid`, threads or a GPU that add up in changing order, the order of files in
a folder, worker processes that draw numbers of their own.

```python bad
# %% tags=["metrics"]
import time
seconds = time.time()
```

What to do: find the source and fix it; if it is a measured time, do not call it a metric. Until then the metric is
judged by the noise of the repeats, which includes whatever moved it, as far as it showed in them.
"""


def diagnostic(name: str, *, values: tuple[float, float], notebook: str, cell: int, step: str) -> Diagnostic:
    """``values`` are those of the two runs with one seed."""
    first, second = figures.pair(*values)
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"'{name}' is not controlled by any seed: {first}, then {second} with the same one",
        notebook=notebook,
        cell=cell,
        step=step,
        notes=("look for the clock, the network, os.urandom, unsorted files, threads; nb2pipe explain NB422",),
    )
