"""Edits of tags in the JSON of an ``.ipynb`` file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

from nb2pipe.diagnostics import TagEdit
from nb2pipe.json_places import skip_blank, skip_value, walk_array, walk_cells, walk_object
from nb2pipe.tags.grammar import CommentItem, as_comment, comment_items

Span = tuple[int, int]
Replacement = tuple[int, int, str]


@dataclass(slots=True)
class _Places:
    """Where the parts of a cell stand in the text: whole values, and the strings of arrays."""

    start: int
    metadata: Span | None = None
    keys: dict[str, Span] = field(default_factory=dict)  # the metadata's members: from key to behind the value
    tags: Span | None = None
    tag_strings: list[Span] = field(default_factory=list)
    source: Span | None = None
    source_strings: list[Span] = field(default_factory=list)


def apply_to_json(text: str, edits: Sequence[TagEdit], *, tidy: bool = False) -> str:
    """The text with the edits made; raises ValueError if a tag to change isn't there."""
    offset = len(text) - len(text.removeprefix("\ufeff"))
    body = text[offset:]
    before = json.loads(body)
    by_cell = {cell: list(group) for cell, group in groupby(sorted(edits, key=lambda e: e.cell), key=lambda e: e.cell)}
    places = _places(body, set(by_cell))
    escaped = body.isascii() and "\\u" in body
    replacements: list[Replacement] = []
    for cell, group in by_cell.items():
        if cell not in places:
            raise ValueError(f"there is no cell {cell + 1}")
        replacements += _CellEdits(body, places[cell], cell, escaped=escaped, tidy=tidy).replacements(group)
    pieces: list[str] = []
    at = 0
    for start, end, new in sorted(replacements):
        if at and end <= at and start < at:
            continue  # a line that goes takes its items with it
        pieces += (body[at:start], new)
        at = end
    after = "".join([*pieces, body[at:]])
    _read_back(before, json.loads(after), set(by_cell))
    return text[:offset] + after


def _places(text: str, wanted: set[int]) -> Mapping[int, _Places]:
    found: dict[int, _Places] = {}

    def strings(at: int, into: list[Span]) -> int:
        def element(at: int) -> int:
            into.append((at, skip_value(text, at)))
            return into[-1][1]

        return walk_array(text, at, element)

    def cell(index: int, start: int) -> int | None:
        if index not in wanted:
            return None
        places = found[index] = _Places(start)
        behind = [start]  # where the metadata's next key begins

        def member(key: str, at: int) -> int | None:
            if key == "source":
                into: list[Span] = []
                end = strings(at, into) if text[at] == "[" else skip_value(text, at)
                places.source, places.source_strings = (at, end), into or [(at, end)] * (text[at] == '"')
                return end
            if key == "metadata":
                behind[0] = skip_blank(text, at + 1)
                end = walk_object(text, at, metadata_member)
                places.metadata = (at, end)
                return end
            return None

        def metadata_member(key: str, at: int) -> int:
            end = strings(at, places.tag_strings) if key == "tags" else skip_value(text, at)
            if key == "tags":
                places.tags = (at, end)
            places.keys[key] = (behind[0], end)
            behind[0] = skip_blank(text, skip_blank(text, end) + 1)  # past the comma, to the next key
            return end

        return walk_object(text, start, member)

    walk_cells(text, cell)
    return found


