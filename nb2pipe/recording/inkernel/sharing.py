"""Which names share objects or memory, so that a change of one is a change of the other.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import sys
from typing import Any

from .reaching import LIMIT, Reader, Walk


def sharing(value: Any) -> list[tuple[int, int]]:
    """A value's inner sharing: which of its parts are met again, by number. Equal before and after a faithful copy.

    What a library's objects share inside themselves is their own affair: joblib makes two arrays of one there.
    """
    walk = Walk(LIMIT // 4, into_libraries=False)
    walk.visit(value)
    return walk.repeats if walk.complete else []


def alias_groups(values: dict[str, Any], definitions: dict[str, Any] | None = None) -> dict[str, Any]:
    """``aliases``: groups of names that share changeable objects or memory; ``objects``: those that share objects;
    ``memory``: those of which two share memory without sharing an object. ``tied``: function or class of the notebook ->
    names that share an object with it (a default argument, an attribute), but for the function or class itself.

    ``complete`` is false where there was too much to look at everything.
    """
    definitions = definitions or {}
    groups, by_memory = Groups(values), Groups(values)
    owner: dict[int, str] = {}
    readers: dict[type, Reader] = {}
    walks = []  # an id is only good for as long as its object lives
    arrays: list[tuple[str, Any, bool]] = []
    left = LIMIT
    outside = frozenset(map(id, definitions.values()))
    for name, value in values.items():
        walk = Walk(left, readers=readers, outside=outside)
        walk.visit(value)
        walks.append(walk)
        left = max(walk.limit, LIMIT // 100)
        for key in walk.seen:
            groups.join(name, owner.setdefault(key, name))
        arrays += [(name, array, id(array) in walk.in_tables) for array in walk.arrays]
    objects = groups.copy()
    tied = {name: _tied(name, definitions, owner, objects, readers) for name in definitions}
    for one, other in _overlaps(arrays):
        groups.join(one, other)
        if not objects.joined(one, other):
            by_memory.join(one, other)
    return {
        "aliases": groups.lists(),
        "objects": objects.lists(),
        "memory": by_memory.lists(),
        "tied": {name: names for name, names in tied.items() if names},
        "complete": all(walk.complete for walk in walks),
    }


def _tied(
    name: str, definitions: dict[str, Any], owner: dict[int, str], objects: Groups, readers: dict[type, Reader]
) -> list[str]:
    """The names that share an object with what a function or class holds."""
    others = frozenset(id(value) for other, value in definitions.items() if other != name)
    walk = Walk(LIMIT // 100, readers=readers, outside=others)
    walk.visit(definitions[name])
    owners = {owner[key] for key in walk.seen if key in owner}
    return sorted({member for one in owners for member in objects.members(one)})


class Groups:
    """Names joined into groups."""

    def __init__(self, names: Any) -> None:
        self._group = {name: [name] for name in names}

    def copy(self) -> Groups:
        """The same groups, to be joined further on their own."""
        twin = Groups(())
        for names in self._group.values():
            members = list(names)
            twin._group.update(dict.fromkeys(members, members))
        return twin

    def members(self, name: str) -> list[str]:
        """The names that are in one group with ``name``, itself included."""
        return self._group[name]

    def joined(self, one: str, other: str) -> bool:
        """Whether two names are in one group."""
        return self._group[one] is self._group[other]

    def join(self, one: str, other: str) -> None:
        """Put two names, and all that is with them, into one group."""
        if not self.joined(one, other):
            members = self._group[one] + self._group[other]
            self._group.update(dict.fromkeys(members, members))

    def lists(self) -> list[list[str]]:
        """The groups of more than one name, in the names' order."""
        order = list(self._group)
        unique = {id(members): members for members in self._group.values()}
        return [sorted(members, key=order.index) for members in unique.values() if len(members) > 1]


def _overlaps(arrays: list[tuple[str, Any, bool]]) -> list[tuple[str, str]]:
    """Pairs of names whose arrays lie in the same memory; the flag says that an array belongs to a table."""
    np = sys.modules.get("numpy")
    if np is None:
        return []
    spans = sorted(
        ((*_span(array), at) for at, (_, array, _) in enumerate(arrays) if array.size and array.dtype.itemsize),
    )
    found: list[tuple[str, str]] = []
    copies_on_write = _copies_on_write()
    active: list[tuple[int, int]] = []
    for low, high, at in spans:
        active = [(end, other) for end, other in active if end > low]
        for _, other in active[:100]:
            (one_name, one, in_table), (other_name, another, in_other) = arrays[at], arrays[other]
            if one_name != other_name and not (in_table and in_other and copies_on_write):
                try:
                    shared = np.shares_memory(one, another, max_work=10_000)
                except Exception:  # too hard to tell: assume it
                    shared = True
                if shared:
                    found.append((one_name, other_name))
        active.append((high, at))
    return found


def _span(array: Any) -> tuple[int, int]:
    """The first address of an array and the one after its last."""
    low = high = array.__array_interface__["data"][0]
    for size, stride in zip(array.shape, array.strides):
        if stride < 0:
            low += (size - 1) * stride
        else:
            high += (size - 1) * stride
    return low, high + array.dtype.itemsize


def _copies_on_write() -> bool:
    """Whether a change of one pandas object never shows in another, whatever memory they share."""
    pd = sys.modules.get("pandas")
    if pd is None or not hasattr(pd, "DataFrame"):
        return False
    if int(str(pd.__version__).split(".")[0]) >= 3:
        return True
    try:
        return pd.get_option("mode.copy_on_write") is True
    except Exception:  # an older version has no such option
        return False
