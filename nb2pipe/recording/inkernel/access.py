"""Which files and folders the notebook's code touches, which hosts it contacts, and which of its classes it finds in pickles:
what Python's audit events tell (PEP 578).

Libraries that open files in C or C++ (pyarrow, h5py) and shell lines raise no such events; what those write is seen by
looking at the notebook's folder before and after.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from typing import Any, Callable

from .code import NOTEBOOK

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
        self.removed: dict[str, None] = {}
        self.made: dict[str, None] = {}
        self.listed: dict[str, None] = {}
        self.unpickled: dict[str, None] = {}
        self.folder: dict[str, tuple[int, int]] | None = None
        self._handlers: dict[str, Callable[..., None]] = {
            "open": self._open,
            "socket.getaddrinfo": self._contact,
            "sqlite3.connect": self._connect,
            "os.remove": self._remove,
            "os.rmdir": self._remove,
            "shutil.rmtree": self._remove,
            "os.rename": self._rename,
            "os.mkdir": self._make,
            "os.listdir": self._list,
            "os.scandir": self._list,
            "pickle.find_class": self._unpickle,
        }

    def note(self, event: str, args: Any) -> None:
        """The audit hook. It must never raise, and costs nothing for other events."""
        handler = self._handlers.get(event)
        if handler is not None and not self.paused:
            try:
                handler(*args)
            except Exception:  # whatever a library passes to open
                return

    def _open(self, path: Any, mode: Any, flags: Any) -> None:
        writes = bool(flags & WRITING) if mode is None else any(letter in mode for letter in "wax+")
        if not isinstance(path, int):
            self.opened[os.path.abspath(os.fsdecode(path)), writes] = None

    def _contact(self, host: Any, port: Any, *rest: Any) -> None:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name not in LOCAL:
            self.hosts["{}:{}".format(name, port) if port else name] = None

    def _connect(self, database: Any, *rest: Any) -> None:
        path = os.fsdecode(database)
        if path and not path.startswith((":memory:", "file:")):
            self.opened[os.path.abspath(path), False] = None
            self.opened[os.path.abspath(path), True] = None

    def _remove(self, path: Any, folder: Any = -1, *rest: Any) -> None:
        if folder in (-1, None):  # else the path is relative to an open folder
            self.removed[os.path.abspath(os.fsdecode(path))] = None

    def _rename(self, old: Any, new: Any, *folders: Any) -> None:
        if all(folder in (-1, None) for folder in folders):
            self.opened[os.path.abspath(os.fsdecode(new)), True] = None
            self.removed[os.path.abspath(os.fsdecode(old))] = None

    def _make(self, path: Any, mode: Any = None, folder: Any = -1, *rest: Any) -> None:
        if folder in (-1, None):
            self.made[os.path.abspath(os.fsdecode(path))] = None

    def _list(self, path: Any = None, *rest: Any) -> None:
        if not isinstance(path, int):
            full = os.path.abspath(os.fsdecode("." if path is None else path))
            # the import system lists each folder of sys.path
            if full.startswith(self.start) and "importlib" not in sys._getframe(2).f_code.co_filename:
                self.listed[full] = None

    def _unpickle(self, module: Any, name: Any, *rest: Any) -> None:
        if module in NOTEBOOK:
            self.unpickled[str(name).split(".")[0]] = None


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
    """What was touched since the last time, in order: files read and written; files and folders removed, folders made and
    listed; hosts contacted; the notebook's functions and classes that pickles in files refer to.
    """
    reads = [path for path, writes in LOG.opened if not writes and _counts(path)]
    writes = [path for path, written in LOG.opened if written and _counts(path)]
    now = _entries(LOG.start)
    if now is not None and LOG.folder is not None:
        before = LOG.folder
        writes += [path for path, state in now.items() if before.get(path) != state]
    LOG.folder = now
    folders = {
        kind: _names([path for path in found if _inside(path)])
        for kind, found in (("removes", LOG.removed), ("makes", LOG.made), ("lists", LOG.listed))
    }
    hosts, unpickled = list(LOG.hosts), list(LOG.unpickled)
    LOG.opened, LOG.hosts, LOG.removed, LOG.made, LOG.listed, LOG.unpickled = {}, {}, {}, {}, {}, {}
    return {
        "reads": _names(reads), "writes": _names(writes), "hosts": hosts, "unpickled": unpickled, **folders,
    }  # fmt: skip


def _counts(path: str) -> bool:
    """Whether a file belongs to the notebook's work: not a library's, not a cache, not hidden, still there."""
    if path.startswith(LOG.outside) or path.endswith((".pyc", ".ttf", ".afm", ".pth")):
        return False
    return not _hidden(path) and os.path.isfile(path)


def _inside(path: str) -> bool:
    """Whether a file or folder that may be gone by now belongs to the notebook's folder."""
    return (path == LOG.start or path.startswith(os.path.join(LOG.start, ""))) and not _hidden(path)


def _hidden(path: str) -> bool:
    parts = os.path.relpath(path, LOG.start).split(os.sep)
    return any((part.startswith(".") and part not in (".", "..")) or part == "__pycache__" for part in parts)


def _names(paths: list[str]) -> list[str]:
    """Relative to the folder in which the notebook started, where they are in it."""
    base = os.path.join(LOG.start, "")
    names = [path[len(base) :] if path.startswith(base) else "." if path == LOG.start else path for path in paths]
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
