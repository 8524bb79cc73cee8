"""Where in the notebook an error happened, read from IPython's traceback text.

Each version of IPython and ipykernel names a cell in its own way; all of these are met, because the kernel may be old::

    <ipython-input-3-a1b2c3d4e5f6> in f(x)                     IPython 7
    /tmp/ipykernel_4711/1234567890.py in f(x)                  IPython 7 under ipykernel 6: a hash of the cell's source
    Input In [3], in f(x)                                      IPython 8.0 to 8.4
    Cell In [3], line 2, in f(x)                               IPython 8.5
    Cell In[3], line 2, in f(x)                                from IPython 8.6 on
      File "<ipython-input-3-a1b2c3d4e5f6>", line 2            syntax errors and %xmode Plain, with any of the names
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HEADER = re.compile(
    r"""^\s*(?:File\s+)?"?(?:
        (?:Cell|Input)\ In\ ?\[(?P<count>\d+)\]
        | <ipython-input-(?P<old_count>\d+)-[0-9a-f]+>
        | [^"]*?ipykernel_\d+[/\\](?P<hash>\d+)\.py
    )"?(?::(?P<colon_line>\d+))?(?:,\ line\ (?P<line>\d+))?(?P<rest>.*)$""",
    re.VERBOSE,
)
_OTHER_FILE = re.compile(r"^\s*(?:File\s+)?\"?(?:[~/\\.<]|[A-Za-z]:\\)\S*.*(?:\.py\b|>).*(?:\bin\b|, line \d|:\d+)")
_ARROW = re.compile(r"^-+>\s*(?P<line>\d+)\b")
_CHAINED = (
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
)


class Spot(NamedTuple):
    """A line of a cell, from 1; ``cell`` is the caller's key."""

    cell: int
    line: int


class RanCell(NamedTuple):
    """A cell that ran: the caller's key, the number that IPython gave it, its source."""

    key: int
    number: int | None
    source: str


def without_colours(text: str) -> str:
    """The text without terminal escape sequences."""
    return _COLOURS.sub("", text)


def innermost(traceback: Sequence[str], ran: Sequence[RanCell]) -> Spot | None:
    """The last line of the notebook that the error passed through; ``ran`` are the cells in the order they ran."""
    lines = without_colours("\n".join(traceback)).splitlines()
    chained = max((number for number, line in enumerate(lines) if line.strip() in _CHAINED), default=-1)
    spots = _spots(lines[chained + 1 :], ran) or _spots(lines, ran)
    return spots[-1] if spots else None


def of_crash(stderr: str, ran: Sequence[RanCell]) -> Spot | None:
    """The innermost line of the notebook in the stack that faulthandler writes, which begins with the innermost frame."""
    _, _, stack = stderr.partition("Current thread ")
    lines = stack.partition("\n\n")[0].splitlines()
    return next(iter(_spots(lines, ran)), None)


def _spots(lines: Sequence[str], ran: Sequence[RanCell]) -> list[Spot]:
    by_count = {cell.number: cell for cell in ran if cell.number is not None}
    spots: list[Spot] = []
    cell: RanCell | None = None  # of the frame whose lines we are in
    for number, line in enumerate(lines):
        header = _HEADER.match(line)
        if header:
            cell = _cell(header, by_count, ran)
            stated = header["line"] or header["colon_line"]
            if cell and not stated and "in <cell line:" not in line and not header["rest"].strip():
                stated = _line_shown_below(
                    lines[number + 1 :], cell.source
                )  # IPython 8.0's syntax errors have no number
            if cell and stated:
                spots.append(Spot(cell.key, int(stated)))
                cell = None
        elif cell and (arrow := _ARROW.match(line)):
            spots.append(Spot(cell.key, int(arrow["line"])))
            cell = None
        elif _OTHER_FILE.match(line):
            cell = None
    return [spot for spot in spots if spot.line > 0]


def _cell(header: re.Match[str], by_count: Mapping[int, RanCell], ran: Sequence[RanCell]) -> RanCell | None:
    count = header["count"] or header["old_count"]
    if count is not None:
        return by_count.get(int(count))
    return next((cell for cell in reversed(ran) if str(_murmur2(cell.source)) == header["hash"]), None)


def _line_shown_below(lines: Sequence[str], source: str) -> str | None:
    """The number of the source line that the traceback shows next, if it is the only one of its text."""
    if not lines:
        return None
    shown = lines[0].strip()
    if arrow := _ARROW.match(lines[0]):
        return arrow["line"]
    places = [number for number, line in enumerate(source.splitlines(), 1) if shown and line.strip() == shown]
    return str(places[0]) if len(places) == 1 else None


def _murmur2(text: str) -> int:
    """The hash that ipykernel names a cell's pseudo file by (MurmurHash2, 32 bits, its seed)."""
    data = text.encode("utf-8")
    multiplier, mask = 0x5BD1E995, 0xFFFFFFFF
    result = 0xC70F6907 ^ len(data)
    whole = len(data) & ~3
    for start in range(0, whole, 4):
        block = int.from_bytes(data[start : start + 4], "little") * multiplier & mask
        block = (block ^ block >> 24) * multiplier & mask
        result = result * multiplier & mask ^ block
    if whole < len(data):
        result = (result ^ int.from_bytes(data[whole:], "little")) * multiplier & mask
    result = (result ^ result >> 13) * multiplier & mask
    return result ^ result >> 15


_THREAD = re.compile(r"^Exception in thread .*:\n(?:Traceback \(most recent call last\):|-{20,})", re.MULTILINE)
_LAST = re.compile(r"^(?P<name>[A-Za-z_][\w.]*)(?:: (?P<value>.*))?$", re.MULTILINE)


def of_thread(cell: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Name, text and traceback of an exception that ended a thread while the cell ran, as Python reports it on stderr."""
    streams = [o for o in cell.get("outputs", ()) if o.get("output_type") == "stream" and o.get("name") == "stderr"]
    text = without_colours("".join(str(stream.get("text", "")) for stream in streams))
    begin = _THREAD.search(text)
    if begin is None:
        return None
    lines = [line for line in _LAST.finditer(text, begin.end()) if not line["name"].startswith("Exception in")]
    last = lines[-1] if lines else None
    return (
        (last["name"], last["value"] or "", text[begin.start() :]) if last else ("Exception", "", text[begin.start() :])
    )
