"""What a run is asked for, and who is told how it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from nb2pipe.model import Environment, Notebook, Step, StepRecord
from nb2pipe.running.executing.watching import Watcher
from nb2pipe.running.kernel.kernels import Kernel
from nb2pipe.running.scheduling import Scheduling

if TYPE_CHECKING:
    from nb2pipe.running.company import Company

Digest = Callable[[Path], str | None]  # SHA-256 of a file


class Progress(Protocol):
    """Told about a run as it goes, from several threads; every method returns quickly and never raises."""

    def run_started(self, names: Sequence[str], what: str = "step") -> None:
        """A run of these steps begins, in the notebook's order; those that are reused among them.

        ``what`` they are if no steps: the points of a sweep are told of as steps are.
        """
        ...

    def step_started(self, name: str, index: int, total: int) -> None:
        """A step begins; ``index`` from 0."""
        ...

    def step_finished(self, record: StepRecord) -> None:
        """A step ended, well or badly, or was taken from an earlier run."""
        ...

    def message(self, text: str) -> None:
        """What begins now."""
        ...

    def note(self, text: str) -> None:
        """Something else worth a line; what is going on goes on."""
        ...


class Silent:
    """A Progress that says nothing."""

    def run_started(self, names: Sequence[str], what: str = "step") -> None:
        """Nothing."""

    def step_started(self, name: str, index: int, total: int) -> None:
        """Nothing."""

    def step_finished(self, record: StepRecord) -> None:
        """Nothing."""

    def message(self, text: str) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""


class OnlyMessages(Silent):
    """A Progress that passes messages and notes on: of runs beside each other, whose steps have the same names."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def message(self, text: str) -> None:
        """Passed on."""
        self._progress.message(text)

    def note(self, text: str) -> None:
        """Passed on."""
        self._progress.note(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """``parameters`` are complete (defaults filled in); ``given`` those that the user set.

    ``original`` gives the notebook, if it is still at hand, for messages; ``command`` is what the user would type to run
    this again. ``watcher`` makes a Watcher per step. ``environment`` is asked for the kernel's environment after all
    steps ran.

    ``reuse``: take over what earlier runs left, but for steps in ``force``. Outputs of steps in ``unkept`` (step -> why)
    are not kept for later if random numbers were drawn for them. ``salts`` (step -> text) tell apart runs of the same
    step that differ in what only the caller knows, such as injected seeds. ``observed``: files and hosts in the manifest
    were seen, not guessed. ``border`` is called with each step that ran, the run's id, and what gives a file's digest and
    remembers it, before what the step made is kept or used; it may raise.

    ``company`` are other runs in this process: they share kernels, and tell which steps are being made. ``run`` is the
    run's id, if not a new one of its own making.
    """

    kernel: Kernel
    parameters: Mapping[str, Any]
    given: Mapping[str, Any]
    select: str | None = None
    resume: bool = False
    reuse: bool = False
    force: frozenset[str] = frozenset()
    unkept: Mapping[str, str] = field(default_factory=dict)
    salts: Mapping[str, str] = field(default_factory=dict)
    scheduling: Scheduling = field(default_factory=Scheduling)
    observed: bool = True
    timeout: float | None = None
    original: Callable[[], Notebook | None] = lambda: None
    command: str | None = None
    progress: Progress = field(default_factory=Silent)
    watcher: Callable[[Step], Watcher] | None = None
    border: Callable[[Step, str, Digest], None] | None = None
    environment: Callable[[], Environment | None] = lambda: None
    company: Company | None = None
    run: str | None = None
