"""The reproducibility axis: what a climb finds, on a real notebook, and how it is told."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nb2pipe.checking.levels import BY_CODE, LEVELS, Ladder, Outcome, Rung, conclusions
from nb2pipe.model import Limits, MetricCheck, Tolerance, Verdict
from nb2pipe.reports import levels
from nb2pipe.reports.look import Look
from nb2pipe.workflow import comparing
from tests.building import notebook
from tests.main_job.calling import call


def checked(name, original, reproduced, off=0.0):
    """A metric in a check."""
    return MetricCheck(
        name=name, step="s", cell=0, verdict=Verdict.OK, original=original, reproduced=reproduced, difference=None,
        allowed=off, tolerance=Tolerance(abs=off),
    )  # fmt: skip


CONCLUSIONS = [
    ("same order", [("rf.acc", 0.9, 0.8), ("lr.acc", 0.7, 0.6)], []),
    ("other order", [("rf.acc", 0.9, 0.6), ("lr.acc", 0.7, 0.8)], ["'rf.acc' was above 'lr.acc', and is below it now"]),
    ("never ranked: within tolerance", [("rf.acc", 0.70, 0.69, 0.02), ("lr.acc", 0.69, 0.70, 0.02)], []),
    ("other kinds", [("acc", 0.9, 0.6), ("rmse", 0.7, 0.8)], []),
    ("sign", [("r2", 0.2, -0.2)], ["the sign of 'r2' changed"]),
    ("sign of nothing", [("r2", 0.001, -0.001, 0.01)], []),
]


@pytest.mark.parametrize(("metrics", "changed"), [c[1:] for c in CONCLUSIONS], ids=[c[0] for c in CONCLUSIONS])
def test_conclusions(metrics, changed):
    """Rankings of metrics of one kind, and signs, where the numbers are far enough apart to say so."""
    assert list(conclusions([checked(*metric) for metric in metrics]).changed) == changed


def ladder(*outcomes):
    """A climb with these outcomes, from R0 on."""
    rungs = tuple(
        Rung(level=level, outcome=outcome, blocks=("x < y",) if outcome is Outcome.BLOCKED else (), cure="do this")
        for level, outcome in zip(LEVELS, outcomes, strict=False)
    )
    return Ladder(
        project="p", notebook="nb.ipynb", rungs=rungs, date="2026-11-25 10:00 UTC", machine="Linux x86_64",
        python="3.11.7", environment="0123abcd",
    )  # fmt: skip


YES, NO, LEFT = Outcome.REACHED, Outcome.BLOCKED, Outcome.NOT_TRIED


@pytest.mark.parametrize(
    ("outcomes", "reached", "stopped"),
    [
        ([NO], None, "R0"),
        ([YES, YES, NO, LEFT], "R1", "R2"),
        ([YES] * 5 + [LEFT, YES, NO], "R6", "R7"),  # R5 is of another axis
        ([YES] * 6 + [NO], "R5", "R6"),
        ([YES] * 9, "R8", None),
    ],
)
def test_the_level_is_the_highest_with_all_below(outcomes, reached, stopped):
    """And the next one is what stopped."""
    found = ladder(*outcomes)
    assert (found.reached.code if found.reached else None) == reached
    assert (found.stopped.level.code if found.stopped else None) == stopped


def test_the_badge_is_svg_and_dated():
    """Well-formed, with level and date, and a title for who does not see it."""
    root = ElementTree.fromstring(levels.badge(ladder(YES, YES, NO)))
    texts = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert texts == ["reproducible", "R1 · 2026-11-25"]
    assert "environment 0123abcd" in next(e.text for e in root if e.tag.endswith("title"))


def test_reports_say_what_blocks_and_the_cure():
    """In text, Markdown and JSON, with when and where."""
    found = ladder(YES, NO, LEFT)
    text = "\n".join(levels.text(found, Look()))
    assert "next: R1, runs" in text
    assert "do this" in text
    assert "Python 3.11.7, environment 0123abcd" in text
    assert "| R1 | runs | ❌ blocked | x &lt; y | Functional (exercisable) | - |" in levels.markdown(found)
    document = levels.document(found)
    assert (document["reached"], document["levels"][1]["blocks"]) == ("R0", ["x < y"])
    assert set(BY_CODE) == {f"R{number}" for number in range(9)}


def repeats(*values):
    """Runs whose metric takes these values, one after the other."""
    left = iter(values)
    return lambda seed: comparing.Repeat(metrics={"acc": next(left)}, values={}, files={}, contents={})


OLD = (0.80, 0.81, 0.79, 0.805, 0.795)
SEEN = comparing.Seen(values={"acc": OLD}, margin={"acc": 0.03}, varied="injected")
OVER_SEEDS = [
    ("the same", SEEN, (0.802, 0.798, 0.81, 0.79, 0.80), YES, "1 metric equivalent, 5 new seeds against 5"),
    ("another", SEEN, (0.70, 0.71, 0.69, 0.705, 0.695), NO, "'acc' is different"),
    ("too wide to say", SEEN, (0.75, 0.85, 0.80, 0.78, 0.83), NO, "'acc' is inconclusive"),
    ("no number", SEEN, (0.8, 0.8, float("nan"), 0.8, 0.8), NO, "no number in every run"),
    ("nothing known", None, (), LEFT, "nb2pipe baseline nb.ipynb"),
]


@pytest.mark.parametrize(
    ("seen", "new", "outcome", "said"), [c[1:] for c in OVER_SEEDS], ids=[c[0] for c in OVER_SEEDS]
)
def test_equivalence_over_seeds(seen, new, outcome, said):
    """R5: means of new seeds within the margin of the baseline's, or not, or nobody can say."""
    rung = comparing.equivalent(BY_CODE["R5"], seen, repeats(*new), "nb.ipynb")
    assert rung.outcome is outcome
    assert said in " ".join((*rung.found, *rung.blocks, rung.cure))


