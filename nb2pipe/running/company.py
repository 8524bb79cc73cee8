"""What a run does not decide for itself alone, and how that is for a run that nobody keeps company."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from nb2pipe.model import Step
from nb2pipe.running.kernel.kernels import Kernel
from nb2pipe.running.kernel.preloads import forks
from nb2pipe.running.kernel.process import Fork
from nb2pipe.running.projects import Project
from nb2pipe.running.stepping import Ran


class Company(Protocol):
    """Where kernels come from, which steps others are making, and when all are to end (``stop``)."""

    stop: threading.Event

    def forks(self, todo: Sequence[Step]) -> AbstractContextManager[Callable[[str], Fork | None]]:
        """Where each step to do gets its kernel, for the time of the ``with``."""
        ...

    def claim(self, key: Callable[[], str | None], stop: threading.Event) -> str | None:
        """Wait until no other run makes what has this key; to be given to :meth:`release` once it is made."""
        ...

    def release(self, claim: str | None) -> None:
        """Let others have it."""
        ...

    def ran(self, run: str, ran: Ran) -> None:
        """A step of a run has ended."""
        ...


class Alone:
    """The company of a run that shares nothing."""

    def __init__(self, project: Project, kernel: Kernel, message: Callable[[str], None]) -> None:
        self.stop = threading.Event()
        self._project = project
        self._kernel = kernel
        self._message = message

    def forks(self, todo: Sequence[Step]) -> AbstractContextManager[Callable[[str], Fork | None]]:
        """A server of this run's own."""
        notebooks = {step.name: self._project.notebook(step.name) for step in todo}
        return forks(self._kernel, notebooks, self._project.workdir, message=self._message)

    def claim(self, key: Callable[[], str | None], stop: threading.Event) -> str | None:
        """Nothing: nobody else makes anything."""
        return None

    def release(self, claim: str | None) -> None:
        """Nothing."""

    def ran(self, run: str, ran: Ran) -> None:
        """Nothing."""
