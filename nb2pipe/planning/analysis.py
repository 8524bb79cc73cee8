"""A notebook's tags and data flow understood, ready to be planned."""

from __future__ import annotations

from dataclasses import dataclass

from nb2pipe import dataflow, magics
from nb2pipe import notebook as notebooks
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import CellFlow, CellKind, CellRole, Notebook, Parameter, Recording, Role
from nb2pipe.parameters import read_parameters
from nb2pipe.planning.plan import Plan, plan
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


def understand(
    notebook: Notebook, flows: tuple[CellFlow, ...] | None = None, memory: dataflow.Memory | None = None
) -> Analysis:
    """Analyse a notebook; ``flows``, if known already, don't depend on its tags. ``memory``: as in :func:`flows_of`."""
    roles, found = read_roles(notebook)
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
        flows=flows_of(notebook, memory) if flows is None else flows,
        parameters=tuple({parameter.name: parameter for parameter in parameters}.values()),
        diagnostics=(*notebooks.remarks(notebook), *found, *problems),
    )


def flows_of(notebook: Notebook, memory: dataflow.Memory | None = None) -> tuple[CellFlow, ...]:
    """The data flow of each code cell; ``memory`` is for analyses of a notebook again and again."""
    code = [(cell.index, magics.to_python(cell.source)) for cell in notebook.cells if cell.kind is CellKind.CODE]
    return dataflow.analyze(code, memory)
