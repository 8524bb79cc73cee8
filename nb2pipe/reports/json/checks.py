"""Documents of the verbs that compare a pipeline with its original."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nb2pipe.checking.noise import Measured
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import CheckReport, MetricCheck, MetricNoise
from nb2pipe.reports.json.nouns import diagnostics, run_of, tolerance_of
from nb2pipe.reports.json.strict import SCHEMA_VERSION, Document, from_one

if TYPE_CHECKING:  # lint writes JSON, too, and must not load the recording
    from nb2pipe.recording.verify import Difference, Verification


def of_check(report: CheckReport, found: Sequence[Diagnostic] = ()) -> Document:
    """``nb2pipe check``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "check",
        "pipeline": report.pipeline,
        "notebook": report.notebook,
        "passed": report.passed,
        "sentence": report.sentence,
        "metrics": [_check(metric) for metric in report.metrics],
        "notes": list(report.notes),
        "changes": [
            {"kind": change.kind, "name": change.name, "before": change.before, "now": change.now}
            for change in report.changes
        ],
        "command_again": report.command,
        "seeds": list(report.seeds),
        "run": run_of(report.run),
        "diagnostics": diagnostics(found),
    }


def of_noise(done: Measured, found: Sequence[Diagnostic] = ()) -> Document:
    """``nb2pipe baseline``: what it wrote into ``baseline.json``, metric by metric."""
    noise = done.noise
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "baseline",
        "project": str(done.project),
        "varied": noise.varied,
        "seeds": list(noise.seeds),
        "repeated": list(noise.repeated),
        "seconds": done.seconds,
        "gate": noise.rule.gate.value,
        "reference": noise.rule.reference,
        "seeded_by_notebook": done.seeded,
        "metrics": {name: _noise(item) for name, item in noise.metrics.items()},
        "diagnostics": diagnostics(found),
    }


def _noise(noise: MetricNoise) -> Document:
    return {
        "class": noise.kind.value,
        "k": noise.k,
        "values": list(noise.values),
        "mean": noise.mean,
        "sd": noise.sd,
        "reference": noise.reference,
        "tolerance": noise.tolerance,
        "origin": noise.origin,
        "gate": noise.gate,
        "cases": noise.cases,
    }


def of_verification(done: Verification) -> Document:
    """``nb2pipe verify``; ``compared`` counts values, ``rounded`` of them are equal up to the last bits."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "verify",
        "pipeline": done.report.pipeline,
        "notebook": done.report.notebook,
        "verified": done.verified,
        "compared": done.compared,
        "rounded": len(done.rounded),
        "differences": [_difference(item) for item in done.differences],
        "metrics": [_check(metric) for metric in done.report.metrics],
        "run": run_of(done.report.run),
    }


def _difference(found: Difference) -> Document:
    return {
        "step": found.step,
        "name": found.name,
        "kind": "setting" if found.setting else "definition" if found.definition else "value",
        "cell": from_one(found.cell),
        "rounding": found.rounding,
        "parts": [{"path": part.path, "type": part.type, "relative": part.relative} for part in found.parts],
    }


def _check(check: MetricCheck) -> Document:
    return {
        "name": check.name,
        "step": check.step,
        "cell": check.cell + 1,
        "verdict": check.verdict.value,
        "original": check.original,
        "reproduced": check.reproduced,
        "difference": check.difference,
        "allowed": check.allowed,
        "tolerance": tolerance_of(check.tolerance),
        "direction": check.direction.value,
        "reason": check.reason,
        "reference": check.reference if check.reference is not None else check.original,
        "why": check.why,
        "retests": list(check.retests),
        "noise": _noise(check.noise) if check.noise else None,
        "gate": check.gate,
    }
