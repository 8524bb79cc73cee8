"""Fingerprints of numpy arrays and scipy's sparse matrices: dtype, shape and content in C order.

Part of the probe: runs in the user's kernel, on Python 3.8 and later; uses numpy only where the user has loaded it.
"""

from __future__ import annotations

import sys
from typing import Any, Callable

from . import distributions

CHUNK = 1 << 18


def find_numpy_writer(kind: type) -> Callable[[Any, Any], bytes] | None:
    """How arrays, scalars and dtypes are hashed; ``None`` leaves the rest (generators, ufuncs) to the general rule."""
    np = sys.modules["numpy"]
    if kind is np.ndarray:
        return write_array
    if issubclass(kind, np.generic):
        return write_scalar
    if issubclass(kind, np.dtype):
        return lambda out, value: b"dtype" + out.token(repr(value))
    if issubclass(kind, np.ma.MaskedArray):
        return write_masked
    if issubclass(kind, np.memmap):
        return lambda out, value: b"memmap" + array_content(out, np.asarray(value))
    if issubclass(kind, np.ndarray):
        return write_subclass
    return None


def write_array(out: Any, value: Any) -> bytes:
    """A plain array."""
    return b"array" + array_content(out, value)


def write_scalar(out: Any, value: Any) -> bytes:
    """A number of numpy's, which is not the same as Python's."""
    np = sys.modules["numpy"]
    if type(value) is np.float64:
        return b"float64" + out.token(float(value))
    if type(value) is np.str_:
        return b"str_" + out.token(str(value))
    return b"scalar" + out.token(type(value)) + array_content(out, np.asarray(value))


def write_masked(out: Any, value: Any) -> bytes:
    """A masked array: what it hides counts too, since unmasking shows it again."""
    np = sys.modules["numpy"]
    fill = value._fill_value  # the property would set it
    content = b"masked" + out.token(type(value)) + array_content(out, np.asarray(value.data))
    content += array_content(out, np.ma.getmaskarray(value)) + out.token(bool(value.hardmask))
    default = value.dtype.names is None and fill is not None and _same(fill, np.ma.default_fill_value(value.dtype))
    return content + (b"default" if fill is None or default else array_content(out, np.asarray(fill)))


def _same(fill: Any, default: Any) -> bool:
    np = sys.modules["numpy"]
    return bool(np.array_equal(np.asarray(fill), np.asarray(default).astype(np.asarray(fill).dtype)))


def write_subclass(out: Any, value: Any) -> bytes:
    """A matrix, record array or another library's array with attributes of its own."""
    np = sys.modules["numpy"]
    content = b"subarray" + out.token(type(value)) + array_content(out, value.view(np.ndarray))
    return content + out.state(dict(getattr(value, "__dict__", {})))


def array_content(out: Any, value: Any) -> bytes:
    """dtype, shape and elements of an array; big ones are read where they lie, piece by piece."""
    dtype = value.dtype
    head = out.token(repr(dtype)) + out.token(tuple(value.shape))
    if dtype.names is not None:  # field by field: between the fields may lie anything
        return head + b"".join(array_content(out, value[name]) for name in dtype.names)
    if dtype.hasobject or dtype.kind == "T":
        return head + b"o" + out.sequence(value.ravel().tolist())
    if dtype.kind in "fc" and not _plain_float(dtype):
        return head + b"t" + out.sequence([repr(number) for number in value.ravel()])
    return head + b"r" + out.bulk(pieces(value))


def _plain_float(dtype: Any) -> bool:
    return dtype.itemsize <= (16 if dtype.kind == "c" else 8)


def pieces(value: Any) -> Any:
    """The content of an array in C order, a few megabytes at a time, NaN always with the same bits."""
    np = sys.modules["numpy"]
    if value.flags.c_contiguous:
        line = value.reshape(-1)
        parts: Any = (line[at : at + CHUNK] for at in range(0, line.size, CHUNK))
    elif value.size <= CHUNK or value.ndim == 1:
        parts = (value[at : at + CHUNK] for at in range(0, len(value), CHUNK))
    elif value[0].size > CHUNK:
        for part in value:
            yield from pieces(part)
        return
    else:
        rows = max(1, CHUNK // max(1, value[0].size))
        parts = (value[at : at + rows] for at in range(0, value.shape[0], rows))
    for part in parts:
        yield as_bytes(same_nan(np.ascontiguousarray(part).reshape(-1)))


def same_nan(part: Any) -> Any:
    """The same numbers with one bit pattern for NaN: files do not keep which one it was."""
    np = sys.modules["numpy"]
    if part.dtype.kind not in "fc" or not part.size:
        return part
    with np.errstate(all="ignore"):
        if part.dtype.kind == "c":
            return same_nan(part.view(part.real.dtype))
        if not np.isnan(part.min()):
            return part
        return np.where(np.isnan(part), part.dtype.type("nan"), part)


def as_bytes(part: Any) -> Any:
    """A contiguous array as a buffer that any hash takes, also for dtypes without a buffer format (datetime64)."""
    return part.view(sys.modules["numpy"].uint8).data if part.size and part.dtype.itemsize else b""


def find_scipy_writer(kind: type) -> Callable[[Any, Any], bytes] | None:
    """How sparse matrices, distributions and splines are hashed."""
    sparse = sys.modules.get("scipy.sparse")
    if sparse is None or not any(base.__name__ in ("spmatrix", "_spbase", "sparray") for base in kind.__mro__):
        return distributions.find_writer(kind)
    return write_sparse


def write_sparse(out: Any, value: Any) -> bytes:
    """A sparse matrix in the form it is held in."""
    head = b"sparse" + out.token(type(value)) + out.token(tuple(value.shape)) + out.token(value.dtype)
    names = {"coo": ("row", "col"), "dia": ("offsets",)}.get(value.format, ("indices", "indptr"))
    if value.format in ("dok", "lil"):
        value = value.tocsr()
        value.sort_indices()
    if value.format == "coo" and hasattr(value, "coords"):
        return head + out.token(tuple(value.coords)) + write_array(out, value.data)
    return head + b"".join(write_array(out, getattr(value, name)) for name in (*names, "data"))
