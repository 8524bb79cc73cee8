"""Changes of tags that are there (or proposed): other names, steps joined, all of ours gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nb2pipe.diagnostics import TagEdit
from nb2pipe.model import Cell, CellKind, Notebook
from nb2pipe.tags import grammar


@dataclass(frozen=True, slots=True)
class _Item:
    """A word on a cell, as it stands in a tag or a comment."""

    cell: int
    raw: str
    word: grammar.Word
    in_comment: bool


def clear(notebook: Notebook) -> tuple[TagEdit, ...]:
    """Takes out every word of the grammar, and leaves foreign tags."""
    return tuple(
        dict.fromkeys(
            TagEdit(cell=item.cell, old=item.raw, new=None)
            for item in _items(notebook)
            if item.word.usual != "skip-execution"  # Jupyter's own word
        )
    )


def step_names(notebook: Notebook) -> tuple[str, ...]:
    """The steps that tags and comments name, in order."""
    return tuple(dict.fromkeys(item.word.value for item in _items(notebook) if item.word.key == "step"))


def rename(notebook: Notebook, old: str, new: str) -> tuple[TagEdit, ...]:
    """Another name for a step, wherever it stands (``step:``, ``after:``)."""
    return tuple(
        dict.fromkeys(
            TagEdit(cell=item.cell, old=item.raw, new=_with_value(item.raw, new))
            for item in _items(notebook)
            if item.word.key in ("step", "after") and item.word.value == old
        )
    )


def merge(notebook: Notebook, first: str, second: str) -> tuple[TagEdit, ...]:
    """``second`` becomes part of ``first``. A tag that then says what holds anyway is taken out."""
    edits: list[TagEdit] = []
    in_force = ""
    for item in _items(notebook):
        word = item.word
        if word.key == "after" and {word.value} <= {first, second}:
            own = {
                other.word.value for other in _items(notebook) if other.cell == item.cell and other.word.key == "step"
            }
            new = None if own & {first, second} else _with_value(item.raw, first)
            if new != item.raw:
                edits.append(TagEdit(cell=item.cell, old=item.raw, new=new))
        if word.key != "step":
            continue
        if word.value == second:
            redundant = in_force == first
            edits.append(TagEdit(cell=item.cell, old=item.raw, new=None if redundant else _with_value(item.raw, first)))
            in_force = first
        else:
            in_force = word.value
    return tuple(dict.fromkeys(edits))


def _items(notebook: Notebook) -> Iterator[_Item]:
    for cell in notebook.cells:
        yield from _of_cell(cell)


def _of_cell(cell: Cell) -> Iterator[_Item]:
    for tag in cell.tags:
        words = [grammar.parse(text) for text in grammar.split_tag(tag)]
        if len(words) == 1 and isinstance(words[0], grammar.Word):
            yield _Item(cell.index, tag, words[0], in_comment=False)
    if cell.kind is CellKind.CODE and "|" in cell.source:
        for item in grammar.comment_items(cell.source):
            word = grammar.parse(item.text)
            if isinstance(word, grammar.Word):
                yield _Item(cell.index, item.raw, word, in_comment=True)


def _with_value(raw: str, value: str) -> str:
    """``step: old`` with another value; a bare item of a list is the value itself."""
    for separator in (":", "="):
        key, found, old = raw.partition(separator)
        if found:
            return f"{key}{separator}{' ' if old.startswith(' ') else ''}{value}"
    return value
