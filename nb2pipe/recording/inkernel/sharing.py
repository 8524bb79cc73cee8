"""Which names share objects or memory, so that a change of one is a change of the other.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import functools
import io
import logging
import pathlib
import re
import sys
import types
import uuid
from collections import deque
from typing import Any

#: So many objects are looked at for all names together; what lies beyond is taken not to be shared.
LIMIT = 200_000

#: Values that cannot change, or are one and the same everywhere.
FIXED = (
    type(None), type(Ellipsis), type(NotImplemented), bool, int, float, complex, str, bytes, range, slice,
    types.BuiltinFunctionType, types.ModuleType, types.CodeType, types.FrameType, types.TracebackType, property,
    type, enum.Enum, datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, decimal.Decimal,
    fractions.Fraction, uuid.UUID, pathlib.PurePath, logging.Logger, type(re.compile("")),
)  # fmt: skip


class Walk:
    """The changeable objects that a value reaches, in the order they are met, and the arrays among them."""

    def __init__(self, limit: int = LIMIT, into_libraries: bool = True) -> None:
        self.limit = limit
        self.into_libraries = into_libraries
        self.seen: dict[int, Any] = {}
        self.arrays: list[Any] = []
        self._passed: dict[int, Any] = {}
        self.repeats: list[tuple[int, int]] = []
        self._steps = 0

    @property
    def complete(self) -> bool:
        """Whether everything was looked at."""
        return self.limit > 0

    def visit(self, value: Any) -> None:
        """Look at ``value`` and all it reaches."""
        todo = deque([value])
        order = {key: number for number, key in enumerate(self.seen)}
        while todo and self.limit > 0:
            item = todo.popleft()
            kind = type(item)
            if is_fixed(kind, item):
                continue
            key = id(item)
            if kind in (tuple, frozenset):  # cannot change, but may hold what can
                if key not in self._passed:
                    self._passed[key] = item
                    todo.extend(_few(list(item)))
                continue
            self._steps += 1
            if key in self.seen:
                self.repeats.append((self._steps, order.get(key, -1)))
                continue
            self.limit -= 1
            self.seen[key] = item
            order[key] = len(order)
            todo.extend(self._parts(kind, item))

    def _parts(self, kind: type, item: Any) -> list[Any]:
        np, pd = sys.modules.get("numpy"), sys.modules.get("pandas")
        if np is not None and issubclass(kind, np.ndarray):
            self.arrays.append(item)
            return _few(item.ravel().tolist()) if item.dtype.hasobject else []
        if pd is not None and hasattr(pd, "DataFrame") and issubclass(kind, (pd.DataFrame, pd.Series)):
            blocks = _blocks(item)
            self.arrays += [block for block in blocks if hasattr(block, "__array_interface__")]
            return [
                value for block in blocks if getattr(block.dtype, "hasobject", False) for value in _few(block.ravel())
            ]
        if issubclass(kind, dict):
            return _few(list(dict.__iter__(item))) + _few(list(dict.values(item))) + self._attributes(kind, item)
        for base in (list, tuple, set, frozenset, deque):
            if issubclass(kind, base):  # read as what it is built on: a subclass may do anything on iteration
                return _few(list(base.__iter__(item))) + self._attributes(kind, item)
        if issubclass(kind, types.FunctionType):
            return _enclosed(item)
        if issubclass(kind, types.MethodType):
            return [item.__self__]
        if issubclass(kind, functools.partial):
            return [item.func, *item.args, *item.keywords.values()]
        return self._attributes(kind, item)

    def _attributes(self, kind: type, item: Any) -> list[Any]:
        return _attributes(item) if self.into_libraries or kind.__module__ == "__main__" else []


def _enclosed(function: Any) -> list[Any]:
    """The variables that a function encloses."""
    empty = types.CellType()
    return [cell.cell_contents for cell in function.__closure__ or () if cell != empty]


def is_fixed(kind: type, item: Any) -> bool:
    """Whether nothing that happens to the object could be seen through another name."""
    if issubclass(kind, FIXED) or (kind is types.FunctionType and not item.__closure__):
        return True
    root = str(kind.__module__).split(".")[0]
    np, pd = sys.modules.get("numpy"), sys.modules.get("pandas")
    if root == "numpy" and np is not None:
        shared = getattr(sys.modules.get("numpy.random.mtrand"), "_rand", None)
        return issubclass(kind, (np.generic, np.dtype, np.ufunc)) or item is shared
    if root == "pandas" and pd is not None and hasattr(pd, "Index"):
        fixed = (pd.Index, pd.api.extensions.ExtensionDtype)
        return issubclass(kind, fixed) or str(kind.__module__).startswith("pandas._libs")
    return False


def _few(items: Any) -> list[Any]:
    """Items worth looking at: none where all are numbers or text."""
    return [] if set(map(type, items)) <= ATOMS else list(items)


ATOMS = {type(None), bool, int, float, complex, str, bytes}


def _attributes(item: Any) -> list[Any]:
    """What an object keeps in its ``__dict__`` and slots, without asking its properties."""
    if isinstance(item, io.IOBase):  # asking a text in memory for its attributes changes its state
        return []
    found = list(getattr(item, "__dict__", {}).values()) if not isinstance(item, type) else []
    for kind in type(item).__mro__:
        if "__slots__" not in vars(kind):
            continue
        for descriptor in vars(kind).values():
            if type(descriptor) is types.MemberDescriptorType:
                try:
                    found.append(descriptor.__get__(item, kind))
                except AttributeError:
                    continue
    return found


def _blocks(table: Any) -> list[Any]:
    """The arrays that hold a table's or a column's data."""
    arrays = []
    for block in getattr(getattr(table, "_mgr", None), "blocks", ()):
        values = block.values
        arrays.append(getattr(values, "_ndarray", getattr(values, "_data", values)))
    return [array for array in arrays if hasattr(array, "dtype") and hasattr(array, "ravel")]


def sharing(value: Any) -> list[tuple[int, int]]:
    """A value's inner sharing: which of its parts are met again, by number. Equal before and after a faithful copy.

    What a library's objects share inside themselves is their own affair: joblib makes two arrays of one there.
    """
    walk = Walk(LIMIT // 4, into_libraries=False)
    walk.visit(value)
    return walk.repeats if walk.complete else []


def alias_groups(values: dict[str, Any]) -> dict[str, Any]:
    """``aliases``: groups of names that share changeable objects or memory; ``memory``: those that share memory alone.

    ``complete`` is false where there was too much to look at everything.
    """
    groups, by_memory = Groups(values), Groups(values)
    owner: dict[int, str] = {}
    walks = []  # an id is only good for as long as its object lives
    arrays: list[tuple[str, Any]] = []
    left = LIMIT
    for name, value in values.items():
        walk = Walk(left)
        walk.visit(value)
        walks.append(walk)
        left = max(walk.limit, LIMIT // 100)
        for key in walk.seen:
            groups.join(name, owner.setdefault(key, name))
        arrays += [(name, array) for array in walk.arrays]
    objects = groups.copy()
    for one, other in _overlaps(arrays, values):
        groups.join(one, other)
        if not objects.joined(one, other):
            by_memory.join(one, other)
    return {"aliases": groups.lists(), "memory": by_memory.lists(), "complete": all(walk.complete for walk in walks)}


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


def _overlaps(arrays: list[tuple[str, Any]], values: dict[str, Any]) -> list[tuple[str, str]]:
    """Pairs of names whose arrays lie in the same memory."""
    np = sys.modules.get("numpy")
    if np is None:
        return []
    spans = sorted(
        ((*_span(array), at) for at, (_, array) in enumerate(arrays) if array.size and array.dtype.itemsize),
    )
    found: list[tuple[str, str]] = []
    active: list[tuple[int, int]] = []
    for low, high, at in spans:
        active = [(end, other) for end, other in active if end > low]
        for _, other in active[:100]:
            (one_name, one), (other_name, another) = arrays[at], arrays[other]
            if one_name != other_name and not _copies_on_write(values[one_name], values[other_name]):
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


def _copies_on_write(one: Any, other: Any) -> bool:
    """Whether both are pandas objects of a version in which a change of one never shows in the other."""
    pd = sys.modules.get("pandas")
    if pd is None or not isinstance(one, (pd.DataFrame, pd.Series)) or not isinstance(other, (pd.DataFrame, pd.Series)):
        return False
    if int(str(pd.__version__).split(".")[0]) >= 3:
        return True
    try:
        return pd.get_option("mode.copy_on_write") is True
    except Exception:  # an older version has no such option
        return False
