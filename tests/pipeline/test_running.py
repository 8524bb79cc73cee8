"""``nb2pipe run`` and ``nb2pipe check`` on one small project: parameters, selection, resuming, failing, comparing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from nb2pipe import workflow
from nb2pipe.model import Verdict
from nb2pipe.running import runs
from tests.building import notebook
from tests.main_job.calling import call

pytestmark = pytest.mark.kernel

CELLS = (
    ("md", "A notebook that says in ran.log which of its steps ran."),
    ("parameters", "a = 2\nb = a * 10\nn: int = 3\nrate = 0.5\nname = 'x'\nunused = (1, 2)"),
    (
        "imports",
        "from pathlib import Path\ndef ran(step):\n    with open('ran.log', 'a') as log: log.write(step + ' ')",
    ),
    ("step:first", "ran('first')\nvalue = b + n"),
    ("step:second", "ran('second')"),
    (
        "",
        "text = name * 2\ndef check(path):\n    return int(path.read_text())\n\ndouble = value * check(Path('factor.txt'))",
    ),
    ("step:third", "ran('third')"),
    ("metrics", "score = double + rate\nlength = len(text)"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("a folder")


@pytest.fixture(scope="module")
def project(folder: Path) -> Path:
    source = notebook(folder, *CELLS)
    (folder / "factor.txt").write_text("2")
    return workflow.export(source, folder / "p", verify=False).project


@pytest.fixture
def ran(folder: Path, project: Path) -> Iterator[Path]:
    log = folder / "ran.log"
    log.write_text("")
    yield log
    (folder / "factor.txt").write_text("2")


def steps(record: dict[str, object]) -> dict[str, str]:
    return {step["name"]: step["status"] for step in record["steps"]}  # type: ignore[attr-defined]


def test_a_selection_with_a_gap_is_refused(folder: Path, project: Path, ran: Path) -> None:
    """What lies between selected steps has no outputs that fit; the message says what to type."""
    done = call("run", "p", "--select", "first,third", folder=folder)
    assert (done.code, ran.read_text()) == (2, "")
    assert "--select first,second,third" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["-p", "rat=1"], "NB302", "did you mean 'rate'?"),
        (["-p", "speed=1"], "NB302", "there are: a, n, rate, name, unused"),
        (["-p", "n=abc"], "NB301", "'n' is an int in the parameters cell (n = 3)"),
        (["-p", "a=2.5"], "NB301", "if it may be a fraction, write in the cell: a = 2.0"),
        (["-f", "absent.yaml"], "NB307", "absent.yaml"),
        (["-f", "list.yaml"], "NB307", "it must map parameter names to values"),
        (["-f", "wrong.json"], "NB301", "n = True in wrong.json: 'n' is an int"),
        (["--select", "secnd.."], "NB306", "did you mean 'second'?"),
        (["--select", "third..first"], "NB306", "did you mean 'first..third'?"),
        (["--select", ","], "NB306", "selects no step"),
    ],
)
def test_mistakes_are_refused_before_anything_runs(
    folder: Path, project: Path, ran: Path, arguments: list[str], code: str, said: str
) -> None:
    """A wrong name, type, file or step ends the command with exit code 2; no kernel was started, no run recorded."""
    (folder / "list.yaml").write_text("- n\n")
    (folder / "wrong.json").write_text('{"n": true}')
    before = list((project / ".nb2pipe").rglob("run.json"))
    for target in ("p", "nb.ipynb"):
        done = call("run", target, *arguments, folder=folder)
        assert done.code == 2
        assert done.lines[0].startswith(f"error[{code}]")
        assert said in " ".join(done.err.split())
        assert len(done.lines) <= 12
        assert "Traceback" not in done.err
    assert ran.read_text() == ""
    assert list((project / ".nb2pipe").rglob("run.json")) == before
    assert not (folder / ".nb2pipe").exists()


def test_parameters_reach_the_steps(folder: Path, project: Path, ran: Path) -> None:
    """Values from -p and -f arrive typed, also where lines compute from them; -p wins over the file."""
    (folder / "some.yaml").write_text("rate: 1\nname: from file\na: 99\n")
    done = call("run", "p", "-f", "some.yaml", "-p", "a", "3", "-p", "n=4", "--output-format", "json", folder=folder)
    assert done.code == 0, done.err
    record = json.loads(done.out)
    assert steps(record) == {"first": "ok", "second": "ok", "third": "ok"}
    assert record["metrics"] == {"score": (3 * 10 + 4) * 2 + 1.0, "length": 18.0}
    assert ran.read_text().split() == ["first", "second", "third"]
    kept = json.loads((project / ".nb2pipe/runs" / record["run"] / "run.json").read_text())
    assert kept["finished"] is True
    assert (kept["parameters"]["a"], kept["parameters"]["n"], kept["parameters"]["rate"]) == (3, 4, 1.0)


def test_a_failure_and_going_on_from_there(folder: Path, project: Path, ran: Path) -> None:
    """What failed is told in the notebook's own cells and lines; --resume runs the failed step and those after it.

    With the parameters of the run that failed, although nobody repeats them.
    """
    (folder / "factor.txt").write_text("two")
    done = call("run", "p", "-p", "n=5", folder=folder)
    assert done.code == 3
    assert done.lines[0].startswith("error[NB502]: ValueError in step 'second': invalid literal for int()")
    assert "--> nb.ipynb, cell 6, line 3" in [line.strip() for line in done.lines]
    assert "return int(path.read_text())" in done.err
    assert "Traceback" not in done.err
    assert len(done.lines) <= 12
    failed = next(runs.newest_first(project / ".nb2pipe"))
    assert not failed.finished
    assert [step.status.value for step in failed.steps] == ["ok", "failed", "not run"]
    executed = Path(str(failed.steps[1].notebook))
    assert "ValueError: invalid literal" in "".join(json.loads(executed.read_text())["cells"][0]["source"])
    assert str(executed.relative_to(folder)) in done.err

    (folder / "factor.txt").write_text("3")
    again = call("run", "p", "--resume", "--output-format", "json", folder=folder)
    assert again.code == 0, again.err
    assert "n=5" in again.err
    record = json.loads(again.out)
    assert steps(record) == {"first": "reused", "second": "ok", "third": "ok"}
    assert record["metrics"]["score"] == (20 + 5) * 3 + 0.5
    assert ran.read_text().split() == ["first", "second", "second", "third"]

    selected = call("run", "p", "--select", "third", "-p", "n=5", "-p", "rate=2", folder=folder)
    assert selected.code == 0, selected.err
    assert ran.read_text().split() == ["first", "second", "second", "third", "third"]
    assert next(runs.newest_first(project / ".nb2pipe")).metrics["score"] == (20 + 5) * 3 + 2

    refused = call("run", "p", "--select", "third", "-p", "n=6", folder=folder)
    assert refused.code == 2
    assert refused.lines[0].startswith("error[NB306]")


def test_checking(folder: Path, project: Path, ran: Path) -> None:
    """Exit code 0 for the original's numbers; 1 for others, with the metric, its cell, and both numbers."""
    good = call("check", "p", "--output-format", "json", folder=folder)
    assert good.code == 0, good.err
    assert {m["name"]: m["verdict"] for m in json.loads(good.out)["metrics"]} == {"score": "ok", "length": "ok"}
    bad = call("check", "p", "-p", "rate=0.75", folder=folder)
    assert bad.code == 1
    assert "error[NB401]" in bad.out
    assert "cell 8" in bad.out
    assert "46.5" in bad.out
    assert "46.75" in bad.out
    refused = call("check", "p", "--tolerance", "scor=1%", folder=folder)
    assert refused.code == 2
    assert refused.lines[0].startswith("error[NB308]: no metric 'scor'")
    assert "did you mean 'score'?" in refused.err
    assert ran.read_text().split() == ["first", "second", "third"] * 2


