"""``pytest --nb2pipe`` as people call it, and the composite action's script: real pipelines, real pytest-xdist."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.building import notebook
from tests.main_job.calling import call

ROOT = Path(__file__).parents[2]
CELLS = (
    ("parameters", "factor = 2"),
    ("step:load", "import json\nrows = json.load(open('rows.json'))"),
    ("step:fit", "mean = sum(rows) * factor / len(rows)"),
    ("metrics", "accuracy = mean / 10\nloss = 1 - accuracy"),
)


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Call pytest as a user would, without the settings of the tests that call it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    (folder / "pytest.ini").write_text("[pytest]\n")  # else the checkout around a temporary folder is the root
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, env={**environment, "COLUMNS": "80"}, capture_output=True, text=True)


def outcomes(folder: Path, *arguments: str) -> tuple[dict[str, str], str, str]:
    """Outcome of each test from the JUnit file, what the failures said, and all that pytest printed."""
    done = pytest_in(folder, "--junitxml=j.xml", *arguments)
    cases = list(ET.parse(folder / "j.xml").getroot().iter("testcase"))
    found = {
        str(c.get("name")): next((x.tag for x in c if x.tag in ("failure", "error", "skipped")), "ok") for c in cases
    }
    said = "\n".join(f"{x.get('message')}\n{x.text}" for c in cases for x in c if x.tag in ("failure", "skipped"))
    return found, said, done.stdout + done.stderr


def test_the_plugin_costs_nothing_where_nobody_asks_for_it():
    """Every pytest in the environment imports it: nothing else of ours is loaded."""
    code = "import nb2pipe.pytest_plugin, sys; print([m for m in sorted(sys.modules) if m.startswith('nb2pipe')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['nb2pipe', 'nb2pipe.pytest_plugin']"


def test_only_our_pipelines_are_collected(tmp_path: Path):
    """Other tools have a pipeline.yaml, too; a broken one of ours is a test that fails, not one that is gone."""
    for name, text in {"ours": "schema_version: 1\nsteps: {}\n", "theirs": "stages:\n  - x\n"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "pipeline.yaml").write_text(text)
    notebook(tmp_path, *CELLS)
    notebook(tmp_path, ("", "a = 1"), name="untagged.ipynb")
    done = pytest_in(tmp_path, "--nb2pipe", "--nb2pipe-notebooks", "--collect-only", "-q")
    assert [line for line in done.stdout.splitlines() if "::" in line] == [
        "nb.ipynb::runs", "nb.ipynb::accuracy", "nb.ipynb::loss", "ours/pipeline.yaml::runs",
    ]  # fmt: skip


def test_the_hook_is_what_init_writes():
    """Those who name this repository and those who ran ``nb2pipe init`` get the same hook."""
    [ours] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    written = yaml.safe_load((ROOT / "templates/ci/pre-commit.yml.j2").read_text().replace("<< version >>", "1"))
    [theirs] = written["repos"][0]["hooks"]
    assert {name: ours[name] for name in ("id", "entry", "language", "files")} == {
        name: theirs[name] for name in ("id", "entry", "language", "files")
    }


@pytest.mark.slow
@pytest.mark.kernel
def test_each_metric_is_a_test(tmp_path: Path):
    """Two workers, one run; other data, a metric without an original, and a step that fails; then the action's script."""
    (tmp_path / "rows.json").write_text("[1, 2, 3, 4]")
    notebook(tmp_path, *CELLS)
    assert call("export", "nb.ipynb", "-q", "--no-verify", folder=tmp_path).code == 0
    project = tmp_path / "nb_pipeline"
    (tmp_path / "rows.json").write_text("[1, 2, 3, 5]")
    found, said, printed = outcomes(tmp_path, "--nb2pipe", "-n", "2")
    assert found == {"runs": "ok", "accuracy": "failure", "loss": "failure"}, printed
    assert len(list((project / ".nb2pipe" / "runs").iterdir())) == 1
    for part in ("'accuracy' is 0.55, the original 0.5", "allowed: relative 1e-6", "rows.json",
                 "nb2pipe check nb_pipeline\n", "nb_pipeline::accuracy"):  # fmt: skip
        assert part in said + printed
    assert "Traceback" not in printed
    assert max(len(line) for line in printed.splitlines() if str(tmp_path) not in line) <= 120

    baseline = json.loads((project / "baseline.json").read_text())
    del baseline["metrics"]["loss"]
    baseline["metrics"]["accuracy"]["value"] = 0.55
    (project / "baseline.json").write_text(json.dumps(baseline))
    found, said, printed = outcomes(tmp_path, "--nb2pipe", "-k", "nb_pipeline")
    assert found == {"runs": "ok", "accuracy": "ok", "loss": "skipped"}, printed
    assert "the baseline has no value for it" in said
    report = action(tmp_path, "nb_pipeline", ARGUMENTS="--min accuracy=0.5")
    assert [case.get("name") for case in ET.parse(report).getroot().iter("testcase")] == ["accuracy", "loss"]

    step = project / "steps" / "fit.ipynb"
    step.write_text(step.read_text().replace("mean = sum", "mean = bum"))
    found, said, printed = outcomes(tmp_path, "--nb2pipe", "--nb2pipe-args=--strict", "-k", "runs or accuracy")
    assert found == {"runs": "failure", "accuracy": "failure"}, printed
    assert "NB502" in said
    assert "'accuracy' was not computed" in said


def action(folder: Path, path: str, **inputs: str) -> Path:
    """Run the check of ``action.yml`` as GitHub's runner would; the JUnit file that it names."""
    steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    [script] = [step["run"] for step in steps if step.get("id") == "check"]
    given = {"TARGET": path, "STRICT": "false", "LEVEL": "", "ARGUMENTS": "", "REPORT": "r.xml", **inputs}
    places = {"GITHUB_OUTPUT": str(folder / "outputs"), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-e", "-c", script], cwd=folder, env={**os.environ, **places, **given}, check=False)
    assert done.returncode == 0
    assert (folder / "outputs").read_text() == "report=r.xml\n"
    return folder / "r.xml"
