"""The owner's side of the fork server: start it, ask it for kernels, and be told how they end.

A kernel comes from a process that has imported what the step imports, and nothing else. Each set of libraries is a
process forked from the one with the largest subset of it, so a library is imported once however many steps use it.
"""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from nb2pipe import temporary
from nb2pipe.running.kernel.forked import ForkedProcess
from nb2pipe.running.kernel.forkserver import messages
from nb2pipe.running.kernel.kernels import Kernel

SWITCH = "NB2PIPE_FORK"  # "0" in the environment turns the fork server off
_SERVER = Path(__file__).parent / "forkserver" / "boot.py"
_LONGEST_FOLDER = 65  # bytes: what is left of a socket's path (108) after our names
_MOST_READY = 8  # kernels that wait for the same step
_GRACE = 10.0  # seconds for the server to end when asked

# A kernel may have its own values of these, whatever the server was started with.
_PER_KERNEL = ("JPY_", "IPYTHONDIR", "COLUMNS", "LINES", "PYTEST_CURRENT_TEST")


def why_not(kernel: Kernel) -> str | None:
    """Why no kernel of this kind can be forked; ``None`` if that may be tried."""
    if os.environ.get(SWITCH) == "0":
        return f"{SWITCH}=0 is set"
    if not sys.platform.startswith("linux"):
        return "forking a process that has loaded libraries is safe on Linux only"
    try:
        launcher(kernel)
    except ValueError as reason:
        return str(reason)
    return None


def launcher(kernel: Kernel) -> tuple[list[str], list[str]]:
    """The interpreter with its flags, and ipykernel's arguments; ValueError if the kernel is started in another way."""
    argv = list(kernel.argv)
    for name in ("ipykernel_launcher", "ipykernel"):
        if ["-m", name] in (argv[i : i + 2] for i in range(len(argv))):
            at = argv.index("-m")
            if argv[at + 1] == name and all(flag.startswith("-") for flag in argv[1:at]):
                return argv[:at], argv[at + 2 :]
    raise ValueError(f"the kernel {kernel.name} is started by a command of its own")


