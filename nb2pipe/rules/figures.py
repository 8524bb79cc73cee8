"""How numbers are written in messages and tables: as many digits as matter, and no more."""

from __future__ import annotations

import math

from nb2pipe.model import Tolerance

DIGITS = 10  # significant digits of a number that stands alone
FULL = 17  # enough for every float


def number(value: float | None, digits: int = DIGITS) -> str:
    """``value`` with at most ``digits`` significant digits; ``-`` for none."""
    if value is None:
        return "-"
    full = repr(float(value))
    if not math.isfinite(value) or _significant(full) <= digits:
        return full
    short = format(value, f".{digits}g")
    return short if len(short) < len(full) else full


def pair(original: float | None, reproduced: float | None) -> tuple[str, str]:
    """Both numbers with enough digits to see that they differ, if they do."""
    if original is None or reproduced is None or not _differ(original, reproduced):
        return number(original), number(reproduced)
    for digits in range(5, FULL):
        if number(original, digits) != number(reproduced, digits):
            return number(original, digits + 1), number(reproduced, digits + 1)
    return number(original, FULL), number(reproduced, FULL)


def difference(value: float | None, allowed: float | None = None) -> str:
    """A signed difference, with enough digits to see on which side of ``allowed`` it lies."""
    if value is None:
        return "-"
    if value == 0:
        return "0"
    for digits in range(3, FULL):
        text = format(value, f"+.{digits}g")
        if allowed is None or abs(value) <= allowed or abs(float(text)) > allowed:
            return text
    return format(value, f"+.{FULL}g")


def allowance(value: float | None) -> str:
    """The largest difference that passes, as ``±0.02``; ``exact`` if none does."""
    if value is None:
        return "-"
    return "exact" if value == 0 else f"±{number(value, 4 if value >= 1e-4 else 2)}"


def tolerance(value: Tolerance | None) -> str:
    """A tolerance as its tag writes it: ``±0.01``, ``±2%``."""
    if value is None:
        return ""
    parts = [f"±{number(value.abs, 4)}"] if value.abs else []
    parts += [f"±{number(value.rel * 100, 4).removesuffix('.0')}%"] if value.rel else []
    return " or ".join(parts) or "exact"


def seconds(value: float) -> str:
    """A duration as people say it: ``0.81 s``, ``42 s``, ``3 min 05 s``, ``2 h 14 min``."""
    if value < 9.995:
        return f"{value:.2f} s"
    if value < 59.95:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def size(count_of: int) -> str:
    """Bytes as people say them: ``3.2 GB``, ``14 MB``, ``512 B``."""
    for unit, name in ((1024**3, "GB"), (1024**2, "MB"), (1024, "KB")):
        if count_of >= unit:
            value = count_of / unit
            return f"{value:.1f} {name}" if value < 10 else f"{value:.0f} {name}"
    return f"{count_of} B"


def ranges(cells: tuple[int, ...] | list[int]) -> str:
    """Cell indices from 0 as people's cell numbers from 1: ``3-5, 8``."""
    parts: list[tuple[int, int]] = []
    for cell in cells:
        if parts and cell == parts[-1][1] + 1:
            parts[-1] = (parts[-1][0], cell)
        else:
            parts.append((cell, cell))
    return ", ".join(f"{a + 1}" if a == b else f"{a + 1}-{b + 1}" for a, b in parts)


def cells(indices: tuple[int, ...]) -> str:
    """``cell 8``, ``cells 3-5, 8``."""
    return f"{'cell' if len(indices) == 1 else 'cells'} {ranges(indices)}" if indices else ""


def count(number_of: int, noun: str, plural: str | None = None) -> str:
    """``1 step``, ``2 steps``."""
    return f"{number_of} {noun if number_of == 1 else plural or noun + 's'}"


def _significant(text: str) -> int:
    mantissa = text.lower().partition("e")[0]
    return len(mantissa.lstrip("+-0.").replace(".", "").removesuffix("0"))


def _differ(a: float, b: float) -> bool:
    return a != b and not (math.isnan(a) and math.isnan(b))
