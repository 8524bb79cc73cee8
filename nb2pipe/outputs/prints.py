"""Ties printed text to the expressions that a cell's print calls wrote there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nb2pipe.outputs.numerals import FREE, NUMBER, Number
from nb2pipe.outputs.structures import numbers
from nb2pipe.outputs.templates import Hole, Template

_NUMERIC = rf"\s*{NUMBER}\s*"
_ANYTHING = r"[^\n]*?"
_PREFIX = 3  # letters that a fixed text needs to tell where the next print begins
_FLOAT = re.compile(r"-?\d+\.\d+(?:e[-+]?\d+)?")
_MOST = 60  # times that a print in a loop is read


@dataclass(frozen=True, slots=True)
class Printed:
    """A number that an expression printed; ``span`` is where it stood.

    ``label`` is the text before it on its line, with a line break in place of each number that another expression printed:
    a name that held one would be another name in the next run.
    """

    hole: Hole
    key: str
    number: Number
    label: str
    repeated: bool
    span: tuple[int, int]


def tie(text: str, calls: Sequence[Template]) -> tuple[list[Printed], list[tuple[int, int]]]:
    """The numbers of all print calls that are found in the text, in order; and which stretches of it are explained."""
    found: list[Printed] = []
    spans: list[tuple[int, int]] = []
    at = 0
    taken: set[int] = set()  # where values stand that a print call already explains
    for index, call in enumerate(calls):
        heading = not call.holes and not FREE.search("".join(map(str, call.parts)))
        if heading or call.displayed:  # a heading may name the number below it
            continue
        pattern = re.compile(_pattern(call), re.MULTILINE)
        counts = all(hole.counter for hole in call.holes)  # or there are none: fixed text with numbers in it
        if call.repeated:
            for count, match in enumerate(pattern.finditer(text, at)):
                if count >= _MOST or not match[0]:
                    break
                if taken & set(range(*match.span())):
                    continue
                values = list(_values(text, match, call, len(text)))
                found += values
                taken |= set(range(*match.span()))
                spans += [value.span for value in values] or ([match.span()] if counts else [])
            continue
        first = pattern.search(text, at)
        if first is None:
            continue
        stop = _next(text, first.end(), calls[index + 1 :])
        values = list(_values(text, first, call, stop))
        found += values
        taken |= set(range(*first.span()))
        spans += [value.span for value in values] or ([first.span()] if counts else [])
        at = max([first.end(), *(value.span[1] for value in values)])
    return found, spans


def _pattern(call: Template) -> str:
    """Starts at a line's begin, ends at a line's end: prints end in one."""
    pieces = []
    for number, part in enumerate(call.parts):
        if isinstance(part, str):
            pieces.append(r"[ \t]+".join(map(re.escape, re.split(r"[ \t]+", part))))
        else:
            name = f"h{sum(isinstance(p, Hole) for p in call.parts[:number])}"
            pieces.append(f"(?P<{name}>{_NUMERIC if part.numeric and not part.percent else _ANYTHING})")
    return "^" + "".join(pieces).replace(r"\n", r"\n") + r"[ \t]*$"


def _values(text: str, match: re.Match[str], call: Template, stop: int) -> Iterator[Printed]:
    """The numbers in all holes of one printed line or block."""
    holes = call.holes
    for index, hole in enumerate(holes):
        if hole.counter:
            continue
        start, end = match.span(f"h{index}")
        inside = numbers(_clean(text[start:end], hole))
        last = index == len(holes) - 1 and call.parts[-1] is hole
        if last and not inside:
            end, inside = _block(text, start, stop)
        line = text.rfind("\n", 0, start) + 1
        before = [match.span(f"h{number}") for number in range(index)]
        label = _masked(text, line, start, before) if text[line:start].strip() else _line_before(text, line)
        for key, number in inside:
            if not key and not hole.rounded and not call.repeated and _FLOAT.fullmatch(text[start:end].strip()):
                yield Printed(hole, key, _scaled(Number(number.value, None), hole), label, False, (start, end))
                continue  # str(float) shows all digits
            yield Printed(hole, key, _scaled(number, hole), label, call.repeated, (start, end))


def _masked(text: str, line: int, start: int, spans: Sequence[tuple[int, int]]) -> str:
    """The text from the line's begin to a number, a line break in place of each number in ``spans``."""
    pieces, at = [], line
    for first, last in spans:
        if first >= at and FREE.fullmatch(text[first:last].strip()):
            pieces.append(text[at:first])
            at = last
    return "\n".join([*pieces, text[at:start]])


def _clean(text: str, hole: Hole) -> str:
    return text.strip() if not hole.percent else text.strip().removesuffix("%") + "%"


def _block(text: str, start: int, stop: int) -> tuple[int, list[tuple[str, Number]]]:
    """A value of several lines: the longest reading of what stands before the next print."""
    lines = text[start:stop].split("\n")
    for count in range(min(len(lines), 60), 1, -1):
        block = "\n".join(lines[:count])
        inside = numbers(block)
        if inside:
            return start + len(block), inside
    return start, []


def _next(text: str, at: int, calls: Sequence[Template]) -> int:
    """Where the next print with a telling fixed text begins; else the end."""
    for call in calls:
        first = call.parts[0] if call.parts else ""
        if isinstance(first, str) and len(first.strip()) >= _PREFIX:
            place = text.find(first.strip("\n").split("\n")[0], at)
            if place > 0:
                return place
    return len(text)


def _scaled(number: Number, hole: Hole) -> Number:
    """The number as the expression has it: printed ``x * 100`` or with ``:.1%``."""
    if hole.percent or hole.factor == 1.0:
        return Number(number.value, number.decimals)
    decimals = None if number.decimals is None else number.decimals + 2
    if number.percent:
        return Number(number.value, number.decimals)
    return Number(number.value / hole.factor, decimals)


def _line_before(text: str, at: int) -> str:
    """The line above as a heading; one with a number in it is something else's."""
    line = text[text.rfind("\n", 0, max(0, at - 1)) + 1 : max(0, at - 1)] if at else ""
    return "" if FREE.search(line) else line
