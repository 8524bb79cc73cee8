"""Documents for programs. Cells, lines and columns count from 1; numbers that JSON lacks are ``"NaN"``, ``"Infinity"``.

:mod:`nb2pipe.reports.schema` describes each of them; tests hold them to it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nb2pipe.checking.noise import Measured
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import (
    Artifact,
    Baseline,
    CheckReport,
    Environment,
    Metric,
    MetricCheck,
    MetricNoise,
    Notebook,
    Parameter,
    Pipeline,
    Planned,
    RunRecord,
    Step,
    StepRecord,
    Sweep,
    Tolerance,
)

if TYPE_CHECKING:  # lint writes JSON, too, and must not load the recording
    from nb2pipe.proposing import Proposal
    from nb2pipe.recording.verify import Difference, Verification

SCHEMA_VERSION = 1
Document = dict[str, Any]


def text(document: Document) -> str:
    """The document as text, in strict JSON."""
    return json.dumps(_plain(document), indent=2, ensure_ascii=False, allow_nan=False)


def of_findings(found: Sequence[Diagnostic], notebooks: Sequence[Notebook] = ()) -> Document:
    """``nb2pipe lint``; ``notebooks`` give the cells' ids."""
    return {"schema_version": SCHEMA_VERSION, "command": "lint", "diagnostics": diagnostics(found, notebooks)}


def of_failure(command: str, exit_code: int, found: Sequence[Diagnostic]) -> Document:
    """What a command prints in place of its document when it cannot give an answer."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": command,
        "exit_code": exit_code,
        "diagnostics": diagnostics(found),
    }


def of_inspection(notebook: Notebook, pipeline: Pipeline, found: Sequence[Diagnostic]) -> Document:
    """``nb2pipe inspect``: the pipeline as the analysis sees it."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "inspect",
        "notebook": str(notebook.path),
        "kernel": pipeline.kernel_name or notebook.kernel_name,
        "cells": len(notebook.cells),
        "steps": [_step(step) for step in pipeline.steps],
        "parameters": [_parameter(parameter) for parameter in pipeline.parameters],
        "metrics": [_metric(metric) for metric in pipeline.metrics],
        "diagnostics": diagnostics(found, (notebook,)),
    }


def of_proposal(proposal: Proposal, *, written: bool) -> Document:
    """``nb2pipe tag``: the parts of the notebook and the tags that make them."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "tag",
        "notebook": str(proposal.notebook.path),
        "written": written,
        "parts": [
            {
                "role": part.role,
                "name": part.name or None,
                "cells": [cell + 1 for cell in part.cells],
                "why": part.why,
                "kept": part.kept,
                "reads": list(part.reads),
                "hands_over": list(part.hands_over),
                "metrics": [cell + 1 for cell in part.metrics],
            }
            for part in proposal.parts
        ],
        "edits": [{"cell": edit.cell + 1, "old": edit.old, "new": edit.new} for edit in proposal.edits],
        "metrics": [_metric(metric) for metric in proposal.pipeline.metrics],
        "notes": list(proposal.notes),
        "diagnostics": diagnostics(proposal.problems, [proposal.notebook]),
    }


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


def of_parameters(name: str, parameters: Sequence[Parameter]) -> Document:
    """``nb2pipe params``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "params",
        "pipeline": name,
        "parameters": [_parameter(parameter) for parameter in parameters],
    }


def of_run(record: RunRecord, baseline: Baseline | None = None) -> Document:
    """``nb2pipe run``."""
    document = {"schema_version": SCHEMA_VERSION, "command": "run", **_run(record)}
    if baseline is not None:
        document["baseline"] = {metric.name: metric.value for metric in baseline.metrics}
    return document


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
        "run": _run(report.run),
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
        "run": _run(done.report.run),
    }


def _difference(found: Difference) -> Document:
    return {
        "step": found.step,
        "name": found.name,
        "kind": "setting" if found.setting else "definition" if found.definition else "value",
        "cell": _from_one(found.cell),
        "rounding": found.rounding,
        "parts": [{"path": part.path, "type": part.type, "relative": part.relative} for part in found.parts],
    }


def diagnostics(found: Sequence[Diagnostic], notebooks: Sequence[Notebook] = ()) -> list[Document]:
    """Findings; the ids of cells are known for ``notebooks``."""
    ids = {(str(notebook.path), cell.index): cell.id for notebook in notebooks for cell in notebook.cells}
    return [_diagnostic(d, ids) for d in found]


