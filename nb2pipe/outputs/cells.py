"""All numbers in the stored outputs of one cell, the surest reading of each first."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from nb2pipe.model import Cell
from nb2pipe.outputs import labels, logs, reports, tables
from nb2pipe.outputs.durations import is_duration
from nb2pipe.outputs.numerals import FREE, Number, unwrapped
from nb2pipe.outputs.plain import cleaned, join, printed
from nb2pipe.outputs.prints import Printed, tie
from nb2pipe.outputs.reading import Confidence, Reading, Source
from nb2pipe.outputs.structures import MOST, TIMES, numbers
from nb2pipe.outputs.templates import templates

SCRAP = "application/scrapbook.scrap.json+json"
PAPERMILL_RECORD = "application/papermill.record+json"
_RESULTS = ("execute_result", "pyout", "display_data")
_LONGEST = 60
FLOAT = re.compile(r"-?\d+\.\d+(?:e[-+]?\d+)?")


def read_cell(cell: Cell, source: str) -> tuple[Reading, ...]:
    """The numbers that a cell shows; ``source`` is its code without magics."""
    tree = _parsed(source)
    found = [
        *_records(cell),
        *_results(cell, tree),
        *_printed(cell, tree),
    ]
    return tuple(_distinct(found))


def outcomes(readings: Iterable[Reading]) -> Iterator[Reading]:
    """The printed numbers that a second run should print again: no guesses, no counts of a report's rows."""
    for reading in readings:
        if reading.key.endswith(".support") or (reading.source is Source.REPORT and reading.name.endswith(".support")):
            continue
        if reading.source in (Source.PRINT, Source.REPORT):
            yield reading


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


# ------------------------------------------------------------------ records


def _records(cell: Cell) -> Iterator[Reading]:
    """Values that the author recorded by name, with scrapbook or an old papermill."""
    for output in cell.outputs:
        data = output.get("data", {})
        if not isinstance(data, Mapping):
            continue
        scrap = data.get(SCRAP)
        if isinstance(scrap, Mapping) and scrap.get("name"):
            yield from _recorded(cell, str(scrap["name"]), scrap.get("data"))
        record = data.get(PAPERMILL_RECORD)
        if isinstance(record, Mapping):
            for name, value in record.items():
                yield from _recorded(cell, str(name), value)


def _recorded(cell: Cell, name: str, value: Any) -> Iterator[Reading]:
    for key, number in numbers(repr(value)):
        yield Reading(
            cell=cell.index, name=f"{name}.{key}" if key else name, value=number.value, decimals=None,
            source=Source.RECORD, confidence=Confidence.EXACT, expression=name, key=key,
        )  # fmt: skip


# ------------------------------------------------------------------ results


def _results(cell: Cell, tree: ast.Module) -> Iterator[Reading]:
    last = tree.body[-1] if tree.body else None
    shown = last.value if isinstance(last, ast.Expr) else None
    for number, output in enumerate(o for o in cell.outputs if o.get("output_type") in _RESULTS):
        is_result = output["output_type"] != "display_data"
        expression = ast.unparse(shown) if is_result and shown is not None else None
        found, source = _of_output(output)
        title = _title(expression, cell.index, number)
        for key, value in found[: MOST * 4]:
            yield Reading(
                cell=cell.index,
                name=_element(shown if is_result else None, key, title),
                value=value.value,
                decimals=value.decimals,
                source=source,
                confidence=Confidence.EXACT if expression else Confidence.POSITION,
                expression=expression,
                key=key,
                percent=value.percent,
            )


def _of_output(output: Mapping[str, Any]) -> tuple[list[tuple[str, Number]], Source]:
    data = output.get("data")
    data = (
        data
        if isinstance(data, Mapping)
        else {"text/plain": output.get("text", ""), "text/html": output.get("html", "")}
    )
    found = [item for item in tables.numbers(join(data.get("text/html", ""))) if not TIMES & set(item[0].split("."))]
    if found:
        return found, Source.TABLE
    text = cleaned(join(data.get("text/plain", ""))).strip()
    if text[:1] in "'\"" and text[-1:] == text[:1]:  # the repr of a text, which may be a report
        text = _unquoted(text)
        lines = text.split("\n")
        found = numbers(text) or [pair for line in lines for pair in labels.read(line) if pair[0]]
    else:
        found = numbers(text)
        if len(found) == 1 and FLOAT.fullmatch(unwrapped(text)) and "ensor" not in text:
            found = [("", Number(found[0][1].value, None))]  # repr(float) shows all digits
    return found, Source.REPORT if reports.find(text.split("\n")) else Source.RESULT


def _unquoted(text: str) -> str:
    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text
    return value if isinstance(value, str) else text


def _title(expression: str | None, cell: int, number: int) -> str:
    if expression and len(expression) <= _LONGEST and "{" not in expression:
        return expression
    return f"cell{cell + 1}" + (f"[{number}]" if number and not expression else "")


