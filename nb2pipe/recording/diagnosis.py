"""Run a notebook with a seed from outside and note the numbers it shows: what ``doctor`` compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from nb2pipe import temporary
from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import MetricSource, Notebook, ObservedMetric
from nb2pipe.planning import metrics as planned
from nb2pipe.planning.metrics import Candidate
from nb2pipe.recording.original import as_nbformat
from nb2pipe.recording.probe import Probe
from nb2pipe.recording.record import logged_metrics, printed_metrics
from nb2pipe.rules import figures
from nb2pipe.running import logged
from nb2pipe.running.executing.execute import execute_notebook
from nb2pipe.running.executing.watching import KernelSession, RunningCell, Watcher
from nb2pipe.running.kernel.kernels import Kernel


class Kind(StrEnum):
    """What the runs say about a number."""

    DETERMINISTIC = "deterministic"
    SEED_SENSITIVE = "seed-sensitive"
    UNCONTROLLED = "uncontrolled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One number in three runs: ``first`` and ``again`` with one seed, ``other`` with another. ``spread`` is the standard
    deviation of ``first`` and ``other``.
    """

    name: str
    cell: int
    kind: Kind
    first: float
    again: float
    other: float
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What ``doctor`` found. ``verdicts`` is empty if nothing was run; ``seconds`` is what the runs took."""

    path: Path
    notebook: Notebook
    findings: tuple[Diagnostic, ...]
    verdicts: tuple[Verdict, ...] = ()
    ran: bool = False
    seconds: float = 0.0

    @property
    def sentence(self) -> str:
        """The numbers by class, or how many hints there are."""
        if not self.ran:
            hints = sum(d.severity is not Severity.NOTICE for d in self.findings)
            return f"{figures.count(hints, 'hint')}; nothing was run"
        if not self.verdicts:
            return "the notebook ran three times, and showed no number to compare"
        counts = [(kind, sum(v.kind is kind for v in self.verdicts)) for kind in Kind]
        return ", ".join(f"{count} {kind.value}" for kind, count in counts if count)

    @property
    def healthy(self) -> bool:
        """No warning stands."""
        return not any(d.severity is not Severity.NOTICE for d in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One run: ``metrics`` by name with the cell they come from, ``hosts`` contacted, whether unseeded numbers were drawn."""

    metrics: Mapping[str, float]
    cells: Mapping[str, int]
    hosts: tuple[str, ...]
    drew: bool
    states: Mapping[str, str]


def run(
    notebook: Notebook,
    candidates: Sequence[Candidate],
    output: Path,
    *,
    seed: int,
    vary: bool,
    kernel: Kernel,
    timeout: float | None,
) -> Trial:
    """Execute the notebook in its folder; ``vary`` replaces the seeds in its code, and the hash seed, too.

    Raises ExecutionFailure if it does not run from top to bottom.
    """
    with temporary.folder() as folder:
        watch = _Trial(candidates=candidates, seed=seed, vary=vary, folder=Path(folder))
        execute_notebook(
            as_nbformat(notebook), output, kernel=kernel, cwd=notebook.path.resolve().parent, timeout=timeout,
            watcher=watch, environment={"PYTHONHASHSEED": str(seed % 1000)} if vary else None,
        )  # fmt: skip
    found = planned.from_observed(candidates, watch.metrics)
    values = {metric.name: planned.observed_value(metric, watch.metrics) for metric in found}
    return Trial(
        metrics={name: seen.value for name, seen in values.items() if seen is not None},
        cells={metric.name: metric.cell for metric in found},
        hosts=tuple(watch.hosts),
        drew=watch.drew,
        states=watch.states,
    )


@dataclass(slots=True, kw_only=True)
class _Trial(Watcher):
    candidates: Sequence[Candidate]
    seed: int
    vary: bool
    folder: Path
    metrics: list[ObservedMetric] = field(default_factory=list)
    outputs: dict[int, list[Mapping[str, Any]]] = field(default_factory=dict)
    hosts: list[str] = field(default_factory=list)
    drew: bool = False
    states: Mapping[str, str] = field(default_factory=dict)

    def started(self, session: KernelSession) -> None:
        probe = Probe(session, self.folder)
        probe.install()
        probe.seed(self.seed, vary=self.seed if self.vary else None, numpy=False)
        probe.watch()
        if any(candidate.source is MetricSource.LOGGED for candidate in self.candidates):
            logged.listen(session)

    def before_cell(self, session: KernelSession, cell: RunningCell) -> None:
        if cell.source_index is not None and planned.logged_in(self.candidates, cell.source_index) is not None:
            logged.begin(session)

    def output(self, cell: RunningCell, output: Mapping[str, Any]) -> None:
        if cell.source_index is not None:
            self.outputs.setdefault(cell.source_index, []).append(output)

    def after_cell(self, session: KernelSession, cell: RunningCell, seconds: float) -> None:
        own = [candidate for candidate in self.candidates if candidate.cell == cell.source_index]
        if not own:
            return
        index = own[0].cell
        names = [candidate.expression for candidate in own if candidate.source is MetricSource.VARIABLE]
        shown = next((candidate.expression for candidate in own if candidate.source is MetricSource.SHOWN), None)
        for item in Probe(session, self.folder).metrics(cell=index, names=names, expression=shown):
            self.metrics.append(
                ObservedMetric(
                    cell=index, source=MetricSource(item["source"]), expression=item["expression"], key=item["key"],
                    value=float(item["value"]),
                )
            )  # fmt: skip
        if any(candidate.source is MetricSource.PRINTED for candidate in own):
            known = planned.printed_in(self.candidates, index)
            self.metrics += printed_metrics(cell, self.outputs.get(index, []), known)
        tied = planned.logged_in(self.candidates, index)
        if tied is not None:
            self.metrics += logged_metrics(index, logged.read(session, self.folder / "logged.json"), tied, self.metrics)

    def finished(self, session: KernelSession) -> None:
        probe = Probe(session, self.folder)
        self.hosts = probe.accesses()["hosts"]
        self.drew, self.states = probe.draws()
