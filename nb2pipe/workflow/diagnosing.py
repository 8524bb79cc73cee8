"""``doctor``: what may make a notebook's numbers change, by reading; and whether it does, by three runs."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nb2pipe import temporary
from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import CellFlow, CellKind, CellRole, Notebook, Role
from nb2pipe.planning import hazards, metrics
from nb2pipe.planning.analysis import Analysis
from nb2pipe.planning.metrics import Candidate
from nb2pipe.planning.reach import upstream
from nb2pipe.recording import diagnosis
from nb2pipe.recording.diagnosis import Examination, Kind, Trial, Verdict
from nb2pipe.rules import nb402_out_of_order, nb419_uncontrolled
from nb2pipe.rules.placing import placed
from nb2pipe.running.executing.failures import ExecutionFailure
from nb2pipe.running.explaining import explained
from nb2pipe.running.kernel.kernels import Kernel, KernelChoice, resolve
from nb2pipe.running.options import Progress, Silent
from nb2pipe.workflow.analysis import analyze, sort
from nb2pipe.workflow.storage import storage_problems

SEEDS = (101, 202)  # of the two runs that must agree, and of the one that may not
SAME = 1e-12  # relative; threads add up in another order and move numbers by 1e-15, a second moves a clock by 5e-10
BY_SEED = ("NB410", "NB411")
BY_LUCK = ("NB412", "NB417", "NB415", "NB418")  # the first change with each run, the last with the machine


@storage_problems
def doctor(
    path: str | Path,
    *,
    static: bool = False,
    kernel: KernelChoice | None = None,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> Examination:
    """Read the notebook for what may make its numbers change, then run it three times: twice with one seed, once with
    another. ``static`` only reads. Numbers are those of its ``metrics`` cells, or all that it shows if it has none.

    Raises InvalidInput, StepFailed (a cell fails), EnvironmentProblem, StorageProblem, Interrupted.
    """
    began = time.monotonic()
    source, told = Path(path), progress or Silent()
    analysis = analyze(source)
    hints = [hazard.finding for hazard in hazards.find(analysis.notebook)]
    stale = nb402_out_of_order.find(analysis.notebook)
    hints += [stale] if stale else []
    if static:
        return Examination(path=source, notebook=analysis.notebook, findings=sort(tuple(hints)))
    found = resolve(kernel, analysis.notebook.kernel_name, str(analysis.notebook.path))
    candidates = numbers(analysis)
    trials = []
    for at, (seed, vary) in enumerate(((SEEDS[0], False), (SEEDS[0], False), (SEEDS[1], True)), start=1):
        how = ("with a seed", "with the same seed", "with other seeds, also those in the code")[at - 1]
        told.message(f"run {at} of 3, {how}")
        trials.append(_trial(analysis.notebook, candidates, seed, found, timeout, vary=vary))
    verdicts = _judged(trials)
    places = _places(analysis.flows, verdicts)
    ranked = _ranked(hints, places)
    settled = tuple(_settled(hint, verdicts, trials, ranked, places) for hint in hints)
    loose = tuple(
        placed(nb419_uncontrolled.diagnostic(v.name, v.first, v.again), analysis.notebook, v.cell)
        for v in verdicts
        if v.kind is Kind.UNCONTROLLED
    )
    return Examination(
        path=source,
        notebook=analysis.notebook,
        findings=sort((*settled, *loose)),
        verdicts=verdicts,
        ran=True,
        seconds=time.monotonic() - began,
    )


def numbers(analysis: Analysis) -> tuple[Candidate, ...]:
    """The numbers to look at: the tagged ones, or without such tags all that cells show or print."""
    tagged = analysis.plan().candidates
    if tagged:
        return tagged
    code = [cell.index for cell in analysis.notebook.cells if cell.kind is CellKind.CODE]
    roles = [CellRole(cell=cell, role=Role.STEP, step="notebook", metrics=True) for cell in code]
    shown = {flow.cell: _only_shown(flow) for flow in analysis.flows}
    return metrics.candidates(roles, shown)


def _only_shown(flow: CellFlow) -> CellFlow:
    """Without what the cell assigns: only what its author looks at."""
    return replace(flow, statements=())


def _trial(
    notebook: Notebook, candidates: Sequence[Candidate], seed: int, kernel: Kernel, timeout: float | None, *, vary: bool
) -> Trial:
    with temporary.folder() as folder:
        output = Path(folder) / "executed.ipynb"
        try:
            return diagnosis.run(notebook, candidates, output, seed=seed, vary=vary, kernel=kernel, timeout=timeout)
        except ExecutionFailure as failure:
            cells = {cell.id: cell.index for cell in notebook.cells}
            raise explained(
                failure, kernel=kernel, step=None, cells=cells, notebook=notebook, name=str(notebook.path), executed=""
            ) from failure  # fmt: skip


def _judged(trials: Sequence[Trial]) -> tuple[Verdict, ...]:
    one, again, other = trials
    found = []
    for name, first in one.metrics.items():
        second, third = again.metrics.get(name, math.nan), other.metrics.get(name, math.nan)
        if not _same(first, second):
            kind = Kind.UNCONTROLLED
        else:
            kind = Kind.DETERMINISTIC if _same(first, third) else Kind.SEED_SENSITIVE
        apart = {Kind.DETERMINISTIC: 0.0, Kind.SEED_SENSITIVE: first - third, Kind.UNCONTROLLED: first - second}[kind]
        found.append(
            Verdict(
                name=name,
                cell=one.cells[name],
                kind=kind,
                first=first,
                again=second,
                other=third,
                spread=abs(apart) / math.sqrt(2),
            )
        )
    return tuple(found)


def _places(flows: Sequence[CellFlow], verdicts: Sequence[Verdict]) -> Mapping[str, frozenset[int]]:
    """The cells from which each uncontrolled number may come."""
    return {v.name: upstream(flows, v.cell) for v in verdicts if v.kind is Kind.UNCONTROLLED}


def _ranked(hints: Sequence[Diagnostic], places: Mapping[str, frozenset[int]]) -> list[Diagnostic]:
    """What may move uncontrolled numbers, the likeliest first: what changes between two runs at once, in a cell from which
    most of them come, as far down as can be.
    """
    reaching = [hint for hint in hints if hint.code in BY_LUCK and _moves(hint, places)]
    return sorted(
        reaching, key=lambda hint: (BY_LUCK.index(hint.code), -len(_moves(hint, places)), -(hint.cell or 0))
    )  # fmt: skip


def _moves(hint: Diagnostic, places: Mapping[str, frozenset[int]]) -> list[str]:
    """The uncontrolled numbers that may come from the hint's cell."""
    return [name for name, cells in places.items() if hint.cell is None or hint.cell in cells]


