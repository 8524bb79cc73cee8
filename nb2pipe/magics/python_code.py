"""A cell as plain Python, and the way back to what the user typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nb2pipe.model import Place


@dataclass(frozen=True, slots=True)
class Magic:
    """One magic, shell or help line. ``kind`` is ``line``, ``cell``, ``shell`` or ``help``; ``name`` a shell line's
    command.

    ``transparent``: what it runs is Python that the translated text contains.
    """

    line: int
    kind: str
    name: str
    body: str
    transparent: bool


@dataclass(frozen=True, slots=True)
class PythonCode:
    """A cell in plain Python. ``shifts`` maps a line to pairs: from which column on to add what to get the typed one."""

    text: str
    magics: tuple[Magic, ...] = ()
    shifts: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)

    def place(self, line: int, column: int, end_column: int) -> Place:
        """The place in what the user typed of a place in ``text`` (columns in characters)."""
        shift = 0
        for start, add in self.shifts.get(line, ()):
            if start <= column:
                shift = add
        return Place(line, max(0, column + shift), max(0, end_column + shift))
