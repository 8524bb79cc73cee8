"""Where in its file each cell's source begins."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from nb2pipe.json_places import skip_value, walk_array, walk_cells, walk_object
from nb2pipe.rules.placing import source_lines

Place = tuple[int | None, bool]  # the line (from 1), and whether the whole source stands on it


def json_lines(text: str) -> list[Place]:
    """The place of each cell's source in the text of an .ipynb file, in one pass over it."""
    starts: list[tuple[int, int, int]] = []  # where the source begins and ends, and how many strings it is made of

    def cell(_index: int, at: int) -> int:
        found = (at, at, 0)

        def member(key: str, at: int) -> int | None:
            nonlocal found
            if key != "source":
                return None
            strings: list[int] = []
            end = walk_array(text, at, strings.append) if text[at] == "[" else skip_value(text, at)
            found = (strings[0] if strings else at, strings[-1] if strings else at, len(strings))
            return end

        end = walk_object(text, at, member)
        starts.append(found)
        return end

    walk_cells(text, cell)
    places: list[Place] = []
    line, counted = 1, 0
    for start, last, strings in starts:
        line += text.count("\n", counted, start)
        counted = start
        places.append((line, text.count("\n", start, last) != strings - 1 or strings < 2))
    return places


def text_lines(text: str, cells: Sequence[Mapping[str, Any]]) -> list[Place]:
    """The place of each cell's source in a text notebook: its first lines are looked for from the last cell's end on.

    jupytext doesn't tell. Magics stand there behind a comment sign, Markdown cells in scripts too.
    """
    spellings = [{line.strip(), line.strip().removeprefix("#").strip()} for line in source_lines(text)]
    index: dict[str, list[int]] = {}
    for number, spelled in enumerate(spellings):
        for spelling in spelled:
            index.setdefault(spelling, []).append(number)
    places: list[Place] = []
    at = 0
    for cell in cells:
        wanted = [line.strip() for line in source_lines(str(cell["source"]))]
        first = next((n for n, line in enumerate(wanted) if line), None)
        if first is None:
            places.append((None, False))
            continue
        candidates = index.get(wanted[first], [])
        head = wanted[first : first + 3]
        found = next(
            (
                number
                for number in candidates[bisect_left(candidates, at) :][:50]
                if all(line in spelled for line, spelled in zip(head, spellings[number : number + 3], strict=False))
            ),
            None,
        )
        places.append((None if found is None else found - first + 1, False))
        at = at if found is None else found + len(wanted) - first
    return places
