"""Sweeps of real projects: what points share runs once, failed points are rows, the same command goes on."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from nb2pipe import workflow
from nb2pipe.workflow import Scheduling
from tests.building import notebook
from tests.main_job.calling import call

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

CELLS = (
    ("parameters", "x = 1\ny = 1\nz = 5"),
    ("imports", "import time"),
    ("step:load", "rows = [1, 2, 3]"),
    ("step:a", "time.sleep(0.3)\na = [r * x for r in rows]"),
    ("step:b", "if y == 9:\n    raise ValueError(f'no {y}')\nb = sum(a) + y"),
    ("metrics", "score = b"),
)


def test_points_share_steps_and_failures_are_rows(tmp_path: Path) -> None:
    """With three at once: each distinct step once; then more values, from the command line."""
    project = workflow.export(notebook(tmp_path, *CELLS), tmp_path / "p", verify=False).project
    found = workflow.sweep(project, {"x": [1, 2], "y": "1:2:1"}, best="max:score", scheduling=Scheduling(jobs=3))
    assert [point.metrics["score"] for point in found.points] == [7, 8, 13, 14]
    assert (found.best, found.varied, found.failed) == (3, ("x", "y"), 0)
    assert Counter(name for point in found.points for name in point.ran) == {"load": 1, "a": 2, "b": 4}
    assert not list((tmp_path / "p").glob("sweep"))

    done = call("sweep", "p", "-p", "x=1,2", "-p", "y=2,9,3", "--best", "min:score", "-o", "s", folder=tmp_path)
    assert done.code == 3
    assert "points 2, 5: cell 5: ValueError in step 'b': no 9" in done.out
    assert "best score: 8.0 with -p x=1 -p y=2" in done.out
    table = pd.read_parquet(tmp_path / "s" / "points.parquet")
    assert table[["x", "y"]].to_numpy().tolist() == [[1, 2], [1, 9], [1, 3], [2, 2], [2, 9], [2, 3]]
    assert table["score"].isna().tolist() == [False, True, False, False, True, False]
    assert pd.read_csv(tmp_path / "s" / "points.csv")["failed_step"].dropna().tolist() == ["b", "b"]
    assert (tmp_path / "s" / "points.svg").read_text().count("<circle") == 8

    done = call("sweep", "p", "-p", "x=1,2", "-p", "y=2,3", "--output-format", "json", folder=tmp_path)
    points = json.loads(done.out)["points"]
    assert [(point["metrics"]["score"], point["ran"]) for point in points] == [(8, []), (9, []), (14, []), (15, [])]
    for arguments, code in ((("-p", "q=1"), "NB302"), (("-p", "x=1", "--best", "scor"), "NB308"), ((), "NB309")):
        assert (refused := call("sweep", "p", *arguments, folder=tmp_path)).code == 2
        assert code in refused.err


def test_points_that_would_meet_in_a_file_run_one_by_one(tmp_path: Path) -> None:
    """A step hands its result on by a file: with two points at once, one would read what the other wrote."""
    cells = (
        ("parameters", "x = 1"),
        ("step:write", "import time\nwith open('f.txt', 'w') as file:\n    file.write(str(x))\ntime.sleep(0.2)"),
        ("step:read", "y = int(open('f.txt').read())"),
        ("metrics", "same = y - x"),
    )
    project = workflow.export(notebook(tmp_path, *cells), tmp_path / "p", verify=False).project
    found = workflow.sweep(project, {"x": "1:5:1"}, scheduling=Scheduling(jobs=3))
    assert [point.metrics["same"] for point in found.points] == [0] * 5
    done = call("sweep", "p", "-p", "x=1,2", "-j", "3", folder=tmp_path)
    assert "one by one: step 'write' writes" in done.err


def test_points_that_meet_in_a_file_unforeseen_run_again(tmp_path: Path) -> None:
    """With the notebook's own parameters the file is not written, so the plan could not know."""
    cells = (
        ("parameters", "x = 0"),
        ("step:write", "import time\nif x:\n    with open('f.txt', 'w') as file:\n        file.write(str(x))"),
        ("", "time.sleep(0.3)"),
        ("step:read", "try:\n    y = int(open('f.txt').read())\nexcept OSError:\n    y = 0\ny -= x"),
        ("metrics", "same = y"),
    )
    project = workflow.export(notebook(tmp_path, *cells), tmp_path / "p", verify=False).project
    done = call("sweep", "p", "-p", "x=0:4:1", "-j", "3", "--output-format", "json", folder=tmp_path)
    assert [point["metrics"]["same"] for point in json.loads(done.out)["points"]] == [0] * 5
    assert "f.txt at the same time: they run again, one by one" in done.err
    assert project.is_dir()
