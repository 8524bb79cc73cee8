"""``%load_ext nb2pipe`` in a real IPython shell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nb2pipe.jupyter import session
from tests.jupyter.test_labextension import ROOT


class Shown:
    """A shell, and what was displayed in it."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.data: list[dict[str, str]] = []
        shell.display_pub.publish = lambda data, **_: self.data.append(data)

    def run(self, source: str, cell_id: str | None = None) -> str:
        """The text that running a cell displays, without colours."""
        before = len(self.data)
        self.shell.run_cell(source, store_history=True, cell_id=cell_id)
        text = "\n".join(data.get("text/plain", "") for data in self.data[before:])
        return text.replace("\x1b", "").replace("[0m", "")


@pytest.fixture
def ipython(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    from IPython.core.interactiveshell import InteractiveShell

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(session, "BUDGET", 60.0)  # a busy machine must not make it go without
    shell = InteractiveShell.instance()
    shell.reset()
    shell.run_line_magic("load_ext", "nb2pipe")
    yield Shown(shell)
    shell.run_line_magic("unload_ext", "nb2pipe")
    shell.user_ns.pop("__vsc_ipynb_file__", None)
    InteractiveShell.clear_instance()


def test_findings_are_shown_once_after_the_cell_that_has_them(ipython: Shown) -> None:
    """By the comments of the cells that ran; cell N is In [N]. What was mended and comes back is told again."""
    assert ipython.run("%matplotlib_or_not = 1") == ""
    assert ipython.run("#| step: load\nx = 1", "a") == ""
    number = ipython.shell.execution_count
    found = ipython.run("#| setp: fit\ny = x", "b")
    assert "unknown tag 'setp: fit'" in found
    assert f"this session, cell {number}, line 1" in found
    assert "lint --fix" not in found  # there is no file to fix
    assert ipython.run("z = y") == ""
    assert ipython.run("#| step: fit\ny = x", "b") == ""
    assert "unknown tag" in ipython.run("#| setp: fit\ny = x", "b")


def test_without_tags_nothing_is_said(ipython: Shown) -> None:
    assert ipython.run("total = 1 + 1\ntotal") == "" or "nb2pipe" not in ipython.run("1 + 1")
    assert ipython.run("# | a comment of somebody else's\nq = 2") == ""


def test_the_saved_notebook_is_read_with_the_cells_as_they_ran(ipython: Shown, tmp_path: Path) -> None:
    """Tags are then seen, and cells that did not run; what was typed since the last save counts."""
    written = (("one", "step:a", "x = 1"), ("two", "step:b", "y = x + missing"))
    cells = [
        {
            "cell_type": "code",
            "id": id_,
            "metadata": {"tags": [tag]},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for id_, tag, source in written
    ]
    path = tmp_path / "of mine.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    ipython.shell.user_ns["__vsc_ipynb_file__"] = str(path)
    assert "step 'b' reads 'missing'" in ipython.run("x = 1", "one")
    assert ipython.run("x = 1", "one") == ""
    assert ipython.run("y = x", "two") == ""
    assert "of mine.ipynb: 2 cells, 2 steps" in ipython.run("%nb2pipe")
    path.unlink()
    assert "this session" in ipython.run("%nb2pipe")


def test_the_magic_draws_the_pipeline(ipython: Shown) -> None:
    text = ipython.run(f"%nb2pipe '{ROOT / 'sample_notebooks' / 'churn.ipynb'}'")
    assert "25 cells, 5 steps" in text
    assert any(data.get("image/svg+xml", "").startswith("<svg") for data in ipython.data)
    assert "there is no such file" in ipython.run("%nb2pipe nowhere.ipynb")
    assert "usage" in ipython.run("%nb2pipe a b")


def test_findings_are_no_output_that_a_metric_could_be_read_from(
    ipython: Shown, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are display data: a stream would be searched for numbers when the notebook's own outputs are the baseline."""
    ipython.run("#| step: a\n#| metric: accuracy±x\naccuracy = 0.5")
    out, err = capsys.readouterr()
    assert "accuracy" not in out + err
    assert any("NB109" in data["text/plain"] for data in ipython.data)


def test_after_a_dear_analysis_some_cells_go_without(ipython: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """On average a cell waits for the budget only."""
    monkeypatch.setattr(session, "BUDGET", 1e-9)
    ipython.run("#| step: a\nx = 1")
    assert ipython.run("#| setp: b\ny = 1") == ""
    monkeypatch.setattr(session, "BUDGET", 60.0)
    ipython.run("w = 1")
    assert "setp" in ipython.run("v = 1")


def test_unloaded_it_is_gone(ipython: Shown) -> None:
    ipython.shell.run_line_magic("unload_ext", "nb2pipe")
    assert ipython.run("#| setp: a\nx = 1") == ""
    assert "nb2pipe" not in ipython.shell.magics_manager.magics["line"]
    ipython.shell.run_line_magic("load_ext", "nb2pipe")
