"""Which library's rule hashes a value, found without importing any library.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import sys
from typing import Any, Callable

from . import arrays, models, tables

#: First part of a class's module -> what finds the writer for it.
FAMILIES = {
    "numpy": arrays.find_numpy_writer,
    "scipy": arrays.find_scipy_writer,
    "sklearn": models.find_sklearn_writer,
    "pandas": tables.find_writer,
    "pyarrow": tables.find_arrow_writer,
    "torch": models.find_torch_writer,
    "xgboost": models.find_booster_writer,
    "lightgbm": models.find_booster_writer,
    "catboost": models.find_booster_writer,
}


def find_writer(kind: type) -> Callable[[Any, Any], bytes] | None:
    """The rule of the library that a class or one of its bases comes from, if it has one."""
    for base in kind.__mro__:
        root = str(getattr(base, "__module__", "")).split(".")[0]
        if root in FAMILIES and root in sys.modules:
            writer = FAMILIES[root](kind)
            if writer is not None:
                return writer
    return None
