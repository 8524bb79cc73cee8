"""Documents of the verbs that run a pipeline."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pipe.model import Baseline, Planned, RunRecord, Sweep
from nb2pipe.reports.json.nouns import run_of
from nb2pipe.reports.json.strict import SCHEMA_VERSION, Document


def of_sweep(sweep: Sweep) -> Document:
    """``nb2pipe sweep``: a row per point. ``best`` is the number of the best one, counted from 1."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "sweep",
        "pipeline": sweep.pipeline,
        "project": sweep.project,
        "varied": list(sweep.varied),
        "metric": sweep.metric,
        "direction": sweep.direction.value if sweep.metric else None,
        "best": None if sweep.best is None else sweep.best + 1,
        "failed": sweep.failed,
        "seconds": sweep.seconds,
        "files": list(sweep.files),
        "points": [
            {
                "point": number,
                "parameters": dict(point.parameters),
                "metrics": dict(point.metrics),
                "seconds": point.seconds,
                "run": point.run,
                "ran": list(point.ran),
                "step": point.step,
                "error": point.error,
            }
            for number, point in enumerate(sweep.points, start=1)
        ],
    }


def of_run(record: RunRecord, baseline: Baseline | None = None) -> Document:
    """``nb2pipe run``."""
    document = {"schema_version": SCHEMA_VERSION, "command": "run", **run_of(record)}
    if baseline is not None:
        document["baseline"] = {metric.name: metric.value for metric in baseline.metrics}
    return document


def of_plan(planned: Sequence[Planned]) -> Document:
    """``nb2pipe run --dry-run``: what a run would do with each step: ``run``, ``perhaps`` or ``reuse``, and why."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "plan",
        "steps": [{"name": item.name, "action": item.action, "reasons": list(item.reasons)} for item in planned],
    }
