"""Stored artifacts as tables: parquet files, and npy arrays of one or two dimensions, column by column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SUFFIXES = (".parquet", ".npy")
_WIDEST = 500  # columns; a wider array is an image or an embedding: its shape and type are the contract


@dataclass(frozen=True, slots=True)
class Table:
    """A table on disk. ``names`` and ``types`` in their order; ``columns`` reads one after the other, as pandas Series."""

    path: Path
    rows: int
    names: tuple[str, ...]
    types: tuple[str, ...]

    def columns(self) -> Iterator[tuple[str, str, Any]]:
        """Name, type and values of each column; only one is in memory at a time."""
        read = _parquet_column if self.path.suffix == ".parquet" else _array_column
        for position, (name, kind) in enumerate(zip(self.names, self.types, strict=False)):
            yield name, kind, read(self.path, position)


def readable(path: Path) -> bool:
    """Whether contracts cover files of this kind."""
    return path.suffix in SUFFIXES


def open_table(path: Path) -> Table:
    """Read the schema only; raises OSError or ValueError if the file is not what its name says."""
    return _parquet(path) if path.suffix == ".parquet" else _array(path)


def _parquet(path: Path) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except pa.ArrowException as error:
        raise ValueError(str(error)) from error
    return Table(path, rows, tuple(schema.names), tuple(_type(field.type) for field in schema))


def _type(kind: Any) -> str:
    """The type by what it means: how pandas stores text or the unit of a time differs between its versions."""
    import pyarrow.types as t

    if t.is_dictionary(kind):
        return f"category of {_type(kind.value_type)}"
    if t.is_string(kind) or t.is_large_string(kind):
        return "text"
    if t.is_timestamp(kind):
        return f"time {kind.tz}" if kind.tz else "time"
    if t.is_duration(kind):
        return "duration"
    return {"double": "float64", "float": "float32", "halffloat": "float16"}.get(str(kind), str(kind))


def _parquet_column(path: Path, position: int) -> Any:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        name = file.schema_arrow.names[position]
        return file.read(columns=[name], use_pandas_metadata=False).column(0).to_pandas()


def _array(path: Path) -> Table:
    import numpy as np

    array = np.load(path, mmap_mode="r", allow_pickle=False)
    kind = str(array.dtype)
    if array.ndim == 1:
        return Table(path, len(array), ("values",), (kind,))
    if array.ndim == 2 and array.shape[1] <= _WIDEST:
        return Table(path, len(array), tuple(map(str, range(array.shape[1]))), (kind,) * array.shape[1])
    rows, shape = (array.shape[0], array.shape[1:]) if array.ndim else (1, ())
    return Table(path, rows, (), (f"{kind} array, each {' x '.join(map(str, shape))}",))


def _array_column(path: Path, position: int) -> Any:
    import numpy as np
    import pandas as pd

    array = np.load(path, mmap_mode="r", allow_pickle=False)
    return pd.Series(np.array(array if array.ndim == 1 else array[:, position]))
