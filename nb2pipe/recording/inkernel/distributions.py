"""Fingerprints of scipy's distributions and splines, which hold what is no content of theirs.

Part of the probe: runs in the user's kernel, on Python 3.8 and later; uses scipy only where the user has loaded it.
"""

from __future__ import annotations

import sys
from typing import Any, Callable

#: Items of ``UnivariateSpline._data`` that are FITPACK's working memory, only partly filled: ``fpint`` and ``nrdata``.
SCRATCH = (11, 12)


def find_writer(kind: type) -> Callable[[Any, Any], bytes] | None:
    """How distributions and splines are hashed."""
    if _is_distribution(kind):
        return write_distribution
    return write_spline if any(base.__name__ == "UnivariateSpline" for base in kind.__mro__) else None


def draws_globally(value: Any) -> bool:
    """Whether a distribution draws from numpy's global generator, and not from one of its own."""
    return _is_distribution(type(value)) and _is_global(value.random_state)


def write_distribution(out: Any, value: Any) -> bytes:
    """A distribution. The global generator is none of its content; it must be the global one again."""
    state = _state(value)
    generator = state.pop("_random_state", None)
    drawn = b"global" if _is_global(generator) else out.token(generator)
    return b"distribution" + out.token(type(value)) + drawn + out.state(state, True)


def write_spline(out: Any, value: Any) -> bytes:
    """A spline without FITPACK's working memory."""
    state = _state(value)
    data = state.get("_data")
    if type(data) is tuple:
        state["_data"] = tuple(item for at, item in enumerate(data) if at not in SCRATCH)
    return b"spline" + out.token(type(value)) + out.state(state, True)


def _state(value: Any) -> dict[str, Any]:
    """What a pickle keeps: some make functions anew when they are loaded."""
    return dict(value.__reduce_ex__(2)[2])


def _is_distribution(kind: type) -> bool:
    return kind.__module__.startswith("scipy.stats.") and isinstance(getattr(kind, "random_state", None), property)


def _is_global(generator: Any) -> bool:
    return generator is not None and generator is getattr(sys.modules.get("numpy.random.mtrand"), "_rand", None)
