"""Run a project again with other seeds, apart from its ordinary runs; what is finished survives Ctrl-C."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from nb2pipe.model import Notebook, Pipeline
from nb2pipe.planning import cases
from nb2pipe.planning.order import dependencies
from nb2pipe.recording.seeded import Seeds
from nb2pipe.running import runs
from nb2pipe.running.kernel.kernels import Kernel
from nb2pipe.running.options import OnlyMessages, Progress, RunOptions
from nb2pipe.running.pipeline import run_pipeline
from nb2pipe.running.projects import Project
from nb2pipe.running.scheduling import Scheduling
from nb2pipe.storing import write_bytes

FOLDER = "noise"
INJECTED, IN_CODE = "injected", "seeds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside(Project):
    """The same project with another place for its runs: seeded ones must not be taken for ordinary ones."""

    aside: Path

    @property
    def state(self) -> Path:
        """Where the repeats are kept."""
        return self.aside


class Repeat(msgspec.Struct, frozen=True, kw_only=True):
    """What one run with one seed gave.

    ``drawn`` and ``states`` are those of :class:`Seeds`, by step; ``lengths`` by ``step/name``; ``steps`` are those that
    ran; ``environment`` is a digest of Python and packages.
    """

    seed: int
    seconds: float
    metrics: dict[str, float | str]
    steps: tuple[str, ...]
    drawn: dict[str, bool] = {}
    states: dict[str, dict[str, str]] = {}
    lengths: dict[str, int] = {}
    environment: str = ""

    @property
    def numbers(self) -> dict[str, float]:
        """The metrics, NaN included."""
        return {name: runs.number_from_json(value) for name, value in self.metrics.items()}

    @property
    def random(self) -> frozenset[str]:
        """The steps that used what was seeded."""
        return frozenset(step for step in self.steps if self.drawn.get(step) or self.states.get(step))


@dataclass(slots=True, kw_only=True)
class Repeating:
    """Runs of one project in one environment, ``jobs`` of them at once. ``varied`` is ``injected``, ``seeds`` or a parameter."""

    project: Project
    kernel: Kernel
    parameters: Mapping[str, Any]
    varied: str
    progress: Progress
    timeout: float | None = None
    original: Callable[[], Notebook | None] = lambda: None
    given: Mapping[str, Any] = field(default_factory=dict)
    place: Path | None = None
    jobs: int = 1
    observed: bool = True
    keep: bool = True
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def folder(self) -> Path:
        """Where repeats of this code, with these parameters and this interpreter, are kept, unless another is given."""
        if self.place is not None:
            return self.place
        code = {step.name: self._sources(step.name) for step in self.project.pipeline.steps}
        data = json.dumps([code, repr(self.parameters), self.varied, self.kernel.argv], sort_keys=True)
        return self.project.state / FOLDER / sha256(data.encode()).hexdigest()[:16]

    def seed(self, number: int) -> int:
        """The seed of the n-th repeat: the same when the work goes on after an interruption."""
        return int.from_bytes(sha256(f"{self.folder.name}/{number}".encode()).digest()[:4], "big") & 0x7FFFFFFF

    def known(self, name: str) -> Repeat | None:
        """A repeat that an earlier command finished."""
        try:
            return msgspec.json.decode((self.folder / f"{name}.json").read_bytes(), type=Repeat)
        except (OSError, msgspec.MsgspecError):
            return None

    def run(self, name: str, seed: int, steps: frozenset[str] | None = None, *, beside: bool = False) -> Repeat:
        """Run all steps, or these with what the first repeat left of the others. Raises as :func:`run_pipeline` does.

        ``beside`` others of the same pipeline, only messages are passed on.
        """
        found = self.known(name) if self.keep else None
        if found is not None:
            return found
        project = Aside(
            folder=self.project.folder, manifest=self.project.manifest, pipeline=self.project.pipeline,
            aside=self.folder,
        )  # fmt: skip
        modules = tuple(sorted({module for step in project.pipeline.steps for module in step.modules}))
        seeds = Seeds(
            seed=seed, vary=self.varied == IN_CODE, modules=modules, arguments=self._arguments(), stop=self.stop
        )
        own = {self.varied: seed} if self.varied not in (INJECTED, IN_CODE) else {}
        record = run_pipeline(
            project,
            RunOptions(
                kernel=self.kernel,
                parameters={**self.parameters, **own},
                given={**self.given, **own},
                select=",".join(sorted(steps)) if steps is not None else None,
                scheduling=Scheduling(jobs=1 if self.jobs > 1 else None),
                observed=self.observed,
                timeout=self.timeout,
                original=self.original,
                progress=OnlyMessages(self.progress) if beside else self.progress,
                watcher=seeds.watcher,
                environment=lambda: seeds.environment,
            ),
        )
        repeat = Repeat(
            seed=seed,
            seconds=record.seconds,
            metrics={key: runs.number_to_json(value) for key, value in record.metrics.items()},
            steps=tuple(seeds.drawn),
            drawn=seeds.drawn,
            states={step: dict(states) for step, states in seeds.states.items()},
            lengths=seeds.lengths,
            environment=environment_digest(seeds.environment) if seeds.environment else "",
        )
        if self.keep:
            write_bytes(self.folder / f"{name}.json", msgspec.json.encode(repeat))
        return repeat

    def several(self, numbers: list[int], steps: frozenset[str] | None) -> list[Repeat]:
        """The repeats of these numbers."""
        if self.jobs == 1 or len(numbers) < 2:
            return [self._told(number, steps) for number in numbers]
        with ThreadPoolExecutor(max_workers=self.jobs) as pool:
            futures: list[Future[Repeat]] = [pool.submit(self._told, number, steps, beside=True) for number in numbers]
            try:
                done, _ = wait(futures, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
            except BaseException:
                self.stop.set()
                for future in futures:
                    future.cancel()
                raise
        return [future.result() for future in futures]

    def forget(self) -> None:
        """Delete what was kept to go on with."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def affected(self, first: Repeat) -> frozenset[str]:
        """The steps that another seed can change: those that used randomness or the parameter, and what follows."""
        found: set[str] = set()
        for step in self.project.pipeline.steps:
            reads = self.varied in step.parameters
            if step.name in first.random or reads or found.intersection(dependencies(step)):
                found.add(step.name)
        return frozenset(found)

    def cases(self, repeat: Repeat) -> dict[str, int]:
        """How many cases each metric may count."""
        found = {}
        for metric in self.project.pipeline.metrics:
            names = tuple(f"{metric.step}/{name}" for name in cases.arguments(metric, self._sources(metric.step)))
            number = cases.number(names, repeat.lengths)
            if number is not None:
                found[metric.name] = number
        return found

    def _told(self, number: int, steps: frozenset[str] | None, *, beside: bool = False) -> Repeat:
        self.progress.message(f"repeat {number + 1}, with another seed")
        return self.run(f"repeat-{number}", self.seed(number), steps, beside=beside)

    def _arguments(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for metric in self.project.pipeline.metrics:
            names = cases.arguments(metric, self._sources(metric.step))
            found.setdefault(metric.step, {}).update(dict.fromkeys(names))
        return {step: tuple(names) for step, names in found.items()}

    def _sources(self, step: str) -> list[str]:
        cells = self.project.notebook(step)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def environment_digest(environment: Any) -> str:
    """Python and the packages that the notebook imports, as a short digest.

    Which others are loaded depends on the steps that ran, and those are not the same in each repeat.
    """
    imported = {name: environment.packages.get(name) for name in environment.imported}
    data = json.dumps([environment.python, imported], sort_keys=True)
    return sha256(data.encode()).hexdigest()[:12]


def seed_parameters(pipeline: Pipeline) -> tuple[str, ...]:
    """Parameters that look like the notebook's own seed."""
    return tuple(
        parameter.name
        for parameter in pipeline.parameters
        if type(parameter.default) is int
        and any(word in parameter.name.lower().replace("_", "") for word in ("seed", "randomstate"))
    )
