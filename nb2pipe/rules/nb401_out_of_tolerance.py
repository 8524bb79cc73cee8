"""NB401: a metric is out of tolerance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Change, Direction, MetricCheck, ToleranceSource
from nb2pipe.rules import figures

KINDS = {
    "input": "input files changed since the original ran",
    "code": "steps edited since the export",
    "parameter": "other parameters than the original's",
    "package": "packages changed since the original ran",
    "random": "random numbers that nothing seeds",
    "value": "first value that differs from the original's",
}
AGAIN = "the same numbers again"
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
Without one of yours, the noise decides that `nb2pipe baseline` measured. Without that either, a difference of 1e-6 of
the value passes, which other CPUs and threads explain; where the original is known only from what the notebook printed,
the printed decimals decide.

If the number depends on a seed, no hand-picked tolerance is right for long. Measure its noise once:

```console good
$ nb2pipe baseline churn_pipeline
```

Before widening it, look for the cause: another version of a package, data that changed, a random generator without a
seed, cells that were run in another order than they stand (NB402).
"""


def diagnostic(
    check: MetricCheck,
    *,
    notebook: str,
    file_line: int | None = None,
    changes: Sequence[Change] = (),
    command: str = "",
    path: str = "",
) -> Diagnostic:
    """The finding for a metric that failed, with what may explain it and the command that gives the number again.

    ``path`` is what was checked, as the user would type it.
    """
    return Diagnostic(
        code=CODE,
        message=_fact(check),
        notebook=notebook,
        cell=check.cell,
        file_line=file_line,
        step=check.step,
        notes=tuple(_notes(check, changes, command, path)),
    )


def told_once(found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings for one reader: changes that hold for several metrics, and the command, stand with the first only."""
    seen: set[str] = set()
    result = []
    for item in found:
        shared = [
            note for note in item.notes if item.code == CODE and note.partition(": ")[0] in (*KINDS.values(), AGAIN)
        ]
        result.append(replace(item, notes=tuple(note for note in item.notes if note not in seen or note not in shared)))
        seen.update(shared)
    return tuple(result)


def _fact(check: MetricCheck) -> str:
    calibrated = check.noise is not None and check.reference is not None and check.reference != check.original
    base = check.reference if calibrated else check.original
    what = f"the mean of {check.noise.k} repeats" if calibrated and check.noise else "the original"
    original, reproduced = figures.pair(base, check.reproduced)
    if _limited(check):
        return f"'{check.name}' is {figures.number(check.reproduced, 6)}: {check.reason.partition(' is ')[2]}"
    if check.difference is None:
        return f"'{check.name}' is {reproduced}, {what} is {original}"
    off = figures.difference(check.difference, check.allowed)
    limit = f"is outside {figures.allowance(check.allowed)}" if check.allowed else "where none is allowed"
    return f"'{check.name}' is {reproduced}, {what} {original}: difference {off} {limit}"


def _limited(check: MetricCheck) -> bool:
    """Whether a limit of the user's failed it."""
    return " the limit: " in check.reason


def _notes(check: MetricCheck, changes: Sequence[Change], command: str, path: str) -> list[str]:
    reason = "" if _limited(check) else check.reason
    notes = [f"computed by step '{check.step}'" + (f": {reason}" if reason else "")]
    if check.why and not _limited(check):
        notes.append(f"allowed: {check.why}")
    notes += _causes(changes)
    own = check.tolerance.source in (ToleranceSource.TAG, ToleranceSource.FILE, ToleranceSource.NOISE)
    if own and check.direction is not Direction.BOTH and not _limited(check):
        notes.append(f"{check.direction.value} is better for it: only the other direction fails")
    if command:
        notes.append(f"{AGAIN}: {command}")
    if _limited(check):
        notes.append("the limit is --min or --max, or min or max of its tolerance in pipeline.yaml")
    elif check.tolerance.source is ToleranceSource.NOISE:
        notes.append("if the change is meant: export again, then nb2pipe baseline")
    elif path and any(change.kind == "random" for change in changes):
        notes.append(f"how far it scatters, measured once: nb2pipe baseline {path}")
    elif check.difference is not None and math.isfinite(check.difference):
        wider = figures.number(_rounded_up(abs(check.difference)))
        notes.append(
            f"if that is fine: tag metric:{check.name}±{wider} on cell {check.cell + 1}, or tolerances in pipeline.yaml"
        )
    return notes


def _causes(changes: Sequence[Change]) -> list[str]:
    """A line for each kind of change, the likeliest first."""
    lines = []
    for kind, words in KINDS.items():
        found = [str(change) if kind in ("package", "parameter") else change.name for change in changes
                 if change.kind == kind]  # fmt: skip
        if found:
            more = f" and {len(found) - 3} more" if len(found) > 3 else ""
            lines.append(f"{words}: {', '.join(found[:3])}{more}")
    return lines


def _rounded_up(value: float) -> float:
    """The next number of two digits above ``value``: 0.0268 -> 0.03 would hide much, 0.027 does not."""
    step = 10.0 ** (float(format(value, ".0e").partition("e")[2]) - 1)
    rounded = float(format(value, ".1e"))
    return rounded if rounded >= value else float(format(rounded + step, ".1e"))
