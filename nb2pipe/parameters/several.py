"""Several values of one parameter in one text: ``2,4,8``, ``0.1:0.5:0.1``, ``"a,b",c``."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from nb2pipe.model import Parameter
from nb2pipe.parameters.kinds import UnfitValue, from_text, of_parameter

MOST = 10_000  # values of one parameter
_NUMBER = r"[+-]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"\s*({_NUMBER}):({_NUMBER}):({_NUMBER})\s*")
_PAIRS = {"[": "]", "(": ")", "{": "}"}


def several(parameter: Parameter, text: str) -> tuple[Any, ...]:
    """The values that ``text`` lists, in the parameter's type, each once; raises UnfitValue with a sentence.

    Commas separate, but not in quotes or brackets. ``a:b:step`` are the numbers from a to b, b included if it is met.
    """
    kind = of_parameter(parameter)
    found: dict[str, Any] = {}
    for item in split(text):
        match = _RANGE.fullmatch(item) if kind.name in ("int", "float", "any") and not kind.choices else None
        for part in _range(*match.groups()) if match else [item]:
            value = from_text(kind, _unquoted(part) if kind.name == "str" else part.strip())
            found.setdefault(f"{type(value).__name__} {value!r}", value)
    return tuple(found.values())


def split(text: str) -> list[str]:
    """The text at its commas. A quote counts where an item begins, or in brackets: an apostrophe is none."""
    items = [""]
    closers: list[str] = []
    quote, escaped = "", False
    for c in text:
        if quote:
            if escaped or c == "\\":
                escaped = not escaped
            elif c == quote:
                quote = ""
        elif c in "\"'" and (closers or not items[-1].strip()):
            quote = c
        elif c in _PAIRS:
            closers.append(_PAIRS[c])
        elif closers and c == closers[-1]:
            closers.pop()
        elif c == "," and not closers:
            items.append("")
            continue
        items[-1] += c
    return items if not quote and not closers else text.split(",")


def _unquoted(item: str) -> str:
    text = item.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            value = json.loads(text)
        except ValueError:
            return item
        return value if isinstance(value, str) else item
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else item


def _range(first: str, last: str, step: str) -> list[str]:
    """Counted in decimals: 0.1:0.5:0.1 has five numbers, the third of which is 0.3."""
    try:
        a, b, by = (Decimal(text.replace("_", "")) for text in (first, last, step))
        if by == 0 or (b - a) * by < 0:
            raise UnfitValue(f"{first}:{last}:{step} has no numbers: {'its step is 0' if by == 0 else 'it leads away'}")
        count = int((b - a) / by) + 1
        if count > MOST:
            raise UnfitValue(f"{first}:{last}:{step} has {count} numbers, which is more than {MOST}")
        numbers = [a + by * at for at in range(count)]
    except InvalidOperation:
        raise UnfitValue(f"{first}:{last}:{step} is no range of numbers") from None
    whole = all(text.lstrip("+-").replace("_", "").isdecimal() for text in (first, last, step))
    return [str(int(number)) if whole else str(number) for number in numbers]
