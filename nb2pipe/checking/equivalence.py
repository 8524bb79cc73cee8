"""Is one set of runs *equivalent* to another? A claim that "no alarm" does not make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from nb2pipe.checking.intervals import moments


class Equivalence(StrEnum):
    """What two one-sided tests say."""

    EQUIVALENT = "equivalent"
    DIFFERENT = "different"
    INCONCLUSIVE = "inconclusive"  # too few runs to say either


@dataclass(frozen=True, slots=True, kw_only=True)
class Tost:
    """``p`` is the larger of the two one-sided p-values, ``difference`` of means, ``interval`` its 1-2·alpha interval."""

    verdict: Equivalence
    p: float
    difference: float
    interval: tuple[float, float]


def tost(new: Sequence[float], old: Sequence[float], margin: float, *, alpha: float = 0.05) -> Tost:
    """Two one-sided Welch t tests (Schuirmann 1987): are the means less than ``margin`` (> 0) apart?

    Equivalent if the 1-2·alpha interval of the difference lies inside ±margin, different if it lies outside of it
    altogether, inconclusive otherwise. Raises ValueError for fewer than two values on a side.
    """
    if min(len(new), len(old)) < 2:
        raise ValueError("two values are needed on each side")
    from scipy.special import stdtr, stdtrit

    (mean_new, sd_new), (mean_old, sd_old) = moments(new), moments(old)
    difference = mean_new - mean_old
    parts = sd_new**2 / len(new), sd_old**2 / len(old)
    error = math.sqrt(sum(parts))
    if error == 0:
        inside = abs(difference) < margin
        verdict = Equivalence.EQUIVALENT if inside else Equivalence.DIFFERENT
        return Tost(verdict=verdict, p=0.0 if inside else 1.0, difference=difference, interval=(difference, difference))
    degrees = sum(parts) ** 2 / (parts[0] ** 2 / (len(new) - 1) + parts[1] ** 2 / (len(old) - 1))
    p = max(float(stdtr(degrees, -(difference + margin) / error)), float(stdtr(degrees, (difference - margin) / error)))
    reach = float(stdtrit(degrees, 1 - alpha)) * error
    low, high = difference - reach, difference + reach
    if p < alpha:
        verdict = Equivalence.EQUIVALENT
    else:
        verdict = Equivalence.DIFFERENT if low >= margin or high <= -margin else Equivalence.INCONCLUSIVE
    return Tost(verdict=verdict, p=p, difference=difference, interval=(low, high))
