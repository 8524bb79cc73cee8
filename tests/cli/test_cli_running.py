"""export, run and check on a small notebook, with real kernels."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from command_line import nb2pipe
from notebooks_by_hand import FAILING, GOOD, IMPORTS, LOAD, PARAMETERS, SCORE, cell, write

from nb2pipe.reports import schema

pytestmark = pytest.mark.kernel

SCORE_OF_BOOM = cell("score = boom", "metrics")
CHECKED = """\
metric      original    reproduced  difference   allowed  verdict
──────  ────────────  ────────────  ──────────  ────────  ───────
score   0.9653000263  0.9653000263           0  ±9.7e-07  ok
equal to the last digit
"""


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A folder with an exported project, and what the export said."""
    folder = tmp_path_factory.mktemp("my work")
    write(folder / "small.ipynb", *GOOD)
    done = nb2pipe("export", "small.ipynb", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder, done


def test_export(work):
    """Progress on stderr in single lines, the outcome on stdout, the next commands last."""
    folder, done = work
    assert re.search(r"^1 of 2  ok +[\d.]+ s  load$", done.stderr, re.MULTILINE)
    assert "\x1b" not in done.stderr + done.stdout
    assert re.match(r"small_pipeline/: 2 steps, \d+ files written in [\d.]+ s\n\nmetric", done.stdout)
    assert CHECKED in done.stdout
    assert "\nverified: 1 value handed from step to step equal the notebook's\n" in done.stdout
    assert done.stdout.endswith("\nnext: nb2pipe run small_pipeline\n      nb2pipe check small_pipeline\n")
    assert (folder / "small_pipeline" / "pipeline.yaml").is_file()


def test_check(work):
    """The verdict is the last line; exit code 0."""
    folder, _ = work
    done = nb2pipe("check", "small_pipeline", "-q", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(CHECKED)
    assert done.stdout.splitlines()[-1].startswith("reproduced: 1 of 1")


def test_check_fails_on_github(work, tmp_path):
    """Out of tolerance: exit code 1, JUnit in the file, table on stdout, summary and annotation for GitHub."""
    folder, _ = work
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    done = nb2pipe(
        "check", "small_pipeline", "-p", "rate", "0.6", "--output-format", "junit", "-o", tmp_path / "out.xml",
        cwd=folder, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary), GITHUB_WORKSPACE=str(folder),
    )  # fmt: skip
    assert done.returncode == 1
    assert ET.parse(tmp_path / "out.xml").getroot().get("failures") == "1"
    assert summary.read_text(encoding="utf-8").startswith("before\n### ❌ small: not reproduced")
    annotation = next(line for line in done.stderr.splitlines() if line.startswith("::error"))
    assert annotation.startswith("::error file=small.ipynb,line=")
    line = int(annotation.partition("line=")[2].partition(",")[0])
    assert "score" in (folder / "small.ipynb").read_text().splitlines()[line - 1]
    assert "error[NB401]: 'score' is 1.15836, the original 0.9653: difference +0.193 is" in done.stdout
    assert "--> small.ipynb, cell 5" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("not reproduced: 0 of 1")
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_check_whose_step_fails_still_gives_its_document(tmp_path):
    """CI finds a report in the format that it asked for, and the step's summary says what failed."""
    write(tmp_path / "bad.ipynb", IMPORTS, PARAMETERS, LOAD, cell("boom = 1 / (n - 11)", "step:train"), SCORE_OF_BOOM)
    assert nb2pipe("export", "bad.ipynb", "--no-verify", cwd=tmp_path).returncode == 0
    failing = ("check", "bad_pipeline", "-q", "-p", "n=11", "--output-format")
    summary = tmp_path / "summary.md"
    junit = nb2pipe(
        *failing, "junit", "-o", "out.xml",
        cwd=tmp_path, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary),
    )  # fmt: skip
    assert junit.returncode == 3
    root = ET.parse(tmp_path / "out.xml").getroot()
    assert (root.get("errors"), root.find(".//error").get("type")) == ("1", "NB502")
    assert summary.read_text(encoding="utf-8").startswith("### ❌ ZeroDivisionError in step 'train'")
    annotated = nb2pipe(*failing, "github", cwd=tmp_path)
    assert annotated.stdout.startswith("::error file=bad.ipynb,line=")
    assert nb2pipe(*failing, "markdown", cwd=tmp_path).stdout.startswith("### ❌ ZeroDivisionError")
    assert nb2pipe(*failing, "json", "-o", "out.json", cwd=tmp_path).returncode == 3
    jsonschema.validate(json.loads((tmp_path / "out.json").read_text()), schema.DOCUMENTS["failure"])
    assert nb2pipe(*failing, "json", "-o", "/proc/out.json", cwd=tmp_path).returncode == 3


