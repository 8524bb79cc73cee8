"""Which files the notebook's code opens, and which hosts it contacts: what Python's audit events tell (PEP 578).

Libraries that open files in C or C++ (pyarrow, h5py) and shell lines raise no such events; what those write is seen by
looking at the notebook's folder before and after.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR
#: Entries of the notebook's folder that are looked at; in a larger one, only audit events count.
ENTRIES = 5000
SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/bin", "/opt", "/run", "/var/lib", "/snap")

LOCAL = ("", "None", "localhost", "127.0.0.1", "::1")


class Log:
    """What was opened since the last look. ``paused`` while the probe itself works."""

    def __init__(self) -> None:
        self.paused = True
        self.start = ""
        self.outside: tuple[str, ...] = ()
        self.opened: dict[tuple[str, bool], None] = {}
        self.hosts: dict[str, None] = {}
        self.folder: dict[str, tuple[int, int]] | None = None

    def note(self, event: str, args: Any) -> None:
        """The audit hook. It must never raise, and costs nothing for other events."""
        if event == "open":
            if not self.paused:
                self._open(*args)
        elif event == "socket.getaddrinfo":
            if not self.paused:
                self._contact(*args[:2])
        elif event == "sqlite3.connect" and not self.paused:
            self._connect(*args)

    def _open(self, path: Any, mode: Any, flags: Any) -> None:
        try:
            writes = bool(flags & WRITING) if mode is None else any(letter in mode for letter in "wax+")
            if not isinstance(path, int):
                self.opened[os.path.abspath(os.fsdecode(path)), writes] = None
        except Exception:  # whatever a library passes to open
            return

    def _contact(self, host: Any, port: Any) -> None:
        try:
            name = host.decode() if isinstance(host, bytes) else str(host)
            if name not in LOCAL:
                self.hosts["{}:{}".format(name, port) if port else name] = None
        except Exception:
            return

    def _connect(self, database: Any, *rest: Any) -> None:
        try:
            path = os.fsdecode(database)
            if path and not path.startswith((":memory:", "file:")):
                self.opened[os.path.abspath(path), False] = None
                self.opened[os.path.abspath(path), True] = None
        except Exception:
            return


LOG = Log()


def watch(request: dict[str, Any]) -> dict[str, Any]:
    """Begin to listen. An audit hook cannot be removed, so it is added once per process."""
    if not LOG.start:
        sys.addaudithook(LOG.note)
    LOG.start = os.getcwd()
    libraries = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()}
    LOG.outside = tuple(os.path.join(path, "") for path in (*libraries, *SYSTEM) if not LOG.start.startswith(path))
    LOG.folder = _entries(LOG.start)
    return {}


def accesses(request: dict[str, Any]) -> dict[str, Any]:
    """The files that were read and written and the hosts contacted since the last time, in order."""
    reads = [path for path, writes in LOG.opened if not writes and _counts(path)]
    writes = [path for path, written in LOG.opened if written and _counts(path)]
    now = _entries(LOG.start)
    if now is not None and LOG.folder is not None:
        before = LOG.folder
        writes += [path for path, state in now.items() if before.get(path) != state]
    LOG.folder = now
    hosts = list(LOG.hosts)
    LOG.opened, LOG.hosts = {}, {}
    return {"reads": _names(reads), "writes": _names(writes), "hosts": hosts}


def _counts(path: str) -> bool:
    """Whether a file belongs to the notebook's work: not a library's, not a cache, not hidden, still there."""
    if path.startswith(LOG.outside) or path.endswith((".pyc", ".ttf", ".afm", ".pth")):
        return False
    parts = os.path.relpath(path, LOG.start).split(os.sep)
    hidden = any((part.startswith(".") and part != "..") or part == "__pycache__" for part in parts)
    return not hidden and os.path.isfile(path)


def _names(paths: list[str]) -> list[str]:
    """Relative to the folder in which the notebook started, where they are in it."""
    base = os.path.join(LOG.start, "")
    names = [path[len(base) :] if path.startswith(base) else path for path in paths]
    return [name.replace(os.sep, "/") for name in dict.fromkeys(names)]


def _entries(folder: str) -> dict[str, tuple[int, int]] | None:
    """Time and size of each file in the folder and those below; ``None`` if there are too many."""
    found: dict[str, tuple[int, int]] = {}
    count = 0
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
        count += len(folders) + len(files)
        if count > ENTRIES:
            return None
        for name in files:
            path = os.path.join(root, name)
            try:
                state = os.stat(path)
            except OSError:
                continue
            if not name.startswith("."):
                found[path] = state.st_mtime_ns, state.st_size
    return found
