"""Several forked kernels at once under the scheduler: their threads, and what a signal leaves of them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nb2pipe import workflow
from tests.building import notebook
from tests.running.conftest import processes_left

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks on Linux only"),
]

IMPORTS = "import os, subprocess, time\nimport numpy as np\nimport threadpoolctl"
BRANCH = """\
b{0} = float((base @ base).sum())
pools = sorted({{pool['num_threads'] for pool in threadpoolctl.threadpool_info()}})
print(pools, os.environ.get('OMP_NUM_THREADS'))
print('forkserver' in open('/proc/%d/cmdline' % os.getppid()).read())
open(f'at{0}-{{wait}}', 'w').close()
if wait:
    subprocess.Popen(['sleep', '600'])
    time.sleep(600)"""
CELLS = (
    ("parameters", "wait = 0"),
    ("imports", IMPORTS),
    ("step:load", "base = np.ones((200, 200))"),
    *((f"step:b{number}", BRANCH.format(number)) for number in range(3)),
    ("step:sum", "score = b0 + b1 + b2"),
    ("metrics", "score"),
)


def _printed(executed: Path) -> list[str]:
    cells = json.loads(executed.read_text(encoding="utf-8"))["cells"]
    return "".join(text for cell in cells for o in cell.get("outputs", ()) for text in o.get("text", ())).splitlines()


@pytest.mark.usefixtures("nothing_left")
def test_threads_and_signals(tmp_path: Path) -> None:
    """Each kernel's thread pools are the notebook's own, no fork is refused, and Ctrl-C with all at work leaves nothing."""
    project = workflow.export(notebook(tmp_path, *CELLS), tmp_path / "p", verify=False).project
    command = [sys.executable, "-m", "nb2pipe", "run", "p", "-j", "3"]
    whole = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False)
    assert whole.returncode == 0, whole.stderr
    assert "kernel" not in whole.stderr
    original = _printed(project / ".nb2pipe" / "original.ipynb")
    for number in range(3):
        (executed,) = (project / ".nb2pipe" / "runs").glob(f"*/steps/b{number}.ipynb")
        pools, forked = _printed(executed)
        assert pools in original
        assert forked == "True"
    stopped = subprocess.Popen([*command, "-p", "wait=1"], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 100
    while len(list(tmp_path.glob("at*-1"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    stopped.send_signal(signal.SIGINT)
    _, told = stopped.communicate(timeout=60)
    assert stopped.returncode == 130, told
    assert "error[NB504]" in told
    assert processes_left(tmp_path) == []
