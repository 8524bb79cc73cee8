"""A whole process that is told to end while a cell runs: Ctrl-C, SIGTERM, SIGKILL."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from .conftest import notebook, processes_left

pytestmark = [pytest.mark.kernel, pytest.mark.skipif(sys.platform == "win32", reason="signals")]

SCRIPT = """
import sys
from pathlib import Path
from nb2pipe.running.executing.execute import execute_notebook
from nb2pipe.running.executing.failures import ExecutionInterrupted
from nb2pipe.running.kernel.kernels import resolve
folder = Path(sys.argv[1])
try:
    execute_notebook(folder / "in.ipynb", folder / "out.ipynb", kernel=resolve(None, None), cwd=folder)
except ExecutionInterrupted as failure:
    print(failure.by, failure.cell.id, failure.place and failure.place.line)
    sys.exit(130)
"""
CELL = """import time
open("begun", "w").close()
print("on it", flush=True)
time.sleep(600)
"""
STUBBORN = """import time
open("begun", "w").close()
while True:
    try:
        time.sleep(600)
    except KeyboardInterrupt:
        pass
"""


@pytest.fixture
def running(tmp_path, nothing_left):
    """Starts the script and returns once the cell runs."""

    def start(cell):
        (tmp_path / "in.ipynb").write_text(json.dumps(notebook("x = 1", cell, "3")))
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        for _ in range(600):
            if (tmp_path / "begun").exists():
                time.sleep(0.3)
                return process
            assert process.poll() is None, process.communicate()
            time.sleep(0.1)
        raise AssertionError("the cell did not begin")

    return start


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_in_order(running, tmp_path, number):
    """The kernel is stopped within seconds, the notebook holds what was run, stderr stays empty."""
    process = running(CELL)
    began = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - began < 15
    assert (out, err, process.returncode) == (f"{number.name} c1 4\n", "", 130)
    written = json.loads((tmp_path / "out.ipynb").read_text())
    cells = {cell["id"]: cell for cell in written["cells"]}
    assert [cells[f"c{i}"]["metadata"]["papermill"]["status"] for i in range(3)] == ["completed", "failed", "pending"]
    assert cells["c1"]["outputs"][0]["text"] == ["on it\n"]
    assert "interrupted" in "".join(written["cells"][0]["source"])


def test_a_cell_that_ignores_the_interrupt(running):
    """It does not keep the run alive."""
    process = running(STUBBORN)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert time.monotonic() - began < 20
    assert (out, process.returncode) == ("SIGINT c1 None\n", 130)


def test_our_own_sudden_death(tmp_path, monkeypatch):
    """If nb2pipe itself is killed, the kernel ends by itself, and the last saved notebook is whole."""
    monkeypatch.setenv("NB2PIPE_TEST_MARK", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # the kernel's folder stays behind: nobody is left to remove it
    (tmp_path / "in.ipynb").write_text(json.dumps(notebook(CELL)))
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(tmp_path)], stdout=subprocess.DEVNULL)
    while not (tmp_path / "begun").exists():
        assert process.poll() is None
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert processes_left(tmp_path, seconds=30) == []
    assert json.loads((tmp_path / "out.ipynb").read_text())["cells"][0]["id"] == "c0"
