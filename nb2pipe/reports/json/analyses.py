"""Documents of the verbs that only read a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import Artifact, Notebook, Parameter, Pipeline, Step
from nb2pipe.reports.json.nouns import diagnostics, metric_of, parameter_of
from nb2pipe.reports.json.strict import SCHEMA_VERSION, Document

if TYPE_CHECKING:  # lint writes JSON, too, and must not load the recording
    from nb2pipe.proposing import Proposal


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
        "parameters": [parameter_of(parameter) for parameter in pipeline.parameters],
        "metrics": [metric_of(metric) for metric in pipeline.metrics],
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
        "metrics": [metric_of(metric) for metric in proposal.pipeline.metrics],
        "notes": list(proposal.notes),
        "diagnostics": diagnostics(proposal.problems, [proposal.notebook]),
    }


def of_parameters(name: str, parameters: Sequence[Parameter]) -> Document:
    """``nb2pipe params``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "params",
        "pipeline": name,
        "parameters": [parameter_of(parameter) for parameter in parameters],
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