def _diagnostic(d: Diagnostic, ids: Mapping[tuple[str, int], str]) -> Document:
    fix = None
    if d.fix is not None:
        edits = [{"cell": edit.cell + 1, "old": edit.old, "new": edit.new} for edit in d.fix.edits]
        fix = {"description": d.fix.description, "edits": edits}
    return {
        "code": d.code,
        "severity": d.severity.value,
        "message": d.message,
        "notebook": d.notebook,
        "cell": _from_one(d.cell),
        "cell_id": ids.get((d.notebook or "", d.cell)) if d.cell is not None else None,
        "line": d.line,
        "col": _from_one(d.column),
        "end_col": _from_one(d.end_column),
        "file_line": d.file_line,
        "step": d.step,
        "notes": list(d.notes),
        "fix": fix,
    }


def _step(step: Step) -> Document:
    return {
        "name": step.name,
        "cells": [cell + 1 for cell in step.cells],
        "inputs": [{"names": list(artifact.names), "from": artifact.step} for artifact in step.inputs],
        "outputs": [_artifact(artifact) for artifact in step.outputs],
        "parameters": list(step.parameters),
        "after": list(step.after),
        "random_from": step.random_from,
        "modules": list(step.modules),
        "reads": list(step.reads),
        "writes": list(step.writes),
        "hosts": list(step.hosts),
    }


def _artifact(artifact: Artifact) -> Document:
    return {
        "names": list(artifact.names),
        "format": artifact.format,
        "type": artifact.type,
        "size": artifact.size,
        "optional": artifact.optional,
    }


def _parameter(parameter: Parameter) -> Document:
    return {
        "name": parameter.name,
        "type": parameter.type,
        "default": parameter.default,
        "annotation": parameter.annotation,
        "comment": parameter.comment,
        "cell": parameter.cell + 1,
        "line": parameter.line,
    }


def _metric(metric: Metric) -> Document:
    return {
        "name": metric.name,
        "step": metric.step,
        "cell": metric.cell + 1,
        "source": metric.source.value,
        "expression": metric.expression,
        "key": metric.key,
        "direction": metric.direction.value,
        "tolerance": _tolerance(metric.tolerance) if metric.tolerance else None,
    }


def _tolerance(tolerance: Tolerance) -> Document:
    return {"abs": tolerance.abs, "rel": tolerance.rel, "source": tolerance.source.value}


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
        "tolerance": _tolerance(check.tolerance),
        "direction": check.direction.value,
        "reason": check.reason,
        "reference": check.reference if check.reference is not None else check.original,
        "why": check.why,
        "retests": list(check.retests),
        "noise": _noise(check.noise) if check.noise else None,
        "gate": check.gate,
    }


def _run(record: RunRecord) -> Document:
    return {
        "run": record.id,
        "project": record.project,
        "pipeline": record.pipeline,
        "finished": record.finished,
        "started": record.started,
        "seconds": record.seconds,
        "parameters": dict(record.parameters),
        "metrics": dict(record.metrics),
        "steps": [_step_record(step) for step in record.steps],
        "environment": _environment(record.environment) if record.environment else None,
    }


def of_plan(planned: Sequence[Planned]) -> Document:
    """``nb2pipe run --dry-run``: what a run would do with each step: ``run``, ``perhaps`` or ``reuse``, and why."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "plan",
        "steps": [{"name": item.name, "action": item.action, "reasons": list(item.reasons)} for item in planned],
    }


def _step_record(step: StepRecord) -> Document:
    return {
        "name": step.name,
        "status": step.status.value,
        "seconds": step.seconds,
        "notebook": step.notebook,
        "error": step.error,
        "reused_from": step.run,
        "reason": step.reason,
        "peak_memory": step.peak_memory,
        "began": step.began,
    }


def _environment(environment: Environment) -> Document:
    packages = environment.packages
    return {
        "python": environment.python,
        "implementation": environment.implementation,
        "platform": environment.platform,
        "packages": {name: packages[name] for name in sorted(packages)},
        "imported": list(environment.imported),
    }


def _from_one(position: int | None) -> int | None:
    return None if position is None else position + 1


def _plain(value: object) -> object:
    """``value`` in what strict JSON can say; parameters may hold anything a literal can."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(item) for item in value), key=repr)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)
