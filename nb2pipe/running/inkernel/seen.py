"""What a step touches besides its inputs: files, folders that it lists, modules that are no library's, hosts.

Audit events (PEP 578) tell most of it. Runs in the user's kernel, on Python 3.8 and later, with the standard library
alone; ``__nb2pipe_seen__`` in ``builtins`` is the only trace of it.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
import time
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR
SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/bin", "/opt", "/run", "/var/lib", "/snap")
LOCAL = ("", "None", "localhost", "127.0.0.1", "::1")
FRESH = 624  # where Mersenne Twister stands after seeding, before the first number is drawn
FIRST = 0x80000000  # its first word if it was seeded by the system, or by more than one word


class Seen:
    """Listens from when it is made; ``write`` tells what was noted. It never raises and changes nothing."""

    def __init__(self) -> None:
        self.start = os.getcwd()
        libraries = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()}
        self.outside = tuple(
            os.path.join(path, "") for path in (*libraries, *SYSTEM) if not self.start.startswith(path)
        )
        self.opened: dict[str, str] = {}
        self.listed: dict[str, None] = {}
        self.hosts: dict[str, None] = {}
        self.programs: dict[str, None] = {}
        self.paused = False
        self.before = stands()
        self.drew = False
        sys.addaudithook(self.note)

    def note(self, event: str, args: Any) -> None:
        """The audit hook."""
        if event[0] not in "osg" or self.paused:
            return
        try:
            if event == "open":
                self.open(*args)
            elif event in ("os.listdir", "os.scandir"):
                self.list(args[0])
            elif event == "socket.getaddrinfo":
                self.contact(args[0], args[1])
            elif event == "sqlite3.connect":
                self.connect(args[0])
            elif event == "subprocess.Popen":
                self.programs[os.path.basename(os.fsdecode(args[0] or args[1][0]))] = None
            elif event in ("os.system", "os.posix_spawn"):
                self.programs["a shell command" if event == "os.system" else os.fsdecode(args[0])] = None
        except Exception:  # whatever a library passes
            return

    def open(self, path: Any, mode: Any, flags: Any) -> None:
        """How the file was used, in order: ``r``, ``w`` (from its start), ``a`` (at its end), ``u`` (in place)."""
        if isinstance(path, int) or path is None:
            return
        if mode is None:
            use = "w" if flags & os.O_TRUNC else "a" if flags & os.O_APPEND else "u" if flags & WRITING else "r"
        else:
            use = "w" if "w" in mode or "x" in mode else "u" if "+" in mode else "a" if "a" in mode else "r"
        name = os.path.abspath(os.fsdecode(path))
        if use not in self.opened.get(name, ""):
            self.opened[name] = self.opened.get(name, "") + use

    def list(self, path: Any) -> None:
        """Python's own search for modules lists folders too; that is not the step's doing."""
        frame = sys._getframe(2)
        if "importlib" not in frame.f_code.co_filename and not isinstance(path, int):
            self.listed[os.path.abspath(os.fsdecode(path or "."))] = None

    def contact(self, host: Any, port: Any) -> None:
        """A name is looked up."""
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name not in LOCAL:
            self.hosts["{}:{}".format(name, port) if port else name] = None

    def connect(self, database: Any) -> None:
        """sqlite opens files itself."""
        path = os.fsdecode(database)
        if path and not path.startswith((":memory:", "file:")):
            self.opened.setdefault(os.path.abspath(path), "ru")

    def jump(self) -> None:
        """Somebody is about to put the generators elsewhere; :meth:`land` when that is done."""
        self.drew = self.drew or drew(self.before)

    def land(self) -> None:
        """What is drawn from now on counts."""
        self.before = stands()

    def write(self, path: str) -> None:
        """Write what was noted as JSON."""
        self.paused = True
        try:
            opened = {name: use for name, use in self.opened.items() if self.counts(name)}
            for module in list(sys.modules.values()):
                name = getattr(module, "__file__", None)
                if isinstance(name, str) and name.endswith(".py") and self.counts(os.path.abspath(name)):
                    opened.setdefault(os.path.abspath(name), "r")
            listed = [name for name in self.listed if os.path.isdir(name) and not self.hidden(name)]
            found = {
                "start": self.start,
                "opened": opened,
                "listed": listed,
                "hosts": list(self.hosts),
                "programs": list(self.programs),
                "drew": self.drew or drew(self.before),
            }
            with open(path, "w", encoding="utf-8") as file:
                json.dump(found, file)
        finally:
            self.paused = False

    def counts(self, path: str) -> bool:
        """Whether a file is of the step's work: not a library's, not a cache, not hidden, still there."""
        return not path.endswith((".pyc", ".ttf", ".afm", ".pth")) and not self.hidden(path) and os.path.isfile(path)

    def hidden(self, path: str) -> bool:
        """Libraries, the system, caches, and what begins with a dot."""
        if (path + os.sep).startswith(self.outside):
            return True
        parts = os.path.relpath(path, self.start).split(os.sep)
        return any((part.startswith(".") and part not in ("..", ".")) or part == "__pycache__" for part in parts)


def stands() -> dict[str, tuple[bool, int]]:
    """For each global generator that is loaded: whether it looks as if just seeded, and a digest of its whole state.

    Its place alone would not do: after 624 numbers a Mersenne Twister stands where it began.
    """
    found = {}
    for name, look in LOOKS.items():
        if name in sys.modules:
            found[name] = looked(look, sys.modules[name])
    return found


def looked(look: Any, module: Any) -> tuple[bool, int]:
    """What ``look`` says; if it cannot tell, that numbers were drawn."""
    try:
        found: tuple[bool, int] = look(module)
        return found
    except Exception:  # a library that was not imported to its end, or a generator of another kind
        return False, time.perf_counter_ns()


def look_random(module: Any) -> tuple[bool, int]:
    """Of the standard library's."""
    state = module.getstate()
    return state[1][-1] == FRESH and state[1][0] == FIRST, hash(state)


def look_numpy(module: Any) -> tuple[bool, int]:
    """Of numpy's."""
    state = module.get_state()
    if isinstance(state, dict):
        return False, hash(repr(state))
    fresh = state[2] == FRESH - 1 and int(state[1][0]) == FIRST  # numpy begins with the last word of the system's seed
    return fresh, hash((state[1].tobytes(), state[2], state[3], state[4]))


def look_torch(module: Any) -> tuple[bool, int]:
    """Of torch's on the CPU. Whether it is fresh cannot be seen; torch seeds it with a constant."""
    return True, hash(module.get_rng_state().numpy().tobytes())


LOOKS = {"random": look_random, "numpy.random": look_numpy, "torch": look_torch}


def drew(before: dict[str, tuple[bool, int]]) -> bool:
    """Whether numbers were drawn from a global generator since then, or since it was loaded."""
    return any(state[1] != before[name][1] if name in before else not state[0] for name, state in stands().items())
