"""Which steps may run at the same time: decided by the plan alone, not by chance.

In a run of the pipeline, thread pools of numerical libraries are left alone. With fewer threads than the notebook had, a
sum is added up in another order, and what is ill-conditioned (an inverse, a solver that stops early) is another number.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nb2pipe.model import Step

#: Read by the thread pools of numerical libraries when they are loaded, and by joblib.
THREADS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS", "NUMEXPR_MAX_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS", "LOKY_MAX_CPU_COUNT",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduling:
    """``jobs`` steps run at once (``None``: as many as there are cores), as long as they fit into ``memory`` (bytes;
    ``None``: most of what is free). ``keep_going``: a failure ends only the steps that need the failed one."""

    jobs: int | None = None
    memory: int | None = None
    keep_going: bool = False


def waits_for(steps: Sequence[Step], *, observed: bool, alone: Iterable[str] = ()) -> dict[str, frozenset[str]]:
    """Step -> steps that must have ended before it begins.

    Besides data, tags and random state: of two steps that contact the same host, or touch the same file, the later waits
    for the earlier. Those in ``alone`` start other programs, and nobody sees what these touch: they share with none.
    If the notebook's run was not ``observed``, nothing is known of files, and every step waits for the one before it.
    """
    alone = set(alone)
    found: dict[str, frozenset[str]] = {}
    for at, step in enumerate(steps):
        first = set(step.above)
        for other in steps[:at]:
            if not observed or other.name in alone or step.name in alone or _meet(other, step):
                first.add(other.name)
        found[step.name] = frozenset(first & {other.name for other in steps[:at]})
    return found


def environment(share: int | None) -> dict[str, str]:
    """The variables that hold thread pools to the share; what the user has set stays."""
    return {} if share is None else {name: str(share) for name in THREADS if name not in os.environ}


def cores() -> int:
    """How many this process may use: its affinity, and the quota of its control group."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return max(1, min(usable, round(int(quota) / int(period))))
    except (OSError, ValueError):  # no quota is the word "max"
        return max(1, usable)


def _meet(one: Step, other: Step) -> bool:
    """Whether one of them may see what the other does."""
    if set(one.hosts) & set(other.hosts):
        return True
    return bool({*one.writes} & {*other.reads, *other.writes} or {*one.reads} & {*other.writes})
