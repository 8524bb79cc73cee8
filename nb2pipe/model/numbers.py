"""Numbers as metrics have them."""

from __future__ import annotations


def exact(value: float | str) -> float:
    """A float (also of the texts NaN, Infinity, -Infinity); or the whole number itself, where a float would lose digits of
    it (beyond 2**53).
    """
    return value if isinstance(value, int) and float(value) != value else float(value)
