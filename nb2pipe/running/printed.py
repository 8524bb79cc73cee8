"""The metrics that a step only prints: read from its executed notebook, and noted with those that it wrote itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nb2pipe import magics
from nb2pipe.model import Cell, CellKind, Metric, MetricSource
from nb2pipe.outputs.cells import read_cell
from nb2pipe.outputs.plain import join
from nb2pipe.storing import write_text


def read(metrics: tuple[Metric, ...], step: str, executed: Path) -> dict[str, float]:
    """The step's printed metrics, by name; raises OSError."""
    wanted = {(m.cell, m.key): m.name for m in metrics if m.step == step and m.source is MetricSource.PRINTED}
    return _found(json.loads(executed.read_text(encoding="utf-8")), wanted) if wanted else {}


def note(found: Mapping[str, float], file: Path) -> None:
    """Add numbers that others read to the step's own ``metrics.json``; raises OSError."""
    if found:
        known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        write_text(file, json.dumps({**known, **found}, indent=1) + "\n")


def _found(notebook: Mapping[str, Any], wanted: Mapping[tuple[int, str], str]) -> dict[str, float]:
    cells = {cell for cell, _ in wanted}
    found: dict[str, float] = {}
    for data in notebook["cells"]:
        number = data["metadata"].get("nb2pipe", {}).get("cell", 0) - 1
        if number not in cells:
            continue
        source = join(data["source"])
        cell = Cell(
            index=number, id=str(number), kind=CellKind.CODE, source=source, outputs=tuple(data.get("outputs", ()))
        )  # fmt: skip
        for reading in read_cell(cell, magics.to_python(source).text):
            if (number, reading.name) in wanted:
                found[wanted[number, reading.name]] = reading.value
    return found