def test_what_is_said_of_files_with_other_bytes():
    """Contents first, then the fingerprint of the value that a pickle holds."""
    names = ("r.xlsx", "a/m.joblib", "a/n.joblib", "t.csv", "model.pkl")
    one, other = (
        comparing.Repeat(
            metrics={}, values={"a/m": "1", "a/n": mark}, files={name: f"{name}{mark}" for name in names},
            contents={name: name if name == "r.xlsx" else f"{name}{mark}" for name in names},
        ) for mark in "xy"
    )  # fmt: skip
    assert [comparing.meaning(name, one, other) for name in names] == [
        "r.xlsx has other bytes, the same contents",
        "a/m.joblib has other bytes, the same value",
        "a/n.joblib has other bytes, another value",
        "t.csv has other bytes, other contents",
        "model.pkl has other bytes, its value cannot be compared",
    ]
    assert comparing.meaning("gone", one, other) == "gone was written by one of the runs only"


NOTEBOOK = """\
# %% tags=["step:load"]
from pathlib import Path
import helper
rows = helper.rows("../data/rows.csv")
# %% tags=["step:train"]
accuracy = sum(rows) / 12
open("fitted.txt", "w").write("x")
if Path("extra.txt").exists():
    accuracy = 0.0
# %% tags=["metrics"]
accuracy
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A notebook with its data in a folder beside its own, and a module."""
    folder = tmp_path / "nb"
    folder.mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rows.csv").write_text("1\n2\n3\n4\n")
    (folder / "helper.py").write_text("def rows(path):\n    return [int(line) for line in open(path)]\n")
    (folder / "nb.py").write_text(NOTEBOOK)
    return folder


@pytest.mark.nightly
@pytest.mark.kernel
def test_climbing_to_declared_inputs(place: Path):
    """R2 on a copy that holds the data file, the module and nothing else; the badge and the exit code follow."""
    done = call("check", "nb.py", "--level", "R2", "--badge", "b.svg", "--output-format", "json", folder=place)
    report = json.loads(done.out)
    assert done.code == 0, done.err
    assert [level["outcome"] for level in report["levels"]] == ["reached"] * 3
    assert "inputs: ../data/rows.csv, helper.py" in report["levels"][2]["found"]
    assert "R2" in (place / "b.svg").read_text()
    assert "![reproducible, R2" in done.err


