"""Which changeable objects and arrays a value reaches.

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
from typing import Any, Callable, Optional

from .code import MADE_BY_PYTHON, NOTEBOOK

#: So many objects are looked at for all names together; what lies beyond is taken not to be shared.
LIMIT = 200_000

#: Values that cannot change, or are one and the same everywhere.
FIXED = (
    type(None), type(Ellipsis), type(NotImplemented), bool, int, float, complex, str, bytes, range, slice,
    types.ModuleType, types.CodeType, types.FrameType, types.TracebackType, property, enum.EnumMeta, enum.Enum,
    datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, decimal.Decimal, fractions.Fraction,
    uuid.UUID, pathlib.PurePath, logging.Logger, type(re.compile("")),
)  # fmt: skip
ATOMS = {type(None), bool, int, float, complex, str, bytes}

#: What an object leads to; ``None`` for one that cannot change and leads nowhere.
Reader = Optional[Callable[["Walk", Any], Any]]


class Walk:
    """The changeable objects that a value reaches, in the order they are met, and the arrays among them.

    ``repeats`` are the objects met again: at which step, and which object it was. ``readers`` may be shared by walks.
    ``in_tables`` are the ids of arrays that pandas objects own. What has its id in ``outside`` is not looked into.
    """

    def __init__(
        self,
        limit: int = LIMIT,
        into_libraries: bool = True,
        readers: dict[type, Reader] | None = None,
        outside: frozenset[int] = frozenset(),
    ) -> None:
        self.limit = limit
        self.outside = outside
        self.into_libraries = into_libraries
        self.seen: dict[int, Any] = {}
        self.arrays: list[Any] = []
        self.in_tables: set[int] = set()
        self.repeats: list[tuple[int, int]] = []
        self._readers: dict[type, Reader] = {} if readers is None else readers
        self._passed: dict[int, Any] = {}
        self._order: dict[int, int] = {}
        self._steps = 0

    @property
    def complete(self) -> bool:
        """Whether everything was looked at."""
        return self.limit > 0

    def visit(self, value: Any) -> None:
        """Look at ``value`` and all it reaches."""
        readers, order, todo = self._readers, self._order, deque([value])
        while todo and self.limit > 0:
            item = todo.popleft()
            kind = type(item)
            if kind in readers:
                reader = readers[kind]
            else:
                reader = readers[kind] = find_reader(kind)
            if reader is None:
                continue
            key = id(item)
            if key in self.outside:
                continue
            if issubclass(kind, (tuple, frozenset)):  # cannot change, but may hold what can
                if key not in self._passed:
                    self._passed[key] = item
                    todo.extend(reader(self, item))
                continue
            self._steps += 1
            if key in order:
                self.repeats.append((self._steps, order[key]))
                continue
            parts = reader(self, item)
            if parts is not UNCHANGING:
                order[key] = len(order)
                self.limit -= 1
                self.seen[key] = item
                todo.extend(parts)


#: What a reader answers for an object that turns out to be unable to change.
UNCHANGING: list[Any] = []


def find_reader(kind: type) -> Reader:
    """How to find what objects of a class lead to."""
    if issubclass(kind, FIXED):
        return None
    root = str(kind.__module__).split(".")[0]
    np, pd, torch = sys.modules.get("numpy"), sys.modules.get("pandas"), sys.modules.get("torch")
    if np is not None and issubclass(kind, np.ndarray):
        return _in_array
    if torch is not None and issubclass(kind, getattr(torch, "Tensor", ())):
        return _in_tensor
    if root == "numpy" and np is not None:
        return None if issubclass(kind, (np.generic, np.dtype, np.ufunc)) else _in_random_state
    if root == "pandas" and pd is not None and hasattr(pd, "Index"):
        fixed = issubclass(kind, (pd.Index, pd.api.extensions.ExtensionDtype))
        if fixed or str(kind.__module__).startswith("pandas._libs"):
            return None
    if pd is not None and hasattr(pd, "DataFrame") and issubclass(kind, (pd.DataFrame, pd.Series)):
        return _in_table
    for base, reader in READERS:
        if issubclass(kind, base):
            return reader
    return _in_attributes


def _in_array(walk: Walk, item: Any) -> list[Any]:
    walk.arrays.append(item)
    return _few(item.ravel().tolist()) if item.dtype.hasobject else []


def _in_tensor(walk: Walk, item: Any) -> list[Any]:
    """PyTorch's tensors lie in memory as arrays do, and may share it with some."""
    torch = sys.modules["torch"]
    try:
        walk.arrays.append(item.detach().numpy())
    except Exception:  # on another device, sparse, or of a type that numpy has not
        try:
            walk.arrays.append(item.detach().view(torch.uint8).numpy())
        except Exception:
            return []
    return [item.grad] if item.is_leaf and item.grad is not None else []


