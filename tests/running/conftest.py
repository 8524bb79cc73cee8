"""Notebooks to run, kernels to run them in (one of them old), and a watch for what a run leaves behind."""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from nb2pipe.running.kernel.kernels import KernelChoice, resolve

OLD_ENVIRONMENT = Path(__file__).parents[2] / ".cache" / "environments" / "py38"


def notebook(*sources, tags=None, markdown=()):
    """A notebook's dict of code cells ``c0``, ``c1``, ...; those whose number is in ``markdown`` are text."""
    cells = []
    for number, source in enumerate(sources):
        cell = {"cell_type": "code", "id": f"c{number}", "metadata": {}, "source": source}
        if number in markdown:
            cell["cell_type"] = "markdown"
        else:
            cell |= {"outputs": [], "execution_count": None}
        if tags and number in tags:
            cell["metadata"]["tags"] = tags[number]
        cells.append(cell)
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


@pytest.fixture(scope="session")
def kernel():
    return resolve(None, None)


@pytest.fixture(scope="session")
def old_python():
    """A Python 3.8 with ipykernel 6 and IPython 7 or 8, made once and kept for later test runs."""
    base = os.environ.get("NB2PIPE_OLD_PYTHON") or str(Path("~/.pyenv/versions/3.8.18/bin/python").expanduser())
    if shutil.which(base) is None:
        pytest.skip("no Python 3.8 here: set NB2PIPE_OLD_PYTHON to one")
    OLD_ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    python = OLD_ENVIRONMENT / "bin" / "python"
    with (OLD_ENVIRONMENT.parent / "py38.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (OLD_ENVIRONMENT / "ready").exists():
            made = subprocess.run([base, "-m", "venv", "--clear", str(OLD_ENVIRONMENT)], capture_output=True)
            packages = ["ipykernel>=6,<7", "ipython<8"]
            installed = made.returncode == 0 and subprocess.run(
                [python, "-m", "pip", "install", "--quiet", *packages], capture_output=True
            )
            if not installed or installed.returncode:
                pytest.skip("the environment of the old Python could not be made (no package index?)")
            (OLD_ENVIRONMENT / "ready").touch()
    return python


@pytest.fixture(scope="session")
def old_kernel(old_python):
    return resolve(KernelChoice(python=str(old_python)), None)


@pytest.fixture
def nothing_left(tmp_path, monkeypatch):
    """Fails the test if a process or a temporary file outlives it."""
    temporary = Path(tempfile.mkdtemp(prefix="left-", dir="/tmp"))  # short: paths of sockets may not be long
    (tmp_path / "temporary").symlink_to(temporary)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("NB2PIPE_TEST_MARK", str(tmp_path))
    yield
    assert sorted(path.name for path in temporary.rglob("*")) == []
    temporary.rmdir()
    assert processes_left(tmp_path) == []


def processes_left(mark, seconds=5.0):
    """The processes that inherited the mark and don't vanish: a killed one takes the system a moment to clear away."""
    deadline = time.monotonic() + seconds
    while (found := marked_processes(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def marked_processes(mark):
    """The processes that inherited the mark, apart from this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if f"NB2PIPE_TEST_MARK={mark}".encode() in environment and int(folder.name) != os.getpid():
            found.append(command)
    return found
