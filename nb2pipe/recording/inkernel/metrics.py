"""The numbers that a cell assigned or showed.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import math
from typing import Any

from .metric_numbers import _numbers as flatten
from .namespace import shown_value, user_namespace


def metrics(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to ``{"cell": index, "names": [...], "expression": source of the shown expression or null}``.

    A list, an array or a column under a name in ``no_series`` is data and no metric.

    Each number is ``{"source", "expression", "key", "value"}``; values that JSON has no word for are the strings
    ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``.
    """
    namespace = user_namespace()
    found: list[dict[str, Any]] = []
    for name in request.get("names", ()):
        if name in namespace and not (name in request.get("no_series", ()) and _is_series(namespace[name])):
            found += _numbers("variable", name, namespace[name])
    expression = request.get("expression")
    if expression:
        found += _numbers("shown", expression, shown_value())
    return {"cell": request.get("cell"), "metrics": found}


def _numbers(source: str, expression: str, value: Any) -> list[dict[str, Any]]:
    try:
        numbers = flatten("", value)
    except Exception:  # a value that cannot be looked at is no metric
        return []
    return [
        {"source": source, "expression": expression, "key": key, "value": json_number(number)}
        for key, number in numbers.items()
    ]


def _is_series(value: Any) -> bool:
    """Whether it is numbers in a row: a list, a tuple, an array or column."""
    try:
        return isinstance(value, (list, tuple)) or len(getattr(value, "shape", ())) == 1
    except Exception:  # any class may raise anything
        return False


def json_number(number: float) -> float | str:
    """A float that JSON can hold."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number


def lengths(request: dict[str, Any]) -> dict[str, Any]:
    """The lengths of the values that ``names`` hold, where they have one."""
    namespace = user_namespace()
    values = {name: namespace[name] for name in request["names"] if name in namespace}
    return {"lengths": {name: len(value) for name, value in values.items() if _has_length(value)}}


def _has_length(value: Any) -> bool:
    try:
        return len(value) >= 0
    except Exception:  # no container, or a class of the user's that refuses
        return False
