"""Other sources for cells of an ``.ipynb`` file, and a new cell: lines that stay keep their bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256

from nb2pipe.json_places import skip_value, walk_array, walk_cells, walk_object


def with_sources(text: str, sources: Mapping[int, str], *, new: str | None, tags: Sequence[str], before: int) -> str:
    """The file's text with these sources, and (if ``new``) a code cell of that source in front of the cell ``before``.

    Raises ValueError if the file has no cell ``before`` to put it in front of.
    """
    starts: dict[int, int] = {}
    spans: dict[int, tuple[int, int]] = {}
    elements: dict[int, list[tuple[int, int]]] = {}

    def cell(index: int, start: int) -> int | None:
        starts[index] = start
        if index not in sources:
            return None

        def member(key: str, at: int) -> int | None:
            if key != "source":
                return None
            parts: list[tuple[int, int]] = []

            def element(at: int) -> int:
                parts.append((at, skip_value(text, at)))
                return parts[-1][1]

            end = walk_array(text, at, element) if text[at] == "[" else skip_value(text, at)
            spans[index], elements[index] = (at, end), parts
            return end

        return walk_object(text, start, member)

    walk_cells(text, cell)
    if before not in starts:
        raise ValueError(f"there is no cell {before + 1}")
    ascii_only = text.isascii() and "\\u" in text
    replacements = [
        (*spans[index], _source(text, spans[index], elements[index], source, ascii_only))
        for index, source in sources.items()
    ]
    if new is not None:
        replacements.append((starts[before], starts[before], _cell(text, starts[before], new, tags, ascii_only)))
    for start, end, replacement in sorted(replacements, reverse=True):
        text = text[:start] + replacement + text[end:]
    json.loads(text)
    return text


def _source(text: str, span: tuple[int, int], parts: Sequence[tuple[int, int]], source: str, ascii_only: bool) -> str:
    """The value of ``source``, of the shape that it had."""
    if text[span[0]] != "[":
        return json.dumps(source, ensure_ascii=ascii_only)
    raw = {json.loads(text[start:end]): text[start:end] for start, end in parts}
    lines = source.splitlines(keepends=True)
    gap = text[parts[0][1] : parts[1][0]] if len(parts) > 1 else ","
    head, tail = text[span[0] : parts[0][0]], text[parts[-1][1] : span[1]]
    return head + gap.join(raw.get(line) or json.dumps(line, ensure_ascii=ascii_only) for line in lines) + tail


def _cell(text: str, at: int, source: str, tags: Sequence[str], ascii_only: bool) -> str:
    """A code cell as the others are written, with what follows it up to the next cell."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    content: dict[str, object] = {"cell_type": "code", "execution_count": None}
    if re.search(r'"nbformat_minor":\s*([5-9]|\d\d)', text):
        content["id"] = sha256(source.encode()).hexdigest()[:8]
    content |= {"metadata": {"tags": list(tags)}, "outputs": [], "source": source.splitlines(keepends=True)}
    if line.strip() or "\n" not in text[:at]:
        return json.dumps(content, ensure_ascii=ascii_only) + ", "
    match = re.match(r"\s*\{\r?\n([ \t]*)", text)
    unit = match[1] if match else " "
    written = json.dumps(content, indent=unit, ensure_ascii=ascii_only)
    return written.replace("\n", "\n" + line) + ",\n" + line
