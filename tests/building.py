"""Small notebooks for tests, written as pairs of tags and source."""

from __future__ import annotations

import json
from pathlib import Path


def notebook(folder: Path, *cells: tuple[str, str], name: str = "nb.ipynb", kernel: str = "python3") -> Path:
    """Write a notebook whose cells are ("tag tag", "source"); an "md" tag makes a Markdown cell."""
    data = {
        "cells": [_cell(number, tags.split(), source) for number, (tags, source) in enumerate(cells)],
        "metadata": {
            "kernelspec": {"name": kernel, "display_name": kernel, "language": "python"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = folder / name
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")
    return path


def _cell(number: int, tags: list[str], source: str) -> dict[str, object]:
    if "md" in tags:
        return {"cell_type": "markdown", "id": f"c{number}", "metadata": {}, "source": source}
    return {
        "cell_type": "code",
        "id": f"c{number}",
        "metadata": {"tags": tags} if tags else {},
        "source": source,
        "execution_count": None,
        "outputs": [],
    }
