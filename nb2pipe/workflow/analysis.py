"""From a path to a plan, without running anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nb2pipe import dataflow, magics
from nb2pipe import notebook as notebooks
from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import CellFlow, CellKind, CellRole, Notebook, Parameter, Pipeline, Recording, Role
from nb2pipe.parameters import read_parameters
from nb2pipe.planning import Plan, plan
from nb2pipe.rules import nb402_out_of_order
from nb2pipe.tags import read_roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """A notebook read, its tags and its data flow understood; ``diagnostics`` are those of reading and tags."""

    notebook: Notebook
    roles: tuple[CellRole, ...]
    flows: tuple[CellFlow, ...]
    parameters: tuple[Parameter, ...]
    diagnostics: tuple[Diagnostic, ...]

    def plan(self, recording: Recording | None = None) -> Plan:
        """The plan, static or as an observed run showed it."""
        return plan(self.notebook, self.roles, self.flows, self.parameters, recording)


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
    return analyze_notebook(notebooks.read(path))


def analyze_notebook(notebook: Notebook) -> Analysis:
    """Analyse a notebook that was read."""
    roles, found = read_roles(notebook)
    code = [
        (cell.index, magics.to_python(cell.source)) for cell in notebook.cells if cell.kind is CellKind.CODE
    ]  # fmt: skip
    parameters: list[Parameter] = []
    problems: list[Diagnostic] = []
    for role in roles:
        if role.role is Role.PARAMETERS:
            source = notebook.cells[role.cell].source
            parsed = read_parameters(source, cell=role.cell, notebook=notebook)
            parameters.extend(parsed.parameters)
            problems.extend(parsed.problems)
    return Analysis(
        notebook=notebook,
        roles=roles,
        flows=dataflow.analyze(code),
        parameters=tuple({parameter.name: parameter for parameter in parameters}.values()),
        diagnostics=(*notebooks.remarks(notebook), *found, *problems),
    )


def inspect(path: str | Path) -> Inspection:
    """Show what a notebook's pipeline would be, without running anything.

    Raises InvalidInput (NB0xx) if the file cannot be read as a Python notebook.
    """
    return inspect_notebook(notebooks.read(Path(path)))


def inspect_notebook(notebook: Notebook) -> Inspection:
    """As :func:`inspect`, of a notebook that was read, or that is still in an editor (see ``notebook.of_content``)."""
    analysis = analyze_notebook(notebook)
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
