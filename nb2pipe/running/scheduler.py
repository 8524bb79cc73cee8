"""The loop that keeps as many steps running as may run at once, and ends them all in order."""

from __future__ import annotations

import queue
import signal
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from nb2pipe.errors import Nb2pipeError, StepFailed
from nb2pipe.model import RunRecord, Step, StepRecord, StepStatus
from nb2pipe.rules import nb508_shared_file
from nb2pipe.running import records, runs, scheduling
from nb2pipe.running.caching import keys
from nb2pipe.running.caching.cache import Cache, Made
from nb2pipe.running.company import Alone, Company
from nb2pipe.running.endings import end_badly, signals
from nb2pipe.running.executing.execute import load_papermill
from nb2pipe.running.executing.failures import ExecutionFailure, ExecutionInterrupted
from nb2pipe.running.kernel import memory
from nb2pipe.running.kernel.process import Fork
from nb2pipe.running.options import RunOptions
from nb2pipe.running.projects import Project
from nb2pipe.running.seen import changed_since
from nb2pipe.running.stepping import Ran, run_step

_LOOK = 0.2  # seconds: where a signal does not wake the waiting main thread


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """How a step ended: ``record`` if well, else ``error``. ``ran`` tells what was seen, unless it was reused."""

    step: Step
    began: float
    record: StepRecord | None = None
    ran: Ran | None = None
    error: BaseException | None = None


