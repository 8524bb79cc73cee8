"""One step of a run: its notebook executed in a kernel of its own, watched for what it touches."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nb2pipe import temporary
from nb2pipe.model import Step
from nb2pipe.running import printed, runs
from nb2pipe.running.executing.execute import execute_notebook
from nb2pipe.running.kernel.process import Fork
from nb2pipe.running.logged import LoggedWatcher
from nb2pipe.running.projects import Project
from nb2pipe.running.seen import Seen, SeenWatcher

if TYPE_CHECKING:
    from nb2pipe.running.options import RunOptions

_CLOCK = 10_000_000  # ns: how far the clock that stamps files may be behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A step that ran. ``started`` is in nanoseconds of the wall clock, ``ended`` in seconds of the monotonic one."""

    notebook: Path
    seconds: float
    peak_memory: int | None
    seen: Seen | None
    started: int
    ended: float


def run_step(
    project: Project,
    run: str,
    step: Step,
    options: RunOptions,
    *,
    stop: threading.Event,
    fork: Fork | None = None,
) -> Ran:
    """Run it; raises ExecutionFailure, StorageProblem."""
    folder = runs.folder(project.state, run)
    artifacts = folder / "artifacts"
    artifacts.mkdir(parents=True, exist_ok=True)
    output = folder / "steps" / f"{step.name}.ipynb"
    parameters = {name: value for name, value in options.given.items() if name in step.parameters}
    parameters |= {"inputs": str(artifacts.resolve()), "outputs": str(artifacts.resolve())}
    started = time.time_ns() - _CLOCK
    with temporary.folder() as place:
        other = options.watcher(step) if options.watcher else None
        logged = LoggedWatcher(project.pipeline.metrics, step.name, Path(place) / "logged.json", other)
        watcher = SeenWatcher(Path(place) / "seen.json", logged)
        execution = execute_notebook(
            project.notebook(step.name),
            output,
            kernel=options.kernel,
            cwd=project.workdir,
            parameters=parameters,
            timeout=options.timeout,
            watcher=watcher,
            fork=fork,
            stop=stop,
        )
    metrics = logged.found | printed.read(project.pipeline.metrics, step.name, output)
    printed.note(metrics, artifacts / step.name / "metrics.json")
    return Ran(
        notebook=output,
        seconds=execution.seconds,
        peak_memory=execution.peak_memory,
        seen=watcher.seen,
        started=started,
        ended=time.monotonic(),
    )
