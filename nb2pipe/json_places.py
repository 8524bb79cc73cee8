"""Where things stand in a JSON text: a walk over the few levels of interest, the rest skipped at C speed.

The text must be valid JSON (``json.loads`` has accepted it); a walk is linear in its length.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

_BLANK = re.compile(r"[ \t\n\r]*")
_SCAN = json.JSONDecoder(strict=False).raw_decode


def skip_blank(text: str, at: int) -> int:
    """The first position from ``at`` that is no blank."""
    match = _BLANK.match(text, at)
    assert match is not None
    return match.end()


def skip_value(text: str, at: int) -> int:
    """The position behind the value that begins at ``at``."""
    end: int = _SCAN(text, at)[1]
    return end


def walk_object(text: str, at: int, visit: Callable[[str, int], int | None]) -> int:
    """Calls ``visit(key, start of value)`` for each member; returns the position behind the object.

    ``visit`` returns the position behind the value if it walked it, else ``None``. A value that is no object is
    skipped.
    """
    if text[at] != "{":
        return skip_value(text, at)
    at = skip_blank(text, at + 1)
    while text[at] != "}":
        key, at = _SCAN(text, at)
        at = skip_blank(text, skip_blank(text, at) + 1)
        end = visit(key, at)
        at = skip_blank(text, skip_value(text, at) if end is None else end)
        if text[at] == ",":
            at = skip_blank(text, at + 1)
    return at + 1


def walk_array(text: str, at: int, visit: Callable[[int], int | None]) -> int:
    """Calls ``visit(start)`` for each element, as :func:`walk_object` does for members."""
    if text[at] != "[":
        return skip_value(text, at)
    at = skip_blank(text, at + 1)
    while text[at] != "]":
        end = visit(at)
        at = skip_blank(text, skip_value(text, at) if end is None else end)
        if text[at] == ",":
            at = skip_blank(text, at + 1)
    return at + 1


def walk_cells(text: str, visit: Callable[[int, int], int | None]) -> None:
    """Calls ``visit(index, start)`` for each element of the top-level ``cells``."""
    count = 0

    def cell(at: int) -> int | None:
        nonlocal count
        count += 1
        return visit(count - 1, at)

    def member(key: str, at: int) -> int | None:
        return walk_array(text, at, cell) if key == "cells" else None

    walk_object(text, skip_blank(text, 0), member)
