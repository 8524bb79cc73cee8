"""How much memory a process has used at most, and whether the system ran out of it. In full on Linux only."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCARCE = 0.6  # of what there is: a process that was killed beyond it was probably killed for it


def peak(pid: int) -> int | None:
    """The most memory in bytes that a running process has held, ``None`` if the system does not say."""
    kibibytes = _field(Path(f"/proc/{pid}/status"), "VmHWM:")
    return None if kibibytes is None else kibibytes * 1024


def poll(process: subprocess.Popen[bytes]) -> tuple[int | None, int | None]:
    """The exit code of a child once it has ended, and then its peak memory where the system keeps it.

    A sampled peak misses a process that grows fast and is killed; what the system counted does not.
    """
    if process.returncode is not None or sys.platform == "win32":
        return process.poll(), None
    import resource

    try:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
    except ChildProcessError:  # somebody else's wait was faster
        return process.poll(), None
    if pid == 0:
        return None, None
    process.returncode = os.waitstatus_to_exitcode(status)
    # A child starts with its parent's high-water mark, so only what exceeds ours is surely its own.
    if usage.ru_maxrss <= resource.getrusage(resource.RUSAGE_SELF).ru_maxrss:
        return process.returncode, None
    return process.returncode, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def oom_kills() -> int:
    """How many processes the system has killed for lack of memory since it started."""
    return _field(Path("/proc/vmstat"), "oom_kill") or 0


def is_scarce(used: int | None) -> bool:
    """Whether ``used`` bytes are most of what this process group may use."""
    limit = _limit()
    return used is not None and limit is not None and used > SCARCE * limit


def spendable() -> int:
    """Bytes that the kernels of a run may take together: most of what is free now."""
    free = _field(Path("/proc/meminfo"), "MemAvailable:")
    limit = _limit()
    known = [] if free is None else [free * 1024]
    if limit is not None:
        known.append(limit - _used())
    return int(0.8 * min(known, default=8 << 30))


def _used() -> int:
    """What our control group takes already, without the file cache, which makes room."""
    try:
        used = int(Path("/sys/fs/cgroup/memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
    return used - (_field(Path("/sys/fs/cgroup/memory.stat"), "file") or 0)


def _limit() -> int | None:
    limits = []
    total = _field(Path("/proc/meminfo"), "MemTotal:")
    if total is not None:
        limits.append(total * 1024)
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            limits.append(int(Path(path).read_text(encoding="ascii")))
        except (OSError, ValueError):  # no limit is the word "max"
            continue
    return min(limits, default=None)


def _field(path: Path, name: str) -> int | None:
    """The number behind ``name`` in a file of /proc."""
    try:
        with path.open(encoding="ascii", errors="replace") as lines:
            for line in lines:
                words = line.split()
                if words and words[0] == name:
                    return int(words[1])
    except (OSError, ValueError, IndexError):
        pass
    return None
