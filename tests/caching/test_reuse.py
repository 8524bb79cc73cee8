"""The cache as people meet it: run, change something, run again; side by side, interrupted, cleaned."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from nb2pipe import workflow
from nb2pipe.errors import StepFailed
from nb2pipe.running import locks, runs
from tests.building import notebook
from tests.main_job.calling import call

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

CELLS = (
    ("parameters", "n = 3\nk = 2\nname = 'out.txt'"),
    ("imports", "from pathlib import Path\nimport time"),
    ("step:load", "rows = [int(x) for x in open('data.txt')]"),
    ("step:clean", "clean = [r for r in rows if r > 0]"),
    ("step:a", "a = sum(clean) * n\nPath(name).write_text(str(a))"),
    ("step:b", "b = len(clean) * k\nif k == 13:\n    raise ValueError('unlucky')"),
    ("step:score", "s = a + b + len(list(Path('more').glob('*')))"),
    ("metrics", "score = s"),
)


def ran(project: Path) -> dict[str, str]:
    """Step -> reason, or ``reused``."""
    record = next(runs.newest_first(project / ".nb2pipe"))
    return {
        step.name: "reused" if step.status.value == "reused" else step.reason or step.status.value
        for step in record.steps
    }


def test_a_rerun_costs_what_changed(tmp_path: Path) -> None:
    """Parameters, data, code, folders, outputs and the cache itself: each change runs what it touches, and says why."""
    (tmp_path / "data.txt").write_text("1\n2\n-3\n4\n")
    (tmp_path / "more").mkdir()
    project = workflow.export(notebook(tmp_path, *CELLS), tmp_path / "p", verify=False).project
    assert workflow.run(project).metrics == {"score": 27.0}
    reused = dict.fromkeys(["load", "clean", "a", "b", "score"], "reused")

    assert workflow.run(project).metrics == {"score": 27.0}
    assert ran(project) == reused
    record = next(runs.newest_first(project / ".nb2pipe"))
    assert all(Path(str(step.notebook)).is_file() for step in record.steps)

    done = call("run", "p", "-p", "k=5", "--dry-run", "--output-format", "json", folder=tmp_path)
    actions = {step["name"]: (step["action"], step["reasons"]) for step in json.loads(done.out)["steps"]}
    assert actions["b"] == ("run", ["k 2 → 5"])
    assert actions["score"] == ("perhaps", ["if b gives other values"])
    assert actions["a"] == ("reuse", [])
    done = call("run", "p", "-p", "k=5", folder=tmp_path)
    assert "b: k 2 → 5" in done.err
    assert "3 reused from an earlier run" in done.out
    assert ran(project) == {**reused, "b": "k 2 → 5", "score": "b from b changed"}

    data = tmp_path / "data.txt"
    data.write_text("1\n2\n-5\n4\n")  # what 'clean' makes of it is the same: nothing below runs
    time.sleep(0.1)  # what changes as a step begins may have changed after it was read, and is not trusted
    workflow.run(project)
    assert ran(project) == {**reused, "load": "data.txt changed", "clean": "rows from load changed"}

    (tmp_path / "more" / "one").touch()
    time.sleep(0.1)
    assert workflow.run(project).metrics == {"score": 28.0}
    assert ran(project) == {**reused, "score": "more changed"}

    (tmp_path / "out.txt").unlink()
    workflow.run(project)
    assert ran(project) == {**reused, "a": "out.txt, which it writes, is gone"}
    assert (tmp_path / "out.txt").read_text() == "21"

    step = project / "steps/clean.ipynb"
    step.write_text(step.read_text().replace("if r > 0]", "if r > 0]  # only these"))
    workflow.run(project)
    assert ran(project) == reused
    step.write_text(step.read_text().replace("if r > 0]", "if r > 1]"))
    assert workflow.run(project).metrics == {"score": 6 * 3 + 2 * 2 + 1.0}
    assert ran(project)["clean"] == "code changed (cell 4)"

    workflow.run(project, force=["load"])
    assert ran(project) == {**reused, "load": "it was forced"}
    workflow.run(project, fresh=True)
    assert ran(project) == dict.fromkeys(reused, "ok")

    # an object that was changed by hand is not used
    record = next(runs.newest_first(project / ".nb2pipe"))
    artifact = runs.folder(project / ".nb2pipe", record.id) / "artifacts/clean/clean.json"
    artifact.chmod(0o644)
    artifact.write_text("[1000]")
    assert workflow.run(project).metrics == {"score": 6 * 3 + 2 * 2 + 1.0}
    assert ran(project)["clean"] not in ("reused", "")

    state = project / ".nb2pipe"
    assert workflow.check(project).run.steps[0].status.value == "ok"
    assert workflow.check(project, cached=True).run.steps[0].status.value == "reused"

    newest = next(runs.newest_first(state)).id
    with locks.held(runs.folder(state, newest)):
        done = call("clean", "p", "--all", folder=tmp_path)
        assert f"run {newest} is under way: kept" in done.out
    assert [path.name for path in (state / "runs").iterdir()] == [newest]
    (state / "cache.db").write_bytes(b"no database" * 1000)
    assert workflow.run(project).metrics == {"score": 6 * 3 + 2 * 2 + 1.0}
    assert call("clean", "p", "--max-size", "1k", folder=tmp_path).code == 0
    assert workflow.run(project).metrics == {"score": 6 * 3 + 2 * 2 + 1.0}


def test_a_failure_ends_only_what_needs_it(tmp_path: Path) -> None:
    """With ``keep_going`` other branches finish; then nothing of them runs again. Two steps that clash are refused."""
    (tmp_path / "data.txt").write_text("1\n")
    project = workflow.export(notebook(tmp_path, *CELLS), tmp_path / "p", verify=False).project
    done = call("run", "p", "-p", "k=13", "--keep-going", "-j", "1", folder=tmp_path)
    assert done.code == 3
    record = next(runs.newest_first(project / ".nb2pipe"))
    assert [step.status.value for step in record.steps] == ["ok", "ok", "ok", "failed", "not run"]
    assert "unlucky" in done.err
    workflow.run(project)
    assert list(ran(project).values())[:3] == ["reused"] * 3


def test_steps_side_by_side_have_the_threads_of_the_notebook(tmp_path: Path) -> None:
    """With fewer, ill-conditioned numbers are others: an inverse, a solver that stops before it converges."""
    cells = [
        ("step:load", "import os\nname = 'OMP_NUM_THREADS'"),
        ("step:a", "one = [os.environ.get(name)]"),
        ("step:b", "two = [os.environ.get(name)]"),
        ("step:score", "both = one + two"),
    ]
    done = call("export", notebook(tmp_path, *cells).name, "-o", "p", "-j", "2", folder=tmp_path)
    assert done.code == 0
    assert "verified: " in done.out


def test_steps_that_clash_are_refused(tmp_path: Path) -> None:
    """With other parameters one branch writes what the other, which runs at the same time, reads."""
    cells = (
        ("parameters", "name = 'out.txt'"),
        ("imports", "from pathlib import Path\nimport time"),
        ("step:a", "time.sleep(1); Path(name).write_text('1')"),
        ("step:b", "time.sleep(2); t = Path('data.txt').read_text()"),
        ("metrics", "x = len(t)"),
    )
    (tmp_path / "data.txt").write_text("12")
    project = workflow.export(notebook(tmp_path, *cells), tmp_path / "p", verify=False).project
    with pytest.raises(StepFailed) as caught:
        workflow.run(project, parameters={"name": "data.txt"}, scheduling=workflow.Scheduling(jobs=2))
    assert [found.code for found in caught.value.diagnostics] == ["NB508"]
    one = workflow.Scheduling(jobs=1)
    assert workflow.run(project, parameters={"name": "data.txt"}, scheduling=one).metrics == {"x": 1.0}


def test_cache_off_and_what_cannot_be_trusted(tmp_path: Path) -> None:
    """``cache:off`` runs each time; so does what changes a file that it reads, or starts programs; an unseeded draw is
    said."""
    cells = (
        ("step:off cache:off", "x = 1"),
        ("step:log", "t = open('log.txt').read()\nopen('log.txt', 'a').write('x')"),
        ("step:shell", "!echo hi\ny = 2"),
        ("step:luck", "import random\nz = random.random()"),
        ("step:end", "w = x + y + z + len(t)"),
        ("metrics", "w"),
    )
    (tmp_path / "log.txt").write_text("")
    project = workflow.export(notebook(tmp_path, *cells), tmp_path / "p", verify=False).project
    assert "cache: false" in (project / "pipeline.yaml").read_text()
    workflow.run(project)
    workflow.run(project)
    record = next(runs.newest_first(project / ".nb2pipe"))
    said = {step.name: (step.status.value, step.reason) for step in record.steps}
    assert said["off"] == ("ok", "cache:off")
    assert said["log"] == ("ok", "it changes log.txt, which it reads")
    assert said["shell"][0] == "ok"
    assert "starts other programs" in said["shell"][1]
    assert said["luck"] == ("reused", "draws random numbers without a seed")
    assert (tmp_path / "log.txt").read_text() == "xxx"


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_outputs_are_linked_not_copied(tmp_path: Path) -> None:
    """The same file under several names, which nobody can write to by accident."""
    project = workflow.export(
        notebook(tmp_path, ("step:a", "x = [1]"), ("step:b", "y = len(x)"), ("metrics", "y")),
        tmp_path / "p",
        verify=False,
    ).project
    for _ in range(2):
        workflow.run(project, fresh=True)
        workflow.run(project)
    files = list((project / ".nb2pipe").rglob("x.json"))
    assert len(files) == 4
    assert len({file.stat().st_ino for file in files}) == 1
    assert files[-1].stat().st_mode & 0o222 == 0
