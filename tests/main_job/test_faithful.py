"""Notebooks written as people write them, split, run and compared value by value; and run without nb2pipe."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from nb2pipe import workflow
from tests.building import notebook

pytestmark = [pytest.mark.kernel, pytest.mark.slow]

FUNCTIONS = """\
class Scaler:
    def fit(self, frame):
        self.mean, self.std = frame['x'].mean(), frame['x'].std()
        return self
    def transform(self, frame):
        return frame.assign(x=(frame['x'] - self.mean) / self.std)

def add_column(frame):
    frame['z'] = frame['x'] * factor
"""

CELLS = (
    ("imports", "import os, random\nimport numpy as np\nimport pandas as pd\nfrom math import *"),
    ("parameters", "size = 20\nseed = 3\ndouble = size * 2"),
    ("functions", FUNCTIONS),
    ("step:data", "np.random.seed(seed)\nrandom.seed(seed)\nfactor = 2"),
    ("", "frame = pd.DataFrame({'x': np.random.rand(size), 'g': [random.choice('ab') for _ in range(size)]})"),
    ("step:change", "add_column(frame)\nlast = frame['z'].iloc[-1]\nfactor = 5"),
    ("step:scale", "scaler = Scaler().fit(frame)\nframe = scaler.transform(frame)"),
    ("step:draw", "noise = np.random.rand()\npick = random.random()"),
    ("step:magic", "%time lines = !echo 5 && echo 6\n!touch touched.txt"),
    ("", "%%time\nshown = [int(line) for line in lines]\nangle = cos(pi / 5)"),
    ("step:place", "os.chdir('data')\nimport statistics\nnumbers = [float(n) for n in open('numbers.txt')]"),
    ("", "try:\n    import ujson as js\nexcept ImportError:\n    import json as js"),
    ("", "inputs, outputs = frame[['x']].values, 3"),
    ("step:end", "again = frame.copy()\nadd_column(again)\nhere = os.path.basename(os.getcwd())"),
    ("", "rescaled = scaler.transform(again)\ntext = js.dumps([here, statistics.mean(numbers), outputs])"),
    ("metrics", "total = float(again['z'].sum())\nlast, noise, pick, angle"),
    (
        "metrics",
        "size_of_text = len(text)\nmiddle = statistics.median(shown) + inputs.sum() + outputs\nmore = random.random()",
    ),
    ("metric:rows", "len(rescaled) + double"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("it's a folder")
    (made / "data").mkdir()
    (made / "data/numbers.txt").write_text("1\n2\n6.5\n")
    return made


@pytest.fixture(scope="module")
def done(folder: Path) -> workflow.Export:
    return workflow.export(notebook(folder, *CELLS, name="the job.ipynb"), folder / "p ü", timeout=120)


def test_everyday_idioms_are_faithful(done: workflow.Export) -> None:
    """Every value that crosses a border and every metric is what the notebook computed, to the last bit."""
    assert done.verification is not None
    assert done.verification.differences == ()
    report = done.verification.report
    assert report.passed, report.sentence
    assert done.verified
    assert {m.name: m.reproduced for m in report.metrics} == {m.name: m.original for m in report.metrics}
    assert {m.name for m in report.metrics} == {
        "total", "last", "noise", "pick", "angle", "size_of_text", "middle", "more", "rows",
    }  # fmt: skip
    assert done.verification.compared >= 12


def test_other_parameters_reach_derived_values(folder: Path, done: workflow.Export) -> None:
    """A parameter that sizes and seeds change what depends on them, and nothing else."""
    record = workflow.run(done.project, parameters={"size": 10, "seed": 4})
    before = {metric.name: metric.value for metric in done.baseline.metrics}
    assert record.metrics["rows"] == 10 + 20
    assert record.metrics["angle"] == before["angle"]
    assert record.metrics["noise"] != before["noise"]


def environment_without_nb2pipe(folder: Path) -> Path:
    """A virtual environment with every package of this one except nb2pipe, which leaves no trace, not even metadata."""
    venv.create(folder, with_pip=False, symlinks=True)
    target = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "nb2pipe" not in entry.name.lower() and not (target / entry.name).exists():
            (target / entry.name).symlink_to(entry)
    script = folder / "bin/papermill"
    # sh in between: a #! line cannot hold a path with spaces
    run = "from papermill.cli import papermill; papermill()"
    script.write_text(f'#!/bin/sh\nexec "{folder}/bin/python" -c "{run}" "$@"\n')
    script.chmod(0o755)
    return folder


def shell(commands: str, cwd: Path, environment: Path) -> subprocess.CompletedProcess[str]:
    """Run lines of a README as a person would paste them; installing is taken as done."""
    variables = {
        "PATH": f"{environment}/bin:{os.environ['PATH']}",
        "HOME": str(environment),
        "IPYTHONDIR": str(environment / "ipython"),
        "JUPYTER_DATA_DIR": str(environment / "jupyter"),
        "LANG": "C.UTF-8",
    }
    text = f"set -e\npip() {{ :; }}\n{commands}"
    return subprocess.run(["bash", "-c", text], cwd=cwd, env=variables, capture_output=True, text=True, timeout=280)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = environment_without_nb2pipe(tmp_path_factory.mktemp("environments") / "plain")
    probe = subprocess.run(
        [made / "bin/python", "-c", "import papermill, nb2pipe"], cwd=made, capture_output=True, text=True
    )
    assert "No module named 'nb2pipe'" in probe.stderr
    return made


def metrics(project: Path) -> dict[str, float]:
    return {
        name: value
        for path in sorted((project / "artifacts").glob("*/metrics.json"))
        for name, value in json.loads(path.read_text()).items()
    }


def test_the_readme_works_without_nb2pipe(done: workflow.Export, environment: Path) -> None:
    """The README's commands, pasted into a shell where nb2pipe is not installed, give the original's metrics."""
    text = (done.project / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"## Without nb2pipe.*?```console\n(.*?)```", text, re.DOTALL)
    ran = shell(block, done.project, environment)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert metrics(done.project) == {metric.name: metric.value for metric in done.baseline.metrics}


def test_a_step_by_hand_with_folders_and_parameters(tmp_path: Path, environment: Path) -> None:
    """``papermill STEP OUT -p inputs DIR -p outputs DIR -p n 50`` is all that one step needs."""
    cells = (("parameters", "n = 2"), ("step:a", "x = list(range(n))"), ("step:b", "y = sum(x)"), ("metrics", "y"))
    workflow.export(notebook(tmp_path, *cells), tmp_path / "p", verify=False)
    options = "-p inputs A -p outputs A"
    for step, more in (("a", "-p n 50"), ("b", "")):
        ran = shell(f"papermill p/steps/{step}.ipynb {step}.ipynb {options} {more}", tmp_path, environment)
        assert ran.returncode == 0, ran.stderr[-3000:]
    assert json.loads((tmp_path / "A/b/metrics.json").read_text()) == {"y": 1225.0}


def test_scripts_run_and_check(tmp_path: Path) -> None:
    """A project of percent scripts is verified, checked and fails like one of notebooks."""
    cells = (
        ("parameters", "n = 2\nword = 'a'"),
        ("step:a", "%time x = [i * n for i in range(3)]\n# %% no marker"),
        ("step:b", "y = sum(x) + int(len(word) == 1 or word)"),
        ("metrics", "y"),
    )
    source = notebook(tmp_path, *cells)
    done = workflow.export(source, tmp_path / "p", steps="py")
    assert done.verified
    assert workflow.check(done.project).passed
    with pytest.raises(Exception, match="invalid literal") as caught:
        workflow.run(done.project, parameters={"word": "bb"})
    (found,) = caught.value.diagnostics  # type: ignore[attr-defined]
    assert (found.code, found.cell, found.line, found.notebook) == ("NB502", 2, 1, str(source))


def test_names_that_generated_code_would_use(tmp_path: Path) -> None:
    """Users' variables called like our imports and folders keep their values."""
    cells = (
        ("functions", "def outputs(x):\n    return x + 1"),
        ("step:a", "import numpy\nnp = 5\njson = {'a': 1}\nos = 'linux'\njoblib = [1]\nsys = numpy.arange(3)"),
        ("step:b", "inputs = outputs(np)\npandas = sys + 1"),
        ("step:c", "result = inputs + len(json) + len(os) + len(joblib) + int(pandas.sum()) + outputs(1)"),
        ("metrics", "result"),
    )
    done = workflow.export(notebook(tmp_path, *cells), tmp_path / "p")
    assert done.verified
    assert done.verification is not None
    assert [m.reproduced for m in done.verification.report.metrics] == [6 + 1 + 5 + 1 + 6 + 2]


