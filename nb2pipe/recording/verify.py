"""Look at a pipeline's values at the step borders while it runs, to compare them with the original's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nb2pipe import temporary
from nb2pipe.model import CheckReport, Environment, Part, Pipeline, Step
from nb2pipe.planning.libraries import with_implied
from nb2pipe.recording.evidence import Evidence
from nb2pipe.recording.parts import PartDifference, compare, parts, rounding_only
from nb2pipe.recording.probe import Probe
from nb2pipe.recording.record import state_file
from nb2pipe.running.executing.watching import KernelSession, RunningCell, Watcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A value, or a ``setting``, that is another in the pipeline than it was in the notebook at the same point.

    A ``definition`` is a function or class that the step defines again, and that had changed since it was defined.
    ``cell`` is the last of the step that makes or changes the value; ``parts`` are those that differ, if that is known.
    """

    step: str
    name: str
    setting: bool = False
    definition: bool = False
    cell: int | None = None
    parts: tuple[PartDifference, ...] = ()

    @property
    def rounding(self) -> bool:
        """Whether only the last bits of numbers differ, as they do when threads add up in another order."""
        return rounding_only(self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The outcome of a comparison. ``compared`` counts the values; ``differences`` has those that are not equal."""

    report: CheckReport
    differences: tuple[Difference, ...]
    compared: int

    @property
    def wrong(self) -> tuple[Difference, ...]:
        """The differences that rounding does not explain."""
        return tuple(item for item in self.differences if not item.rounding)

    @property
    def rounded(self) -> tuple[Difference, ...]:
        """The values that are equal up to the last bits of their numbers."""
        return tuple(item for item in self.differences if item.rounding)

    @property
    def verified(self) -> bool | None:
        """Whether every border value and metric equals the original's; ``None`` if nothing was compared."""
        if not (self.compared or self.report.metrics):
            return None
        return not self.wrong and (self.report.passed or not self.report.metrics)


@dataclass(slots=True, kw_only=True)
class Borders:
    """Gathers what the steps' kernels held when they ended; ``watcher`` goes into the run's options.

    Values with another fingerprint than in ``original`` are taken apart too. ``definitions`` are looked at before the
    step's first cell (step -> names, with the original's fingerprints).
    ``random_states`` are kept by the observed run. Steps whose random state the pipeline does not control (the notebook
    never seeded) go on with those, so that the same numbers are drawn and values can be compared.
    """

    modules: tuple[str, ...]
    random_states: Path | None = None
    reseeded: frozenset[str] = frozenset()
    original: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    memos: tuple[tuple[str, str], ...] = ()
    fingerprints: dict[str, str | None] = field(default_factory=dict)
    changed: list[tuple[str, str]] = field(default_factory=list)
    outlines: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    settings: dict[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    environment: Environment | None = None
    values: bool = True

    def watcher(self, step: Step) -> Watcher:
        """The watcher of one step's execution."""
        states = self._given(step)
        first = (lambda session: self._definitions(session, step)) if self.definitions.get(step.name) else None
        return _AtBorders(lambda session: self._look(session, step), states, remember=self.values, first=first)

    def given_states(self, pipeline: Pipeline) -> list[str]:
        """Steps that go on with random states of the observed run, and so with numbers that no other run draws."""
        return [step.name for step in pipeline.steps if self._given(step)]

    def _given(self, step: Step) -> dict[int, Path]:
        controlled = step.random_from is not None or step.name in self.reseeded
        return {} if controlled else self._states(step)

    def _definitions(self, session: KernelSession, step: Step) -> None:
        before = self.definitions[step.name]
        with temporary.folder() as folder:
            found = Probe(session, Path(folder), self.memos).border(names=sorted(before))["values"]
        self.changed += [(step.name, name) for name in before if found[name]["fingerprint"] != before[name]]

    def _states(self, step: Step) -> dict[int, Path]:
        folder = self.random_states
        files = {cell: folder / state_file(cell) for cell in step.cells} if folder is not None else {}
        return {cell: file for cell, file in files.items() if file.is_file()}

    def _look(self, session: KernelSession, step: Step) -> None:
        with temporary.folder() as folder:
            probe = Probe(session, Path(folder), self.memos)
            if self.values:
                self.settings[step.name] = probe.settings()
            else:
                probe.install()
            if self.values and step.outputs:
                self._values(probe, step)
            if self.environment is None:
                self.environment = probe.environment(self.modules)

    def _values(self, probe: Probe, step: Step) -> None:
        names = [name for artifact in step.outputs for name in artifact.names]
        different = []
        for name, value in probe.border(names=names)["values"].items():
            if value["present"]:
                key = f"{step.name}/{name}"
                self.fingerprints[key] = value["fingerprint"]
                if key in self.original and value["fingerprint"] != self.original[key]:
                    different.append(name)
        if different:
            for name, value in probe.border(outlines=different)["values"].items():
                self.outlines[f"{step.name}/{name}"] = parts(value["outline"])


class _AtBorders(Watcher):
    """Puts random states back before given cells of the original, and looks at the values when all is done."""

    def __init__(
        self,
        look: Callable[[KernelSession], None],
        states: Mapping[int, Path],
        *,
        remember: bool,
        first: Callable[[KernelSession], None] | None = None,
    ) -> None:
        self._look = look
        self._states = states
        self._remember = remember
        self._first = first

    def started(self, session: KernelSession) -> None:
        if self._remember:
            with temporary.folder() as folder:
                probe = Probe(session, Path(folder))
                probe.install()
                probe.remember()

    def before_cell(self, session: KernelSession, cell: RunningCell) -> None:
        if self._first is not None and cell.original is not None:
            self._first(session)
            self._first = None
        file = self._states.get(cell.original) if cell.original is not None else None
        if file is not None:
            with temporary.folder() as folder:
                Probe(session, Path(folder)).restore_random(file)

    def finished(self, session: KernelSession) -> None:
        self._look(session)


def differences(
    pipeline: Pipeline, original: Mapping[str, str], evidence: Evidence, borders: Borders
) -> tuple[Difference, ...]:
    """Values whose fingerprint is another than the original's, then settings, in the order in which steps run."""
    found = [
        Difference(step=step, name=name, definition=True, cell=evidence.makers.get(f"{step}/{name}"))
        for step, name in borders.changed
    ]
    for step in pipeline.steps:
        for name in (name for artifact in step.outputs for name in artifact.names):
            key = f"{step.name}/{name}"
            if key in original and key in borders.fingerprints and original[key] != borders.fingerprints[key]:
                before, now = evidence.outlines.get(key, ()), borders.outlines.get(key, ())
                found.append(
                    Difference(
                        step=step.name, name=name, cell=evidence.makers.get(key),
                        parts=compare(before, now) if before and now else (),
                    )
                )  # fmt: skip
    return (*found, *_settings(pipeline, evidence, borders.settings))


def _settings(
    pipeline: Pipeline, evidence: Evidence, found: Mapping[str, Mapping[str, Mapping[str, str]]]
) -> list[Difference]:
    """Settings that a step ended with other than the notebook had there.

    Libraries change settings when they are imported, and a step imports fewer of them. So a library's settings count only
    in steps to which the plan carries them: those that import it, load its objects or may draw. Environment
    variables count only if the notebook's source names them.
    """
    different: list[Difference] = []
    for step in pipeline.steps:
        if step.name not in evidence.settings:
            continue
        before, now = evidence.settings[step.name], found.get(step.name, {})
        for component in sorted({*before, *now}):
            known = evidence.relevant.get(step.name) or with_implied(step.modules)
            if component in _LIBRARIES and (component not in now or component not in known):
                continue
            old, new = before.get(component, {}), now.get(component, {})
            for key in sorted({*old, *new}):
                if component in _IF_THERE and key != "root level" and not (key in old and key in new):
                    continue  # a step that does not use a logger or module need not have it
                named = component not in _NAMED or key in _OWN or key in evidence.text
                if old.get(key) != new.get(key) and named:
                    different.append(Difference(step=step.name, name=f"{component}: {key}", setting=True))
    return different


_NAMED = ("os.environ", "logging")  # libraries change these too: what the notebook names counts
_IF_THERE = ("logging", "modules")
_OWN = ("root level", "__main__")
_LIBRARIES = frozenset({"pandas", "numpy", "matplotlib", "sklearn", "decimal", "logging", "torch"})
