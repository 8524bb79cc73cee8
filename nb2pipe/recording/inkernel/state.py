"""What the probe must leave as it was: random numbers, warnings, output, open figures; and how much memory is used.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from typing import Any, Callable, Iterator

from .digests import fingerprint

DEPTH = 4000


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Runs the probe's work so that the user's next cell cannot tell: no output, no warnings, random state put back."""
    restores = [_random(), _numpy_random(), _torch_random()]
    depth = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(max(depth, DEPTH))
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
    finally:
        sys.setrecursionlimit(depth)
        for restore in restores:
            restore()


def _nothing() -> None:
    pass


def _random() -> Callable[[], None]:
    random = sys.modules.get("random")
    if random is None:
        return _nothing
    state = random.getstate()
    return lambda: random.setstate(state)


def _numpy_random() -> Callable[[], None]:
    random = sys.modules.get("numpy.random")
    if random is None or not hasattr(random, "get_state"):
        return _nothing
    state = random.get_state(legacy=False)
    return lambda: random.set_state(state)


def _torch_random() -> Callable[[], None]:
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "get_rng_state"):
        return _nothing
    state = torch.get_rng_state()
    return lambda: torch.set_rng_state(state) and None


def random_state() -> dict[str, str | None]:
    """A digest of the state of each library's global random generator; ``None`` if it was neither used nor seeded."""
    return {"random": _digest_random(), "numpy": _digest_numpy(), "torch": _digest_torch()}


def _digest_random() -> str | None:
    random = sys.modules.get("random")
    return None if random is None else fingerprint(random.getstate())


def _digest_numpy() -> str | None:
    random = sys.modules.get("numpy.random")
    if random is None or not hasattr(random, "get_state"):
        return None
    state = random.get_state(legacy=False)
    key, position = state["state"].get("key"), state["state"].get("pos")
    if key is not None and position == len(key) - 1 and key[0] == 1 << 31 and not state.get("has_gauss"):
        return (
            None  # as numpy fills it from the system's entropy: no seed was given (that ends on len) and nothing drawn
        )
    return fingerprint(state)


def _digest_torch() -> str | None:
    torch = sys.modules.get("torch")
    return None if torch is None or not hasattr(torch, "get_rng_state") else fingerprint(torch.get_rng_state())


def memory() -> dict[str, Any]:
    """The most memory that the process has used, in bytes; ``None`` where the system does not tell."""
    return {"peak": _peak()}


def _peak() -> int | None:
    with contextlib.suppress(OSError, ValueError):
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return peak if sys.platform == "darwin" else peak * 1024
