"""Every way a step can end early has its exit code, and the files say which cell it was."""

import json

import pytest

from tests.main_job.calling import call

NOTEBOOK = """\
# %% tags=["parameters"]
how = "exit"
# %% tags=["step:train"]
print("before")
# %%
import os, signal, sys, threading, time
if how == "exit":
    sys.exit(0)
if how == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
if how == "timeout":
    time.sleep(60)
if how == "thread":
    def work():
        raise ValueError("in the background")
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
# %%
after = 1
# %% tags=["step:report"]
print(after)
"""

ENDINGS = {"exit": "SystemExit", "kill": "SIGKILL", "timeout": "still running after 2 s", "thread": "in the background"}


@pytest.mark.slow
@pytest.mark.kernel
def test_early_endings_are_failures(tmp_path):
    """``sys.exit(0)``, SIGKILL, a timeout, an exception in a thread: exit code 3, the cell failed, what follows not run."""
    (tmp_path / "nb.py").write_text(NOTEBOOK)
    assert call("export", "nb.py", "-o", "p", "--static", folder=tmp_path).code == 0
    for how, said in ENDINGS.items():
        limit = ["--timeout", "2"] if how == "timeout" else []
        done = call("run", "p", "-p", f"how={how}", "--output-format", "json", *limit, folder=tmp_path)
        assert done.code == 3, (how, done.out, done.err)
        assert said in done.err, how
        record = json.loads(max((tmp_path / "p" / ".nb2pipe" / "runs").glob("*/run.json")).read_text())
        assert [step["status"] for step in record["steps"]] == ["failed", "not run"], how
        executed = json.loads((tmp_path / "p" / record["steps"][0]["notebook"]).read_text())
        states = {
            cell["metadata"]["nb2pipe"]["cell"]: cell["metadata"]["papermill"]["status"]
            for cell in executed["cells"]
            if cell["cell_type"] == "code" and "cell" in cell["metadata"].get("nb2pipe", {})
        }
        assert states[2] == "completed", how
        assert states[3] == "failed", how
        assert states[4] == "pending", how
