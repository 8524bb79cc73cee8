"""A value's parts, one by one, so that two runs of the same code can be compared part by part.

Numbers are summed up in a sketch that tells how far apart two arrays are: threads of a linear algebra library add up in
another order each time, and the last bits of a model's coefficients differ though nothing is wrong.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import copyreg
import sys
from typing import Any, Iterator

from .digests import NO_CONTENT, SCALARS, TIMINGS, find_writer, fingerprint, write_object
from .refusals import type_name

#: So many parts of a value are looked at singly; the rest is compared as a whole.
PARTS = 400
#: Items of a list or dict, columns of an array that are parts of their own.
ITEMS = 64
DEPTH = 8
#: Values with more bytes of content are not taken apart.
LARGEST = 1 << 27
#: Numbers summed up together: fewer, and the sketch of a large array would be large.
CHUNK = 4096
CHUNKS = 512


def outline(value: Any) -> list[dict[str, Any]]:
    """The parts of a value with their paths (``['age']``, ``.coef_``), in a fixed order."""
    return Outline().of(value)


class Outline:
    """Takes values apart, breadth last, until there are too many parts."""

    def __init__(self) -> None:
        self._parts: list[dict[str, Any]] = []
        self._open: set[int] = set()

    def of(self, value: Any) -> list[dict[str, Any]]:
        """All parts of ``value``."""
        self._visit("", value, DEPTH)
        return self._parts

    def _visit(self, path: str, value: Any, depth: int) -> None:
        numbers = _numbers(value)
        if numbers is not None:
            self._add_numbers(path, value, numbers)
            return
        inside = _inside(value) if depth and len(self._parts) < PARTS and id(value) not in self._open else None
        if inside is None:
            self._add(path, value, fingerprint(value), [])
            return
        head, parts = inside
        self._add(path, value, fingerprint(head), [])
        self._open.add(id(value))
        for name, part in parts:
            self._visit(path + name, part, depth - 1)
        self._open.discard(id(value))

    def _add_numbers(self, path: str, value: Any, numbers: Any) -> None:
        np = sys.modules["numpy"]
        shape = (str(numbers.dtype), numbers.shape)
        columns = numbers.shape[1] if numbers.ndim == 2 else 0
        lines = [numbers[:, at] for at in range(columns)] if 1 < columns <= ITEMS else [numbers]
        finite = np.isfinite(numbers)
        odd = None
        if not finite.all():
            odd = np.where(finite, 0.0, np.nan_to_num(numbers, nan=2.0, posinf=1.0, neginf=-1.0))
            lines = [np.where(np.isfinite(line), line, 0.0) for line in lines]
        exact = fingerprint((shape, odd))
        sketches = [number for line in lines for number in sketch(line)]
        self._add(path, value, exact, sketches)

    def _add(self, path: str, value: Any, exact: Any, numbers: list[float]) -> None:
        kind = type(value)
        dtype = getattr(value, "dtype", None)
        text = type_name(kind) + ("" if dtype is None or not numbers else " of {}".format(dtype))
        self._parts.append({"path": path, "type": text, "exact": exact, "sketch": numbers})


def sketch(numbers: Any) -> list[float]:
    """Three numbers for each chunk: the largest magnitude and a complex sum in which every position has its own phase.

    The difference of two such sums is about as large as the difference of the arrays (a random projection), so it tells a
    last bit from a changed value; a change of one element counts fully. All numbers must be finite.
    """
    np = sys.modules["numpy"]
    flat = np.asarray(numbers, dtype="float64").reshape(-1)
    found: list[float] = []
    size = max(CHUNK, -(-flat.size // CHUNKS))
    places = np.arange(min(size, flat.size), dtype="float64")
    phases = (places * places * 0.6180339887498949 + places * 0.41421356) % 1.0 * 6.283185307179586
    cosines, sines = np.cos(phases), np.sin(phases)
    for at in range(0, flat.size, size):
        chunk = flat[at : at + size]
        sums = float((chunk * cosines[: chunk.size]).sum()), float((chunk * sines[: chunk.size]).sum())
        found += [float(np.abs(chunk).max()), *sums]
    return found


def _numbers(value: Any) -> Any:
    """The value as an array of floating-point numbers, ``None`` if it is something else."""
    np = sys.modules.get("numpy")
    if np is None:
        return None
    kind = type(value)
    if kind is float or (issubclass(kind, np.floating) and value.dtype.itemsize <= 8):
        return np.asarray(value)
    if kind is np.ndarray:
        return value if value.dtype.kind == "f" and value.dtype.itemsize <= 8 and value.size else None
    if kind is list and len(value) > ITEMS and set(map(type, value)) == {float}:
        return np.asarray(value)
    return None


def _inside(value: Any) -> tuple[Any, list[tuple[str, Any]]] | None:
    """What a value is besides its parts, and the parts; ``None`` for what is compared as a whole."""
    kind = type(value)
    if kind in SCALARS:
        return None
    if kind is dict:
        if len(value) > PARTS:
            return None
        known = {key: item for key, item in value.items() if not (type(key) is str and key in TIMINGS)}
        return (kind, list(known)), [("[{!r:.60}]".format(key), item) for key, item in known.items()]
    if kind in (list, tuple):
        items = list(enumerate(value)) if len(value) <= ITEMS else []
        return ((kind, len(value)), [("[{}]".format(at), item) for at, item in items]) if items else None
    return _inside_library(value) or _inside_object(value)


def _inside_library(value: Any) -> tuple[Any, list[tuple[str, Any]]] | None:
    np, pd = sys.modules.get("numpy"), sys.modules.get("pandas")
    kind = type(value)
    if np is not None and kind is np.ndarray:
        if value.dtype.names:
            return (str(value.dtype), value.shape), [("[{!r}]".format(name), value[name]) for name in value.dtype.names]
        if value.dtype.hasobject and value.ndim and 0 < value.size <= ITEMS:
            return value.shape, [("[{}]".format(at), item) for at, item in enumerate(value.ravel().tolist())]
        return None
    if pd is None or not hasattr(pd, "DataFrame"):
        return None
    if kind is pd.DataFrame and value.shape[1] <= PARTS:
        columns = [column for column in range(value.shape[1]) if value.columns[column] not in TIMINGS]
        named = [("[{!r:.60}]".format(value.columns[at]), _plain(value.iloc[:, at])) for at in columns]
        return (kind, value.columns, value.index, value.attrs, [str(d) for d in value.dtypes]), named
    if kind is pd.Series:
        return (kind, value.name, value.index, str(value.dtype)), [(".values", _plain(value))]
    return None


def _plain(column: Any) -> Any:
    np = sys.modules["numpy"]
    array = column.array
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub":
        return column.to_numpy()
    return array


def _inside_object(value: Any) -> tuple[Any, list[tuple[str, Any]]] | None:
    """An object whose state is a dict of attributes, as its pickle would have it."""
    kind = type(value)
    if find_writer(kind) is not write_object or isinstance(value, (dict, list, set)):
        return None
    try:
        by_table = copyreg.dispatch_table.get(kind)
        reduced: Any = by_table(value) if by_table is not None else value.__reduce_ex__(2)
    except Exception:  # any class may raise anything while it is asked for its state
        return None
    if type(reduced) is str:
        return None
    make, arguments, state, items, pairs = (tuple(reduced) + (None, None, None))[:5]
    if type(state) is not dict or items is not None or pairs is not None:
        return None
    left_out = TIMINGS.union(NO_CONTENT)
    names = [name for name in sorted(state, key=str) if name not in left_out]
    return (kind, make, tuple(arguments), names), list(_attributes(state, names))


def _attributes(state: dict[Any, Any], names: list[Any]) -> Iterator[tuple[str, Any]]:
    for name in names:
        yield ".{}".format(name), state[name]
