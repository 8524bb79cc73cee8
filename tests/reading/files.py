"""Notebooks for the tests of reading, built in memory and written to a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nb2pipe.model import Cell, CellKind, Notebook


def code(source: str | list[str], *tags: str, **other: Any) -> dict[str, Any]:
    metadata = {"tags": list(tags)} if tags else {}
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [],
        "source": source,
        **other,
    }


def markdown(source: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {"tags": list(tags)} if tags else {}, "source": source}


def content(*cells: Any, **metadata: Any) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}


def write(folder: Path, *cells: Any, name: str = "churn.ipynb", **metadata: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps(content(*cells, **metadata), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def notebook(*cells: tuple[str, ...] | str, text_format: str = "ipynb", **metadata: Any) -> Notebook:
    """A notebook of code cells: each a source, or a source and tags."""
    parts = [(cell, ()) if isinstance(cell, str) else (cell[0], cell[1:]) for cell in cells]
    return Notebook(
        path=Path("churn.ipynb"),
        cells=tuple(
            Cell(
                index=n, id=f"c{n}", kind=CellKind.CODE, source=source, tags=tuple(tags), metadata={"tags": list(tags)}
            )
            for n, (source, tags) in enumerate(parts)
        ),
        text_format=text_format,
        metadata=metadata,
    )
