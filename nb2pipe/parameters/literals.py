"""Python source for a value. Nothing is ever pasted: each part is written from its type, or the value is refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePath
from typing import Any

from nb2pipe.parameters.kinds import plain


def literal(value: object) -> str:
    """An expression that evaluates to ``value`` anywhere, without imports; raises ValueError with a sentence."""
    try:
        return _written(value, ())
    except RecursionError:
        raise ValueError("the value is nested too deeply to be written as Python code") from None


def _written(value: object, inside: tuple[int, ...]) -> str:
    value = plain(value)
    if value is None or value is ... or isinstance(value, bool):
        return repr(value)
    for kind, write in _SCALARS.items():
        if type(value) is kind or (kind in (int, float, str, bytes) and isinstance(value, kind)):
            return write(value)
    if isinstance(value, PurePath):
        return f"__import__('pathlib').Path({str(value)!r})"
    if id(value) in inside:
        raise ValueError("the value contains itself and cannot be written as Python code")
    inside = (*inside, id(value))
    if isinstance(value, Mapping) and type(value).__name__ in ("dict", "OrderedDict", "mappingproxy"):
        return "{" + ", ".join(f"{_written(k, inside)}: {_written(v, inside)}" for k, v in value.items()) + "}"
    if type(value) in (list, tuple, set, frozenset):
        return _collection(value, inside)
    raise ValueError(
        f"a {type(value).__module__}.{type(value).__qualname__} cannot be written as Python code: "
        "give a number, a text, a date, a path, or a list or dict of these"
    )


def _collection(value: Any, inside: tuple[int, ...]) -> str:
    parts = [_written(item, inside) for item in value]
    if isinstance(value, list):
        return "[" + ", ".join(parts) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")"
    text = "{" + ", ".join(sorted(parts)) + "}" if parts else "set()"  # sorted: a set's order changes with each process
    return f"frozenset({text if parts else ''})" if isinstance(value, frozenset) else text


def _float(value: float) -> str:
    return repr(float(value)) if math.isfinite(value) else f"float({str(float(value))!r})"


def _int(value: int) -> str:
    number = int(value)
    return str(number) if abs(number) < 10**4000 else hex(number)  # Python refuses longer decimals


def _complex(value: complex) -> str:
    return f"complex({_float(value.real)}, {_float(value.imag)})"


def _datetime(value: datetime) -> str:
    if value.tzinfo is not None and not isinstance(value.tzinfo, timezone):
        raise ValueError(
            f"the time zone of {value!r} cannot be written as Python code: use an offset, or give it as text"
        )
    folded = f".replace(fold={value.fold})" if value.fold else ""
    return f"__import__('datetime').datetime.fromisoformat({value.isoformat()!r}){folded}"


def _time(value: time) -> str:
    if value.tzinfo is not None and not isinstance(value.tzinfo, timezone):
        raise ValueError(
            f"the time zone of {value!r} cannot be written as Python code: use an offset, or give it as text"
        )
    return f"__import__('datetime').time.fromisoformat({value.isoformat()!r})"


_SCALARS: Mapping[type, Callable[[Any], str]] = {
    int: _int,
    float: _float,
    str: lambda value: repr(str(value)),
    bytes: lambda value: repr(bytes(value)),
    complex: _complex,
    range: repr,
    bytearray: repr,
    datetime: _datetime,
    date: lambda value: f"__import__('datetime').date({value.year}, {value.month}, {value.day})",
    time: _time,
    timedelta: lambda value: f"__import__('datetime').timedelta({value.days}, {value.seconds}, {value.microseconds})",
    Decimal: lambda value: f"__import__('decimal').Decimal({str(value)!r})",
    Fraction: lambda value: f"__import__('fractions').Fraction({value.numerator}, {value.denominator})",
}
