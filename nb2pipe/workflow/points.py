"""The points of a sweep as they are run: one alone, then as many at once as there is room for."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from nb2pipe import parameters
from nb2pipe.errors import ContractBroken, Interrupted, Nb2pipeError, StepFailed
from nb2pipe.model import StepRecord, StepStatus, SweepPoint
from nb2pipe.rules import figures, nb504_interrupted
from nb2pipe.running import runs, scheduling
from nb2pipe.running.executing.execute import load_papermill
from nb2pipe.running.kernel import memory
from nb2pipe.running.manyruns import ManyRuns
from nb2pipe.running.options import Progress, RunOptions
from nb2pipe.running.pipeline import open_cache, run_pipeline
from nb2pipe.running.projects import Project
from nb2pipe.workflow.pointorder import affected, in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """A point that was run as ``run``, from when to when (``span``, monotonic)."""

    point: SweepPoint
    error: Nb2pipeError | None
    span: tuple[float, float]
    run: str


@dataclass(slots=True, kw_only=True)
class Points:
    """The points of one sweep, as they are run."""

    project: Project
    options: RunOptions
    swept: tuple[str, ...]
    metric: str | None
    stopped_by: str | None = None
    finished: int = 0
    total: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, points: Sequence[Mapping[str, Any]]) -> list[SweepPoint]:
        """One point alone, for what all share; then as many at once as there is room for."""
        self.total = len(points)
        steps = self.project.pipeline.steps
        reached = affected(self.project.pipeline, self.swept)
        jobs = max(1, self.options.scheduling.jobs or scheduling.cores())
        alone = self._reason_for_one_by_one(reached)
        if not reached:
            self.options.progress.message(f"no step reads {', '.join(self.swept)}: all points are the same")
        again = [step.name for step in steps if step.name in reached]
        width = 1 if alone else jobs
        many = ManyRuns(
            self.project, self.options.kernel, again=again, jobs=width, message=self.options.progress.note,
        )  # fmt: skip
        self.options = replace(self.options, company=many)
        order = in_order(self.project.pipeline, self.swept, points)
        with self._signals(many.stop), many:
            load_papermill()  # before several threads want it
            self.options.progress.message(f"the first point, {_label(points[order[0]])}")
            done = {order[0]: self._point(points[order[0]], alone=True, first=True)}
            self._refuse_shared(done[order[0]].error, reached)
            alone = alone or self._reason_for_one_by_one(reached)  # the first one may have shown something new
            if alone and len(points) > 1:
                self.options.progress.message(f"the points run one by one: {alone}")
            self.options.progress.run_started([_label(points[at]) for at in order], "point")
            self._tell(done[order[0]].point)
            workers = 1 if alone else self._room(again, jobs)
            done |= self._several(points, order[1:], workers, many.stop)
            for at in self._met(done, many):
                done[at] = self._point(points[at], alone=False, force=reached)
            if self.stopped_by:
                raise Interrupted(
                    nb504_interrupted.diagnostic(self.stopped_by, resume="the same command: finished points are kept")
                )
        return [done[at].point for at in range(len(points))]

    def _several(
        self, points: Sequence[Mapping[str, Any]], order: Sequence[int], workers: int, stop: threading.Event
    ) -> dict[int, _Done]:
        done: dict[int, _Done] = {}
        with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="nb2pipe-point") as pool:
            futures: dict[Future[Any], int] = {
                pool.submit(self._point, points[at], alone=workers == 1): at for at in order
            }
            try:
                left = set(futures)
                while left:
                    ready, left = wait(left, timeout=0.2, return_when=FIRST_COMPLETED)
                    for future in ready:
                        done[futures[future]] = future.result()
                    if stop.is_set():
                        self.options.progress.note("stopping what runs; finished points are kept")
                        break
            finally:
                stopped = stop.is_set() or len(done) < len(order)
                if stopped:
                    stop.set()
                for future in futures:
                    future.cancel()
        return done

    def _met(self, done: Mapping[int, _Done], many: ManyRuns) -> list[int]:
        """Points that touched one file at the same time after all, because of their parameters: they run again alone."""
        met = many.met({item.run: item.span for item in done.values()})
        found = [at for at, item in sorted(done.items()) if item.run in met]
        if found and not many.stop.is_set():
            files = ", ".join(sorted(set(met.values()))[:3])
            count = figures.count(len(found), "point")
            self.options.progress.message(f"{count} touched {files} at the same time: they run again, one by one")
        return [] if many.stop.is_set() else found

    def _point(
        self, values: Mapping[str, Any], *, alone: bool, first: bool = False, force: frozenset[str] = frozenset()
    ) -> _Done:
        """Run one; ``alone``: with all that may run at once, else with one step at a time. The ``first`` tells of steps."""
        began = time.monotonic()
        inner = _Quiet(self.options.progress, told=first)
        if not first:
            self.options.progress.step_started(_label(values), self.finished, self.total)
        options = replace(
            self.options,
            parameters={**self.options.parameters, **values},
            given={**self.options.given, **values},
            scheduling=self.options.scheduling if alone else replace(self.options.scheduling, jobs=1),
            progress=inner,
            force=force,
            run=runs.new_id(),
        )
        error: Nb2pipeError | None = None
        try:
            record = run_pipeline(self.project, options)
        except (StepFailed, ContractBroken) as problem:
            error = problem
            cause = problem.diagnostics[0]
            where = f"cell {cause.cell + 1}: " if cause.cell is not None else ""
            point = SweepPoint(
                parameters=dict(values), seconds=time.monotonic() - began, ran=tuple(inner.ran), step=inner.failed,
                error=where + cause.message,
            )  # fmt: skip
        else:
            point = SweepPoint(
                parameters=dict(values), metrics=dict(record.metrics), seconds=time.monotonic() - began,
                ran=tuple(inner.ran),
            )  # fmt: skip
        point = replace(point, run=options.run)
        if not first:
            self._tell(point)
        return _Done(point=point, error=error, span=(began, time.monotonic()), run=str(options.run))

    def _tell(self, point: SweepPoint) -> None:
        """As of a step; its numbers are the reason."""
        with self.lock:
            self.finished += 1
        names = [self.metric] if self.metric else list(point.metrics)[:3]
        numbers = [f"{name} {figures.number(point.metrics[name], 6)}" for name in names if name in point.metrics]
        nothing = [] if point.ran or point.error else ["nothing ran"]
        record = StepRecord(
            name=_label(point.parameters),
            status=StepStatus.FAILED if point.error else StepStatus.OK,
            seconds=point.seconds,
            reason=point.error or ", ".join([*numbers, *nothing]),
        )
        self.options.progress.step_finished(record)

    def _refuse_shared(self, error: Nb2pipeError | None, reached: frozenset[str]) -> None:
        """What fails whatever the point is no row of a table."""
        failed = {item.step for item in error.diagnostics} if error is not None else set()
        if error is not None and not failed & reached:
            raise error

    def _reason_for_one_by_one(self, reached: frozenset[str]) -> str | None:
        """Why two points must not run at once: they would meet outside of what steps hand on."""
        if not self.options.observed:
            return "the project was exported with --static, so nobody knows which files its steps touch"
        cache = open_cache(self.project, self.options)
        try:
            shell = {name for name, code in cache.code.items() if code.shell}
            again = reached | {step.name for step in self.project.pipeline.steps if cache.is_unkept(step)}
        finally:
            cache.index.close()
        for step in self.project.pipeline.steps:
            if step.name not in again and step.cache:
                continue
            if step.name in shell:
                return f"step '{step.name}' starts other programs"
            if step.writes:
                return f"step '{step.name}' writes {step.writes[0]}, which the next point writes too"
            if step.hosts:
                return f"step '{step.name}' contacts {step.hosts[0]}"
        return None

    def _room(self, again: Sequence[str], jobs: int) -> int:
        """How many points at once: by cores, and by the memory that their steps took when they ran last."""
        cache = open_cache(self.project, self.options)
        try:
            peaks = [int(cache.index.note(f"memory:{name}") or 0) for name in again]
        finally:
            cache.index.close()
        budget = self.options.scheduling.memory or memory.spendable()
        return max(1, min(jobs, budget // max(*peaks, 1))) if peaks else jobs

    @contextmanager
    def _signals(self, stop: threading.Event) -> Iterator[None]:
        """Ctrl-C and SIGTERM end all points in order."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def ended(received: int, _frame: object) -> None:
            self.stopped_by = signal.Signals(received).name
            stop.set()

        before = {number: signal.signal(number, ended) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _label(values: Mapping[str, Any]) -> str:
    """``depth=4, rate=0.1``."""
    return ", ".join(f"{name}={parameters.literal(value)}" for name, value in values.items())


class _Quiet:
    """The progress of one point: which steps ran, and which failed. Its lines are shown if it is ``told``."""

    def __init__(self, progress: Progress, *, told: bool) -> None:
        self._progress = progress
        self._told = told
        self.ran: list[str] = []
        self.failed: str | None = None

    def run_started(self, names: Sequence[str], what: str = "step") -> None:
        """A point begins."""
        if self._told:
            self._progress.run_started(names, what)

    def step_started(self, name: str, index: int, total: int) -> None:
        """A step begins."""
        if self._told:
            self._progress.step_started(name, index, total)

    def step_finished(self, record: StepRecord) -> None:
        """A step ended."""
        if record.status is StepStatus.OK:
            self.ran.append(record.name)
        elif record.status is StepStatus.FAILED and self.failed is None:
            self.failed = record.name
        if self._told:
            self._progress.step_finished(record)

    def message(self, text: str) -> None:
        """Passed on."""
        self._progress.message(text)

    def note(self, text: str) -> None:
        """Passed on."""
        self._progress.note(text)
