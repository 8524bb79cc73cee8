"""NB419: a metric is another number in each run, whatever the seed."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.rules import figures

CODE = "NB419"
TITLE = "A metric that no seed controls"
SEVERITY = Severity.ERROR
EXPLAIN = """\
The notebook was run twice with the same seed for everything that can be seeded, and this number was another. Something
besides the seed decides it: the clock, the network, the order of files, threads that share a sum, a graphics card.

```text bad
metric    1st run   2nd run (same seed)
accuracy  0.9123    0.9087
```

Good: find the source among the other findings of `nb2pipe doctor`, and take it away. Where that cannot be had (graphics
cards), compare by statistics over several runs, not by one number.
"""


def diagnostic(name: str, first: float | None, second: float | None) -> Diagnostic:
    """The finding for one metric; its place is filled in by the caller."""
    one, two = figures.pair(first, second)
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"'{name}' is {one} in one run and {two} in the next, with the same seed",
        notes=("something besides the seed decides it: see the findings above", "rerun: nb2pipe doctor"),
    )
