"""``--tolerance``: ``NAME=0.01``, ``NAME=2%``, or ``all=...`` for every metric; ``--min`` and ``--max``."""

from __future__ import annotations

import math

import click

from nb2pipe.model import Limits, Tolerance, ToleranceSource

ALL = "all"


def tolerances(texts: tuple[str, ...]) -> dict[str, Tolerance]:
    """By metric; :data:`ALL` stands for those not named. The last of a name wins."""
    result = {}
    for text in texts:
        name, equals, value = text.rpartition("=")
        if equals and not name.strip():
            raise _wrong(text)
        result[name.strip() or ALL] = _tolerance(text, value.strip().removeprefix("±"))
    return result


def limits(least: tuple[str, ...], most: tuple[str, ...]) -> dict[str, Limits]:
    """``NAME=0.9`` texts of ``--min`` and ``--max``, by metric."""
    low, high = (dict(_limit(text, option) for text in texts) for texts, option in ((least, "--min"), (most, "--max")))
    return {name: Limits(min=low.get(name), max=high.get(name)) for name in {**low, **high}}


def _limit(text: str, option: str) -> tuple[str, float]:
    name, _, value = text.rpartition("=")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not name.strip() or not math.isfinite(number):
        raise click.BadParameter(f"'{text}' is not NAME=0.9", param_hint=option)
    return name.strip(), number


def _tolerance(text: str, value: str) -> Tolerance:
    try:
        number = float(value.removesuffix("%"))
    except ValueError:
        raise _wrong(text) from None
    if not math.isfinite(number) or number < 0:
        raise _wrong(text)
    if value.endswith("%"):
        return Tolerance(rel=number / 100, source=ToleranceSource.FILE)
    return Tolerance(abs=number, source=ToleranceSource.FILE)


def _wrong(text: str) -> click.BadParameter:
    return click.BadParameter(f"'{text}' is not NAME=0.01, NAME=2% or all=0.01", param_hint="--tolerance")
