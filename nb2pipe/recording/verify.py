"""Look at a pipeline's values at the step borders while it runs, to compare them with the original's."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nb2pipe.model import Environment, Pipeline, Recording, Step
from nb2pipe.planning.libraries import with_implied
from nb2pipe.recording.probe import Probe
from nb2pipe.recording.record import state_file
from nb2pipe.running.watching import KernelSession, RunningCell, Watcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A value, or a ``setting``, that is another in the pipeline than it was in the notebook at the same point."""

    step: str
    name: str
    setting: bool = False


@dataclass(slots=True, kw_only=True)
class Borders:
    """Gathers what the steps' kernels held when they ended; ``watcher`` goes into the run's options.

    ``random_states`` are kept by the observed run. Steps whose random state the pipeline does not control (the notebook
    never seeded) go on with those, so that the same numbers are drawn and values can be compared.
    """

    modules: tuple[str, ...]
    random_states: Path | None = None
    reseeded: frozenset[str] = frozenset()
    fingerprints: dict[str, str | None] = field(default_factory=dict)
    settings: dict[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    environment: Environment | None = None
    values: bool = True

    def watcher(self, step: Step) -> Watcher:
        """The watcher of one step's execution."""
        controlled = step.random_from is not None or step.name in self.reseeded
        states = {} if controlled else self._states(step)
        return _AtBorders(lambda session: self._look(session, step), states, remember=self.values)

    def _states(self, step: Step) -> dict[int, Path]:
        folder = self.random_states
        files = {cell: folder / state_file(cell) for cell in step.cells} if folder is not None else {}
        return {cell: file for cell, file in files.items() if file.is_file()}

    def _look(self, session: KernelSession, step: Step) -> None:
        with tempfile.TemporaryDirectory(prefix="nb2pipe-", ignore_cleanup_errors=True) as folder:
            probe = Probe(session, Path(folder))
            if self.values:
                self.settings[step.name] = probe.settings()
            else:
                probe.install()
            if self.values and step.outputs:
                names = [name for artifact in step.outputs for name in artifact.names]
                for name, value in probe.border(names=names)["values"].items():
                    if value["present"]:
                        self.fingerprints[f"{step.name}/{name}"] = value["fingerprint"]
            if self.environment is None:
                self.environment = probe.environment(self.modules)


class _AtBorders(Watcher):
    """Puts random states back before given cells of the original, and looks at the values when all is done."""

    def __init__(self, look: Callable[[KernelSession], None], states: Mapping[int, Path], *, remember: bool) -> None:
        self._look = look
        self._states = states
        self._remember = remember

    def started(self, session: KernelSession) -> None:
        if self._remember:
            with tempfile.TemporaryDirectory(prefix="nb2pipe-", ignore_cleanup_errors=True) as folder:
                probe = Probe(session, Path(folder))
                probe.install()
                probe.remember()

    def before_cell(self, session: KernelSession, cell: RunningCell) -> None:
        file = self._states.get(cell.original) if cell.original is not None else None
        if file is not None:
            with tempfile.TemporaryDirectory(prefix="nb2pipe-", ignore_cleanup_errors=True) as folder:
                Probe(session, Path(folder)).restore_random(file)

    def finished(self, session: KernelSession) -> None:
        self._look(session)


def differences(
    pipeline: Pipeline, original: Mapping[str, str], pipeline_values: Mapping[str, str | None]
) -> tuple[Difference, ...]:
    """Values whose fingerprint is another than the original's, in the order in which steps run."""
    found = []
    for step in pipeline.steps:
        for artifact in step.outputs:
            for name in artifact.names:
                key = f"{step.name}/{name}"
                if key in original and key in pipeline_values and original[key] != pipeline_values[key]:
                    found.append(Difference(step=step.name, name=name))
    return tuple(found)


def settings_differences(
    pipeline: Pipeline,
    recording: Recording,
    found: Mapping[str, Mapping[str, Mapping[str, str]]],
    text: str,
) -> tuple[Difference, ...]:
    """Settings that a step ended with other than the notebook had there.

    Libraries change settings when they are imported, and a step imports fewer of them. So a library's settings count only
    in steps that import it, and environment variables only if ``text``, the notebook's source, names them.
    """
    last = {item.segment.step: item.settings for item in recording.segments if item.segment.step}
    different: list[Difference] = []
    for step in pipeline.steps:
        before, now = last.get(step.name, {}), found.get(step.name, {})
        for component in sorted({*before, *now}):
            if component in _LIBRARIES and (component not in now or component not in with_implied(step.modules)):
                continue
            old, new = before.get(component, {}), now.get(component, {})
            for key in sorted({*old, *new}):
                named = component != "os.environ" or key in text
                if old.get(key) != new.get(key) and named:
                    different.append(Difference(step=step.name, name=f"{component}: {key}", setting=True))
    return tuple(different)


_LIBRARIES = frozenset({"pandas", "numpy", "matplotlib", "sklearn", "decimal", "logging"})
