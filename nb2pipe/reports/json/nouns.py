"""The parts that several documents share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import Environment, Metric, Notebook, Parameter, RunRecord, StepRecord, Tolerance
from nb2pipe.reports.json.strict import Document, from_one


def diagnostics(found: Sequence[Diagnostic], notebooks: Sequence[Notebook] = ()) -> list[Document]:
    """Diagnostics; ``notebooks`` give the cells' ids."""
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
        "cell": from_one(d.cell),
        "cell_id": ids.get((d.notebook or "", d.cell)) if d.cell is not None else None,
        "line": d.line,
        "col": from_one(d.column),
        "end_col": from_one(d.end_column),
        "file_line": d.file_line,
        "step": d.step,
        "notes": list(d.notes),
        "fix": fix,
    }


def parameter_of(parameter: Parameter) -> Document:
    """A parameter."""
    return {
        "name": parameter.name,
        "type": parameter.type,
        "default": parameter.default,
        "annotation": parameter.annotation,
        "comment": parameter.comment,
        "cell": parameter.cell + 1,
        "line": parameter.line,
    }


def metric_of(metric: Metric) -> Document:
    """A metric, as the plan has it."""
    return {
        "name": metric.name,
        "step": metric.step,
        "cell": metric.cell + 1,
        "source": metric.source.value,
        "expression": metric.expression,
        "key": metric.key,
        "direction": metric.direction.value,
        "tolerance": tolerance_of(metric.tolerance) if metric.tolerance else None,
    }


def tolerance_of(tolerance: Tolerance) -> Document:
    """An allowed difference, and who said so."""
    return {"abs": tolerance.abs, "rel": tolerance.rel, "source": tolerance.source.value}


def run_of(record: RunRecord) -> Document:
    """A run with its steps and its environment."""
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