def test_exporting_again_allows_what_the_user_allowed(tmp_path):
    """A metric that is never the same passes with the tolerance in pipeline.yaml."""
    write(tmp_path / "noisy.ipynb", cell("import os\nx = 1", "step:load"), cell("pid = os.getpid()", "metrics"))
    assert nb2pipe("export", "noisy.ipynb", "-q", cwd=tmp_path).returncode == 1
    manifest = tmp_path / "noisy_pipeline" / "pipeline.yaml"
    manifest.write_text(manifest.read_text() + "tolerances:\n  pid: {abs: 1.0e+9}\n")
    assert nb2pipe("export", "noisy.ipynb", "-q", cwd=tmp_path).returncode == 0


def test_a_tolerance_on_the_command_line_wins(work):
    """``--tolerance`` makes room for a difference, and the document says so."""
    folder, _ = work
    done = nb2pipe(
        "check", "small_pipeline", "-p", "rate=0.6", "--tolerance", "score=25%", "--output-format", "json", cwd=folder
    )
    assert done.returncode == 0
    document = json.loads(done.stdout)
    jsonschema.validate(document, schema.DOCUMENTS["check"])
    (metric,) = document["metrics"]
    assert metric["verdict"] == "ok"
    assert metric["tolerance"]["rel"] == 0.25


def test_run_json(work):
    """stdout is one document: metrics at full precision, steps with status and seconds, the run's id."""
    folder, _ = work
    done = nb2pipe("run", "small_pipeline", "-p", "n=20", "--output-format", "json", cwd=folder)
    assert done.returncode == 0
    document = json.loads(done.stdout)
    jsonschema.validate(document, schema.DOCUMENTS["run"])
    assert document["metrics"] == {"score": sum(i**0.5 for i in range(20)) * 0.5 / 20}
    assert [step["status"] for step in document["steps"]] == ["ok", "ok"]
    assert document["parameters"] == {"n": 20, "rate": 0.5}
    assert document["baseline"]["score"] == pytest.approx(0.9653000263)


def test_run_a_part(work):
    """``--select train..`` takes the rest from an earlier run, and says from which."""
    folder, _ = work
    done = nb2pipe("run", "small_pipeline", "--select", "train..", cwd=folder)
    assert done.returncode == 0
    assert re.search(r"^load   reused +from run \S+$", done.stdout, re.MULTILINE)
    assert re.search(r"^score   0\.9653000263  0\.9653000263           0$", done.stdout, re.MULTILINE)


MISTAKES = {
    ("run", "small_pipeline", "-p", "raet=3"): (2, "error[NB302]: no parameter 'raet'", "did you mean 'rate'?"),
    ("run", "small_pipeline", "-p", "rate=abc"): (2, "error[NB301]: -p rate=abc: 'rate' is a float", "rate = 0.5"),
    ("run", "small_pipeline", "--select", "tarin"): (
        2,
        "error[NB306]: there is no step 'tarin'",
        "did you mean 'train'?",
    ),
    ("run", "small_pipeline", "-k", "julia-9"): (4, "error[NB002]: kernel 'julia-9' is not installed", "-k python3"),
    ("check", "small_pipeline", "--python", "nowhere/python"): (4, "error[NB002]: ", "--python"),
    ("run", "."): (2, "error[NB010]: ", ""),
    ("params", "nowhere"): (2, "error[NB006]: ", ""),
}


@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_mistakes_are_found_before_anything_runs(work, arguments):
    """A wrong name, type, step or kernel is a sentence with a way out, and nothing has run."""
    folder, _ = work
    code, said, hint = MISTAKES[arguments]
    done = nb2pipe(*arguments, cwd=folder)
    assert done.returncode == code
    assert done.stderr.startswith(said)
    assert hint in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) <= 12
    assert "Traceback" not in done.stderr


def test_a_failing_cell_is_placed_in_the_notebook(tmp_path):
    """Exit code 3, cell and line of the original, at most 12 lines; the document says the same."""
    write(tmp_path / "bad.ipynb", *FAILING)
    done = nb2pipe("run", "bad.ipynb", "--output-format", "json", cwd=tmp_path)
    assert done.returncode == 3
    document = json.loads(done.stdout)
    jsonschema.validate(document, schema.DOCUMENTS["failure"])
    (found,) = document["diagnostics"]
    assert (found["code"], found["cell"], found["line"]) == ("NB502", 4, 2)
    said = done.stderr[done.stderr.index("error[NB502]") :]
    assert "2 | boom = 1 / (n - 10)" in said
    assert len(said.splitlines()) <= 12


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_ctrl_c_stops_the_kernel_and_says_how_to_go_on(tmp_path):
    """Ctrl-C during a step: exit code 130, the command that goes on from here."""
    slow = cell("import time\nopen('started', 'w').close()\ntime.sleep(100)\ntotal = sum(values)", "step:train")
    write(tmp_path / "slow.ipynb", IMPORTS, PARAMETERS, LOAD, slow, SCORE)
    assert nb2pipe("export", "slow.ipynb", "--static", "--no-verify", cwd=tmp_path).returncode == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "nb2pipe", "run", "slow_pipeline"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    limit = time.monotonic() + 60
    while not (tmp_path / "started").exists() and time.monotonic() < limit:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert "error[NB504]: interrupted" in err
    assert "nb2pipe run slow_pipeline --resume" in err
