"""Data flow of a notebook's cells, from their text alone: names in, names out."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from nb2pipe.dataflow.cells import Walked, drop_builtins, resolve_cell
from nb2pipe.dataflow.closures import Closures
from nb2pipe.dataflow.values import Names
from nb2pipe.magics import PythonCode
from nb2pipe.model import CellFlow

__all__ = ["Memory", "analyze"]

_MOST_CELLS = 2_000


class Memory:
    """Cells as they were read, for whoever analyses a notebook after each edit: most of it is as it was."""

    def __init__(self) -> None:
        self._walked: dict[object, Walked] = {}

    def walked(self, cell: int, code: PythonCode, future: bool) -> Walked:
        """The cell, read now or before."""
        shifts = tuple((line, tuple(those)) for line, those in code.shifts.items())
        key = (cell, code.text, code.magics, shifts, future)
        found = self._walked.get(key)
        if found is None:
            if len(self._walked) >= _MOST_CELLS:
                self._walked.clear()
            found = self._walked[key] = Walked(cell, code, future)
        return found


def analyze(cells: Sequence[tuple[int, PythonCode]], memory: Memory | None = None) -> tuple[CellFlow, ...]:
    """The data flow of each cell, given as (index, code) in the order in which the notebook has them.

    With ``memory``, cells that an earlier call has read are not read again; the answer is the same.

    Nothing is imported or executed, and no cell can make it fail: one that is not Python gets a problem of its own.
    """
    with warnings.catch_warnings(), _no_collections():
        warnings.simplefilter("ignore")  # what Python has to say about the user's text is not for our users to read
        return _analyze(cells, memory or Memory())


@contextmanager
def _no_collections() -> Iterator[None]:
    """Trees and events stay until the end, so looking for cycles among them is time for nothing: half of it in long ones."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _analyze(cells: Sequence[tuple[int, PythonCode]], memory: Memory) -> tuple[CellFlow, ...]:
    names = Names()
    closures = Closures(names)
    flows: list[CellFlow] = []
    future = False
    for cell, code in cells:
        walked = memory.walked(cell, code, future)
        future = walked.lazy_annotations
        flows.append(resolve_cell(walked, names, closures))
    return tuple(drop_builtins(flow, names.ever) for flow in flows)