def _in_random_state(walk: Walk, item: Any) -> list[Any]:
    """The global generator belongs to no name: its state is handed over with the process's."""
    everyones = getattr(sys.modules.get("numpy.random.mtrand"), "_rand", None)
    return UNCHANGING if item is everyones else _in_attributes(walk, item)


def _in_table(walk: Walk, item: Any) -> list[Any]:
    blocks = _blocks(item)
    walk.arrays += [block for block in blocks if hasattr(block, "__array_interface__")]
    walk.in_tables.update(map(id, blocks))
    objects = [block for block in blocks if getattr(block.dtype, "hasobject", False)]
    return [value for block in objects for value in _few(block.ravel().tolist())]


def _in_dict(walk: Walk, item: Any) -> list[Any]:
    return _few(list(dict.__iter__(item))) + _few(list(dict.values(item))) + _in_subclass(walk, item)


def _in_items(walk: Walk, item: Any) -> list[Any]:
    bases: tuple[Any, ...] = (list, tuple, set, frozenset, deque)
    for base in bases:
        if isinstance(item, base):  # read as what it is built on: a subclass may do anything on iteration
            return _few(list(base.__iter__(item))) + _in_subclass(walk, item)
    return []


def _in_function(walk: Walk, item: Any) -> list[Any]:
    """The variables that a function encloses; of the notebook's functions their defaults and attributes too."""
    empty = types.CellType()
    enclosed = [cell.cell_contents for cell in item.__closure__ or () if cell != empty]
    if item.__module__ in NOTEBOOK:
        kept = [*(item.__defaults__ or ()), *(item.__kwdefaults__ or {}).values(), *item.__dict__.values()]
        enclosed += _few(kept)
    return enclosed if enclosed or item.__closure__ else UNCHANGING


def _in_class(walk: Walk, item: Any) -> list[Any]:
    """What the notebook's classes hold; those of libraries are the same in every process."""
    if item.__module__ not in NOTEBOOK:
        return UNCHANGING
    return [value for name, value in vars(item).items() if name not in MADE_BY_PYTHON and type(value) not in ATOMS]


def _in_wrapped(walk: Walk, item: Any) -> list[Any]:
    return [item.__func__] if item.__func__ is not None else UNCHANGING


def _in_method(walk: Walk, item: Any) -> list[Any]:
    owner = item.__self__
    return UNCHANGING if owner is None or isinstance(owner, types.ModuleType) else [owner]


def _in_partial(walk: Walk, item: Any) -> list[Any]:
    return [item.func, *item.args, *item.keywords.values()]


def _in_subclass(walk: Walk, item: Any) -> list[Any]:
    return [] if type(item).__module__ in ("builtins", "collections") else _in_attributes(walk, item)


def _in_attributes(walk: Walk, item: Any) -> list[Any]:
    """What an object keeps in its ``__dict__`` and slots, without asking its properties."""
    if not walk.into_libraries and type(item).__module__ != "__main__":
        return []
    found = list(getattr(item, "__dict__", {}).values())
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


def _in_nothing(walk: Walk, item: Any) -> list[Any]:
    return []


def _few(items: list[Any]) -> list[Any]:
    """Items worth looking at: none where all are numbers or text."""
    return [] if set(map(type, items)) <= ATOMS else items


def _blocks(table: Any) -> list[Any]:
    """The arrays that hold a table's or a column's data."""
    arrays = []
    for block in getattr(getattr(table, "_mgr", None), "blocks", ()):
        values = block.values
        arrays.append(getattr(values, "_ndarray", getattr(values, "_data", values)))
    return [array for array in arrays if hasattr(array, "dtype") and hasattr(array, "ravel")]


READERS: tuple[tuple[Any, Reader], ...] = (
    (dict, _in_dict),
    ((list, tuple, set, frozenset, deque), _in_items),
    (types.FunctionType, _in_function),
    (type, _in_class),
    ((classmethod, staticmethod), _in_wrapped),
    ((types.MethodType, types.BuiltinFunctionType, types.MethodWrapperType), _in_method),
    (functools.partial, _in_partial),
    (io.IOBase, _in_nothing),  # asking a text in memory for its attributes changes its state
)
