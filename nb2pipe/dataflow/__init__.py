"""Data flow of a notebook's cells, from their text alone: names in, names out."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from nb2pipe.dataflow.cells import Walked, drop_builtins, resolve_cell
from nb2pipe.dataflow.closures import Closures
from nb2pipe.dataflow.values import Names
from nb2pipe.magics import PythonCode
from nb2pipe.model import CellFlow

__all__ = ["analyze"]


def analyze(cells: Sequence[tuple[int, PythonCode]]) -> tuple[CellFlow, ...]:
    """The data flow of each cell, given as (index, code) in the order in which the notebook has them.

    Nothing is imported or executed, and no cell can make it fail: one that is not Python gets a problem of its own.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Python has to say about the user's text is not for our users to read
        return _analyze(cells)


def _analyze(cells: Sequence[tuple[int, PythonCode]]) -> tuple[CellFlow, ...]:
    names = Names()
    closures = Closures(names)
    flows: list[CellFlow] = []
    future = False
    for cell, code in cells:
        walked = Walked(cell, code, future)
        future = walked.lazy_annotations
        flows.append(resolve_cell(walked, names, closures))
    return tuple(drop_builtins(flow, names.ever) for flow in flows)
