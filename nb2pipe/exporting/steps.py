"""A step as a plain papermill notebook: parameters, setup, inputs, the original cells, outputs."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nb2pipe.exporting import harness
from nb2pipe.exporting.names import Aliases
from nb2pipe.model import Cell, CellKind, MetricSource, Notebook, Parameter, Pipeline, Snippet, Step
from nb2pipe.planning.metrics import Candidate
from nb2pipe.rules.placing import source_lines

_PAPERMILLS = ("parameters", "injected-parameters")  # cells with these would be taken for the step's own
_MOVING = re.compile(r"\b(inputs|outputs|chdir|cd)\b")  # lines after which the folders' names may mean something else
_FUTURE = re.compile(r"^from __future__ import (?:\([^)]*\)|[^\n#;]+)", re.MULTILINE)
_NOTHING = re.compile(r"^# from cell \d+\n\s*(?=# from cell|\Z)", re.MULTILINE)
INPUTS = "inputs"
OUTPUTS = "outputs"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepContext:
    """What all steps of one project share. ``artifacts`` is the default folder for inputs and outputs."""

    notebook: Notebook
    pipeline: Pipeline
    aliases: Aliases
    candidates: Sequence[Candidate]
    artifacts: str
    source: str


def build(step: Step, context: StepContext) -> dict[str, Any]:
    """The step's notebook as nbformat 4.5 JSON data."""
    cells = list(_cells(step, context))
    kernel = context.notebook.kernel_name or "python3"
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": kernel, "language": "python", "name": kernel},
            "language_info": {"name": "python"},
            "nb2pipe": {"step": step.name, "notebook": context.source},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cells(step: Step, context: StepContext) -> Iterable[dict[str, Any]]:
    parameters = {parameter.name: parameter for parameter in context.pipeline.parameters}
    outside = (MetricSource.PRINTED, MetricSource.LOGGED)  # noted by the runner
    given = {(metric.cell, metric.expression) for metric in context.pipeline.metrics}
    read = [
        candidate
        for candidate in context.candidates
        if candidate.source not in outside and (candidate.series or (candidate.cell, candidate.expression) in given)
    ]
    needs_numbers = any(candidate.step == step.name for candidate in read)
    yield _markdown("title", harness.title(step, context.source))
    yield _code("parameters", _parameters(step, parameters, context), tags=["parameters"])
    future, setup = _future_apart(_setup(step, context))
    if future:
        yield _code("future", future)
    if setup:
        yield _code("setup", setup)
    located = harness.folders() in setup
    torch = any(harness.uses_torch(other) for other in context.pipeline.steps)
    yield _code("inputs", harness.inputs(step, context.aliases, located=located, torch=torch))
    if needs_numbers:
        yield _code("numbers", harness.numbers())
    by_index = {cell.index: cell for cell in context.notebook.cells}
    for index in _with_markdown(step, context.notebook):
        cell = by_index[index]
        yield _original(cell)
        own = [candidate for candidate in read if candidate.cell == index]
        if own:
            yield _code(f"metrics-{index + 1}", harness.metrics(own))
    yield _code("outputs", harness.outputs(step, context.aliases, metrics=needs_numbers, torch=torch))


def _parameters(step: Step, parameters: Mapping[str, Parameter], context: StepContext) -> str:
    lines = []
    for name in step.parameters:
        parameter = parameters[name]
        annotation = f": {parameter.annotation}" if parameter.annotation and _is_plain(parameter.annotation) else ""
        comment = f"  # {parameter.comment.lstrip('# ')}" if parameter.comment else ""
        lines.append(f"{name}{annotation} = {harness.literal(parameter.default)}{comment}")
    lines.append(f"{INPUTS} = {context.artifacts!r}  # folder that earlier steps wrote to")
    lines.append(f"{OUTPUTS} = {context.artifacts!r}  # folder that this step writes to")
    return "\n".join(lines)


def _is_plain(annotation: str) -> bool:
    """Whether it can be evaluated before any import."""
    names = {node.id for node in ast.walk(ast.parse(annotation)) if isinstance(node, ast.Name)}
    return names <= set(dir(builtins))


def _setup(step: Step, context: StepContext) -> str:
    """The replayed lines, in notebook order, one comment per original cell. Early loads come before what reads them."""
    if not step.setup:
        return ""
    parts: list[str] = []
    last: int | None = None
    early = harness.early_inputs(step, context.aliases)
    for snippet in step.setup:
        if snippet.after_loads:
            parts.append(("\n" if parts else "") + early + "\n")
            last = None
        if snippet.cell != last:
            parts.append(("\n" if parts and last is not None else "") + f"# from cell {snippet.cell + 1}")
            last = snippet.cell
        parts.append(_lines(context.notebook, snippet))
    if early or any(_MOVING.search(part) for part in parts):
        parts.insert(0, f"import os as _nb_os\n{harness.folders()}\n")
    return "\n".join(parts)


def _future_apart(setup: str) -> tuple[str, str]:
    """``from __future__ import ...`` holds for the cells below and must come first in its own: a cell of its own, before."""
    future = dict.fromkeys(match[0].strip() for match in _FUTURE.finditer(setup))
    return ("\n".join(future), _NOTHING.sub("", _FUTURE.sub("", setup)).strip("\n")) if future else ("", setup)


def _lines(notebook: Notebook, snippet: Snippet) -> str:
    lines = source_lines(notebook.cells[snippet.cell].source)
    return "\n".join(lines[snippet.line - 1 : snippet.end_line])


def _with_markdown(step: Step, notebook: Notebook) -> list[int]:
    """The step's code cells, and the markdown that stands right before or between them."""
    chosen: list[int] = []
    own = set(step.cells)
    for index in sorted(own):
        before: list[int] = []
        probe = index - 1
        while probe >= 0 and notebook.cells[probe].kind is CellKind.MARKDOWN:
            before.append(probe)
            probe -= 1
        chosen.extend(reversed(before))
        chosen.append(index)
    return chosen


def _original(cell: Cell) -> dict[str, Any]:
    metadata: dict[str, Any] = {"nb2pipe": {"cell": cell.index + 1}}
    tags = [tag for tag in cell.tags if tag not in _PAPERMILLS]
    if tags:
        metadata["tags"] = tags
    data: dict[str, Any] = {"cell_type": cell.kind.value, "id": cell.id, "metadata": metadata, "source": cell.source}
    if cell.kind is CellKind.CODE:
        data |= {"execution_count": None, "outputs": []}
    return data


def _code(kind: str, source: str, tags: list[str] | None = None) -> dict[str, Any]:
    metadata: dict[str, Any] = {"nb2pipe": {"generated": kind}}
    if tags:
        metadata["tags"] = tags
    return {
        "cell_type": "code", "id": f"nb2pipe-{kind}", "metadata": metadata, "source": source,
        "execution_count": None, "outputs": [],
    }  # fmt: skip


def _markdown(kind: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "markdown", "id": f"nb2pipe-{kind}", "metadata": {"nb2pipe": {"generated": kind}},
        "source": source,
    }  # fmt: skip
