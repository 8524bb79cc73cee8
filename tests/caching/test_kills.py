"""Killed at random moments, or run twice at once: a plain run afterwards gives the right numbers."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nb2pipe import workflow
from tests.building import notebook

pytestmark = [pytest.mark.kernel, pytest.mark.skipif(os.name == "nt", reason="signals")]

CELLS = (
    ("parameters", "n = 1"),
    ("step:load", "rows = list(range(20_000))"),
    ("step:a", "a = sum(rows) * n"),
    ("step:b", "b = len(rows) + n"),
    ("step:score", "score = a + b"),
    ("metrics", "score"),
)


def expected(n: int) -> dict[str, float]:
    return {"score": float(sum(range(20_000)) * n + 20_000 + n)}


def project(folder: Path) -> Path:
    return workflow.export(notebook(folder, *CELLS), folder / "p", verify=False).project


def start(folder: Path, n: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "nb2pipe", "run", "p", "-q", "-p", f"n={n}"], cwd=folder, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True, env=os.environ | {"TMPDIR": str(folder)},
    )  # fmt: skip


def killed_and_run_again(folder: Path, times: int) -> None:
    began = time.monotonic()
    assert start(folder, 0).wait(timeout=300) == 0
    usual = time.monotonic() - began
    for n in range(1, times + 1):
        process = start(folder, n)
        time.sleep(random.uniform(0.05, 1.0) * usual)
        process.send_signal(signal.SIGKILL)
        process.wait()
        record = workflow.run(folder / "p", parameters={"n": n})
        assert record.metrics == expected(n)
        assert record.finished
    assert start(folder, times + 1).wait(timeout=300) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["nb.ipynb", "p"]  # no temporary folder of a killed run


@pytest.mark.slow
def test_killed_a_few_times(tmp_path: Path) -> None:
    """SIGKILL leaves nothing half-done that a later run would take for done."""
    project(tmp_path)
    killed_and_run_again(tmp_path, 2)


@pytest.mark.nightly
@pytest.mark.timeout(7200)
def test_killed_a_hundred_times(tmp_path: Path) -> None:
    """The same, until luck plays no part."""
    project(tmp_path)
    killed_and_run_again(tmp_path, 100)


@pytest.mark.slow
def test_two_runs_at_once(tmp_path: Path) -> None:
    """Two processes share a project and its cache: both succeed, and what they left is whole."""
    folder = project(tmp_path)
    both = [start(tmp_path, 5) for _ in range(2)]
    assert [process.wait(timeout=300) for process in both] == [0, 0]
    record = workflow.run(folder, parameters={"n": 5})
    assert record.metrics == expected(5)
    assert [step.status.value for step in record.steps] == ["reused"] * 4
