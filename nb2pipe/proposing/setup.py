"""Cells that are no work: imports, functions, parameters, looks that nothing later needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from nb2pipe.model import BindingKind, CellFlow, CellRole, Notebook, Role, StatementKind
from nb2pipe.parameters import read_parameters
from nb2pipe.proposing.looks import Look
from nb2pipe.proposing.words import Work

_LONGEST_RUN_OF_LOOKS = 3  # single looks at a table stay in their step: leaving them out gains nothing
_MODELS = (Work.TRAIN, Work.TUNE)
_MOST_SKIPPED = 0.5  # of the working cells: a notebook that mostly looks is there for looking


def roles(
    notebook: Notebook,
    free: Sequence[int],
    flows: Mapping[int, CellFlow],
    looks: Mapping[int, Look],
    settled: Mapping[int, CellRole],
) -> dict[int, tuple[str, str]]:
    """Cells (of ``free``) that are imports, functions or parameters, or only install packages: role and why."""
    bound = Counter(b.name for flow in flows.values() for s in flow.statements for b in s.bindings)
    found: dict[int, tuple[str, str]] = {}
    has_parameters = any(role.role is Role.PARAMETERS for role in settled.values())
    working = False
    for cell in free:
        flow = flows[cell]
        kinds = {statement.kind for statement in flow.statements}
        if looks[cell].installs:
            found[cell] = ("skip", "installs packages: requirements.txt does that for the pipeline")
        elif flow.problems:
            working = True
        elif kinds and kinds <= {StatementKind.IMPORT, StatementKind.SETTING} and (
            not working or (StatementKind.IMPORT in kinds and not any(s.seeds for s in flow.statements))
        ):  # fmt: skip
            found[cell] = ("imports", "imports" if StatementKind.IMPORT in kinds else "settings")
        elif kinds and kinds <= {StatementKind.IMPORT, StatementKind.DEFINITION} and _defined_once(flow, bound):
            found[cell] = ("functions", "defines functions")
        elif kinds and StatementKind.OTHER not in kinds and not working:
            found[cell] = ("imports", "imports and settings")
        elif not has_parameters and _is_parameters(notebook, flow, bound, flows):
            found[cell] = ("parameters", "plain values that a run may change")
            has_parameters = True
        elif kinds:
            working = True
    return _without_rebound(found, free, flows)


def parameters_cell(notebook: Notebook, flows: Mapping[int, CellFlow]) -> int | None:
    """The first cell of plain values, which would become the parameters cell."""
    bound = Counter(b.name for flow in flows.values() for s in flow.statements for b in s.bindings)
    return next((cell for cell, flow in flows.items() if _is_parameters(notebook, flow, bound, flows)), None)


def _without_rebound(
    found: dict[int, tuple[str, str]], free: Sequence[int], flows: Mapping[int, CellFlow]
) -> dict[int, tuple[str, str]]:
    """Imports that a working cell above them has made already stay where they are: a step would find two versions."""
    bound: set[str] = set()
    for cell in free:
        names = {b.name for s in flows[cell].statements for b in s.bindings}
        if cell not in found:
            bound |= names
        elif found[cell][0] == "imports" and names & bound:
            del found[cell]
            bound |= names
    return found


def _defined_once(flow: CellFlow, bound: Counter[str]) -> bool:
    """Whether no other statement binds the names: then it does not matter where the definition runs."""
    return all(
        bound[b.name] == 1
        for statement in flow.statements
        if statement.kind is StatementKind.DEFINITION
        for b in statement.bindings
    )


def _is_parameters(notebook: Notebook, flow: CellFlow, bound: Counter[str], flows: Mapping[int, CellFlow]) -> bool:
    """Whether the cell holds plain values only, which nothing ever changes."""
    parsed = read_parameters(notebook.cells[flow.cell].source, cell=flow.cell)
    names = {b.name for s in flow.statements for b in s.bindings}
    if not parsed.parameters or parsed.derived or parsed.problems or names != {p.name for p in parsed.parameters}:
        return False
    changed = {m.name for other in flows.values() for s in other.statements for m in s.mutations if m.certain}
    deleted = {d.name for other in flows.values() for s in other.statements for d in s.deletions}
    used = {u.name for other in flows.values() if other is not flow for s in other.statements for u in s.uses}
    return all(
        bound[p.name] == 1 and p.name not in changed | deleted and p.default not in ([], {}, "", None, set())
        for p in parsed.parameters
    ) and bool(names & used)


def skipped(
    work: Sequence[int],
    flows: Mapping[int, CellFlow],
    looks: Mapping[int, Look],
    later: Mapping[int, frozenset[str]],
) -> dict[int, tuple[str, str]]:
    """Runs of cells that explore before a model is fitted: they only look, and nothing later reads what they bind."""
    if any(problem for flow in flows.values() for problem in flow.problems):
        return {}  # code that we cannot see into may read anything
    models = [at for at, cell in enumerate(work) if looks[cell].work in _MODELS]  # what is drawn after is a result
    if not models:
        return {}
    found: dict[int, tuple[str, str]] = {}
    run: list[int] = []
    for cell in [*work[: models[0]], -1]:
        if cell >= 0 and _only_looks(flows[cell], looks[cell], later[cell]):
            run.append(cell)
            continue
        if len(run) >= _LONGEST_RUN_OF_LOOKS or any(looks[c].draws for c in run):
            why = "draws; nothing later needs it" if all(looks[c].draws for c in run) else "only looks at data"
            found |= dict.fromkeys(run, ("skip", why))
        run = []
    return found if len(found) <= _MOST_SKIPPED * len(work) else {}


def _only_looks(flow: CellFlow, look: Look, later: frozenset[str]) -> bool:
    if not look.only_looks or look.scores or look.shown_score or look.prints_score:
        return False
    binds = {b.name for s in flow.statements for b in s.bindings}
    if binds & later or any(b.kind is not BindingKind.DATA for s in flow.statements for b in s.bindings):
        return False
    mutates = {m.name for s in flow.statements for m in s.mutations if m.certain}
    return mutates <= binds and not any(s.kind is StatementKind.SETTING or s.seeds for s in flow.statements)
