"""How numbers are written: signs, thousands, exponents, percent; and how many decimals were shown."""

from __future__ import annotations

import re
from dataclasses import dataclass

PLAIN = r"(?:\d{1,3}(?:[,_]\d{3})+(?:\.\d+)?|\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
#: A number that stands free: not part of a word (F1), a version (1.2.3), a date or a range.
NUMBER = rf"(?<![\w.\-/])(?:[-+−]?{PLAIN}|[-+]?(?i:nan|inf(?:inity)?))(?![\w\-/]|\.\d|:\d)"
FREE = re.compile(rf"(?P<number>{NUMBER})(?P<percent>\s?%)?")
WRAPPED = re.compile(
    rf"(?:np\.|numpy\.|jnp\.|torch\.|tf\.)?(?:float\d+|int\d+|tensor|Decimal|array|Tensor)\(\s*['\"]?"
    rf"(?P<number>[-+]?(?:{PLAIN}|nan|inf))['\"]?\s*(?:,[^()]*)?\)"
)
TENSOR = re.compile(r"<tf\.Tensor:.*?numpy=(?P<number>[^,>]+)>", re.DOTALL)
FULL_PRECISION = 12  # a float with so many decimals was not rounded for reading


@dataclass(frozen=True, slots=True)
class Number:
    """A value and how it was written."""

    value: float
    decimals: int | None
    percent: bool = False


def parse(text: str, *, percent: bool = False) -> Number | None:
    """The number that a text is, be it wrapped as ``np.float64(0.9)``; with ``percent`` it is divided by 100."""
    text = text.strip()
    if text.endswith("%"):
        text, percent = text[:-1].rstrip(), True
    wrapped = TENSOR.fullmatch(text) or WRAPPED.fullmatch(text)
    plain = (wrapped["number"] if wrapped else text).strip().replace("−", "-").replace(",", "").replace("_", "")
    if not re.fullmatch(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?i:nan|inf(?:inity)?)", plain):
        return None
    value, decimals = float(plain), shown(plain)
    if not percent:
        return Number(value, decimals)
    return Number(value / 100, None if decimals is None else decimals + 2, percent=True)


def shown(text: str) -> int | None:
    """How many decimals a plain number shows; ``None`` for full precision. ``1.25e-03`` shows five."""
    mantissa, _, exponent = text.lower().partition("e")
    digits = len(mantissa.partition(".")[2])
    if digits >= FULL_PRECISION:
        return None
    return max(0, digits - int(exponent)) if exponent.lstrip("+-").isdigit() else digits


def unwrapped(text: str) -> str:
    """Text in which ``np.float64(0.9)``, ``tensor(0.9)`` and the like are plain numbers."""
    return WRAPPED.sub(lambda match: match["number"], TENSOR.sub(lambda match: match["number"], text))
