"""How far a new number may lie from numbers seen before: prediction and tolerance intervals of a normal sample.

``k`` numbers were seen, with mean x̄ and standard deviation s (``ddof=1``); the new number is ``y``, or the mean of ``m``
new numbers. Every function returns a multiplier of s or a probability, never a limit: limits are worked out by the caller.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def moments(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation (``ddof=1``; 0 for fewer than two values, or for equal ones)."""
    mean = math.fsum(values) / len(values)
    if len(values) < 2 or all(value == values[0] for value in values):
        return (values[0] if all(value == values[0] for value in values) else mean), 0.0
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def prediction_multiplier(k: int, *, alpha: float = 0.05, m: int = 1, sides: int = 2, fixed: bool = False) -> float:
    """Half width, in units of s, of the interval that the mean of ``m`` new values leaves with probability ``alpha``.

    Student's prediction interval, ``t(1 - alpha/sides, k-1) * sqrt(1/m + 1/k)`` (Hahn & Meeker, Statistical Intervals,
    1991). ``fixed``: centred at one earlier value, not at the mean of the k, so that its own noise counts once more
    (``sqrt(1/m + 1)``). Raises ValueError for k < 2.
    """
    if k < 2:
        raise ValueError(f"k must be at least 2, not {k}")
    from scipy.special import stdtrit

    return float(stdtrit(k - 1, 1 - alpha / sides)) * _spread(k, m, fixed=fixed)


def tolerance_multiplier(k: int, *, coverage: float = 0.95, confidence: float = 0.95, sides: int = 2) -> float:
    """Half width, in units of s, that holds a share ``coverage`` of all future values with the given confidence.

    Two sides: Howe 1969 (NIST/SEMATECH handbook 7.2.6.3). One side: exact, by the noncentral t distribution.
    Raises ValueError for k < 2.
    """
    if k < 2:
        raise ValueError(f"k must be at least 2, not {k}")
    from scipy.special import chdtri, nctdtrit, ndtri

    degrees = k - 1
    if sides == 1:
        return float(nctdtrit(degrees, ndtri(coverage) * math.sqrt(k), confidence)) / math.sqrt(k)
    quantile = float(ndtri((1 + coverage) / 2))
    return math.sqrt(degrees * (1 + 1 / k) * quantile**2 / float(chdtri(degrees, confidence)))


def p_value(distance: float, sd: float, k: int, *, m: int = 1, sides: int = 2, fixed: bool = False) -> float:
    """How likely the mean of ``m`` new values is to lie at least ``distance`` off, if nothing changed.

    With ``sides=1`` a positive distance is one in the direction that is looked for. 0 or 1 if ``sd`` is 0.
    """
    if sd == 0:
        return 1.0 if distance == 0 or (sides == 1 and distance < 0) else 0.0
    from scipy.special import stdtr

    t = distance / (sd * _spread(k, m, fixed=fixed))
    return float(stdtr(k - 1, -t)) if sides == 1 else 2 * float(stdtr(k - 1, -abs(t)))


def typical(original: float, values: Sequence[float]) -> float:
    """How likely an original as far from these ``values`` (other seeds, the original not among them) is by chance."""
    mean, sd = moments(values)
    return p_value(original - mean, sd, len(values))


def _spread(k: int, m: int, *, fixed: bool) -> float:
    return math.sqrt(1 / m + (1.0 if fixed else 1 / k))
