"""Pythons to ask the probe in: this one, and an old one as notebooks have it, without pyarrow, cloudpickle or nb2pipe."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nb2pipe.formats import FORMATS
from nb2pipe.recording.client import install_code

HERE = Path(__file__).parent
OLD_ENVIRONMENT = Path(__file__).parents[2] / ".cache" / "environments" / "py38-data"
OLD_PACKAGES = ["ipykernel>=6,<7", "numpy<1.22", "pandas==1.3.5", "scikit-learn==1.0.2", "scipy<1.8", "matplotlib<3.6"]


@pytest.fixture(scope="session")
def old_data_python():
    """A Python 3.8 with pandas 1.3 and scikit-learn 1.0, made once and kept for later test runs."""
    base = os.environ.get("NB2PIPE_OLD_PYTHON") or str(Path("~/.pyenv/versions/3.8.18/bin/python").expanduser())
    if shutil.which(base) is None:
        pytest.skip("no Python 3.8 here: set NB2PIPE_OLD_PYTHON to one")
    OLD_ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    python = OLD_ENVIRONMENT / "bin" / "python"
    with (OLD_ENVIRONMENT.parent / "py38-data.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (OLD_ENVIRONMENT / "ready").exists():
            for command in (
                [base, "-m", "venv", "--clear", str(OLD_ENVIRONMENT)],
                [python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", *OLD_PACKAGES],
            ):
                if subprocess.run(command, capture_output=True).returncode:
                    pytest.skip("the environment of the old Python could not be made (no package index?)")
            (OLD_ENVIRONMENT / "ready").touch()
    return python


@pytest.fixture(scope="session")
def this_python():
    return Path(sys.executable)


@pytest.fixture(scope="session")
def ask_cases(tmp_path_factory):
    """Make the table's values in a process of their own and ask the probe there for a border."""

    def ask(python, folder=None, load=None, seed="random"):
        job = {
            "install": install_code(),
            "cases": str(HERE / "cases.py"),
            "formats": [form.request() for form in FORMATS] if folder else [],
            "folder": str(folder),
            "load": load,
        }
        path = tmp_path_factory.mktemp("ask") / "job.json"
        path.write_text(json.dumps(job))
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(
            [str(python), str(HERE / "ask.py"), str(path)], capture_output=True, text=True, env=environment
        )
        assert done.returncode == 0, done.stderr
        reply = json.loads(done.stdout)
        assert not reply.get("error"), reply
        return reply

    return ask
