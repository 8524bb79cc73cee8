"""Which format stores a value so that it comes back the same: write it, read it back, compare.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import errno
import importlib
import importlib.util
import logging
import os
import sys
import tempfile
from typing import Any, Callable

from .digests import Fingerprinter
from .distributions import draws_globally
from .sharing import alias_groups, sharing
from .tables import extra_attributes

DISK = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EROFS)
PLAIN = (type(None), bool, int, float, str)
#: Tables and arrays with more bytes of plain numbers are tried with their first rows: parquet and npy keep numbers as they
#: are, so that only names, index, types and the other columns can get lost.
LARGE = 1 << 26
ROWS = 1000


def is_plain(value: Any) -> bool:
    """Whether JSON can hold a value without loss: exact types, text as keys, no list or dict met twice."""
    seen: set[int] = set()
    todo = [value]
    while todo:
        item = todo.pop()
        kind = type(item)
        if kind in PLAIN:
            continue
        if kind not in (list, dict) or id(item) in seen:
            return False
        seen.add(id(item))
        if kind is dict:
            if not all(type(key) is str for key in item):
                return False
            item = list(item.values())
        if not set(map(type, item)) <= set(PLAIN):
            todo.extend(item)
    return True


def _of(module: str, name: str, value: Any) -> bool:
    return type(value) is getattr(sys.modules.get(module), name, None)


#: What a format says it accepts -> whether a value is worth a try. Exactness is found out by trying.
ACCEPTS: dict[str, Callable[[Any], bool]] = {
    "frame": lambda value: _of("pandas", "DataFrame", value) and value.columns.nlevels == 1,
    "series": lambda value: _of("pandas", "Series", value) and type(value.name) is str,
    "array": lambda value: _of("numpy", "ndarray", value) and not value.dtype.hasobject,
    "plain": is_plain,
    "sparse": lambda value: hasattr(value, "tocoo") and type(value).__module__.startswith("scipy.sparse"),
    "distribution": draws_globally,
    "logger": lambda value: type(value) is logging.Logger and not value.handlers,
    "any": lambda value: True,
}


class Storage:
    """Stores values in a folder, each in the first of ``formats`` that brings it back unchanged."""

    def __init__(self, folder: str, formats: list[dict[str, Any]]) -> None:
        self.folder = folder
        self.formats = formats

    def check(self) -> None:
        """Raises OSError if nothing can be written to the folder."""
        with tempfile.TemporaryFile(dir=self.folder):
            pass

    def store(self, name: str, value: Any, fingerprint: str, together: bool = False) -> tuple[str, str] | None:
        """The format and file name under which ``value`` now lies in the folder; ``None`` if no format is exact.

        ``together``: the value is a tuple of names that share objects, and must share them afterwards.
        """
        telling = None if together else telling_parts(value)
        if telling is not None:
            return self._store_large(name, telling)
        shape = _shape(value, together)
        for layout in (_row_major(value), None):  # the layout in memory only matters for the last bit of sums
            second_best = None
            for form in self.formats:
                path = os.path.join(self.folder, "." + name + ".try" + form["suffix"])
                exact = self._try(form, path, value, fingerprint, lambda copy: _shape(copy, together) == shape, layout)
                if exact is None or (not exact and (together or second_best)):
                    _remove(path)
                elif not exact:
                    second_best = form, path
                else:
                    if second_best:
                        _remove(second_best[1])
                    return self._keep(name, form, path)
            if second_best:
                return self._keep(name, *second_best)
        return None

    def _store_large(self, name: str, parts: list[Any]) -> tuple[str, str] | None:
        """The first format that is exact for the first rows of a table or array, and for what is no plain number in it."""
        marks = [Fingerprinter().fingerprint(part) for part in parts]
        for layout in (_row_major(parts[0]), None):
            for form in self.formats:
                path = os.path.join(self.folder, "." + name + ".try" + form["suffix"])
                exact = True
                for at, (part, mark) in enumerate(zip(parts, marks)):
                    held = None if at else layout
                    exact = exact and self._try(form, path, part, mark, lambda copy: True, held) is True
                if exact:
                    return self._keep(name, form, path)
                _remove(path)
        return None

    def _keep(self, name: str, form: dict[str, Any], path: str) -> tuple[str, str]:
        file = name + form["suffix"]
        os.replace(path, os.path.join(self.folder, file))
        return form["name"], file

    def _try(
        self,
        form: dict[str, Any],
        path: str,
        value: Any,
        fingerprint: str,
        is_joined: Callable[[Any], bool],
        layout: bool | None,
    ) -> bool | None:
        """``None``: not the same, or not laid out as ``layout`` says.

        ``False``: the same, but shared parts came back apart. ``True``: exact.
        """
        try:
            if not ACCEPTS.get(form["accepts"], ACCEPTS["any"])(value):
                return None
            aliases = _modules(form)
            if aliases is None:
                return None
            names = {alias: alias for alias in aliases}
            scope = dict(aliases, value=value, path=path)
            exec(form["save"].format(value="value", path="path", **names), scope)
            loaded = eval(form["load"].format(path="path", **names), scope)
            if type(loaded) is not type(value) or Fingerprinter().fingerprint(loaded) != fingerprint:
                return None
            if layout is not None and _row_major(loaded) != layout:
                return None
            return is_joined(loaded)
        except OSError as problem:
            if problem.errno in DISK:  # a full disk is no property of the format
                raise
            return None
        except Exception:  # whatever a library raises, this format is not the one
            return None


def telling_parts(value: Any) -> list[Any] | None:
    """What of a large table or array tells how all of it is stored: its first rows, then the columns that are no plain
    numbers, with the index. ``None`` for anything else, which is tried as a whole.
    """
    if _of("numpy", "ndarray", value) and value.ndim and value.nbytes >= LARGE:
        return [value[:ROWS]] if _is_number(value.dtype) else None
    if not _of("pandas", "DataFrame", value) or len(value) <= ROWS or extra_attributes(value):
        return None
    plain = [_is_number(dtype) for dtype in value.dtypes]
    width = sum(dtype.itemsize for dtype, number in zip(value.dtypes, plain) if number)
    if width * len(value) < LARGE or value.columns.nlevels > 1:
        return None
    if all(plain) and _of("pandas", "RangeIndex", value.index):
        return [value.iloc[:ROWS]]
    return [value.iloc[:ROWS], value.loc[:, [not number for number in plain]]]


def _is_number(dtype: Any) -> bool:
    """Whether a column or array of this dtype comes back from any file of numbers as it was."""
    np = sys.modules["numpy"]
    return isinstance(dtype, np.dtype) and (dtype.kind in "iub" or (dtype.kind == "f" and dtype.itemsize in (4, 8)))


def _row_major(value: Any) -> bool:
    """Whether a table's numbers lie row by row, as in one made from an array.

    Sums over columns then round differently in the last bit, and a file of columns brings them back column by column.
    """
    for block in getattr(getattr(value, "_mgr", None), "blocks", ()):
        numbers = block.values
        strides: Any = getattr(numbers, "strides", ())
        if len(strides) == 2 and min(numbers.shape) > 1 and numbers.dtype.kind in "fc" and strides[0] < strides[1]:
            return True
    return False


def _shape(value: Any, together: bool) -> Any:
    """What parts of a value are one and the same object or lie in the same memory."""
    return sharing(value), alias_groups({str(at): part for at, part in enumerate(value)}) if together else None


def _modules(form: dict[str, Any]) -> dict[str, Any] | None:
    """The modules that a format's code uses, ``None`` if one is not installed here."""
    found = {}
    for module, alias in form["imports"]:
        if module not in sys.modules and importlib.util.find_spec(module.split(".")[0]) is None:
            return None
        found[alias] = importlib.import_module(module)
    return found


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass
