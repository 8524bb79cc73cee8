"""Import libraries so that nobody can tell, or not at all.

A library is left to the kernels when its import does what would be missed in a kernel, or do harm here: it shows
something, starts a thread or a process, changes the working directory, a signal's handler or the random state, or loads
a module that is not part of an installed distribution.
"""

from __future__ import annotations

import builtins
import os
import random
import signal
import site
import sys
import sysconfig
from typing import Any, Dict, List, Optional, Sequence, Tuple

from . import threads


class NotInstalled(BaseException):
    """Not an Exception: no library's ``except`` may swallow it."""


class _Installed:
    """Finds nothing itself; stops an import that would run a module of the user's own."""

    def __init__(self) -> None:
        paths = sysconfig.get_paths()
        places = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
        places += [sysconfig.get_path("stdlib", vars={"base": sys.base_prefix, "installed_base": sys.base_prefix})]
        places += getattr(site, "getsitepackages", list)()
        if site.ENABLE_USER_SITE:
            places.append(site.getusersitepackages())
        own = os.path.realpath(os.getcwd()) + os.sep
        self.places = tuple(os.path.realpath(place) + os.sep for place in places if place)
        self.places = tuple(place for place in self.places if not place.startswith(own) or place != own)
        self.looking = False

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if self.looking:
            return None
        self.looking = True
        try:
            spec = self._found(name, path, target)
        finally:
            self.looking = False
        if spec is not None and not self._allowed(spec):
            raise NotInstalled(spec.origin or name)
        return None

    def _found(self, name: str, path: Any, target: Any) -> Any:
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec = find(name, path, target) if finder is not self and find is not None else None
            if spec is not None:
                return spec
        return None

    def _allowed(self, spec: Any) -> bool:
        places = [spec.origin] if spec.has_location else list(spec.submodule_search_locations or ())
        return all(os.path.realpath(place).startswith(self.places) for place in places if place)


class Stream:
    """Stands for ``sys.stdout`` or ``sys.stderr`` while libraries are imported: those that keep it write to the kernel's."""

    def __init__(self, stream: Any) -> None:
        # What libraries ask of a kernel's stream is answered as that will answer it.
        self.__dict__.update(_stream=stream, encoding="UTF-8", isatty=lambda: False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_stream"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.__dict__["_stream"], name, value)

    def __iter__(self) -> Any:
        return iter(self.__dict__["_stream"])

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_error: object) -> None:
        pass


