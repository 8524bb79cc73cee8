"""Fingerprints of pandas objects: columns, dtypes, index and values.

Part of the probe: runs in the user's kernel, on Python 3.8 and later; uses pandas only where the user has loaded it.
"""

from __future__ import annotations

import sys
from typing import Any, Callable

from .arrays import array_content
from .refusals import qualified

CHUNK = 1 << 18
#: Columns that hold measured times, as ``pd.DataFrame(search.cv_results_)`` has them.
TIMINGS = frozenset(("mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time", "fit_time", "score_time"))


def find_writer(kind: type) -> Callable[[Any, Any], bytes] | None:
    """How tables, columns, indexes and extension arrays are hashed; ``None`` leaves scalars to the general rule."""
    pd = sys.modules["pandas"]
    if issubclass(kind, pd.DataFrame):
        return write_frame
    if issubclass(kind, pd.Series):
        return write_series
    if issubclass(kind, pd.Index):
        return write_index
    if issubclass(kind, pd.api.extensions.ExtensionArray):
        return lambda out, value: b"extension" + values(out, value)
    if issubclass(kind, pd.api.extensions.ExtensionDtype) and not issubclass(kind, pd.CategoricalDtype):
        return lambda out, value: b"dtype" + out.join(type(value), str(value))
    return None


def write_frame(out: Any, value: Any) -> bytes:
    """A table, column by column."""
    content = b"frame" + _head(out, value) + out.token(value.columns) + out.token(value.index)
    for label, column in zip(value.columns, _columns(value)):
        timing = isinstance(label, str) and label in TIMINGS
        content += out.token(str(column.dtype)) if timing else values(out, column)
    return content


def write_series(out: Any, value: Any) -> bytes:
    """A column with its name and index."""
    head = b"series" + _head(out, value) + out.join(value.name, value.index)
    return head + values(out, value.array)


def _head(out: Any, value: Any) -> bytes:
    """Class, attributes and flags that belong to a table or column beside its data."""
    own = {name: getattr(value, name, None) for name in value._metadata if name not in ("name", "_name")}
    extra = extra_attributes(value)
    own.update({name: part for name, part in extra.items() if out.attempt(part) is not None})
    flags = bool(getattr(getattr(value, "flags", None), "allows_duplicate_labels", True))
    return out.token(type(value)) + out.state(own) + out.join(dict(getattr(value, "attrs", {})), flags)


def extra_attributes(value: Any) -> dict[str, Any]:
    """Attributes that the user put on a table or column (``df.note = ...``); pandas keeps accessors there too.

    Those without a content that could be compared are no part of the table's: patsy leaves its design on the tables that
    it makes, and libraries that save such tables go without.
    """
    kind = type(value)
    names = [name for name in getattr(value, "__dict__", ()) if not name.startswith("_") and not hasattr(kind, name)]
    return {name: value.__dict__[name] for name in names if name not in value._metadata}


def _columns(value: Any) -> list[Any]:
    """The columns' arrays, without filling the frame's caches where its version lets us."""
    manager = getattr(value, "_mgr", None)
    read = getattr(manager, "iget_values", None) or (lambda at: value.iloc[:, at].array)
    return [read(at) for at in range(value.shape[1])]


def write_index(out: Any, value: Any) -> bytes:
    """An index with its type, names and frequency."""
    pd = sys.modules["pandas"]
    head = b"index" + out.token(type(value)) + out.token(list(value.names))
    if isinstance(value, pd.RangeIndex):
        return head + out.join(value.start, value.stop, value.step)
    if isinstance(value, pd.MultiIndex):
        codes = [[int(code) for code in part] if len(part) < 64 else part.astype("int64") for part in value.codes]
        return head + out.join(list(value.levels), *codes)
    head += out.token(str(getattr(value, "freqstr", None)))
    return head + values(out, value.array)


