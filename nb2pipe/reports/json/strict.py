"""A document as text, in JSON that every program can read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

SCHEMA_VERSION = 1
Document = dict[str, Any]


def text(document: Document) -> str:
    """The document as text, in strict JSON."""
    return json.dumps(_plain(document), indent=2, ensure_ascii=False, allow_nan=False)


def from_one(position: int | None) -> int | None:
    """A position that counts from 1, where we count from 0."""
    return None if position is None else position + 1


def _plain(value: object) -> object:
    """``value`` in what strict JSON can say; parameters may hold anything a literal can."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(item) for item in value), key=repr)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)
