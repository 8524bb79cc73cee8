"""Which values cannot be handed from one process to another, and what to do instead.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import io
import sys
from typing import Any

ITERATOR = (
    "an iterator is used up as it is read",
    "Turn it into a list with list(...), or create it in the step that uses it",
)
#: (how the full names of the classes begin, why they cannot cross, what to do). The first row that fits tells.
REMEDIES = (
    (
        ("builtins.generator", "builtins.async_generator", "builtins.coroutine"),
        "a generator is a computation that is half done",
        "Collect what it yields with list(...), or create it in the step that uses it",
    ),
    (
        ("builtins.function", "builtins.method"),
        "only cloudpickle stores a function without a name of its own, and it is not in the kernel's environment",
        "Define it with def in a cell tagged 'functions', or install cloudpickle",
    ),
    (
        ("builtins.module",),
        "a module is not data",
        "Import it in the step that uses it",
    ),
    (
        ("matplotlib.", "seaborn.axisgrid.", "seaborn.matrix.", "plotly.", "bokeh.", "altair."),
        "a figure belongs to the process that draws it",
        "Draw it in the step that shows it, and hand over the data it is drawn from",
    ),
    (
        ("xgboost.core.DMatrix", "lightgbm.basic.Dataset", "catboost.core.Pool"),
        "a library's own copy of the data lives in one process",
        "Make it in the step that uses it, and hand over the table or array it is made from",
    ),
    (
        ("torch._C.Generator",),
        "this version of PyTorch does not store generators",
        "Make it in the step that uses it, or seed PyTorch's own with torch.manual_seed(...), which the steps go on with",
    ),
    (
        ("torch.Tensor",),
        "PyTorch does not store a tensor's gradient with it",
        "Hand over .grad as a tensor of its own, or set .grad = None at the end of the step",
    ),
    (
        ("pandas.io.formats.style.",),
        "a styled table is a way to show one",
        "Style it in the step that shows it, and hand over the table",
    ),
    (
        ("pandas.core.groupby.", "pandas.core.window.", "pandas.core.resample."),
        "a grouping is a view of a table and does not survive being saved",
        "Hand over the table and group it again where it is needed",
    ),
    (
        ("sqlite3.", "psycopg", "pymysql.", "sqlalchemy.", "duckdb.", "_duckdb.", "pyodbc.", "pymongo.", "snowflake."),
        "a connection lives in one process",
        "Read the data and hand over the table, or open the connection again in the step that needs it: put the "
        "opening into a function in a cell tagged 'functions'",
    ),
    (
        ("socket.", "_socket.", "ssl.", "requests.", "urllib3.", "http.client.", "aiohttp.", "httpx.", "redis."),
        "a network connection lives in one process",
        "Fetch the data and hand it over, or connect again in the step that needs it",
    ),
    (
        ("_io.", "io.", "tempfile.", "zipfile.", "tarfile.", "gzip.", "mmap."),
        "an open file lives in one process",
        "Hand over its path, or what was read from it, and open it where it is needed",
    ),
    (
        ("_thread.", "threading.", "multiprocessing.", "concurrent.futures.", "subprocess.", "asyncio.", "_asyncio."),
        "locks, threads and processes live in one process",
        "Create it in the step that uses it",
    ),
    (
        ("patsy.",),
        "patsy does not let its designs be saved",
        'Make tables with return_type="dataframe", or build the design again in the step that uses it',
    ),
    (
        ("pyspark.", "dask.", "distributed.", "ray."),
        "a session with a cluster lives in one process",
        "Write the data out and read it again in the next step, or keep both in one step",
    ),
    (
        ("logging.",),
        "what a logger or handler writes to and keeps lives in one process",
        "Set it up in a cell tagged 'imports', which each step runs, with files opened to append (mode='a')",
    ),
    (
        ("weakref.", "builtins.weakref", "builtins.weakproxy"),
        "a weak reference does not keep its object",
        "Hand over the object itself",
    ),
)
UNKNOWN = (
    "no format brings it back the same",
    "Hand over the plain data it is made from, or keep the steps that share it in one step",
)
#: For names that share memory (``b = a[:5]``), stored together.
VIEWS = (
    "they lie in the same memory, so that a change of one is a change of the other: no file keeps that. Make a copy where "
    "one is made from the other (.copy(), .clone()), or keep the steps that use them in one step."
)

#: For a table with an attribute of the user's (``df.note = ...``).
EXTRA = (
    "{0}: it has an attribute '{1}', which pandas does not save. If a column was meant, write df['{1}'] = ...; a remark "
    "belongs into df.attrs['{1}']."
)

#: Classes whose values may pickle, but are not the same afterwards: refused without a try.
NEVER = (
    "builtins.generator",
    "builtins.async_generator",
    "builtins.coroutine",
    "builtins.frame",
    "builtins.traceback",
    "_csv.reader",
    "_csv.writer",
    "_thread.",
    "matplotlib.figure.",
    "matplotlib.axes.",
    "matplotlib.artist.",
    "matplotlib.container.",
    "matplotlib.animation.",
    "pandas.core.groupby.",
    "pandas.core.window.",
    "pandas.core.resample.",
    "pandas.io.formats.style.",
    "threading.",
    "subprocess.",
    "socket.",
    "mmap.",
    "builtins.weakref",
    "weakref.",
)


class Unfingerprintable(Exception):
    """A value without a content that could be compared; ``culprit_type`` is the class of the part that is to blame."""

    def __init__(self, culprit: Any) -> None:
        super().__init__(type_name(type(culprit)))
        self.culprit_type = type(culprit)


def qualified(kind: type) -> str:
    """Module and name of a class, as it says itself."""
    return "{}.{}".format(getattr(kind, "__module__", "builtins"), getattr(kind, "__qualname__", kind.__name__))


def type_name(kind: type) -> str:
    """The name of a class as a user knows it: ``pandas.DataFrame``, not ``pandas.core.frame.DataFrame``."""
    module, name = str(getattr(kind, "__module__", "builtins")), str(getattr(kind, "__qualname__", kind.__name__))
    if module == "builtins":
        return name
    parts = module.split(".")
    for length in range(1, len(parts)):
        prefix = ".".join(parts[:length])
        if getattr(sys.modules.get(prefix), "__dict__", {}).get(name) is kind:
            return prefix + "." + name
    return module + "." + name


def is_iterator(kind: type) -> bool:
    """Iterators of the language itself: reading them uses them up, and a copy would not be the same one."""
    module = getattr(kind, "__module__", "")
    return module in ("builtins", "itertools") and hasattr(kind, "__next__")


def is_refused(kind: type) -> bool:
    """Whether values of this class have no content of their own that can be stored and compared."""
    if kind in (io.StringIO, io.BytesIO):
        return False
    if is_iterator(kind) or issubclass(kind, io.IOBase):
        return True
    return any(qualified(base).startswith(NEVER) for base in kind.__mro__)


def remedy(kind: type) -> tuple[str, str]:
    """Why a value of this class cannot cross, and what to do."""
    for base in kind.__mro__:
        for known, reason, advice in REMEDIES:
            if qualified(base).startswith(known):
                return reason, advice
    return ITERATOR if is_iterator(kind) else UNKNOWN


def refusal(kind: type, culprit: type | None) -> str:
    """The sentences that say why a value cannot cross a step border and what to do; ``culprit`` is a part of it."""
    reason, advice = remedy(culprit or kind)
    holder = "it holds a " if culprit is not None and culprit is not kind else ""
    return "{}{}: {}. {}.".format(holder, type_name(culprit or kind), reason, advice)
