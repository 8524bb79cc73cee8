"""Look whether what a pipeline takes for granted holds with other parameters than those it was exported with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nb2pipe import temporary
from nb2pipe.model import Pipeline, Step
from nb2pipe.recording.probe import Probe
from nb2pipe.rules import nb509_unlike_observed
from nb2pipe.running.executing.failures import UnlikeObserved
from nb2pipe.running.executing.watching import KernelSession, RunningCell, Watcher

#: Formats that give back some type of their own, whatever they were given.
_TYPED = ("parquet", "parquet-rows", "parquet-series", "npy", "npz-sparse")


def watchers(
    pipeline: Pipeline, other: Callable[[Step], Watcher] | None = None
) -> Callable[[Step], Watcher]:  # fmt: skip
    """What makes the watcher of each step; ``other`` makes one that watches too."""

    def watcher(step: Step) -> Watcher:
        inner = other(step) if other is not None else Watcher()
        return _Assumptions(pipeline, step, inner) if step.unchanged or not step.draws or step.outputs else inner

    return watcher


class _Assumptions(Watcher):
    """Looks at the values before the step's first cell and after its last one."""

    def __init__(self, pipeline: Pipeline, step: Step, inner: Watcher) -> None:
        self._pipeline = pipeline
        self._step = step
        self._inner = inner
        self._before: Mapping[str, Any] | None = None

    def started(self, session: KernelSession) -> None:
        with temporary.folder() as folder:
            Probe(session, Path(folder)).install()
        self._inner.started(session)

    def before_cell(self, session: KernelSession, cell: RunningCell) -> None:
        self._inner.before_cell(session, cell)
        if self._before is None and cell.original is not None and (self._step.unchanged or not self._step.draws):
            self._before = self._look(session)

    def output(self, cell: RunningCell, output: Mapping[str, Any]) -> None:
        self._inner.output(cell, output)

    def after_cell(self, session: KernelSession, cell: RunningCell, seconds: float) -> None:
        self._inner.after_cell(session, cell, seconds)

    def finished(self, session: KernelSession) -> None:
        if self._before is not None:
            self._compare(self._before, self._look(session))
        self._handed_on(session)
        self._inner.finished(session)

    def _look(self, session: KernelSession) -> Mapping[str, Any]:
        with temporary.folder() as folder:
            return Probe(session, Path(folder)).border(names=self._step.unchanged)

    def _compare(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        for name in self._step.unchanged:
            old, new = before["values"][name], now["values"][name]
            if old["fingerprint"] != new["fingerprint"]:
                finding = nb509_unlike_observed.changed(name, self._step.name, self._reader(name))
                raise UnlikeObserved(finding, name)
        if not self._step.draws and before["random"] != now["random"]:
            raise UnlikeObserved(nb509_unlike_observed.drew(self._step.name))

    def _handed_on(self, session: KernelSession) -> None:
        made = {name: item for item in self._step.outputs for name in item.names}
        if not made:
            return
        with temporary.folder() as folder:
            types, groups = Probe(session, Path(folder)).types(list(made))
        for name, kind in types.items():
            was = made[name].type
            if was and kind != was and made[name].format in _TYPED:
                raise UnlikeObserved(nb509_unlike_observed.other_type(name, self._step.name, was, kind))
        for group in groups:
            if any(made[name] is not made[group[0]] for name in group):
                raise UnlikeObserved(nb509_unlike_observed.shared(tuple(group), self._step.name))

    def _reader(self, name: str) -> str | None:
        steps = [step.name for step in self._pipeline.steps]
        later = self._pipeline.steps[steps.index(self._step.name) + 1 :]
        reads = (step.name for step in later if name in (*step.parameters, *_names(step)))
        return next(reads, None)


def _names(step: Step) -> tuple[str, ...]:
    return tuple(name for artifact in step.inputs for name in artifact.taken)
