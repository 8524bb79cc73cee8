"""A sweep as files: ``points.csv`` and ``points.parquet`` with a row per point, ``points.svg`` with its metrics drawn."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from nb2pipe.model import Sweep
from nb2pipe.parameters import literal
from nb2pipe.reports import sweepplot
from nb2pipe.storing import write_bytes, write_text

_PLAIN = (bool, int, float, str)
_INT64 = 2**63


def write(sweep: Sweep, folder: Path) -> tuple[Path, ...]:
    """Write them, each whole or not at all; raises OSError."""
    columns = rows(sweep)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([["" if value is None else value for value in row] for row in zip(*columns.values(), strict=True)])
    paths = tuple(folder / f"points.{ending}" for ending in ("csv", "parquet", "svg"))
    write_text(paths[0], text.getvalue())
    write_bytes(paths[1], _parquet(columns))
    write_text(paths[2], sweepplot.drawing(sweep))
    return paths


def rows(sweep: Sweep) -> dict[str, list[Any]]:
    """The columns: the number from 1, parameters, metrics, whether it is the best, time, run, what failed and why.

    A metric with the name of a parameter is called ``metric NAME``.
    """
    points = sweep.points
    names = list(points[0].parameters)
    found: dict[str, list[Any]] = {"point": list(range(1, len(points) + 1))}
    for name in names:
        found[name if name not in found else f"parameter {name}"] = _same([point.parameters[name] for point in points])
    for name in sweep.metrics:
        found[name if name not in found else f"metric {name}"] = [point.metrics.get(name) for point in points]
    last: dict[str, list[Any]] = {
        "best": [at == sweep.best for at in range(len(points))],
        "seconds": [round(point.seconds, 3) for point in points],
        "run": [point.run for point in points],
        "failed_step": [point.step for point in points],
        "error": [point.error for point in points],
    }
    found |= {(name if name not in found else f"sweep {name}"): values for name, values in last.items()}
    return found


def _same(values: list[Any]) -> list[Any]:
    """Values as they are if one plain type holds them all, else as Python writes them."""
    kinds = {type(value) for value in values if value is not None}
    big = any(isinstance(value, int) and abs(value) >= _INT64 for value in values)
    plain = len(kinds) <= 1 and all(kind in _PLAIN for kind in kinds) and not big
    return values if plain else [literal(value) for value in values]


def _parquet(columns: dict[str, list[Any]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = {"run", "failed_step", "error"}
    arrays = [pa.array(values, type=pa.string() if name in texts else None) for name, values in columns.items()]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(arrays, names=list(columns)), sink)
    return bytes(sink.getvalue().to_pybytes())