def _element(shown: ast.expr | None, key: str, title: str) -> str:
    """An element of a shown tuple is called by its own source."""
    first, _, rest = key.partition(".")
    if isinstance(shown, ast.Tuple) and first.isdigit() and int(first) < len(shown.elts):
        element = ast.unparse(shown.elts[int(first)])
        return f"{element}.{rest}" if rest else element
    return f"{title}.{key}" if key else title


# ------------------------------------------------------------------ printed text


def _printed(cell: Cell, tree: ast.Module) -> Iterator[Reading]:
    text = printed(cell.outputs)
    if not text.strip():
        return
    tied, spans = tie(text, templates(tree))
    for reading in (*(_tied(cell, item) for item in tied), *_untied(cell, _without(text, spans))):
        if not is_duration(f"{reading.name} {reading.expression or ''}"):  # another in each run
            yield reading


def _tied(cell: Cell, item: Printed) -> Reading:
    expression = item.hole.expression
    label = _label(FREE.sub("\n", item.label) if item.repeated else item.label)
    plain = re.fullmatch(r"[\w.]+(?:\[[\w'\"]+\])*", expression) is not None
    title = expression if (plain and not item.repeated) or not label else label
    if len(title) > _LONGEST:
        title = f"cell{cell.index + 1}"
    if not plain and (item.key.rpartition(".")[2] in reports.COLUMNS or "classification_report" in expression):
        title = ""
    return Reading(
        cell=cell.index,
        name=".".join(part for part in (title, item.key) if part),
        value=item.number.value,
        decimals=item.number.decimals,
        source=Source.PRINT,
        confidence=Confidence.EXACT if not item.repeated else Confidence.NAMED,
        expression=expression,
        key=item.key,
    )


def _label(text: str) -> str:
    """What names the number that follows: the words after the last line break, which stands for a number, else those
    before it, and the sign between."""
    *before, last = text.split("\n")
    own = labels.clean(last)
    if own:
        return own
    label = next((words for words in map(labels.clean, reversed(before)) if words), "")
    return f"{label} ±" if label and labels.SPREAD.search(last) else label


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The lines that no print call explains; the others are blank."""
    kept = list(text)
    for first, last in spans:
        start = text.rfind("\n", 0, first) + 1
        end = text.find("\n", last)
        for at in range(start, end if end >= 0 else len(text)):
            if kept[at] != "\n":
                kept[at] = " "
    return "".join(kept)


def _untied(cell: Cell, text: str) -> Iterator[Reading]:
    lines = text.split("\n")
    heading = ""
    for start, end in reports.find(lines):
        heading = next((labels.clean(line) for line in reversed(lines[:start]) if line.strip()), "")
        for key, number in reports.classification("\n".join(lines[start:end])):
            yield _found(cell, key, number, Source.REPORT)
        lines[start:end] = [""] * (end - start)
    for start, end in _brackets(lines):
        heading = next((labels.clean(line) for line in reversed(lines[:start]) if line.strip()), "")
        block = "\n".join(lines[start:end])
        before, _, rest = block.partition("[")
        name = labels.clean(before) or heading or f"cell{cell.index + 1}"
        inside = numbers("[" + rest.rstrip().rstrip(",;."))
        for key, number in inside:
            yield _found(cell, f"{name}.{key}", number, Source.LABEL)
        if inside:
            lines[start:end] = [""] * (end - start)
    pairs, used = logs.find(lines)
    for name, number in pairs:
        yield _found(cell, name, number, Source.LOG)
    above = ""
    for at, line in enumerate(lines):
        if at in used or not line.strip():
            continue
        for name, number in labels.read(line, above):
            yield _found(cell, name, number, Source.LABEL)
        above = line


def _brackets(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Lines that hold a list or a matrix from its first bracket to its last."""
    at = 0
    while at < len(lines):
        line = lines[at]
        if re.search(r"\[\s*\[?\s*-?\.?\d", line) and not re.match(r"\s*\[\d+\]\s+\S", line):
            depth, end = 0, at
            while end < len(lines) and end < at + 60:
                depth += lines[end].count("[") - lines[end].count("]")
                end += 1
                if depth <= 0:
                    break
            if depth == 0:
                yield at, end
                at = end
                continue
        at += 1


def _found(cell: Cell, name: str, number: Number, source: Source) -> Reading:
    return Reading(
        cell=cell.index,
        name=name or f"cell{cell.index + 1}",
        value=number.value,
        decimals=number.decimals,
        source=source,
        confidence=Confidence.NAMED if name else Confidence.POSITION,
        percent=number.percent,
    )


def _distinct(found: Iterable[Reading]) -> Iterator[Reading]:
    """Names made unique by ``#2``, ``#3``, ..."""
    taken: dict[str, int] = {}
    for reading in found:
        count = taken[reading.name] = taken.get(reading.name, 0) + 1
        yield replace(reading, name=f"{reading.name}#{count}") if count > 1 else reading
