"""From a path to a plan, without running anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nb2pipe import notebook as notebooks
from nb2pipe.dataflow import Memory
from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import CellRole, Notebook, Pipeline
from nb2pipe.planning.analysis import Analysis, understand
from nb2pipe.rules import nb402_out_of_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What ``nb2pipe inspect`` shows. For a broken notebook the pipeline goes as far as could be seen."""

    path: Path
    notebook: Notebook
    roles: tuple[CellRole, ...]
    pipeline: Pipeline
    diagnostics: tuple[Diagnostic, ...]


def analyze(path: Path) -> Analysis:
    """Read and analyse; raises InvalidInput for what is no Python notebook."""
    return understand(notebooks.read(path))


def inspect(path: str | Path) -> Inspection:
    """Show what a notebook's pipeline would be, without running anything.

    Raises InvalidInput (NB0xx) if the file cannot be read as a Python notebook.
    """
    return inspect_notebook(notebooks.read(Path(path)))


def inspect_notebook(notebook: Notebook, memory: Memory | None = None) -> Inspection:
    """As :func:`inspect`, of a notebook that was read, or that is still in an editor (see ``notebook.of_content``).

    An editor's ``memory`` makes the next analysis of an edited notebook cheaper.
    """
    analysis = understand(notebook, memory=memory)
    planned = analysis.plan()
    steps = {cell: step.name for step in planned.pipeline.steps for cell in step.cells}
    stale = nb402_out_of_order.find(analysis.notebook, steps)
    return Inspection(
        path=notebook.path,
        notebook=analysis.notebook,
        roles=analysis.roles,
        pipeline=planned.pipeline,
        diagnostics=sort((*analysis.diagnostics, *planned.diagnostics, *((stale,) if stale else ()))),
    )


def lint(path: str | Path) -> tuple[Diagnostic, ...]:
    """All findings about a notebook, in the order of its cells. Raises InvalidInput as :func:`inspect` does."""
    return inspect(path).diagnostics


def errors(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Those that make an export refuse."""
    return tuple(item for item in diagnostics if item.severity is Severity.ERROR)


def sort(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """By cell, line and column; what concerns the whole notebook first."""

    def where(item: Diagnostic) -> tuple[int, int, int, str]:
        return (-1 if item.cell is None else item.cell), item.line or 0, item.column or 0, item.code

    return tuple(sorted(diagnostics, key=where))