def test_an_unseeded_notebook_is_verified(tmp_path: Path) -> None:
    """Its numbers change with each run; verified it is all the same, because the draws of the observed run are repeated."""
    cells = (
        ("imports", "import numpy as np, random"),
        ("step:a", "x = np.random.rand(3)"),
        ("step:b", "y = x.sum() + np.random.rand() + random.random()"),
        ("metrics", "y"),
    )
    done = workflow.export(notebook(tmp_path, *cells), tmp_path / "p")
    assert done.verified
    assert not workflow.check(done.project).passed


def test_a_notebook_is_run_and_checked_directly(tmp_path: Path) -> None:
    """The hidden project is made once, kept while the notebook stays the same, and made anew with --fresh."""
    cells = [("step:a", "open('ran', 'a').write('a')\nx = 1"), ("step:b", "y = x + 1"), ("metrics", "y")]
    source = notebook(tmp_path, *cells)
    ran = tmp_path / "ran"
    assert workflow.check(source).passed
    assert len(ran.read_text()) == 2  # observed once, run once
    assert workflow.check(source).passed
    assert len(ran.read_text()) == 3
    assert workflow.check(source, fresh=True).passed
    assert len(ran.read_text()) == 5
    notebook(tmp_path, *cells[:1], ("step:b", "y = x + 2"), cells[2])
    assert workflow.run(source).metrics == {"y": 3.0}
    assert len(ran.read_text()) == 6  # observed; step 'a' is as it was
    assert sorted(path.name for path in tmp_path.iterdir()) == [".nb2pipe", "nb.ipynb", "ran"]


def test_a_static_export_is_checked_against_stored_outputs(tmp_path: Path) -> None:
    """Without running the original, the numbers that its outputs show are the baseline, with the digits they show."""
    source = notebook(
        tmp_path, ("step:a", "x = [1, 2, 4]"), ("metrics", "mean = sum(x) / 3\nprint(f'mean: {mean:.2f}')")
    )
    data = json.loads(source.read_text())
    data["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["mean: 2.33\n"]}]
    source.write_text(json.dumps(data))
    done = workflow.export(source, tmp_path / "p", static=True, verify=False)
    assert [(m.value, m.decimals) for m in done.baseline.metrics] == [(2.33, 2)]
    report = workflow.check(done.project)
    assert report.passed
    assert report.metrics[0].reproduced == 7 / 3
    data["cells"][1]["outputs"][0]["text"] = ["mean: 2.34\n"]
    source.write_text(json.dumps(data))
    workflow.export(source, done.project, static=True, verify=False)
    assert not workflow.check(done.project).passed


def test_the_python_that_runs_this_is_not_the_plain_one(environment: Path) -> None:
    """The tests above would prove nothing if both environments were one."""
    assert Path(sys.prefix).resolve() != environment.resolve()
