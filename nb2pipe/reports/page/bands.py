"""Where a metric's value lies in what is allowed, and how it went over runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nb2pipe.model import Direction, MetricCheck, Pipeline, RunRecord, ToleranceSource
from nb2pipe.reports.page.model import Band, History, Point
from nb2pipe.rules import figures
from nb2pipe.running.runs import parameter_to_json

# where somebody, or repeats, said how far it may go: then better is no failure
_ONE_SIDED = (ToleranceSource.TAG, ToleranceSource.FILE, ToleranceSource.NOISE)
ROOM = 1.25  # what is drawn beyond the outermost of band and values
MOST = 50  # runs in a history


def band(check: MetricCheck, repeats: Sequence[float] = ()) -> Band | None:
    """``None`` without a reference, a number or a tolerance. ``repeats`` are the values of the baseline's repeats."""
    reference = check.reference if check.reference is not None else check.original
    value, allowed = check.reproduced, check.allowed
    if reference is None or value is None or allowed is None:
        return None
    if not all(map(math.isfinite, (reference, value, allowed))):
        return None
    retests = [number for number in check.retests if math.isfinite(number)]
    original = check.original if check.original is not None and math.isfinite(check.original) else None
    numbers = [value, *retests, *([original] if original is not None else [])]
    direction = check.direction if check.tolerance.source in _ONE_SIDED else Direction.BOTH
    span = max(allowed, *(abs(number - reference) for number in numbers)) * ROOM

    def place(number: float) -> float:
        return 50 + 50 * (number - reference) / span if span else 50.0

    return Band(
        low=0.0 if direction is Direction.LOWER else place(reference - allowed),
        high=100.0 if direction is Direction.HIGHER else place(reference + allowed),
        value=place(value),
        original=place(original) if original is not None and original != reference else None,
        retests=tuple(map(place, retests)),
        repeats=tuple(place(number) for number in repeats if abs(number - reference) <= span),
        sentence=_sentence(value - reference, allowed, direction),
    )


def _sentence(difference: float, allowed: float, direction: Direction) -> str:
    if difference == 0:
        return "equal"
    good = (direction is Direction.HIGHER and difference > 0) or (direction is Direction.LOWER and difference < 0)
    if good and abs(difference) > allowed:
        return "on the better side of the band"
    if allowed == 0:
        return f"off by {figures.difference(difference)}, nothing allowed"
    share = abs(difference) / allowed
    if share <= 1:
        return f"uses {_percent(share)} of what is allowed"
    times = f"{share:.3g}" if share < 100 else f"{float(f'{share:.2g}'):,.0f}" if share < 1e6 else f"{share:.0e}"
    return f"{times} times what is allowed"


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else "under 1%"


def histories(
    pipeline: Pipeline, checks: Sequence[MetricCheck], run: RunRecord, earlier: Sequence[RunRecord]
) -> tuple[History, ...]:
    """A history per metric that at least two finished runs have, this run the last."""
    records = [run, *(record for record in earlier if record.finished and record.id < run.id)][:MOST]
    found = []
    for check in checks:
        points = [
            Point(
                run=record.id, started=record.started, value=record.metrics[check.name], usual=_usual(pipeline, record)
            )
            for record in reversed(records)
            if math.isfinite(record.metrics.get(check.name, math.nan))
        ]
        if len(points) > 1 and points[-1].run == run.id:
            reference = check.reference if check.reference is not None else check.original
            found.append(History(name=check.name, points=tuple(points), reference=reference, allowed=check.allowed))
    return tuple(found)


def _usual(pipeline: Pipeline, record: RunRecord) -> bool:
    values = record.parameters
    return all(
        parameter_to_json(values[item.name]) == parameter_to_json(item.default)
        for item in pipeline.parameters
        if item.name in values
    )