class Scheduler:
    """One run. Everything but the steps themselves happens in the thread that calls :meth:`run`."""

    def __init__(
        self,
        project: Project,
        options: RunOptions,
        cache: Cache,
        record: RunRecord,
        made: Mapping[str, Made],
        reasons: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.project = project
        self.options = options
        self.cache = cache
        self.record = record
        self.reasons = dict(reasons)
        self.company: Company = options.company or Alone(project, options.kernel, options.progress.note)
        self.read: dict[str, Mapping[str, float]] = {}  # step -> its metrics
        self.began = time.monotonic()
        self.stop = threading.Event()
        self.stopped_by: str | None = None
        self.made: dict[str, Future[Made]] = {name: _finished(item) for name, item in made.items()}
        self.done = {item.name for item in record.steps if item.status is StepStatus.REUSED}
        self.ended: queue.SimpleQueue[_Ended] = queue.SimpleQueue()
        self.history: list[_Ended] = []
        self.failures: list[tuple[Step, BaseException]] = []
        steps = project.pipeline.steps
        self.jobs = max(1, options.scheduling.jobs or scheduling.cores())
        alone = [step.name for step in steps if cache.code[step.name].shell]
        self.waits = scheduling.waits_for(steps, observed=options.observed, alone=alone)
        self.budget = options.scheduling.memory or memory.spendable()
        self.keeper = ThreadPoolExecutor(max_workers=2, thread_name_prefix="nb2pipe-keep")
        self.kept: list[Future[None]] = []
        self.fork: Callable[[str], Fork | None] = lambda _name: None

    def run(self, todo: list[Step], total: int) -> RunRecord:
        """Run these steps; raises what the first failure is explained as, after the record is written."""
        self.save()
        try:
            with signals(self._interrupt), self.company.forks(todo) as self.fork:
                load_papermill()  # once, before several threads want it, and while the server imports
                self._loop(todo, total)
        except BaseException:
            self.stop.set()
            raise
        finally:
            self.keeper.shutdown(wait=True)
        for item in self.kept:
            item.result()
        if self.failures or self.stopped_by:
            end_badly(self.project, self.record.id, self.options, self.failures, self.stopped_by)
        return records.finished(self.project, self.record, self.options, time.monotonic() - self.began)

    def save(self) -> None:
        """Write the record as it is now."""
        seconds = time.monotonic() - self.began
        self.record = replace(
            self.record, seconds=seconds, metrics=records.metrics(self.project, self.record, self.read)
        )
        runs.save(self.project.state, self.record)

    # ------------------------------------------------------------ the loop

    def _loop(self, todo: list[Step], total: int) -> None:
        waiting = list(todo)
        running: dict[str, threading.Thread] = {}
        index = total - len(todo)
        told = self.options.company is not None  # whoever runs several tells it once
        try:
            while waiting or running:
                if self.stopped_by and running and not told:  # here, not in the signal's handler: that must not write
                    told = True
                    self.options.progress.note("stopping what runs; what has finished is kept")
                if self.company.stop.is_set() and not self.stopped_by:
                    self._interrupt(signal.SIGINT)
                for step in [] if self.stop.is_set() else self._startable(waiting, running):
                    waiting.remove(step)
                    thread = threading.Thread(target=self._work, args=(step, index, total), daemon=True)
                    running[step.name] = thread
                    index += 1
                    thread.start()
                if not running:
                    break  # stopped, or the rest needs steps that failed
                with suppress(queue.Empty):
                    ended = self.ended.get(timeout=_LOOK)
                    running.pop(ended.step.name).join()
                    self._note(ended)
        except BaseException:
            self.stop.set()
            for thread in running.values():
                thread.join(timeout=30)
            raise

    def _startable(self, waiting: list[Step], running: Mapping[str, object]) -> list[Step]:
        """Those that may begin now, in the notebook's order."""
        found: list[Step] = []
        names = list(running)
        ended = self.done | {step.name for step, _ in self.failures}
        lost = self._lost()
        pending = {step.name for step in waiting}
        for step in waiting:
            if len(names) >= self.jobs:
                break
            # what is outside the selection has been there all along; what merely came before a failed step may go on
            first = {name for name in self.waits[step.name] if name in pending or name in running or name in ended}
            if lost & set(step.above) or not first - lost <= ended or not self._fits(step, names):
                continue
            names.append(step.name)
            found.append(step)
        return found

    def _lost(self) -> set[str]:
        """Failed steps, and all that need them."""
        lost = {step.name for step, _ in self.failures}
        for step in self.project.pipeline.steps:
            if lost & set(step.above):
                lost.add(step.name)
        return lost

    def _fits(self, step: Step, running: list[str]) -> bool:
        """Whether there is memory for it beside those that run; one step may always run."""
        return not running or sum(map(self._memory, (*running, step.name))) <= self.budget

    def _memory(self, name: str) -> int:
        """What the step took at most when it ran last; its share of what there is if it never ran."""
        return int(self.cache.index.note(f"memory:{name}") or self.budget // self.jobs)

    def _work(self, step: Step, index: int, total: int) -> None:
        """In a thread of the step's own."""
        began = time.monotonic()
        claim: str | None = None
        try:
            claim = self._claim(step)
            item = self._from_cache(step)
            if item is not None:
                self.ended.put(_Ended(step=step, began=began, record=item))
                return
            self.options.progress.step_started(step.name, index, total)
            ran = run_step(
                self.project, self.record.id, step, self.options, stop=self.stop, fork=self.fork(step.name)
            )  # fmt: skip
            if self.options.border is not None:
                self.options.border(step, self.record.id, self.cache.index.digest)
            self._keep(step, ran, claim)
            claim = None
            self.company.ran(self.record.id, ran)
            self.ended.put(_Ended(step=step, began=began, record=self._record(step, ran, began), ran=ran))
        except BaseException as error:
            self.ended.put(_Ended(step=step, began=began, error=error))
        finally:
            self.company.release(claim)

    def _claim(self, step: Step) -> str | None:
        """Wait until no other run makes the same; what it made is then in the cache, whatever was found before."""
        if not step.cache or step.name in self.options.force:
            return None
        claim = self.company.claim(lambda: self._key(step), self.stop)
        if claim is not None:
            self.reasons.pop(step.name, None)
        return claim

    def _key(self, step: Step) -> str | None:
        """What tells outputs of a step apart; ``None`` if that is not known. Waits for digests."""
        facts = self.cache.facts(step, self._inputs(step))
        return None if facts is None else f"{step.name}:{keys.digest(facts)}"

    def _from_cache(self, step: Step) -> StepRecord | None:
        """What is there for the inputs that the steps above have just given. Waits for digests only if they may fit."""
        if step.name in self.reasons:
            return None
        if not self.cache.could_hit(step):
            reasons = self.cache.decide(step, None).reasons
            self.reasons[step.name] = reasons if self.cache.wanted else ()
            return None
        decision = self.cache.decide(step, self._inputs(step))
        found = self.cache.restore(decision.entry, self.record.id) if decision.entry is not None else None
        if found is None or decision.entry is None:
            self.reasons[step.name] = decision.reasons
            return None
        self.made[step.name] = _finished(found)
        self.cache.index.used([found.id])
        return records.reused(step, self.record, decision.entry.run, decision.entry.marks)

    def _inputs(self, step: Step) -> dict[str, Made]:
        return {name: self.made[name].result() for name in step.above}

    def _keep(self, step: Step, ran: Ran, claim: str | None) -> None:
        """Digest and keep what the step gave while others run already; then others may look for it."""
        made: Future[Made] = Future()
        self.made[step.name] = made

        def keep() -> None:
            try:
                keep_all()
            finally:
                self.company.release(claim)

        def keep_all() -> None:
            try:
                mine = self.cache.made(step, self.record.id)
                made.set_result(mine)
            except BaseException as error:
                made.set_exception(error)
                raise
            facts = self.cache.facts(step, self._inputs(step))
            self.cache.index.keep_note(f"memory:{step.name}", ran.peak_memory)
            self.cache.keep(step, self.record.id, mine, facts, ran)

        self.kept.append(self.keeper.submit(keep))

    def _record(self, step: Step, ran: Ran, began: float) -> StepRecord:
        return replace(
            self._known(step), status=StepStatus.OK, seconds=ran.seconds, notebook=str(ran.notebook),
            peak_memory=ran.peak_memory, began=began - self.began,
            reason="; ".join(self.reasons.get(step.name, ())),
        )  # fmt: skip

    def _known(self, step: Step) -> StepRecord:
        return next(item for item in self.record.steps if item.name == step.name)

    # ------------------------------------------------------------ ends

    def _note(self, ended: _Ended) -> None:
        """A step ended: its record is written before anything that needs it begins."""
        error, item = ended.error, ended.record
        if error is None and ended.ran is not None:
            error = self._clash(ended, ended.ran)
        if error is not None:
            self._failed(ended, error)
            return
        assert item is not None
        self.done.add(ended.step.name)
        self.record = runs.with_step(self.record, item)
        self.save()
        self.options.progress.step_finished(item)

    def _failed(self, ended: _Ended, error: BaseException) -> None:
        seconds = time.monotonic() - ended.began
        text = str(error).split("\n")[0] or type(error).__name__
        notebook = runs.folder(self.project.state, self.record.id) / "steps" / f"{ended.step.name}.ipynb"
        item = replace(
            self._known(ended.step), status=StepStatus.FAILED, seconds=seconds, error=text,
            began=ended.began - self.began,
            notebook=str(notebook) if notebook.is_file() else None,
        )  # fmt: skip
        bystander = isinstance(error, ExecutionInterrupted) and self.stopped_by is None
        if bystander:  # ended by us because another step failed
            item = replace(item, status=StepStatus.NOT_RUN, error=f"ended because '{self.failures[0][0].name}' failed")
        else:
            self.failures.append((ended.step, error))
        self.record = runs.with_step(self.record, item)
        with suppress(OSError):  # a full disk may be why the step failed: that is to be said
            self.save()
        self.options.progress.step_finished(item)
        if not self.options.scheduling.keep_going or not isinstance(error, ExecutionFailure):
            self.stop.set()

    def _clash(self, ended: _Ended, ran: Ran) -> Nb2pipeError | None:
        """Two steps that ran at the same time touched a file: the plan promised that they don't."""
        order = [step.name for step in self.project.pipeline.steps]
        for other in self.history:
            if other.ran is not None and ended.began < other.ran.ended:
                path = _shared(ran, other.ran)
                if path is not None:
                    first, second = sorted((other.step.name, ended.step.name), key=order.index)
                    return StepFailed(nb508_shared_file.diagnostic(path, first, second))
        self.history.append(ended)
        return None

    def _interrupt(self, received: int) -> None:
        self.stopped_by = signal.Signals(received).name
        self.stop.set()


def _finished(made: Made) -> Future[Made]:
    future: Future[Made] = Future()
    future.set_result(made)
    return future


def _shared(one: Ran, other: Ran) -> str | None:
    """A file that both touched and at least one wrote. Lines added to one file by both are no exchange of data."""
    if one.seen is None or other.seen is None:
        return None
    since = min(one.started, other.started)
    for path in sorted({*one.seen.opened} & {*other.seen.opened}):
        uses = {one.seen.opened[path], other.seen.opened[path]}
        if uses not in ({"a"}, {"r"}) and changed_since(Path(path), since):
            return path
    return None
