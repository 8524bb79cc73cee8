"""What the place can show: its width, colours, and whether it knows more than ASCII."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
PLAINER = str.maketrans(
    {"─": "-", "±": "+-", "…": "~", "·": "|", "→": "->", "│": "|", "└": "`", "×": "x", "’": "'", "“": '"', "”": '"'}
)

_LONGEST_PATH = 300  # columns; whatever is longer is no path that a person wants to copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How text may look where it will be read."""

    width: int = 80
    color: bool = False
    unicode: bool = True

    def paint(self, text: str, *styles: str) -> str:
        """``text`` in the named styles, if there are colours; empty names are skipped."""
        codes = ";".join(STYLES[style] for style in styles if style)
        return f"\x1b[{codes}m{text}\x1b[0m" if self.color and codes and text else text

    def plain(self, text: str) -> str:
        """``text`` in characters that the place can show."""
        return text if self.unicode else text.translate(PLAINER).encode("ascii", "replace").decode()


def clean(text: str) -> str:
    """``text`` without control characters: what a notebook holds must not drive the terminal."""
    text = text.expandtabs(4).replace("\n", " ")
    return "".join(c if c.isprintable() or c == " " else "\N{REPLACEMENT CHARACTER}" for c in text)


def columns(text: str) -> int:
    """How many columns of a terminal ``text`` takes."""
    if text.isascii():
        return len(text)
    return sum(_width(c) for c in text)


def cut(text: str, width: int) -> str:
    """``text`` shortened to ``width`` columns, with an ellipsis if something went."""
    if columns(text) <= width:
        return text
    kept = ""
    taken = 1
    for c in text:
        taken += _width(c)
        if taken > width:
            break
        kept += c
    return kept + "…"


def cut_within(text: str, width: int) -> str:
    """As :func:`cut`, but what goes is in the middle: beginning and end stay."""
    if columns(text) <= width:
        return text
    tail = cut(text[::-1], (width + 1) // 2)[-2::-1]
    return cut(text, width - columns(tail)) + tail


def wrap(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` columns, broken at spaces, and inside words that are longer.

    Paths stay whole, even if too wide, so that they can be copied.
    """
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if columns(joined) <= width:
            lines[-1] = joined
        elif columns(word) <= width or _is_path(word):
            lines[-1:] = [lines[-1], word] if lines[-1] else [word]
        else:
            lines[-1:] = [lines[-1], *_pieces(word, width)] if lines[-1] else _pieces(word, width)
    return lines


def _is_path(word: str) -> bool:
    return "/" in word and columns(word) <= _LONGEST_PATH


def _pieces(text: str, width: int) -> list[str]:
    pieces = []
    while columns(text) > width:
        head = _head(text, width)
        pieces.append(head)
        text = text[len(head) :]
    return [*pieces, text]


def _head(text: str, width: int) -> str:
    taken = 0
    for at, c in enumerate(text):
        taken += _width(c)
        if taken > width:
            return text[: max(at, 1)]
    return text


def _width(c: str) -> int:
    if unicodedata.combining(c) or c == "\N{ZERO WIDTH JOINER}" or "\ufe00" <= c <= "\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1
