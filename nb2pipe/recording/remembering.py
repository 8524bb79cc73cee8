"""Which of a notebook's functions have a memory that is no content."""

from __future__ import annotations

import warnings

from nb2pipe import magics
from nb2pipe.dataflow.cells import parse
from nb2pipe.dataflow.memos import Memo, memos
from nb2pipe.model import CellKind, Notebook, Problem


def memos_of(notebook: Notebook) -> tuple[Memo, ...]:
    """The memories of all functions and classes that the notebook's cells define."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsed = [parse(magics.to_python(cell.source).text) for cell in notebook.cells if cell.kind is CellKind.CODE]
    return memos(statement for found in parsed if not isinstance(found, Problem) for statement in found)
