"""What is typed, and what is understood."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from nb2pipe.cli import paths
from nb2pipe.cli.options import given, joined
from nb2pipe.cli.tolerances import tolerances


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        (["-p", "a=1"], ["-p", "a=1"]),
        (["-p", "a", "1"], ["-p", "a=1"]),
        (["-p", "a", "-1.5", "x"], ["-p", "a=-1.5", "x"]),
        (["-p", "a", "-inf"], ["-p", "a=-inf"]),
        (["-p", "a", "--fresh"], ["-p", "a", "--fresh"]),
        (["--parameters", "a", "b c", "-p", "d=e=f"], ["--parameters", "a=b c", "-p", "d=e=f"]),
        (["-p", "a", ""], ["-p", "a="]),
        (["-p"], ["-p"]),
        (["x", "--", "-p", "a", "b"], ["x", "--", "-p", "a", "b"]),
    ],
)
def test_parameters_in_both_spellings(typed, understood):
    """``-p NAME=VALUE`` and papermill's ``-p NAME VALUE`` are the same."""
    assert joined(typed) == understood


def test_given_keeps_what_stands_behind_the_first_equals_sign():
    """Values may hold equals signs; the last of a name wins."""
    assert given(("a=1", "b=x=y", "a = 2")) == {"a": " 2", "b": "x=y"}


@pytest.mark.parametrize("text", ["a", "=1", " =1"])
def test_given_refuses(text):
    """A parameter without a name or without a value is a mistake, not an empty one."""
    with pytest.raises(click.BadParameter, match="not NAME=VALUE"):
        given((text,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("accuracy=0.01", {"accuracy": (0.01, 0.0)}),
        ("accuracy=2%", {"accuracy": (0.0, 0.02)}),
        ("accuracy=±1e-3", {"accuracy": (0.001, 0.0)}),
        ("all=0", {"all": (0.0, 0.0)}),
        ("0.5", {"all": (0.5, 0.0)}),
        ("f1=a=b=1%", {"f1=a=b": (0.0, 0.01)}),
    ],
)
def test_tolerance(text, expected):
    """Absolute, relative, for one metric or all."""
    assert {name: (t.abs, t.rel) for name, t in tolerances((text,)).items()} == expected


@pytest.mark.parametrize(
    "text", ["accuracy=", "accuracy=x", "accuracy=-1", "accuracy=nan", "=0.1", "accuracy", "a=inf%"]
)
def test_tolerance_refuses(text):
    """What is no width is an error that says how to write one."""
    with pytest.raises(click.BadParameter, match=r"is not NAME=0\.01"):
        tolerances((text,))


def test_folders_and_globs(tmp_path, monkeypatch):
    """Folders give their notebooks, without checkpoints and hidden folders; each file comes once."""
    for name in ("b.ipynb", "a.ipynb", "sub/c.ipynb", ".ipynb_checkpoints/a-checkpoint.ipynb", ".venv/x.ipynb", "s.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
    monkeypatch.chdir(tmp_path)
    here = [Path(name) for name in ("a.ipynb", "b.ipynb", "sub/c.ipynb")]
    assert paths.notebooks(["."]) == here
    assert paths.notebooks(["b.ipynb", "*.ipynb", "**/*.ipynb"]) == [here[1], here[0], here[2]]
    assert paths.notebooks(["s.py", "absent.ipynb"]) == [Path("s.py"), Path("absent.ipynb")]
    with pytest.raises(click.UsageError, match="nothing matches"):
        paths.notebooks(["*.txt"])


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_folders_that_contain_themselves(tmp_path):
    """A link to a folder above does not lead round for ever."""
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "a.ipynb").write_text("{}")
    assert paths.notebooks([str(tmp_path)]) == [tmp_path / "a.ipynb"]


def test_glob_characters_in_a_real_name(tmp_path):
    """A file that is called like a pattern is that file."""
    path = tmp_path / "a[1].ipynb"
    path.write_text("{}")
    assert paths.notebooks([str(path)]) == [path]