def test_tolerances_of_file_and_command_line(folder: Path, project: Path, ran: Path) -> None:
    """pipeline.yaml may allow more than the notebook, the command line more than pipeline.yaml."""
    path = project / "pipeline.yaml"
    before = path.read_text()
    path.write_text(before + "tolerances:\n  score: {abs: 0.3}\n  length: {abs: 0, direction: lower}\n")
    try:
        changed = {"rate": 0.75, "name": "xy"}  # +0.25 and +2
        report = workflow.check(project, parameters=changed)
        assert {m.name: m.verdict for m in report.metrics} == {"score": Verdict.OK, "length": Verdict.FAILED}
        from nb2pipe.model import Tolerance

        report = workflow.check(project, parameters=changed, tolerances={"all": Tolerance(abs=2)})
        assert report.passed
        path.write_text(before + "tolerances:\n  scor: {abs: 0.3}\n")
        refused = call("check", "p", folder=folder)
        assert (refused.code, refused.lines[0]) == (2, "error[NB308]: no metric 'scor'")
        assert "pipeline.yaml" in refused.err
        path.write_text(before + "tolerances:\n  f1_of_an_older_model: {abs: 0.3}\n")
        left = call("check", "p", folder=folder)
        assert left.code == 0
        assert "'f1_of_an_older_model', which is no metric any more" in " ".join(left.out.split())
    finally:
        path.write_text(before)
