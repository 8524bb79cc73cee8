"""``nb2pipe tag`` and ``nb2pipe init``, as people type them."""

import json
import os
import pty
import re
import select
import sys
import time
from pathlib import Path

import jsonschema
import pytest
import yaml

from nb2pipe.exporting import ci
from nb2pipe.reports import schema
from tests.building import notebook
from tests.cli.command_line import nb2pipe

CELLS = (
    (
        "",
        (
            "",
            "import pandas as pd\nfrom sklearn.linear_model import LinearRegression\n"
            "from sklearn.model_selection import train_test_split",
        ),
    ),
    ("", "df = pd.read_csv('a.csv')"),
    ("", "train, test = train_test_split(df, random_state=3)"),
    ("", "model = LinearRegression()\nmodel.fit(train)"),
    ("", "accuracy = model.score(test)"),
)


@pytest.fixture
def path(tmp_path):
    return notebook(tmp_path, *CELLS)


def test_without_a_terminal_nothing_is_written(path):
    """The proposal stands on stdout, with the command that would write it."""
    before = path.read_bytes()
    done = nb2pipe("tag", path.name, "--steps", "3", "--diff", cwd=path.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert path.read_bytes() == before
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert re.search(r"^load +2 +reads a\.csv +df$", done.stdout, re.MULTILINE)
    assert re.search(r"^ +2  \+ step:load +df = pd\.read", done.stdout, re.MULTILINE)
    assert "\x1b" not in done.stdout
    assert done.stdout.endswith("nothing was written; to write it: nb2pipe tag nb.ipynb --steps 3 --yes\n")
    plain = nb2pipe("tag", path.name, cwd=path.parent, encoding="ascii")
    assert plain.stdout.isascii()


def test_write_change_and_clear(path):
    """From no tags to tags, other names, and back to the same bytes."""
    before = path.read_bytes()
    done = nb2pipe("tag", path.name, "--yes", cwd=path.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("tags\nnext: nb2pipe export nb.ipynb\n")
    assert nb2pipe("lint", path.name, "--strict", cwd=path.parent).stdout == "no problems in 1 notebook\n"
    assert nb2pipe("tag", path.name, cwd=path.parent).stdout.startswith("nb.ipynb: nothing to add\n")
    renamed = nb2pipe("tag", path.name, "--rename", "load", "read", "-y", "-q", cwd=path.parent)
    assert renamed.returncode == 0
    assert '"step:read"' in path.read_text()
    wrong = nb2pipe("tag", path.name, "--rename", "laod", "x", cwd=path.parent)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "there is no step 'laod'" in wrong.stderr
    assert nb2pipe("tag", path.name, "--rename", "read", "a b", cwd=path.parent).returncode == 2
    assert nb2pipe("tag", path.name, "--clear", "--yes", cwd=path.parent).returncode == 0
    assert path.read_bytes() == before


def test_json(path):
    """The document is complete; with --yes the tags are written too."""
    done = nb2pipe("tag", path.name, "--format", "json", cwd=path.parent)
    document = json.loads(done.stdout)
    jsonschema.validate(document, schema.DOCUMENTS["tag"])
    assert document["written"] is False
    again = json.loads(nb2pipe("tag", path.name, "--format", "json", "--yes", cwd=path.parent).stdout)
    assert again == {**document, "written": True}
    assert '"step:load"' in path.read_text()


@pytest.mark.parametrize(
    "options", [("--clear", "--steps", "2"), ("--from-headings", "--steps", "2"), ("--steps", "0"), ("--rename", "a")]
)
def test_what_excludes_each_other(path, options):
    """A mistake on the command line is one message."""
    done = nb2pipe("tag", path.name, *options, cwd=path.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_parameters(path):
    """Constants move only when asked to."""
    done = nb2pipe("tag", path.name, "--parameters", "--yes", cwd=path.parent)
    assert done.returncode == 0
    cells = json.loads(path.read_text())["cells"]
    assert "".join(cells[1]["source"]) == "a_path = 'a.csv'\nrandom_state = 3"
    assert cells[1]["metadata"] == {"tags": ["parameters"]}
    refused = nb2pipe("tag", path.name, "--parameters", cwd=path.parent)
    assert refused.returncode == 2
    assert "no parameters were gathered: the notebook has a parameters cell" in refused.stderr


def test_on_a_terminal_it_asks(path):
    """``d`` shows the changes, ``n`` leaves the file alone, Enter writes."""
    before = path.read_bytes()
    shown = _typed(path, b"d\n", b"n\n")
    assert "+ step:load" in shown
    assert "nothing was written" in shown
    assert path.read_bytes() == before
    assert "next: nb2pipe export" in re.sub(r"\x1b\[[\d;]*m", "", _typed(path, b"\n"))
    assert path.read_bytes() != before


def _typed(path, *answers):
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(path.parent)
        os.execve(sys.executable, [sys.executable, "-m", "nb2pipe", "tag", path.name], {**os.environ, "COLUMNS": "80"})
    shown, waiting, end = b"", list(answers), time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            new = os.read(terminal, 65536)
        except OSError:
            break
        shown += new
        if waiting and shown.count(b"each change]") > len(answers) - len(waiting):
            os.write(terminal, waiting.pop(0))
    os.waitpid(pid, 0)
    return shown.decode()


# ---------------------------------------------------------------- init


def test_init_writes_files_for_ci(tmp_path):
    """Valid YAML for each system; a file that says something else is kept, the exit code tells."""
    done = nb2pipe("init", cwd=tmp_path)
    assert done.returncode == 0
    for name in ci.FILES.values():
        assert yaml.safe_load((tmp_path / name).read_text())
    assert nb2pipe("init", cwd=tmp_path).returncode == 0
    (tmp_path / ".gitlab-ci.yml").write_text("mine: {}\n")
    again = nb2pipe("init", "--ci", "gitlab", cwd=tmp_path)
    assert again.returncode == 1
    assert "kept .gitlab-ci.yml" in again.stdout
    assert (tmp_path / ".gitlab-ci.yml").read_text() == "mine: {}\n"
    assert nb2pipe("init", "nowhere", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("folder", [".", "churn_pipeline", "my work/it's a ${{ pipeline }}: #1"])
def test_ci_files_name_the_projects(folder):
    """Any folder's name comes through YAML and the shell as it is."""
    import shlex

    texts = ci.files(("github", "gitlab"), [folder], version="1.2", python="3.12")
    gitlab = yaml.safe_load(texts[".gitlab-ci.yml"])["notebooks"]
    assert shlex.split(gitlab["script"][-1])[:3] == ["nb2pipe", "check", folder.replace("${{", "$ {{")]
    github = yaml.safe_load(texts[".github/workflows/notebooks.yml"])
    runs = [step["run"] for step in github["jobs"]["notebooks"]["steps"] if "run" in step]
    assert runs[-1] == gitlab["script"][-1]
    assert gitlab["artifacts"]["reports"]["codequality"] in gitlab["script"][1]
    assert runs[-1].endswith(gitlab["artifacts"]["reports"]["junit"][0]) or " " in folder
    assert (Path(folder) / "x").name == "x"