def _rank(hint: Diagnostic, ranked: Sequence[Diagnostic]) -> str:
    if len(ranked) == 1:
        return "this is the likely reason"
    at = next(number for number, other in enumerate(ranked, start=1) if other is hint)
    return f"the likeliest of {len(ranked)} reasons" if at == 1 else f"number {at} of {len(ranked)} possible reasons"


def _settled(
    hint: Diagnostic,
    verdicts: Sequence[Verdict],
    trials: Sequence[Trial],
    ranked: Sequence[Diagnostic],
    places: Mapping[str, frozenset[int]],
) -> Diagnostic:
    """The hint with what the runs say about it; one that did no harm is a notice."""
    sensitive = [v.name for v in verdicts if v.kind is Kind.SEED_SENSITIVE]
    loose = [v.name for v in verdicts if v.kind is Kind.UNCONTROLLED]
    hosts = sorted({host for trial in trials for host in trial.hosts})
    told, harmless = "", ""
    if hint.code in BY_SEED:
        told = f"{_named(sensitive)} with another seed" if sensitive else ""
        harmless = "no number changed with another seed"
    elif hint.code == "NB413":
        told, harmless = f"contacted {', '.join(hosts)}" if hosts else "", "no host was contacted"
    elif hint.code == "NB417" and sensitive and not loose:
        told = f"{_named(sensitive)} with another seed and another order of sets"
    elif hint.code in BY_LUCK:
        moved = _moves(hint, places)
        told = f"{_named(moved)} with the same seed: {_rank(hint, ranked)}" if moved else ""
        harmless = "no number changed; it may on another day or machine"
        if loose:
            harmless = "the numbers that changed do not come from this cell"
    if told:
        return replace(hint, notes=(f"the runs: {told}", *hint.notes))
    if harmless:
        return replace(hint, notes=(f"the runs: {harmless}", *hint.notes), severity=Severity.NOTICE)
    return hint


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more} changed"


def _same(a: float, b: float) -> bool:
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=SAME, abs_tol=1e-15)
