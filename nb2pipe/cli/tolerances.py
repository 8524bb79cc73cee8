"""``--tolerance``: ``NAME=0.01``, ``NAME=2%``, or ``all=...`` for every metric."""

from __future__ import annotations

import math

import click

from nb2pipe.model import Tolerance, ToleranceSource

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