class KernelServer:
    """One interpreter with one environment; any number of threads may ask it for kernels.

    ``environment`` is complete (what the kernels get), ``folder`` where kernels work, ``message`` is told, once each, what
    is not imported ahead and why. Raises OSError if the interpreter cannot be started.
    """

    def __init__(
        self,
        kernel: Kernel,
        *,
        environment: Mapping[str, str],
        message: Callable[[str], None] = lambda _text: None,
    ) -> None:
        command, self.arguments = launcher(kernel)
        self._command = command
        self.kernel = kernel
        self.environment = dict(environment)
        self._message = message
        self._told: set[str] = set()
        self._waiting: list[tuple[Mapping[str, Any], frozenset[str], ForkedProcess]] = []
        self._lock = threading.Lock()
        short = len(os.fsencode(tempfile.gettempdir())) < _LONGEST_FOLDER
        self._folder = temporary.make(None if short else "/tmp")  # noqa: S108
        self._templates: dict[tuple[str, frozenset[str]], socket.socket] = {}
        self._root, theirs = _pair()
        with theirs, (self._folder / "output").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [*command, str(_SERVER), str(theirs.fileno()), str(self._folder)],
                pass_fds=[theirs.fileno()],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for us
            )

    @classmethod
    @contextmanager
    def open(
        cls,
        kernel: Kernel,
        *,
        environment: Mapping[str, str],
        preloads: Sequence[tuple[str | Path, Collection[str]]] = (),
        message: Callable[[str], None] = lambda _text: None,
    ) -> Iterator[KernelServer | None]:
        """A server for the time of the ``with``; ``None``, and a message, where ordinary kernels must do.

        ``preloads``: for each kernel that will be asked for, its working directory and what it imports.
        """
        reason = why_not(kernel)
        server: KernelServer | None = None
        if reason is None:
            try:
                server = cls(kernel, environment=environment, message=message)
            except OSError as error:
                reason = str(error)
        if server is None:
            if os.environ.get(SWITCH) != "0":
                message(f"each step starts a kernel of its own: {reason}")
            yield None
            return
        try:
            server.prepare(preloads)
            yield server
        finally:
            server.close()

    def prepare(self, preloads: Sequence[tuple[str | Path, Collection[str]]]) -> None:
        """Begin to import, in the background; each library as few times as possible."""
        for folder in dict.fromkeys(str(folder) for folder, _ in preloads):
            sets = [with_packages(entries) for place, entries in preloads if str(place) == folder]
            for entries in shared_first(sets):
                self._template(folder, entries)

    def start(
        self,
        *,
        cwd: str | Path,
        preload: Collection[str] = (),
        environment: Mapping[str, str] | None = None,
        arguments: Sequence[str] | None = None,
        connection_file: str | None = None,
        output: tuple[int, int] | None = None,
    ) -> ForkedProcess:
        """Ask for a kernel; returns at once.

        Without ``connection_file`` the kernel gets a folder with its own sockets (``folder``, ``connection``), and may be
        one that was asked for :meth:`ahead`. ``environment`` may differ from the server's in what belongs to one kernel.
        """
        request = {
            "do": "kernel",
            "cwd": str(cwd),
            "env": dict(self.environment if environment is None else environment),
            "arguments": list(self.arguments if arguments is None else arguments),
            "connection_file": connection_file,
        }
        if connection_file is None and output is None:
            waiting = self._taken(request, preload)
            if waiting is not None:
                return waiting
        return self._asked(request, preload, output)

    def ahead(
        self, *, cwd: str | Path, preload: Collection[str], environment: Mapping[str, str], arguments: Sequence[str]
    ) -> None:
        """Have one kernel more ready for a :meth:`start` with the same arguments, unless there are enough."""
        request = {
            "do": "kernel", "cwd": str(cwd), "env": dict(environment), "arguments": list(arguments),
            "connection_file": None,
        }  # fmt: skip
        with self._lock:
            alike = [item for item in self._waiting if item[0] == request and item[1] == frozenset(preload)]
        if len(alike) >= _MOST_READY:  # those before were never started: their steps came from the cache, or failed
            return
        process = self._asked(request, preload, None)
        with self._lock:
            self._waiting.append((request, frozenset(preload), process))

    def _taken(self, request: Mapping[str, Any], preload: Collection[str]) -> ForkedProcess | None:
        with self._lock:
            for item in self._waiting:
                if item[0] == request and item[1] == frozenset(preload):
                    self._waiting.remove(item)
                    return item[2]
        return None

    def _asked(
        self, request: Mapping[str, Any], preload: Collection[str], output: tuple[int, int] | None
    ) -> ForkedProcess:
        ours, theirs = _pair()
        process = ForkedProcess(ours)
        ours.setblocking(False)
        if not self.fits(request["env"]):
            process.refused = "its environment is not the fork server's"
        with theirs:
            template = self._template(request["cwd"], tuple(preload))
            try:
                sent = messages.send(template, request, (theirs.fileno(), *(output or ())))
            except OSError as error:  # an environment of more than 200 KB
                process.refused = str(error)
            else:
                if not sent:
                    process.refused = "the fork server has ended"
        self._pass_on_news()
        return process

    def is_for(self, kernel: Kernel) -> bool:
        """Whether the kernel has the same interpreter with the same flags."""
        return launcher(kernel)[0] == self._command

    def fits(self, environment: Mapping[str, str]) -> bool:
        """Whether the environment is the server's, apart from what belongs to one kernel."""
        return _lasting(environment) == _lasting(self.environment)

    def _template(self, folder: str, entries: Sequence[str]) -> socket.socket:
        """The process that has imported these, made from the one that has most of them."""
        with self._lock:
            entries = with_packages(entries)
            wanted = frozenset(entries)
            key = (folder, wanted)
            if key not in self._templates:
                known = [have for place, have in self._templates if place == folder and have <= wanted]
                best = max(known, key=len, default=None)
                parent = self._root if best is None else self._templates[folder, best]
                rest = [entry for entry in entries if entry not in (best or ())]
                ours, theirs = _pair()
                with theirs:
                    messages.send(parent, {"do": "template", "preload": rest, "cwd": folder}, (theirs.fileno(),))
                self._templates[key] = ours
            return self._templates[key]

    def _pass_on_news(self) -> None:
        """What the templates could not import ahead is said once."""
        with self._lock:
            sockets = list(self._templates.values())
        for template in sockets:
            while select.select([template], [], [], 0)[0]:
                message, _ = messages.receive(template)
                if message is None:
                    break
                what, reason = message["refused"]
                name = what.partition(":")[0].partition(".")[0]
                self.tell(f"{name} is imported in each step, not once for all: {reason}" if what else reason)

    def tell(self, text: str) -> None:
        """Pass a sentence on, once."""
        with self._lock:
            new = text not in self._told
            self._told.add(text)
        if new:
            self._message(text)

    def close(self) -> None:
        """End the server and all its kernels; nothing of them stays."""
        with suppress(OSError):
            self._pass_on_news()
        for _, _, process in self._waiting:
            process.close()
        for template in (*self._templates.values(), self._root):
            template.close()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        temporary.remove(self._folder)


def with_packages(entries: Collection[str]) -> tuple[str, ...]:
    """The same imports with the packages that they lie in, which are imported first anyway.

    Most of the time goes there: two steps that import different parts of scikit-learn share nearly all of it.
    """
    found: dict[str, None] = {}
    for entry in entries:
        module, colon, _ = entry.partition(":")
        parts = module.split(".")
        found |= dict.fromkeys(".".join(parts[:end]) for end in range(1, len(parts) + bool(colon)))
        found[entry] = None
    return tuple(found)


def shared_first(sets: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The sets, and what two of them have in common, in an order in which each can be made from an earlier one.

    Within a set, what most sets have comes first.
    """
    count: dict[str, int] = {}
    for entries in sets:
        for entry in dict.fromkeys(entries):
            count[entry] = count.get(entry, 0) + 1
    order = sorted(count, key=lambda entry: -count[entry])  # stable: else as the notebook has them
    rows = [tuple(entry for entry in order if entry in entries) for entries in dict.fromkeys(map(tuple, sets))]
    shared = {_common(one, two) for one in rows for two in rows if one != two}
    return sorted({*rows, *shared} - {()}, key=lambda row: (len(row), row)) + [()] * (() in rows)


def _common(one: tuple[str, ...], two: tuple[str, ...]) -> tuple[str, ...]:
    """Their common beginning."""
    length = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    return one[:length]


def _lasting(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(_PER_KERNEL)}


def _pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
