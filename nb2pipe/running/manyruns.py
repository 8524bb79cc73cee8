"""What many runs of one project in one process share: the fork server, opened when it is first needed, and claims."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from itertools import combinations
from pathlib import Path
from types import TracebackType
from typing import Self

from nb2pipe.model import Step
from nb2pipe.running.claims import Claims
from nb2pipe.running.kernel.kernels import Kernel
from nb2pipe.running.kernel.preloads import forks
from nb2pipe.running.kernel.process import Fork
from nb2pipe.running.projects import Project
from nb2pipe.running.seen import changed_since
from nb2pipe.running.stepping import Ran


class ManyRuns:
    """The :class:`~nb2pipe.running.company.Company` of runs that go on at the same time, for the time of a ``with``.

    ``again`` are the steps that most runs run, ``jobs`` how many may run at once. Setting ``stop`` ends all runs.
    """

    def __init__(
        self,
        project: Project,
        kernel: Kernel,
        *,
        again: Sequence[str],
        jobs: int,
        message: Callable[[str], None],
    ) -> None:
        self.stop = threading.Event()
        self._project = project
        self._kernel = kernel
        self._again = tuple(again)
        self._jobs = jobs
        self._message = message
        self._lock = threading.Lock()
        self._claims = Claims()
        self._touched: dict[str, list[tuple[str, str, int]]] = {}
        self._open = ExitStack()
        self._fork: Callable[[str], Fork | None] | None = None

    def forks(self, todo: Sequence[Step]) -> AbstractContextManager[Callable[[str], Fork | None]]:
        """One server for all steps of all runs, which ends with the last of them."""
        with self._lock:
            if self._fork is None:
                notebooks = {step.name: self._project.notebook(step.name) for step in self._project.pipeline.steps}
                self._fork = self._open.enter_context(
                    forks(
                        self._kernel, notebooks, self._project.workdir, message=self._message, again=self._again,
                        ready=self._jobs,
                    )
                )  # fmt: skip
            return nullcontext(self._fork)

    def claim(self, key: Callable[[], str | None], stop: threading.Event) -> str | None:
        """Wait until no other run makes the same, or ``stop`` is set."""
        claim = key()
        if claim is not None:
            self._claims.take(claim, stop)
        return claim

    def release(self, claim: str | None) -> None:
        """Let the next one have it."""
        if claim is not None:
            self._claims.release(claim)

    def ran(self, run: str, ran: Ran) -> None:
        """A step of a run has ended: what it touched is noted."""
        if ran.seen is not None:
            with self._lock:
                for path, use in ran.seen.opened.items():
                    self._touched.setdefault(path, []).append((run, use, ran.started))

    def met(self, spans: Mapping[str, tuple[float, float]]) -> dict[str, str]:
        """Run -> a file through which it met another run: one wrote it, the other touched it, and they overlapped.

        ``spans`` has when each run began and ended.
        """
        found: dict[str, str] = {}
        for path, uses in self._touched.items():
            if {use for _, use, _ in uses} <= {"r"} or not changed_since(Path(path), min(since for *_, since in uses)):
                continue
            for (one, use, _), (other, others, _) in combinations(uses, 2):
                alike = {use, others} in ({"r"}, {"a"})  # lines added to one file by both are no exchange of data
                if (
                    one != other
                    and not alike
                    and one in spans
                    and other in spans
                    and _overlap(spans[one], spans[other])
                ):
                    found[one] = found[other] = path
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._open.close()


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
