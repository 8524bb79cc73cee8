"""Look at a pipeline's values at the step borders while it runs, to compare them with the original's."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nb2pipe.model import Environment, Pipeline, Step
from nb2pipe.recording.probe import Probe
from nb2pipe.running.watching import KernelSession, Watcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A value that is another in the pipeline than it was in the notebook at the same point."""

    step: str
    name: str


@dataclass(slots=True, kw_only=True)
class Borders:
    """Gathers what the steps' kernels held when they ended; ``watcher`` goes into the run's options."""

    modules: tuple[str, ...]
    fingerprints: dict[str, str | None] = field(default_factory=dict)
    environment: Environment | None = None
    values: bool = True

    def watcher(self, step: Step) -> Watcher:
        """The watcher of one step's execution."""
        return _AtEnd(lambda session: self._look(session, step))

    def _look(self, session: KernelSession, step: Step) -> None:
        with tempfile.TemporaryDirectory(prefix="nb2pipe-", ignore_cleanup_errors=True) as folder:
            probe = Probe(session, Path(folder))
            probe.install()
            if self.values and step.outputs:
                names = [name for artifact in step.outputs for name in artifact.names]
                for name, value in probe.border(names=names)["values"].items():
                    if value["present"]:
                        self.fingerprints[f"{step.name}/{name}"] = value["fingerprint"]
            if self.environment is None:
                self.environment = probe.environment(self.modules)


class _AtEnd(Watcher):
    def __init__(self, look: Callable[[KernelSession], None]) -> None:
        self._look = look

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
