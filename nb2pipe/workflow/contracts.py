"""Contracts of a project: learned when it is exported, held at each step border, widened when a person says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nb2pipe.checking import contracts
from nb2pipe.checking.contracts import Alert, Compared, Contract, TableSummary, write_compared
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.errors import ContractBroken, InvalidInput
from nb2pipe.model import RunRecord, Step
from nb2pipe.rules import nb420_contract_broken as rule
from nb2pipe.running import runs
from nb2pipe.running.options import Digest, Progress
from nb2pipe.running.projects import Project, open_project
from nb2pipe.storing import write_text
from nb2pipe.workflow.storage import storage_problems


@dataclass(slots=True, kw_only=True)
class Guard:
    """Called with each step that ran. Raises ContractBroken, or tells ``progress`` what it would have raised.

    ``statistics``: the run has the baseline's parameters, so that numbers can be compared and not only structure.
    """

    project: Project
    statistics: bool
    warn: bool
    progress: Progress
    _contract: Contract | None = None
    _loaded: bool = False

    def __call__(self, step: Step, run: str, digest: Digest) -> None:
        """Look at what the step handed on in this run; ``digest`` gives a file's."""
        contract = self._load()
        if contract is None:
            return
        broken: list[Diagnostic] = []
        compared: list[Compared] = []
        for key, path in artifacts_of(self.project, run, step):
            known = contract.tables.get(key)
            if known is not None:
                found = list(self._compare(step, key, path, known, digest))
                broken += found
                compared.append(_compared(key, known, found))
        write_compared(self.project.state, run, step.name, compared)
        if self.warn:
            for item in broken:
                self.progress.note("\n  = ".join((f"warning[{item.code}]: {item.message}", *item.notes)))
        elif broken:
            raise ContractBroken(*broken)

    def _load(self) -> Contract | None:
        if not self._loaded:  # only when a step runs: a run that finds everything in the cache has nothing to compare
            self._contract = contracts.load(self.project.folder / contracts.FILE_NAME)
            self._loaded = True
        return self._contract

    def _compare(self, step: Step, key: str, path: Path, known: TableSummary, digest: Digest) -> Iterator[Diagnostic]:
        try:
            breaches = contracts.compare(path, known, statistics=self.statistics, digest=digest)
        except ValueError as error:
            yield rule.unreadable(key, str(error), step=step.name)
            return
        found = contracts.alerts(breaches, known)
        if found:
            yield rule.diagnostic(
                key,
                [_told(alert) for alert in found],
                step=step.name,
                notebook=str(self.project.source),
                cell=step.cells[0] if step.cells else None,
                project=str(self.project.folder),
                warn=self.warn,
            )


def artifacts_of(project: Project, run: str, step: Step) -> Iterator[tuple[str, Path]]:
    """The tables that a step left in a run, with their keys (``step/name``)."""
    folder = runs.folder(project.state, run) / "artifacts" / step.name
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.is_file() and contracts.readable(path):
                yield f"{step.name}/{path.stem}", path


def _compared(key: str, known: TableSummary, found: Iterable[Diagnostic]) -> Compared:
    notes = tuple(note for item in found for note in (item.message, *item.notes))
    return Compared(table=key, rows=known.rows, columns=len(known.columns), notes=notes)


def learn(project: Project, record: RunRecord) -> None:
    """Write the contract of a run whose values are known to be right."""
    contract = contracts.learned(_all(project, record))
    if contract.tables:
        write_text(project.folder / contracts.FILE_NAME, contracts.dump(contract))
    else:
        (project.folder / contracts.FILE_NAME).unlink(missing_ok=True)


@storage_problems
def contract(path: str | Path) -> Contract:
    """The contract of an exported project, empty if it has none; raises InvalidInput."""
    project = open_project(Path(path))
    return contracts.load(project.folder / contracts.FILE_NAME) or Contract()


@storage_problems
def accept(path: str | Path, run: str | None = None) -> Contract:
    """Take a run's tables (the newest one's if ``run`` is None) as normal, and write ``contracts.json``.

    Raises InvalidInput if there is no such run, or it left no tables.
    """
    project = open_project(Path(path))
    record = next((item for item in runs.newest_first(project.state) if run in (None, item.id)), None)
    found = _all(project, record) if record else {}
    if not found:
        raise InvalidInput(rule.no_run(str(path), run))
    widened = contracts.accepted(contract(path), found)
    write_text(project.folder / contracts.FILE_NAME, contracts.dump(widened))
    return widened


def _all(project: Project, record: RunRecord) -> dict[str, Path]:
    return {key: path for step in project.pipeline.steps for key, path in artifacts_of(project, record.id, step)}


def _told(alert: Alert) -> tuple[str, str, str]:
    """Columns, what is wrong, and what may be the cause."""
    names = [repr(name) for name in alert.columns[:3]]
    if len(alert.columns) > len(names):
        names.append(f"{len(alert.columns) - len(names)} more that go with it")
    return ", ".join(names), alert.breach.message, alert.cause
