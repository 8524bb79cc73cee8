"""The original notebook as it is given to papermill: the user's cells, nothing else."""

from __future__ import annotations

from typing import Any

from nb2pipe.model import CellKind, Notebook


def as_nbformat(notebook: Notebook) -> dict[str, Any]:
    """nbformat 4.5 JSON data of the notebook, outputs cleared."""
    cells: list[dict[str, Any]] = []
    for cell in notebook.cells:
        data: dict[str, Any] = {
            "cell_type": cell.kind.value,
            "id": cell.id,
            "metadata": {"tags": list(cell.tags)},
            "source": cell.source,
        }
        if cell.kind is CellKind.CODE:
            data |= {"execution_count": None, "outputs": []}
        cells.append(data)
    kernel = notebook.kernel_name or "python3"
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": kernel, "language": "python", "name": kernel},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
