"""Values that no file keeps, but that the statement which made them makes again at no cost: groupings, locks, connections,
loggers, type variables.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import sys
from typing import Any

from .refusals import qualified

#: A view of a table with no state of its own.
GROUPINGS = ("pandas.core.groupby.", "pandas.core.window.", "pandas.core.resample.")


#: Known by the names that they are bound to.
NAMED = ("typing.TypeVar", "typing.ParamSpec", "typing.TypeVarTuple", "typing.NewType")


def is_made_again(value: Any) -> bool:
    """Whether a value is never stored, though it could be: what it does depends on the process, or it is a mere name."""
    if qualified(type(value)) in NAMED:
        return True
    logging = sys.modules.get("logging")
    return logging is not None and isinstance(value, (logging.Logger, logging.Handler, logging.Formatter))


def can_be_rebuilt(value: Any) -> bool:
    """Whether running the statement again that made ``value`` gives one that cannot be told from it."""
    kind = type(value)
    if is_made_again(value):
        return _keeps_files(value)
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


def _keeps_files(value: Any) -> bool:
    """Whether making a logger or handler again leaves alone what it has written (``FileHandler(..., mode="w")`` does not),
    and loses nothing that it remembers.
    """
    handlers = [value, *getattr(value, "handlers", ())]
    own = [handler for handler in handlers if type(handler).__module__ == "__main__"]
    return not own and not any("w" in str(getattr(handler, "mode", "")) for handler in handlers)


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
