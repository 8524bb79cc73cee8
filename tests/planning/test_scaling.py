"""Planning takes time in proportion to the notebook's length."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from benchmarks.speed import notebooks
from nb2pipe.workflow import inspect


def one_step(cells: int) -> notebooks.Cells:
    """No steps at all: one frame that every cell changes and reads."""
    for tag, source in notebooks.long_notebook(cells):
        yield "" if tag.startswith("step") else tag, source


@pytest.mark.parametrize("kind", [notebooks.long_notebook, one_step])
def test_a_frame_that_every_cell_changes(tmp_path: Path, kind):
    """Hundreds of changes of one name, read in every step: five times the cells take about five times as long."""

    def seconds(cells: int) -> float:
        path = notebooks.write(tmp_path / f"{cells}.ipynb", kind(cells))
        assert len(json.loads(path.read_text())["cells"]) == cells
        began = time.process_time()
        found = inspect(path)
        assert not [each for each in found.diagnostics if each.severity == "error"]
        return time.process_time() - began

    small = min(seconds(200) for _ in range(2))
    large = seconds(1_000)
    print(f"{small:.2f} s for 200 cells, {large:.2f} s for 1,000")
    assert large < 12 * small
