"""Small notebooks, as JSON files."""

from __future__ import annotations

import json


def cell(source, *tags, **more):
    metadata = {"tags": list(tags)} if tags else {}
    return {
        "cell_type": "code",
        "metadata": metadata,
        "execution_count": None,
        "outputs": [],
        "source": source.splitlines(keepends=True),
        **more,
    }


def write(path, *cells):
    """Write a notebook of these cells; the path."""
    data = {
        "cells": [{**each, "id": f"cell-{number}"} for number, each in enumerate(cells, start=1)],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")
    return path


IMPORTS = cell("import math", "imports")
PARAMETERS = cell("n = 10\nrate = 0.5  # how fast", "parameters")
LOAD = cell("values = [math.sqrt(i) for i in range(n)]", "step:load")
TRAIN = cell("total = sum(values) * rate", "step:train")
SCORE = cell("score = total / n\nscore", "metrics")
GOOD = (IMPORTS, PARAMETERS, LOAD, TRAIN, SCORE)
MISTYPED = (IMPORTS, PARAMETERS, LOAD, cell("total = sum(valeus) * rate", "setp:train"), SCORE)
FAILING = (IMPORTS, PARAMETERS, LOAD, cell("total = sum(values)\nboom = 1 / (n - 10)", "step:train"), SCORE)