class _CellEdits:
    """The edits of one cell, turned into replacements in the text."""

    def __init__(self, text: str, places: _Places, cell: int, *, escaped: bool, tidy: bool) -> None:
        self.text = text
        self.places = places
        self.cell = cell
        self.tags: list[str] = [json.loads(text[start:end]) for start, end in places.tag_strings]
        self.strings: list[str] = [json.loads(text[start:end]) for start, end in places.source_strings]
        self.ascii = escaped
        self.tidy = tidy

    def replacements(self, edits: Sequence[TagEdit]) -> Iterator[Replacement]:
        tags: list[str | None] = list(self.tags)  # None where one is removed
        added: list[str] = []
        comments: list[str] = []
        items = comment_items("".join(self.strings)) if "|" in "".join(self.strings) else []
        for edit in edits:
            if not edit.old and edit.comment:
                comments.append(str(edit.new))
            elif not edit.old:
                if edit.new and edit.new not in (*tags, *added):
                    added.append(edit.new)
            elif edit.old in tags:
                new = None if edit.new in tags else edit.new
                tags = [new if tag == edit.old else tag for tag in tags]
            else:
                item = next((item for item in items if item.raw == edit.old), None)
                if item is None:
                    raise ValueError(f"cell {self.cell + 1} has no tag {edit.old!r}")
                yield self._in_comment(item, items, edit.new)
                items = [other for other in items if other is not item]
        if tags != self.tags or added:
            yield self._tags(tags, added)
        if comments:
            yield self._new_comments([as_comment(tag) for tag in comments])

    # ------------------------------------------------------------ tags

    def _tags(self, tags: Sequence[str | None], added: Sequence[str]) -> Replacement:
        """The array of tags, put together from its own pieces."""
        if self.places.tags is None:
            return self._new_tags(added)
        start, end = self.places.tags
        spans = self.places.tag_strings
        kept = [n for n, tag in enumerate(tags) if tag is not None]
        raw = [self._raw(n, str(tags[n])) for n in kept] + [self._quoted(tag) for tag in added]
        if not raw:
            return self._without_list() if self.tidy else (start, end, "[]")
        if not spans:  # tidy: on one line, which tells a list that was there from one that comes with its tags
            return (start, end, self._array(raw, None if self.tidy else self._indent_of(start)))
        head = self.text[start + 1 : spans[0][0]]
        separators = [self.text[a[1] : b[0]] for a, b in pairwise(spans)]
        usual = separators[-1] if separators else ("," + head if "\n" in head else ", ")
        joined = raw[0]
        for position, string in enumerate(raw[1:], start=1):
            index = kept[position] if position < len(kept) else 0
            joined += (separators[index - 1] if index else usual) + string
        return (start, end, f"[{head}{joined}{self.text[spans[-1][1] : end - 1]}]")

    def _without_list(self) -> Replacement:
        """The list of tags taken out, or left empty if it looks like one that was empty before."""
        assert self.places.tags is not None
        start, end = self.places.tags
        key_start, key_end = self.places.keys["tags"]
        inline = "\n" not in self.text[start:end]
        if inline and self._indent_of(key_start, own_line=True) is not None:
            return (start, end, "[]")
        keys = list(self.places.keys)
        if len(keys) == 1 and self.places.metadata is not None:
            return (*self.places.metadata, "{}")
        at = keys.index("tags")
        if at + 1 < len(keys):
            return (key_start, self.places.keys[keys[at + 1]][0], "")
        return (self.places.keys[keys[at - 1]][1], key_end, "")

    def _raw(self, index: int, tag: str) -> str:
        start, end = self.places.tag_strings[index]
        return self.text[start:end] if tag == self.tags[index] else self._quoted(tag)

    def _new_tags(self, added: Sequence[str]) -> Replacement:
        """``tags`` in metadata that have none; in front of the first key that sorts behind, as Jupyter writes it."""
        quoted = [self._quoted(tag) for tag in added]
        if self.places.metadata is None:
            inner = skip_blank(self.text, self.places.start + 1)
            indent = self._indent_of(inner)
            member = f'"metadata": {{"tags": {self._array(quoted, None)}}},'
            return (inner, inner, member + (" " if indent is None else "\n" + indent))
        start, end = self.places.metadata
        colon = ": " if re.search(r'":\s', self.text) else ":"
        if not self.places.keys:
            outer = self._indent_of(start)
            if outer is None:
                return (start, end, f'{{"tags"{colon}{self._array(quoted, None)}}}')
            inner_indent = outer + self._unit()
            return (start, end, f'{{\n{inner_indent}"tags"{colon}{self._array(quoted, inner_indent)}\n{outer}}}')
        keys = list(self.places.keys)
        behind = next((key for key in keys if key > "tags"), None) if keys == sorted(keys) else None
        first = self.places.keys[behind or keys[-1]]
        indent = self._indent_of(first[0], own_line=True)
        member = f'"tags"{colon}{self._array(quoted, indent)}'
        gap = " " if indent is None else "\n" + indent
        if behind is not None:
            return (first[0], first[0], f"{member},{gap}")
        return (first[1], first[1], f",{gap}{member}")

    def _array(self, strings: Sequence[str], indent: str | None) -> str:
        """A JSON array, one string a line if the file is indented; ``indent`` is that of the line it begins on."""
        if indent is None:
            return "[" + ", ".join(strings) + "]"
        inner = indent + self._unit()
        return "[\n" + ",\n".join(inner + string for string in strings) + f"\n{indent}]"

    def _indent_of(self, at: int, *, own_line: bool = False) -> str | None:
        """The indentation of the line at that position; ``None`` if the file (or this part of it) is on one line."""
        line = self.text[self.text.rfind("\n", 0, at) + 1 : at]
        blank = line[: len(line) - len(line.lstrip(" \t"))]
        if self.text.find("\n", 0, at) < 0 or (own_line and line.strip()):
            return None
        return None if "{" in line else blank

    def _unit(self) -> str:
        """What one level is indented by, seen from the file's first member."""
        match = re.match(r"\s*\{\r?\n([ \t]*)", self.text)
        return match[1] if match else " "

    def _quoted(self, tag: str) -> str:
        return json.dumps(tag, ensure_ascii=self.ascii)

    # ------------------------------------------------------------ comments

    def _new_comments(self, comments: Sequence[str]) -> Replacement:
        """Comments on top of the source, below the line of a cell magic; each an element of its own if lines are."""
        source = "".join(self.strings)
        spans = self.places.source_strings
        magic = source.startswith("%%")
        at = source.find("\n") + 1 if magic else 0
        if not spans or (magic and not at):
            raise ValueError(f"cell {self.cell + 1} has no line that a comment could stand above")
        number = int(magic)
        whole = not magic or (len(self.strings) > 1 and len(self.strings[0]) == at)
        if whole and self.places.source is not None and self.text[self.places.source[0]] == "[":
            head = self.text[self.places.source[0] + 1 : spans[0][0]]
            gap = self.text[spans[0][1] : spans[1][0]] if len(spans) > 1 else "," + (head or " ")
            elements = "".join(self._quoted(f"{comment}\n") + gap for comment in comments)
            return (spans[number][0], spans[number][0], elements)
        inserted = "".join(self._quoted(f"{comment}\n")[1:-1] for comment in comments)
        return (*self._span(at, at), inserted)

    def _in_comment(self, item: CommentItem, items: Sequence[CommentItem], new: str | None) -> Replacement:
        source = "".join(self.strings)
        line_start = _line_start(source, item.line)
        start, end = line_start + item.column, line_start + item.end_column
        if new is not None:
            return (*self._span(start, end), json.dumps(new, ensure_ascii=self.ascii)[1:-1])
        on_line = [other for other in items if other.line == item.line]
        if len(on_line) == 1:
            return self._without_line(source, item.line)
        position = on_line.index(item)
        if position + 1 == len(on_line):
            before = on_line[position - 1]
            return (*self._span(line_start + before.end_column, end), "")
        behind = on_line[position + 1]
        if behind.text != behind.raw and item.text == item.raw and ":" in item.raw:  # the next one continues our key
            start += item.raw.index(":") + 1
            start += len(source[start:]) - len(source[start:].lstrip(" "))
        return (*self._span(start, line_start + behind.column), "")

    def _without_line(self, source: str, line: int) -> Replacement:
        """The comment line taken out; in an array of lines, its whole element."""
        start, end = _line_start(source, line), _line_start(source, line + 1)
        at = 0
        spans = self.places.source_strings
        for number, string in enumerate(self.strings):
            if at == start and at + len(string) == end and len(spans) > 1:
                if number + 1 < len(spans):
                    return (spans[number][0], spans[number + 1][0], "")
                return (spans[number - 1][1], spans[number][1], "")
            at += len(string)
        return (*self._span(start, end), "")

    def _span(self, start: int, end: int) -> Span:
        """The span in the file's text of a span of the source (within one string of it)."""
        at = 0
        for (raw_start, _), string in zip(self.places.source_strings, self.strings, strict=True):
            if at <= start and end <= at + len(string):
                return self._escaped(raw_start + 1, start - at), self._escaped(raw_start + 1, end - at)
            at += len(string)
        raise ValueError(f"the comment of cell {self.cell + 1} is spread over several strings of the file")

    def _escaped(self, at: int, count: int) -> int:
        """The position behind ``count`` characters of a JSON string whose inside begins at ``at``."""
        for _ in range(count):
            match = _CHARACTER.match(self.text, at)
            assert match is not None
            at = match.end()
        return at


_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)


def _line_start(source: str, line: int) -> int:
    ends = [match.end() for match in re.finditer(r"\r\n|\r|\n", source)]
    return 0 if line == 1 else ends[line - 2] if line - 2 < len(ends) else len(source)


def _read_back(before: Any, after: Any, edited: set[int]) -> None:
    """Nothing but tags and comments of the edited cells may have changed."""

    def rest(content: Any) -> Any:
        cells = [
            {**cell, "source": _without_comments(cell), "metadata": _without_tags(cell)} if index in edited else cell
            for index, cell in enumerate(content["cells"])
        ]
        return {**content, "cells": cells}

    if rest(before) != rest(after):
        raise AssertionError("editing tags changed something else")


def _without_tags(cell: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in cell.get("metadata", {}).items() if key != "tags"}


def _without_comments(cell: Mapping[str, Any]) -> str:
    lines = re.split(r"\r\n|\r|\n", "".join(cell["source"]))
    return "\n".join(line for line in lines if not re.match(r"\s*#\s*\|", line)).rstrip("\n")
