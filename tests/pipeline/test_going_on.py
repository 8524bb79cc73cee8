"""What a run takes from earlier ones, and what is left when one is interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nb2pipe import workflow
from nb2pipe.errors import StepFailed
from nb2pipe.running import runs
from tests.building import notebook
from tests.running.conftest import marked_processes

pytestmark = [pytest.mark.kernel, pytest.mark.slow]


def statuses(project: Path) -> list[str]:
    return [step.status.value for step in next(runs.newest_first(project / ".nb2pipe")).steps]


def test_steps_of_different_runs_are_never_mixed(tmp_path: Path) -> None:
    """Data may change between runs without any code doing so: what is reused comes from one run, or is run again."""
    cells = (
        ("step:load", "x = int(open('data.txt').read())"),
        ("step:double", "import os\nif os.path.exists('trap'):\n    raise ValueError('trapped')\ny = 2 * x"),
        ("step:sum", "z = x + y"),
        ("metrics", "z"),
    )
    data, trap = tmp_path / "data.txt", tmp_path / "trap"
    data.write_text("1")
    project = workflow.export(notebook(tmp_path, *cells), tmp_path / "p", verify=False).project
    assert workflow.run(project).metrics == {"z": 3.0}
    data.write_text("10")
    trap.touch()
    with pytest.raises(StepFailed):
        workflow.run(project)
    trap.unlink()
    # the last run has 'load' with the new data, the one before it all steps with the old
    assert workflow.run(project, select="sum").metrics == {"z": 3.0}
    trap.touch()
    with pytest.raises(StepFailed):
        workflow.run(project)
    trap.unlink()
    assert workflow.run(project, resume=True).metrics == {"z": 30.0}
    assert statuses(project) == ["reused", "ok", "ok"]
    assert workflow.run(project, select="sum").metrics == {"z": 30.0}
    assert statuses(project) == ["reused", "reused", "reused"]
    assert workflow.run(project, select="sum", force=["sum"]).metrics == {"z": 30.0}
    assert statuses(project) == ["reused", "reused", "ok"]
    # an edited step, and what depends on it, is not taken over
    step = project / "steps/double.ipynb"
    step.write_text(step.read_text().replace("y = 2 * x", "y = 3 * x"))
    assert workflow.run(project, resume=True).metrics == {"z": 40.0}
    assert statuses(project) == ["reused", "ok", "ok"]


def test_ctrl_c(tmp_path: Path) -> None:
    """Exit code 130, no kernel left, what was finished is kept, and the command that goes on is printed and works."""
    cells = (
        ("step:load", "x = 1"),
        (
            "step:wait",
            "import os, time\nif os.path.exists('slow'):\n    open('waiting', 'w').close()\n    time.sleep(120)",
        ),
        ("", "y = x + 1"),
        ("metrics", "y"),
    )
    folder = tmp_path / "a b"
    folder.mkdir()
    workflow.export(notebook(folder, *cells), folder / "my p", verify=False)
    (folder / "slow").touch()
    command = [sys.executable, "-m", "nb2pipe", "run", "my p", "--output-format", "json"]
    process = subprocess.Popen(
        command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "NB2PIPE_TEST_MARK": str(tmp_path)}, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not (folder / "waiting").exists():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "error[NB504]: interrupted (Ctrl-C) in step 'wait'" in err
    assert "nb.ipynb, cell 2" in err
    assert "nb2pipe run 'my p' --resume" in " ".join(err.split())
    assert "Traceback" not in err
    assert json.loads(out)["exit_code"] == 130
    assert marked_processes(tmp_path) == []
    assert statuses(folder / "my p") == ["ok", "failed"]
    (folder / "slow").unlink()
    assert workflow.run(folder / "my p", resume=True).metrics == {"y": 2.0}
    assert statuses(folder / "my p") == ["reused", "ok"]


def test_an_error_in_the_setup_is_told_in_the_notebooks_cell(tmp_path: Path) -> None:
    """Imports and functions stand in each step's setup; an error there is one of the cell they come from."""
    cells = (
        ("md", "words"),
        ("imports", "import json\nfrom helper import value"),
        ("functions", "def f():\n    pass\n\ndef g(x=1 / value):\n    return x"),
        ("step:load", "x = json.dumps([1])"),
        ("step:use", "y = g() + value"),
        ("metrics", "y"),
    )
    (tmp_path / "helper.py").write_text("value = 2\n")
    project = workflow.export(notebook(tmp_path, *cells), tmp_path / "p", verify=False).project
    for text, where in (
        ("value = 0  # of another length: Python tells files apart by that and the second\n", (2, 4)),
        ("", (1, 2)),
    ):
        (tmp_path / "helper.py").write_text(text)
        with pytest.raises(StepFailed) as caught:
            workflow.run(project)
        (found,) = caught.value.diagnostics
        assert (found.cell, found.line, found.step) == (*where, "use")
        assert found.notebook == str(tmp_path / "nb.ipynb")
