"""Run steps with seeds from outside: a watcher that sets them before the first cell and asks afterwards what came of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from nb2pipe import temporary
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.errors import Interrupted
from nb2pipe.model import Environment, Step
from nb2pipe.planning.libraries import with_implied
from nb2pipe.recording.probe import Probe
from nb2pipe.running.executing.watching import KernelSession, RunningCell, Watcher


@dataclass(slots=True, kw_only=True)
class Seeds:
    """Gives each step's kernel a seed made from ``seed``; ``watcher`` goes into the run's options.

    ``vary`` replaces the seeds in the steps' own code too. ``arguments`` are names, by step, whose lengths are asked for
    at the end. ``also`` makes another watcher to be called as well, which may be the one that asks for the environment;
    ``stop`` ends the run before the next cell. Filled in by the run: ``drawn`` tells of each step whether its own
    generators or seeds were used, ``states`` how the global ones ended where they moved.
    """

    seed: int
    vary: bool = False
    modules: tuple[str, ...] = ()
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    also: Callable[[Step], Watcher] | None = None
    stop: threading.Event | None = None
    drawn: dict[str, bool] = field(default_factory=dict)
    states: dict[str, Mapping[str, str]] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    environment: Environment | None = None
    ask_environment: bool = True

    def watcher(self, step: Step) -> Watcher:
        """The watcher of one step's execution."""
        return _Seeded(self, step, self.also(step) if self.also else Watcher())


def of_step(seed: int, step: str) -> int:
    """A step's own seed: two steps with one seed would draw the same numbers."""
    return int.from_bytes(sha256(f"{seed}/{step}".encode()).digest()[:4], "big") & 0x7FFFFFFF


class _Seeded(Watcher):
    def __init__(self, seeds: Seeds, step: Step, also: Watcher) -> None:
        self._seeds = seeds
        self._step = step
        self._also = also

    def started(self, session: KernelSession) -> None:
        with temporary.folder() as folder:
            probe = Probe(session, Path(folder))
            probe.install()
            probe.seed(
                of_step(self._seeds.seed, self._step.name),
                vary=self._seeds.seed if self._seeds.vary else None,
                numpy="numpy" in with_implied(self._step.modules),
            )
        self._also.started(session)

    def before_cell(self, session: KernelSession, cell: RunningCell) -> None:
        if self._seeds.stop is not None and self._seeds.stop.is_set():
            raise Interrupted(Diagnostic(code="", message="interrupted"))
        self._also.before_cell(session, cell)

    def after_cell(self, session: KernelSession, cell: RunningCell, seconds: float) -> None:
        self._also.after_cell(session, cell, seconds)

    def finished(self, session: KernelSession) -> None:
        seeds, name = self._seeds, self._step.name
        with temporary.folder() as folder:
            probe = Probe(session, Path(folder))
            seeds.drawn[name], seeds.states[name] = probe.draws()
            if seeds.arguments.get(name):
                found = probe.lengths(seeds.arguments[name])
                seeds.lengths.update({f"{name}/{key}": length for key, length in found.items()})
            if seeds.ask_environment and seeds.environment is None:
                seeds.environment = probe.environment(seeds.modules)
        self._also.finished(session)
