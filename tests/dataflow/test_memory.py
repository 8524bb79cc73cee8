"""An analysis that remembers the cells it has read gives what one that begins anew gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from nb2pipe import notebook as notebooks
from nb2pipe.dataflow import Memory, analyze
from nb2pipe.magics import to_python
from nb2pipe.model import CellKind

SAMPLES = sorted((Path(__file__).parents[2] / "sample_notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_with_each_cell_gone_once(path):
    """What earlier analyses found out about names must not stay with the cells."""
    code = [
        (cell.index, to_python(cell.source)) for cell in notebooks.read(path).cells if cell.kind is CellKind.CODE
    ]  # fmt: skip
    memory = Memory()
    analyze(code, memory)
    for at in range(min(len(code), 12)):
        left = code[:at] + code[at + 1 :]
        assert analyze(left, memory) == analyze(left)
    assert analyze(code, memory) == analyze(code)


def test_what_a_decorator_held_once_is_forgotten():
    """``wrap`` reads ``a`` in one analysis and ``b`` in the next; the function that it decorates is the same cell."""

    def cells(name):
        texts = (
            "a = 1\nb = 2",
            f"def wrap(function):\n    return lambda: function() + {name}",
            "@wrap\ndef made():\n    return 0",
            "x = made()",
        )
        return [(index, to_python(text)) for index, text in enumerate(texts)]

    memory = Memory()
    for name in ("a", "b", "a"):
        flows = analyze(cells(name), memory)
        assert flows == analyze(cells(name))
        assert {"a", "b"} & {use.name for use in flows[3].statements[0].uses} == {name}


def test_the_order_of_what_is_found_does_not_depend_on_addresses():
    """Two analyses of one text say the same, in the same order: what a function reads comes by the functions' names."""
    names = "ghefcdab"
    code = [
        (0, to_python("\n".join(f"def {name}():\n    return {name}_data" for name in names))),
        (1, to_python(f"every = [{', '.join(names)}]")),
        (2, to_python("x = [function() for function in every]")),
    ]
    found = analyze(code)
    told = [use.name for use in found[2].statements[0].uses if use.via]
    assert told == [f"{name}_data" for name in sorted(names)]
    assert all(analyze(code) == found for _ in range(20))
