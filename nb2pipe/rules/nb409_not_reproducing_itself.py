"""NB409: the numbers saved in the notebook are not those that its own code computes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import BaselineMetric
from nb2pipe.rules import figures

CODE = "NB409"
TITLE = "The notebook does not reproduce itself"
SEVERITY = Severity.WARNING
EXPLAIN = """\
nb2pipe read a number from the outputs that are saved in the notebook, ran the notebook from top to bottom, and got another
one, by more than the digits shown explain. The number in the file may have come from older code, other data, cells run in
another order, other package versions, or from randomness without a seed. The baseline keeps both; a check compares with the
number of the fresh run.

Bad:

```text bad
[1]  df = load()
[4]  df = df.dropna()          <- run again, after the model was trained
[3]  print(f"accuracy: {model.score(X, y):.3f}")     accuracy: 0.912, a fresh run gives 0.887
```

Good: `nb2pipe doctor NOTEBOOK` finds out whether it is the seed. Then restart the kernel, run all cells, save, and look
whether the conclusions still hold.
"""

REASONS = {
    "out of order": "its cells were run in another order than they stand",
    "error in notebook": "a cell at or above it ended with an error",
    "cells never run": "cells above it were never run",
    "run without a count": "its cell has an output but no execution count",
    "other Python": "it was run with another Python",
    "other package versions": "it names other package versions than are installed here",
    "unseeded randomness": "the notebook draws random numbers without a seed",
}


def apart(metric: BaselineMetric) -> bool:
    """Whether the stored number and the recorded one differ by more than the digits shown."""
    evidence = metric.evidence
    if metric.stored is None or evidence is None or evidence.confidence == "position":
        return False
    if metric.stored != metric.stored or metric.value != metric.value:  # NaN
        return (metric.stored == metric.stored) is not (metric.value == metric.value)
    scale = 100.0 if metric.stored != evidence.value else 1.0
    shown = 0.0 if evidence.decimals is None else 0.5 * scale * 10.0**-evidence.decimals
    return abs(metric.value - metric.stored) > max(shown * (1 + 1e-6), 1e-6 * abs(metric.value), 1e-12)


def find(
    metrics: Sequence[BaselineMetric], notebook: str, lines: Mapping[int, int | None] | None = None
) -> tuple[Diagnostic, ...]:
    """One finding a cell: of its numbers that differ, all are listed."""
    cells: dict[int, list[BaselineMetric]] = {}
    for metric in metrics:
        if apart(metric):
            cells.setdefault(metric.cell, []).append(metric)
    return tuple(
        diagnostic(several, notebook=notebook, file_line=(lines or {}).get(cell)) for cell, several in cells.items()
    )


def diagnostic(metrics: Sequence[BaselineMetric], *, notebook: str, file_line: int | None = None) -> Diagnostic:
    """The finding for the numbers of one cell that differ from the stored ones."""
    first = metrics[0]
    was, now = figures.pair(first.stored, first.value)
    more = f", and {figures.count(len(metrics) - 1, 'more number')}" if len(metrics) > 1 else ""
    doubts = tuple(dict.fromkeys(d for metric in metrics if metric.evidence for d in metric.evidence.doubts))
    reasons = [_reason(doubt) for doubt in doubts]
    likely = (
        f"likely reason: {'; '.join(reasons)}" if reasons else "no reason stands in the file: older code or other data?"
    )
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"the notebook does not reproduce itself: stored {first.name} {was}, run {now}{more}",
        notebook=notebook,
        cell=first.cell,
        file_line=file_line,
        step=first.step,
        notes=(likely, "the check compares with the fresh run's number; save the notebook after running all cells"),
    )


def _reason(doubt: str) -> str:
    """The doubt as a sentence; what stands behind its colon are cells or versions."""
    kind, _, detail = doubt.partition(": ")
    return REASONS.get(kind, kind) + (f" ({detail})" if detail else "")
