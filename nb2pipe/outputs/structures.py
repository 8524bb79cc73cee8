"""The numbers inside of a shown value: what ``repr`` and ``str`` make of dicts, lists, arrays, series and frames."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nb2pipe.outputs import reports
from nb2pipe.outputs.numerals import Number, parse, unwrapped

MOST = 50  # numbers in a list; a matrix has at most ten rows, as in the probe
ROWS = 10
TIMES = frozenset(("fit_time", "score_time"))  # measured, so different in each run
LARGEST = 40_000  # characters

_BRACKETS = re.compile(r"^[\[\]\s\d.,eE+\-naif]+$")
_TOKEN = re.compile(r"\[|\]|[^\s,\[\]]+")
_DTYPE = re.compile(r",?\s*dtype=[\w.<>'\"]+")
_SERIES_END = re.compile(r"^(?:Name: .*|dtype: \w+|Length: .*)$")


def numbers(text: str) -> list[tuple[str, Number]]:
    """Pairs of key and number: the key is ``""`` for a plain number, ``f1``, ``0.1`` or ``row.column`` inside of something."""
    text = text.strip()
    if not text or len(text) > LARGEST:
        return []
    single = parse(text)
    if single is not None:
        return [("", single)]
    found = reports.classification(text) or _array(_literal(text), text) or _array(_matrix(text), "array")
    found = found or series(text) or frame(text)
    return [(key, number) for key, number in found if not TIMES & set(key.split("."))]


def _array(found: list[tuple[str, Number]], text: str) -> list[tuple[str, Number]]:
    """numpy shows the numbers of an array with equally many decimals, without the zeros at the end."""
    if "array" not in text or any(number.decimals is None for _, number in found):
        return found
    most = max((number.decimals or 0 for _, number in found), default=0)
    return [(key, Number(number.value, most, number.percent)) for key, number in found]


def _literal(text: str) -> list[tuple[str, Number]]:
    """A Python literal, in which calls such as ``array([...])`` stand for their first argument."""
    if text[0] not in "[({dOa<ntCf":
        return []
    source = re.sub(r"<[^<>]*>", "None", unwrapped(text)) if "<" in text else unwrapped(text)
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    if isinstance(tree, ast.Name):
        return []
    found = list(_inside(tree, source, ""))
    return found if len(found) <= 4 * MOST else []


def _inside(node: ast.expr, source: str, path: str) -> Iterator[tuple[str, Number]]:
    match node:
        case ast.Constant(value=bool()):
            return
        case ast.Constant(value=int() | float()) | ast.UnaryOp(operand=ast.Constant()) | ast.Name(id="nan" | "inf"):
            number = parse(ast.get_source_segment(source, node) or "")
            if number is not None:
                yield path, number
        case ast.Dict():
            for key, value in zip(node.keys, node.values, strict=True):
                name = str(key.value) if isinstance(key, ast.Constant) else ast.unparse(key) if key else ""
                yield from _inside(value, source, f"{path}.{name}" if path else name)
        case ast.List() | ast.Tuple() if len(node.elts) <= MOST:
            for index, item in enumerate(node.elts):
                yield from _inside(item, source, f"{path}.{index}" if path else str(index))
        case ast.Call(args=[first, *_]):
            yield from _inside(first, source, path)


def _matrix(text: str) -> list[tuple[str, Number]]:
    """What ``print`` makes of an array: brackets and numbers, no commas."""
    text = _DTYPE.sub("", text)
    if not text.startswith("[") or not _BRACKETS.match(text) or text.count("[") != text.count("]"):
        return []
    found: list[tuple[str, Number]] = []
    at: list[int] = []
    for word in _TOKEN.findall(text):
        if word == "[":
            at.append(0)
            continue
        if word == "]":
            at.pop()
        elif at:
            number = parse(word)
            if number is None:
                return []
            found.append((".".join(map(str, at)), number))
        if at:
            at[-1] += 1
        elif word == "]":
            break
    rows = text.count("[") - 1
    return found if 0 < len(found) <= (MOST if rows <= 0 else MOST * ROWS) and rows <= ROWS else []


def series(text: str) -> list[tuple[str, Number]]:
    """A printed pandas series: labels and numbers in two columns, ``dtype`` at the end."""
    lines = text.split("\n")
    if len(lines) < 2 or not lines[-1].strip().startswith(("dtype:", "Name:")):
        return []
    found: list[tuple[str, Number]] = []
    for line in lines:
        if _SERIES_END.match(line.strip()):
            continue
        label, _, last = line.strip().rpartition(" ")
        number = parse(last)
        if number is not None and label.strip():
            found.append((label.strip(), number))
    return found if len(found) <= MOST else []


def frame(text: str) -> list[tuple[str, Number]]:
    """A printed data frame: a line of column names, then an index and a cell per column on each line."""
    lines = [line for line in text.split("\n") if line.strip()]
    if not 2 <= len(lines) <= 40 or "..." in text:
        return []
    columns = re.split(r"\s{2,}", lines[0].strip())
    if len(re.split(r"\s{2,}", lines[1].strip())) == 1 and len(lines) > 2:  # the index has a name, and a line for it
        columns, lines = re.split(r"\s+", lines[0].strip()), [lines[0], *lines[2:]]
        width = len(re.split(r"\s{2,}", lines[1].strip()))
        columns = columns[1:] if len(columns) == width else columns
    elif not all(re.search(r"[^\W\d_]", column) for column in columns):
        return []
    found: list[tuple[str, Number]] = []
    for line in lines[1:]:
        cells = re.split(r"\s{2,}", line.strip())
        if len(cells) == len(columns):
            cells.insert(0, "")
        if len(cells) != len(columns) + 1:
            return []
        for column, cell in zip(columns, cells[1:], strict=True):
            number = parse(cell)
            if number is not None:
                found.append((f"{cells[0]}.{column}" if cells[0] and len(lines) > 2 else column, number))
    return found if len(found) <= 200 else []