class ZMQInteractiveShell:
    """Stands for the shell of a kernel: libraries may look whether there is one. Whatever else they do to it is noticed."""

    def __init__(self, touched: List[str], kernel: Any = None) -> None:
        self.__dict__.update(_touched=touched, config={"IPKernelApp": {}})
        if kernel is not None:
            self.__dict__["kernel"] = kernel

    def __getattr__(self, name: str) -> Any:
        self.__dict__["_touched"].append(name)
        raise AttributeError(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__["_touched"].append(name)


class Shell:
    """What ``get_ipython`` answers to libraries: pandas, for one, decides by it how many columns it will show."""

    told_again = ("matplotlib.pyplot",)  # when there is a real one: see KernelJob

    def __init__(self) -> None:
        self.touched: List[str] = []
        self.watching = False

    def install(self) -> None:
        """Replace IPython's function: libraries may keep ours, so it stays, and does what IPython's does."""
        import IPython
        from IPython.core import getipython, interactiveshell

        ask = getipython.get_ipython
        stand_in = ZMQInteractiveShell(self.touched, ZMQInteractiveShell(self.touched))

        def get_ipython() -> Any:
            """Get the global InteractiveShell instance.

            Returns None if no InteractiveShell instance is registered.
            """
            if self.watching and sys._getframe(1).f_globals.get("__name__") not in self.told_again:
                return stand_in
            return ask()

        getipython.get_ipython = get_ipython
        for module in (IPython, interactiveshell):
            if getattr(module, "get_ipython", None) is ask:
                module.get_ipython = get_ipython
        self.ask = get_ipython

    def __enter__(self) -> Shell:
        self.watching = True
        builtins.get_ipython = self.ask  # type: ignore[attr-defined]
        builtins.__IPYTHON__ = True  # type: ignore[attr-defined]
        return self

    def __exit__(self, *_error: object) -> None:
        self.watching = False
        del builtins.get_ipython, builtins.__IPYTHON__  # type: ignore[attr-defined]


SHELL = Shell()


def pointed_at(stream: Stream, target: Any) -> None:
    """What was kept writes to ``target`` from now on."""
    stream.__dict__.clear()
    stream.__dict__["_stream"] = target


def load(entries: Sequence[str]) -> Optional[Tuple[str, str]]:
    """Import ``a.b`` or ``a.b:name`` one by one; the first that must be left to the kernels, and why.

    If there is one, this process is spoilt: it has half of the library.
    """
    guard = _Installed()
    sys.meta_path.insert(0, guard)
    sys.path.insert(0, "")  # as in a kernel: what lies beside the notebook comes first, and stops the guard
    shown = os.memfd_create("shown")
    kept = [os.dup(1), os.dup(2)]
    try:
        _flush()
        os.dup2(shown, 1)
        os.dup2(shown, 2)
        with SHELL:
            for entry in entries:
                reason = _load(entry, shown)
                if reason:
                    return entry, reason
    finally:
        sys.meta_path.remove(guard)
        sys.path.remove("")
        for number, copy in enumerate(kept, start=1):
            os.dup2(copy, number)
            os.close(copy)
        os.close(shown)
    return None


def _load(entry: str, shown: int) -> Optional[str]:
    module, _, name = entry.partition(":")
    statement = "from %s import %s" % (module, name) if name else "import " + module
    before = _state()
    try:
        # In the name of __main__: a warning that blames the importing line is then shown, as it is in a notebook.
        exec(statement, {"__name__": "__main__", "__builtins__": __builtins__})
    except NotInstalled as stopped:
        return "it loads %s, which is no part of an installed package" % stopped
    except BaseException as error:
        if ZMQInteractiveShell.__name__ in str(error):
            return "its import uses the notebook's shell"
        return "its import fails: %s: %s" % (type(error).__name__, error)
    _flush()
    threads.let_go()
    others = threads.names()
    if others:
        return "its import starts a thread (%s)" % others
    if os.fstat(shown).st_size:
        return "its import shows something: " + _first_line(shown)
    if _needs_gone_names():
        return "it connects to the notebook's shell by a name that this IPython has not"
    if SHELL.touched:
        return "its import uses the notebook's shell (%s)" % SHELL.touched[0]
    for what, value in _state().items():
        if before.get(what, value) != value:
            return "its import changes " + what
    return None


def _needs_gone_names() -> bool:
    """Matplotlib before 3.10 beside IPython from 9.16: its first call of the hook fails.

    Before 3.9 only the second call shows figures; with 3.9 a kernel shows the first figure, and the others at ``plt.show()``.
    """
    if "matplotlib.pyplot" not in sys.modules or getattr(sys.modules["matplotlib"], "__version_info__", (9,)) >= (
        3,
        10,
    ):
        return False
    from IPython.core import pylabtools

    return not hasattr(pylabtools, "backend2gui")


def _flush() -> None:
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            stream.flush()


def _state() -> Dict[str, Any]:
    """What a kernel sets up for itself afterwards, so that an import's change would be lost."""
    state: Dict[str, Any] = {
        "the working directory": os.getcwd(),
        "a signal's handler": [signal.getsignal(number) for number in sorted(signal.valid_signals())],
        "the hooks of sys": (sys.excepthook, sys.displayhook, sys.stdout, sys.stderr, sys.gettrace(), sys.getprofile()),
        "the recursion limit": sys.getrecursionlimit(),
        "its child processes": _has_children(),
    }
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        kind, keys, *rest = numpy.get_state()
        state["numpy's random state"] = (kind, bytes(keys.data), rest)
    return state


def _has_children() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG) is not None
    except ChildProcessError:
        return False


def _first_line(file: int) -> str:
    text = os.pread(file, 2000, 0).decode("utf-8", "replace").strip()
    return (text.splitlines() or [""])[0][:200]


def reseed() -> None:
    """Global generators draw anew in each kernel, as after an import; Python's own ``random`` sees to itself."""
    random.seed()
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        numpy.seed()


def kept_streams() -> List[Stream]:
    """Put stand-ins where libraries find the standard streams."""
    sys.stdout, sys.stderr = Stream(sys.stdout), Stream(sys.stderr)
    return [sys.stdout, sys.stderr]
