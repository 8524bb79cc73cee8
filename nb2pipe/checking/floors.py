"""What no tolerance can be finer than: the decimals that were printed, the one case that is counted more or less."""

from __future__ import annotations

from collections.abc import Sequence

LARGEST = 100_000  # cases; beyond, the step is finer than any noise
_EXACT = 1e-9


def rounding(decimals: int | None) -> float:
    """How far off a number is that was printed with so many decimals; 0 for full precision."""
    return 0.0 if decimals is None else 0.5 * 10.0**-decimals


def counts(values: Sequence[float], cases: int) -> bool:
    """Whether all values are fractions of so many cases: an accuracy of 57 predictions is n/57."""
    return 0 < cases <= LARGEST and all(
        0 <= value <= 1 and abs(value * cases - round(value * cases)) < _EXACT * cases for value in values
    )


def cases(values: Sequence[float], known: int | None = None) -> int | None:
    """Of how many cases the values are counts, if they are; ``None`` for numbers that vary without steps.

    ``known`` is the length of the data that the metric was computed from. Without it the smallest number of cases is
    looked for of which all values are fractions, and that needs three that differ: fewer fit by chance.
    """
    if known is not None:
        return known if counts(values, known) and any(0 < value < 1 for value in values) else None
    different = sorted(set(values))
    if len(different) < 3 or different[0] < 0 or different[-1] > 1:
        return None
    return next((number for number in range(2, 10_001) if counts(different, number)), None)


def discrete(number: int | None) -> float:
    """The step of a metric that counts so many cases, 1/n; 0 for one that does not count (see :func:`cases`)."""
    return 1 / number if number else 0.0
