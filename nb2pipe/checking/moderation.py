"""Moderated variances: with few runs, many metrics lend each other strength (empirical Bayes, Smyth 2004, limma)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 10  # below this many metrics the prior cannot be estimated, and plain t is used


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """Variances scatter as if ``degrees`` more runs had been seen, with variance ``variance``; infinite: all alike."""

    degrees: float
    variance: float

    def moderated(self, variance: float, degrees: int) -> tuple[float, float]:
        """A metric's variance drawn towards the prior's, and its degrees of freedom."""
        if math.isinf(self.degrees):
            return self.variance, math.inf
        total = self.degrees + degrees
        return (self.degrees * self.variance + degrees * variance) / total, total


NONE = Prior(degrees=0.0, variance=0.0)


def estimate(variances: Sequence[float], degrees: int) -> Prior:
    """The prior from the variances of many metrics, each with ``degrees`` = k-1; :data:`NONE` for too few of them.

    By the moments of the log variances. Variances must be comparable: scale the metrics first. Those that are 0 say
    nothing and are left out.
    """
    known = [value for value in variances if value > 0]
    if len(known) < FEWEST:
        return NONE
    from scipy.special import digamma, polygamma

    half = degrees / 2
    logs = [math.log(value) - float(digamma(half)) + math.log(half) for value in known]
    mean = math.fsum(logs) / len(logs)
    spread = math.fsum((value - mean) ** 2 for value in logs) / (len(logs) - 1) - float(polygamma(1, half))
    if spread <= 0:
        return Prior(degrees=math.inf, variance=math.exp(mean))
    prior = 2 * _trigamma_inverse(spread)
    return Prior(degrees=prior, variance=math.exp(mean + float(digamma(prior / 2)) - math.log(prior / 2)))


def p_value(distance: float, variance: float, degrees: float, k: int, *, m: int = 1) -> float:
    """Two-sided: how likely the mean of ``m`` new values lies that far off, with moderated ``variance``."""
    if variance <= 0:
        return 1.0 if distance == 0 else 0.0
    from scipy.special import ndtr, stdtr

    t = abs(distance) / math.sqrt(variance * (1 / m + 1 / k))
    return 2 * float(ndtr(-t) if math.isinf(degrees) else stdtr(degrees, -t))


def _trigamma_inverse(value: float) -> float:
    """The x > 0 with trigamma(x) = value, by Newton's method on 1/trigamma, which is nearly straight."""
    from scipy.special import polygamma

    x = 0.5 + 1 / value
    for _ in range(50):
        here = float(polygamma(1, x))
        step = here * (1 - here / value) / float(polygamma(2, x))
        x += step
        if abs(step) < 1e-9 * x:
            break
    return x
