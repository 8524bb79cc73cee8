"""The commands that messages tell people to type can be pasted as they stand, also for paths with blanks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.building import notebook
from tests.main_job.calling import call

NAME = "my work/a b.ipynb"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", "git checkout -- 'my work/a b.ipynb'"),
        ("{\n<<<<<<< HEAD\n", "git checkout --ours -- 'my work/a b.ipynb'"),
    ],
)
def test_files_to_restore(tmp_path: Path, text: str, command: str) -> None:
    """git is given one path, not two."""
    (tmp_path / "my work").mkdir()
    (tmp_path / NAME).write_text(text)
    assert command in call("lint", NAME, folder=tmp_path).out


def test_a_notebook_to_check(tmp_path: Path) -> None:
    """NB402 names the notebook that was looked at."""
    (tmp_path / "my work").mkdir()
    path = notebook(tmp_path / "my work", ("step:a", "x = 1"), ("step:b", "y = x"), name="a b.ipynb")
    data = json.loads(path.read_text())
    for cell, count in zip(data["cells"], (5, 2), strict=True):
        cell["execution_count"] = count
    path.write_text(json.dumps(data))
    assert "nb2pipe check 'my work/a b.ipynb'" in call("lint", NAME, folder=tmp_path).out


def test_parameters_to_list(tmp_path: Path) -> None:
    """NB301 says where the parameters are listed."""
    (tmp_path / "my work").mkdir()
    notebook(tmp_path / "my work", ("parameters", "n = 1"), ("step:a", "x = n"), name="a b.ipynb")
    assert "nb2pipe params 'my work/a b.ipynb'" in call("run", NAME, "-p", "n=x", folder=tmp_path).err
