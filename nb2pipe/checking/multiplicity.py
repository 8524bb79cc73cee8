"""Many tests at once: which p-values still mean something."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float], alpha: float = 0.05) -> tuple[bool, ...]:
    """Which are rejected if *any* false alarm is to be rarer than ``alpha`` (Holm 1979; holds under any dependence)."""
    rejected = [False] * len(p_values)
    for rank, at in enumerate(sorted(range(len(p_values)), key=lambda at: p_values[at])):
        if p_values[at] > alpha / (len(p_values) - rank):
            break
        rejected[at] = True
    return tuple(rejected)


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p-values: reporting those below q gives a share of false alarms of at most q (Benjamini, Hochberg 1995)."""
    adjusted = [1.0] * len(p_values)
    least = 1.0
    for rank, at in reversed(list(enumerate(sorted(range(len(p_values)), key=lambda at: p_values[at]), start=1))):
        least = min(least, p_values[at] * len(p_values) / rank)
        adjusted[at] = least
    return tuple(adjusted)
