"""Values that no file keeps, but that the statement which made them makes again at no cost: groupings, locks, connections.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import sys
from typing import Any

from .refusals import qualified

#: A view of a table with no state of its own.
GROUPINGS = ("pandas.core.groupby.", "pandas.core.window.", "pandas.core.resample.")


def can_be_rebuilt(value: Any) -> bool:
    """Whether running the statement again that made ``value`` gives one that cannot be told from it."""
    kind = type(value)
    if any(qualified(base).startswith(GROUPINGS) for base in kind.__mro__):
        return True
    if qualified(kind) == "_thread.lock":
        return not value.locked()
    sqlite = sys.modules.get("_sqlite3")
    if sqlite is not None and kind is sqlite.Connection:
        return _has_all_in_a_file(value)
    engine = getattr(sys.modules.get("sqlalchemy"), "Engine", None)
    return (
        engine is not None and isinstance(value, engine) and "memory" not in str(value.url) and bool(value.url.database)
    )


def _has_all_in_a_file(connection: Any) -> bool:
    """Whether another connection would find the same: no open transaction, nothing in memory or temporary."""
    try:
        if connection.in_transaction or connection.row_factory is not None:
            return False
        databases = connection.execute("PRAGMA database_list").fetchall()
        temporary = connection.execute("SELECT count(*) FROM sqlite_temp_master").fetchone()[0]
    except Exception:  # closed, or used in another thread
        return False
    return not temporary and all(name == "main" and file for _, name, file in databases if name != "temp")
