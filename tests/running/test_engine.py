"""Plain papermill with our engine, as anybody may call it."""

import json
import subprocess
import sys

import pytest

from .conftest import notebook

pytestmark = pytest.mark.kernel


def test_papermill_finds_the_engine(tmp_path, nothing_left):
    """``papermill --engine nb2pipe`` runs a notebook with parameters from the command line."""
    book = notebook("a = 1", "print(a * 2)", tags={0: ["parameters"]})
    book["metadata"] = {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}}  # papermill wants them
    (tmp_path / "in.ipynb").write_text(json.dumps(book))
    command = [sys.executable, "-m", "papermill", "--engine", "nb2pipe", "in.ipynb", "out.ipynb", "-p", "a", "21"]
    done = subprocess.run([*command, "--no-progress-bar"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    written = json.loads((tmp_path / "out.ipynb").read_text())
    assert written["cells"][2]["outputs"][0]["text"] == ["42\n"]
    assert [cell["metadata"]["papermill"]["status"] for cell in written["cells"]] == ["completed"] * 3


def test_either_may_be_imported_first():
    """papermill loads engines while it is being imported: no circle, whoever comes first."""
    for first in ("papermill", "nb2pipe.running.engine", "nb2pipe.running.executing.execute", "papermill.execute"):
        code = f"import {first}, papermill; from papermill.engines import papermill_engines as e; print(e.get_engine('nb2pipe'))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert "Nb2pipeEngine" in done.stdout, done.stderr


def test_it_saves_rarely(tmp_path):
    """papermill writes the file twice per cell; we write it at the start and at the end, and now and then between."""
    import papermill
    from papermill.iorw import papermill_io

    writes = []
    papermill_io.register("counted://", _Counted(writes))
    source = tmp_path / "in.ipynb"
    source.write_text(json.dumps(notebook(*["1"] * 20, "import time; time.sleep(2.5)")))
    for every, expected in ((10, {2}), (1, {3, 4})):
        writes.clear()
        papermill.execute_notebook(
            str(source), "counted://x.ipynb", engine_name="nb2pipe", progress_bar=False, autosave_cell_every=every
        )
        assert len(writes) - 1 in expected  # papermill itself writes once more when all is done


class _Counted:
    def __init__(self, writes):
        self.writes = writes

    def read(self, path):
        raise NotImplementedError

    def listdir(self, path):
        raise NotImplementedError

    def write(self, buffer, path):
        self.writes.append(len(buffer))

    def pretty_path(self, path):
        return path
