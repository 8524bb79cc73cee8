"""What a process tree costs, and contenders measured in turns."""

from __future__ import annotations

import ctypes
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)
LEFT_BEHIND = 30.0  # seconds that processes left behind by a command may take to end


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the wall, and user + system seconds of the whole process tree."""

    wall: float
    cpu: float

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.wall - other.wall, self.cpu - other.cpu)

    def __mul__(self, times: float) -> Cost:
        return Cost(self.wall * times, self.cpu * times)


def nothing() -> None:
    """No preparation."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A command to measure; `prepare` runs before each time and is not measured.

    `command` is called with the number of the round, for runs that must differ from each other. With `tells_itself` the
    command's last line is ``{"wall": seconds, "cpu": seconds}`` of the part that counts. Afterwards
    the files that it `leaves` must be there.
    """

    command: Callable[[int], Sequence[str]]
    folder: Path
    prepare: Callable[[], None] = nothing
    environment: Mapping[str, str] = field(default_factory=dict)
    tells_itself: bool = False
    leaves: tuple[Path, ...] = ()


class Failed(Exception):
    """A contender's command failed: the message has its last lines."""


def adopt_orphans() -> None:
    """Processes whose parent ended become ours, so that their cost is counted too (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def measure(contender: Contender, turn: int, log: Path) -> Cost:
    """Run the contender's command once.

    Raises:
        Failed: its exit code was not 0, or a file that it should leave is not there.
    """
    contender.prepare()
    command = list(contender.command(turn))
    began = time.perf_counter()
    with log.open("w+") as output:
        process = subprocess.Popen(
            command,
            cwd=contender.folder,
            env=surroundings() | dict(contender.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu = used.ru_utime + used.ru_stime + _orphans()
        output.seek(0)
        said = output.read()
    if process.returncode:
        raise Failed(f"{' '.join(command)[:300]}: exit code {process.returncode}, see {log}\n{said[-1500:]}")
    if missing := [str(path) for path in contender.leaves if not path.exists()]:
        raise Failed(f"{' '.join(command)[:300]}: did not write {', '.join(missing)}, see {log}")
    if contender.tells_itself:
        told = json.loads(said.strip().splitlines()[-1])
        return Cost(told["wall"], told["cpu"])
    return Cost(wall, cpu)


def _orphans() -> float:
    """CPU seconds of what the command left behind, after waiting for it to end."""
    cpu, until = 0.0, time.monotonic() + LEFT_BEHIND
    while time.monotonic() < until:
        try:
            process, _, used = os.wait3(os.WNOHANG)
        except ChildProcessError:
            return cpu
        if process:
            cpu += used.ru_utime + used.ru_stime
        else:
            time.sleep(0.01)
    return cpu


def surroundings() -> dict[str, str]:
    """The same for all: no settings of the user's account, no tool that reports home."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "JUPYTER_PLATFORM_DIRS": "1",
        "PYTHONHASHSEED": "0",
        "PLOOMBER_STATS_ENABLED": "false",
        "DVC_NO_ANALYTICS": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        **{name: os.environ[name] for name in os.environ if name.startswith(("JUPYTER_", "IPYTHONDIR", "MPLCONFIG"))},
    }


def in_turns(contenders: Mapping[str, Contender], rounds: int, warm_up: bool, logs: Path) -> dict[str, list[Cost]]:
    """Each contender `rounds` times, the order turned each round; before that once unmeasured, with `warm_up`."""
    logs.mkdir(parents=True, exist_ok=True)
    names = list(contenders)
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    for turn in range(-1 if warm_up else 0, rounds):
        at = turn % len(names)
        for name in names[at:] + names[:at]:
            cost = measure(contenders[name], turn + 1, logs / f"{name.replace(' ', '_')}.log")
            print(f"    {name}: {cost.wall:.2f} s, {cost.cpu:.2f} s of CPU", file=sys.stderr)
            if turn >= 0:
                costs[name].append(cost)
    return costs


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, least and most of the same figure over the rounds."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        """The spread of some figures."""
        return cls(statistics.median(figures), min(figures), max(figures))