@pytest.mark.nightly
@pytest.mark.kernel
def test_climbing_to_the_top_and_falling(place: Path):
    """R8 in an environment that is built; then a file beside the notebook decides, which nobody declared."""
    done = call("check", "nb.py", "--level", "max", "--output-format", "json", folder=place)
    report = json.loads(done.out)
    assert (done.code, report["reached"]) == (0, "R8"), report
    assert report["levels"][5]["outcome"] == "not tried"
    assert report["levels"][8]["found"] == ["2 of 2 files equal in every byte"]
    dated = "import gzip, time\nwith gzip.GzipFile('t.gz', 'wb', mtime=time.time()) as f:\n    f.write(b'1')\n"
    (place / "nb.py").write_text(NOTEBOOK.replace("accuracy = sum", dated + "accuracy = sum"))
    done = call("check", "nb.py", "--level", "R8", "--output-format", "json", folder=place)
    report = json.loads(done.out)
    assert (done.code, report["reached"]) == (1, "R7"), report
    assert report["levels"][8]["blocks"] == ["t.gz has other bytes, the same contents"]
    text = NOTEBOOK.replace("accuracy = sum", "import random\naccuracy = random.random() * sum")
    (place / "nb.py").write_text(text)
    done = call("check", "nb.py", "--level", "R4", "--output-format", "json", folder=place)
    report = json.loads(done.out)
    assert (done.code, report["reached"]) == (1, "R3"), report


def test_a_notebook_with_an_absolute_path_is_not_readable_elsewhere(place: Path):
    """R0 needs no run: it names the path, and where to read more."""
    (place / "nb.py").write_text(NOTEBOOK.replace("../data/rows.csv", "/home/me/rows.csv"))
    done = call("check", "nb.py", "--level", "R0", folder=place)
    assert done.code == 1
    assert "/home/me/rows.csv" in done.out
    assert "NB414" in done.out


def test_limits_are_conclusions():
    """A service level that is not kept is another conclusion, also where there is no value."""
    limits = {"acc": Limits(min=0.8), "loss": Limits(max=0.5), "gone": Limits(min=0.0)}
    found = conclusions([checked("acc", 0.9, 0.7), checked("loss", 0.1, 0.2), checked("gone", 1.0, None)], limits)
    assert found.changed == ("'acc' is 0.7, the limit is at least 0.8", "'gone' has a limit, and no value")
    assert found.same[-1] == "1 limit kept"


IMPORTS = [
    ("there", "import os.path, helper\nfrom . import x", "all imports are there", 0),
    ("missing", "import os, nosuchpackage.part", "cell 1 imports nosuchpackage, which the kernel's Python does not", 1),
    (
        "only if it is there",
        "try:\n    import nosuchpackage\nexcept ImportError:\n    pass",
        "all imports are there",
        0,
    ),
    ("installed by the notebook", "!pip install nosuchpackage==1\nimport nosuchpackage", "could not be looked up", 0),
]


@pytest.mark.parametrize(("source", "said", "code"), [c[1:] for c in IMPORTS], ids=[c[0] for c in IMPORTS])
def test_imports_are_looked_for_where_the_kernel_runs(place: Path, source: str, said: str, code: int):
    """R0, without importing anything: modules beside the notebook count, what is optional or installed later does not."""
    (place / "helper.py").write_text("raise SystemExit('imported')")
    notebook(place, ("step:one", source))
    done = call("check", "nb.ipynb", "--level", "R0", folder=place)
    assert said in " ".join(done.out.split()), done.out
    assert done.code == code


def test_cells_that_never_ran_are_told(place: Path):
    """In a notebook that was saved with counts; skipped cells may stay as they are."""
    path = notebook(place, ("step:one", "a = 1"), ("", "b = 1"), ("skip", "c = 1"), ("", "d = 1"))
    data = json.loads(path.read_text())
    data["cells"][0]["execution_count"], data["cells"][3]["execution_count"] = 1, 2
    path.write_text(json.dumps(data))
    done = call("check", "nb.ipynb", "--level", "R0", folder=place)
    assert done.code == 1
    assert "cell 2 was not run before the notebook was saved" in " ".join(done.out.split())


def test_levels_take_no_parameters(place: Path):
    """They are about the original's numbers."""
    assert call("check", "nb.py", "--level", "R1", "--strict", folder=place).code == 2
    assert call("check", "nb.py", "--level", "R1", "-p", "a=1", folder=place).code == 2
    assert call("check", "nb.py", "--badge", "b.svg", folder=place).code == 2
