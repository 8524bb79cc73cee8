"""No thread may run in a process that forks, and what is forked has the threads that it would have had."""

from __future__ import annotations

import os
import sys
from typing import Dict, Optional

#: While libraries are loaded. OpenBLAS starts its pool, and Arrow's allocator its cleaner, as soon as they are loaded.
QUIET = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
_let_go: Dict[str, int] = {}  # module -> how many threads it had
_OPENBLAS_ASKS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")  # the first that is a number
_SPELLINGS = ("openblas_{}", "openblas_{}64_", "scipy_openblas_{}", "scipy_openblas_{}64_", "openblas_{}_64")


def names() -> str:
    """The threads of this process apart from its only one, by the names that they gave themselves."""
    found = []
    for task in os.listdir("/proc/self/task"):
        if int(task) != os.getpid():
            try:
                with open("/proc/self/task/%s/comm" % task, encoding="utf-8", errors="replace") as file:
                    found.append(file.read().strip())
            except OSError:
                continue
    return ", ".join(sorted(found))


def quiet() -> None:
    """Past ``os.environ``: compiled libraries see it, Python code sees what it would see."""
    for name, value in QUIET.items():
        os.putenv(name, value)


def let_go() -> None:
    """numexpr, which pandas imports where it is installed, starts its pool at once; it can do without until the fork."""
    numexpr = sys.modules.get("numexpr")
    if hasattr(numexpr, "set_num_threads") and "numexpr" not in _let_go:
        _let_go["numexpr"] = numexpr.set_num_threads(1)  # type: ignore[union-attr]


def as_asked(environment: Dict[str, str]) -> None:
    """In a forked kernel: undo :func:`quiet` and :func:`let_go`.

    OpenBLAS gets the number of threads that it takes when it is loaded.
    """
    if _let_go.get("numexpr", 1) > 1:
        sys.modules["numexpr"].set_num_threads(_let_go["numexpr"])
    for name in QUIET:
        if name in environment:
            os.putenv(name, environment[name])
        else:
            os.unsetenv(name)
    for library in _loaded("openblas"):
        _resize(library, environment)


def _resize(path: str, environment: Dict[str, str]) -> None:
    import ctypes

    try:
        library = ctypes.CDLL(path)
    except OSError:
        return
    for spelling in _SPELLINGS:
        change = getattr(library, spelling.format("set_num_threads"), None)
        processors = getattr(library, spelling.format("get_num_procs"), None)
        if change is not None and processors is not None:
            most = processors()
            asked = next((n for n in (_number(environment.get(name)) for name in _OPENBLAS_ASKS) if n), most)
            change(min(asked, most))
            return


def _number(text: Optional[str]) -> int:
    """As C reads it: the digits at the beginning."""
    text = (text or "").strip()
    end = 0
    while end < len(text) and text[end].isdigit():
        end += 1
    return int(text[:end] or 0)


def _loaded(part: str) -> list[str]:
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as maps:
        paths = {line.split(None, 5)[5].rstrip("\n") for line in maps if line.count("/")}
    return sorted(path for path in paths if part in os.path.basename(path) and ".so" in os.path.basename(path))
