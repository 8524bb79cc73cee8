"""``nb2pipe verify``: the values at step borders, compared once more."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from nb2pipe.reports import schema
from tests.building import notebook
from tests.main_job.calling import call

pytestmark = pytest.mark.kernel

CELLS = (
    ("imports", "import numpy as np\nimport pandas as pd"),
    ("step:load", "df = pd.DataFrame({'a': [1.0, 2.0], 'b': ['x', 'y']})"),
    ("step:train", "df['c'] = df['a'] * np.random.rand()\nscale = 3"),
    ("step:score", "total = df['c'].sum() * scale"),
    ("metrics", "total"),
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify")
    notebook(folder, *CELLS)
    done = call("export", "nb.ipynb", "-o", "p", "--no-verify", folder=folder)
    assert done.code == 0, done.err
    assert "nb2pipe verify p" in done.out
    return folder / "p"


def _replace(project: Path, old: str, new: str) -> None:
    step = project / "steps/train.ipynb"
    text = step.read_text(encoding="utf-8")
    assert old in text
    step.write_text(text.replace(old, new), encoding="utf-8")


def test_a_faithful_pipeline_is_verified(project: Path) -> None:
    """Unseeded numbers are drawn as in the observed run, so the values are the same to the last bit."""
    done = call("verify", "p", "--output-format", "json", folder=project.parent)
    assert done.code == 0, done.err
    document = json.loads(done.out)
    jsonschema.validate(document, schema.DOCUMENTS["verify"])
    assert document["verified"] is True
    assert document["compared"] == 3
    assert document["differences"] == []


def test_an_edited_step_is_told_with_cell_and_part(project: Path) -> None:
    """The value, the step, the cell of the notebook, the column and the size of the difference."""
    _replace(project, "* np.random.rand()", "* np.random.rand() * 1.5")
    try:
        done = call("verify", "p", folder=project.parent)
    finally:
        _replace(project, "* np.random.rand() * 1.5", "* np.random.rand()")
    assert done.code == 1
    assert "not verified: 1 of 3 values differ" in done.out
    assert "df, made by step 'train' in cell 3: ['c'] (numpy.ndarray of float64) differs by 0." in done.out


def test_another_order_of_additions_is_rounding(project: Path) -> None:
    """The last bits differ: verified, and said."""
    _replace(project, "* np.random.rand()", "* np.random.rand() * (1 + 1e-15)")
    try:
        done = call("verify", "p", folder=project.parent)
    finally:
        _replace(project, "* np.random.rand() * (1 + 1e-15)", "* np.random.rand()")
    assert done.code == 0, done.out
    assert "verified: 3 values handed from step to step equal the notebook's; 1 equal up to rounding (" in done.out


def test_without_the_record_values_are_still_compared(project: Path) -> None:
    """In a fresh clone there are fingerprints only."""
    evidence = project / ".nb2pipe/evidence.json"
    kept = evidence.rename(evidence.with_suffix(".kept"))
    try:
        _replace(project, "scale = 3", "scale = 4")
        done = call("verify", "p", folder=project.parent)
    finally:
        _replace(project, "scale = 4", "scale = 3")
        kept.rename(evidence)
    assert done.code == 1
    assert "scale, made by step 'train', is not what the notebook computes" in done.out


def test_a_static_export_cannot_be_verified(tmp_path: Path) -> None:
    """There is nothing to compare with, and the message says how to get it."""
    notebook(tmp_path, *CELLS)
    assert call("export", "nb.ipynb", "-o", "p", "--static", folder=tmp_path).code == 0
    done = call("verify", "p", folder=tmp_path)
    assert done.code == 2
    assert "--static" in done.err
    assert "nb2pipe export" in done.err
