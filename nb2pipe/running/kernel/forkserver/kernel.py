"""What a forked kernel does before it is an ordinary one, and what can be done for all of them beforehand."""

from __future__ import annotations

import atexit
import gc
import importlib
import importlib.util
import io
import os
import signal
import sys
from typing import Any, Dict, List, Sequence, Set

from . import imports, threads

_PR_SET_PDEATHSIG = 1
# What ipykernel and IPython import while a kernel starts. Missing ones belong to other versions.
_AT_START = (
    "ipykernel.kernelapp", "ipykernel.debugger", "ipykernel.ipkernel", "ipykernel.zmqshell",
    "debugpy", "debugpy.server.api", "faulthandler", "pdb", "sqlite3", "tornado.gen", "tornado.locks", "tornado.queues",
    "tornado.platform.asyncio", "IPython.core.debugger", "IPython.core.debugger_backport", "IPython.core.oinspect",
    "IPython.core.completerlib", "IPython.extensions.storemagic", "IPython.utils.wildcard", "encodings.idna",
    "IPython.core.magics", "comm",
)  # fmt: skip


_environment: Dict[str, str] = {}  # before any library changed it


def warm_up() -> None:
    """Import what every kernel imports when it starts."""
    # ipykernel sets it before any cell, and matplotlib reads it when it is imported.
    if not os.environ.get("MPLBACKEND"):
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    _environment.update(os.environ)
    for name in _AT_START:
        try:
            importlib.import_module(name)
        except Exception:
            continue
    imports.SHELL.install()


def die_with(parent: int) -> None:
    """Be killed when the process that forked this one ends, however it ends."""
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


_ends: List[Any] = []  # what is called when all other exit handlers have been
_files: List[Any] = []  # open when the libraries were loaded


def exit_last() -> None:
    """Called before any library is imported: exit handlers run in the reverse order of their registration."""
    atexit.register(lambda: [end() for end in _ends])


def freeze() -> None:
    """Before the first fork: a collection in a kernel would copy every page that holds an object."""
    gc.collect()
    _files[:] = [thing for thing in gc.get_objects() if isinstance(thing, io.IOBase)]
    gc.freeze()


def end() -> None:
    """The end of a kernel, after all exit handlers; does not return.

    Python would now take every module apart. In a forked process that copies hundreds of MB that are shared with the
    server, to free them (0.2 s). So only what is the notebook's is finalised: its names and the modules that it imported
    itself, in that order; then files are flushed, and the exit handlers of compiled libraries run.
    """
    import ctypes

    main = sys.modules.get("__main__")
    shell = getattr(sys.modules.get("IPython.core.interactiveshell"), "InteractiveShell", None)
    if shell is not None and shell.initialized():
        shell.instance().displayhook.__dict__.clear()
        shell.instance().user_ns_hidden.clear()
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            delattr(sys, name)
    if main is not None:
        main.__dict__.clear()
    gc.collect()
    for name in [name for name in sys.modules if name not in _loaded]:
        del sys.modules[name]
    gc.collect()
    for thing in (*gc.get_objects(), *_files, sys.__stdout__, sys.__stderr__):
        if isinstance(thing, io.IOBase) and not thing.closed:
            try:
                thing.flush()
            except Exception:
                continue
    ctypes.PyDLL(None).exit(0)  # not os._exit: C's own exit handlers run; and no other Python thread does


_loaded: Set[str] = set()  # modules of the server


class KernelJob:
    """Becomes the kernel: call it when nothing of the server is on the stack any more."""

    def __init__(
        self,
        wanted: Dict[str, Any],
        started: Dict[str, Any],
        output: Sequence[int],
        notice: int,
        streams: List[imports.Stream],
        parent: int,
    ) -> None:
        self.wanted = wanted
        self.started = started
        self.output = output
        self.notice = notice
        self.streams = streams
        self.parent = parent

    def __call__(self) -> None:
        """Returns when the kernel was asked to end; Python's own exit comes next."""
        die_with(self.parent)
        self._standard_streams()
        self._environment()
        imports.reseed()
        for name in [name for name in sys.modules if name.partition(".")[0] == __package__]:
            del sys.modules[name]
        _loaded.update(sys.modules)
        _ends.append(end)
        self._kernel()

    def _standard_streams(self) -> None:
        nothing, end = os.pipe()  # as jupyter_client has it: a pipe whose other end is closed
        os.close(end)
        for number, source in enumerate((nothing, *self.output)):
            os.dup2(source, number)
        for number in {nothing, *self.output}:
            os.close(number)
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__

    def _environment(self) -> None:
        os.chdir(self.wanted["cwd"])
        process = sys.modules.get("multiprocessing.process")
        if process is not None:
            process.ORIGINAL_DIR = os.getcwd()  # type: ignore[attr-defined]
        given = dict(self.wanted["env"])
        if self.started["folder"]:  # no profile of the user's: neither its settings nor its history
            given.setdefault("IPYTHONDIR", os.path.join(self.started["folder"], "ipython"))
        given["JPY_PARENT_PID"] = str(self.parent)  # ipykernel ends when that is its parent no more
        by_imports = {name for name in (*os.environ, *_environment) if os.environ.get(name) != _environment.get(name)}
        for name in {*os.environ, *given} - by_imports:
            if name not in given:
                del os.environ[name]
            elif os.environ.get(name) != given[name]:
                os.environ[name] = given[name]
        threads.as_asked(given)

    def _kernel(self) -> None:
        from ipykernel.kernelapp import IPKernelApp

        launcher = importlib.util.find_spec("ipykernel_launcher")
        file = self.started["connection_file"]
        arguments = [file if text == "{connection_file}" else text for text in self.wanted["arguments"]]
        sys.argv[:] = [(launcher.origin if launcher else None) or "ipykernel_launcher", *arguments]
        if hasattr(sys, "orig_argv"):
            sys.orig_argv[:] = [sys.executable, "-m", "ipykernel_launcher", *arguments]
        app = IPKernelApp.instance(parent_handle=self.parent)  # the default was read when the class was made
        app.initialize(arguments)
        for stream, target in zip(self.streams, (sys.stdout, sys.stderr)):
            imports.pointed_at(stream, target)
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.install_repl_displayhook()  # its import did, when there was no shell to install it in
        os.write(self.notice, b"+")
        os.close(self.notice)
        app.start()