def values(out: Any, column: Any) -> bytes:
    """The values of a column or index: a numpy array or one of pandas' own kinds of array."""
    np = sys.modules["numpy"]
    if isinstance(column, np.ndarray):
        return b"array" + array_content(out, column)
    plain = getattr(column, "_ndarray", None)
    name = type(column).__name__
    if name in ("PandasArray", "NumpyExtensionArray"):
        return b"array" + array_content(out, column.to_numpy())
    head = out.token(qualified(type(column)))
    writer = KINDS.get(name)
    if writer is not None:
        return head + writer(out, column)
    head += out.token(str(column.dtype))
    if hasattr(column, "_pa_array"):
        return head + _arrow(out, column._pa_array)
    if hasattr(column, "_mask") and hasattr(column, "_data"):
        data = np.where(column._mask, column._data.dtype.type(0), column._data) if column._mask.any() else column._data
        return head + array_content(out, data) + array_content(out, column._mask)
    if isinstance(plain, np.ndarray):  # dates, times and text kept by numpy
        return head + array_content(out, plain)
    if isinstance(getattr(column, "_data", None), np.ndarray):
        return head + array_content(out, column._data)
    from .digests import write_object

    return head + write_object(out, column)


def _categorical(out: Any, column: Any) -> bytes:
    codes = array_content(out, column.codes)
    return codes + out.join(column.categories, bool(column.ordered))


def _sparse(out: Any, column: Any) -> bytes:
    index = column.sp_index.to_int_index()
    held = array_content(out, column.sp_values) + array_content(out, index.indices)
    return held + out.join(str(column.dtype), column.fill_value, int(index.length))


def _interval(out: Any, column: Any) -> bytes:
    return out.join(column.left, column.right, str(column.closed))


def _arrow(out: Any, column: Any) -> bytes:
    """Arrow's own arrays, whatever pieces they lie in."""
    kind = str(column.type)
    content = out.token(kind) + out.token(len(column))
    text = kind in ("string", "large_string", "string_view")
    number = kind in NUMBERS and hasattr(column, "fill_null")
    for at in range(0, len(column), CHUNK):
        piece = column.slice(at, CHUNK)
        if number and not isinstance(piece, sys.modules["pyarrow"].Array):
            piece = piece.combine_chunks()
        if number and isinstance(piece, sys.modules["pyarrow"].Array):
            missing = piece.null_count > 0
            plain = piece.fill_null(0) if missing else piece
            content += array_content(out, plain.to_numpy(zero_copy_only=False))
            if missing:
                content += array_content(out, piece.is_null().to_numpy(zero_copy_only=False))
        else:
            content += out.sequence(list(piece.to_numpy()) if text else piece.to_pylist())
    return content


NUMBERS = frozenset("int8 int16 int32 int64 uint8 uint16 uint32 uint64 float double".split())


def find_arrow_writer(kind: type) -> Callable[[Any, Any], bytes] | None:
    """How Arrow's tables and columns are hashed: by their content, whatever part of which buffers it is."""
    pa = sys.modules["pyarrow"]
    if issubclass(kind, (pa.Table, pa.RecordBatch)):
        return _arrow_table
    if issubclass(kind, (pa.ChunkedArray, pa.Array)):
        return lambda out, value: b"arrow" + out.token(kind.__name__) + _arrow(out, value)
    if issubclass(kind, (pa.Schema, pa.DataType, pa.Field)):
        return lambda out, value: b"arrow type" + out.token(str(value))
    return None


def _arrow_table(out: Any, value: Any) -> bytes:
    schema = value.schema
    metadata = {bytes(key): bytes(text) for key, text in (schema.metadata or {}).items()}
    content = b"arrow table" + out.join(type(value).__name__, str(schema.remove_metadata()), metadata)
    return content + b"".join([_arrow(out, column) for column in value.columns])


KINDS: dict[str, Callable[[Any, Any], bytes]] = {
    "Categorical": _categorical,
    "SparseArray": _sparse,
    "IntervalArray": _interval,
}
