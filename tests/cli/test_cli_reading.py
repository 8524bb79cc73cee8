"""The verbs that run nothing: lint, inspect, tags, params, and a notebook in the place of a verb."""

from __future__ import annotations

import json
import subprocess
import sys

import jsonschema
import pytest
from command_line import nb2pipe
from notebooks_by_hand import GOOD, IMPORTS, LOAD, MISTYPED, SCORE, cell, write

from nb2pipe.reports import schema

HEAVY = (
    "IPython", "jinja2", "jupytext", "nbclient", "nbconvert", "msgspec", "nbformat", "numpy", "pandas", "papermill",
    "rich", "sklearn", "typing_extensions",
)  # fmt: skip

MISTYPED_TEXT = """\
error[NB101]: unknown tag 'setp:train'
  --> typo.ipynb, cell 4 (tags)
"""
CARET = """\
  1 | total = sum(valeus) * rate
    |             ^^^^^^
"""


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "good.ipynb", *GOOD)
    write(tmp_path / "typo.ipynb", *MISTYPED)
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("lint", "good.ipynb"),
        ("tag", "good.ipynb", "--yes"),
        ("lint", "typo.ipynb", "--output-format", "sarif"),
        ("inspect", "good.ipynb"),
        ("inspect", "good.ipynb", "--format", "svg"),
        ("tags", "good.ipynb"),
        ("params", "good.ipynb"),
        ("good.ipynb",),
        ("explain",),
        ("completion", "zsh"),
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_imported(folder, arguments):
    """What runs no notebook imports none of the libraries that take seconds to load."""
    code = (
        "import sys\nfrom nb2pipe.cli import app\n"
        f"code = app.run({list(arguments)!r})\n"
        f"heavy = sorted(set({HEAVY!r}) & set(sys.modules))\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0 if code in (0, 1) else 99)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_imports_no_verb():
    """``--help`` costs no more than click and the table of verbs."""
    code = (
        "import sys\nfrom nb2pipe.cli import app\napp.run(['--help'])\n"
        "print(*sorted(m for m in sys.modules if m.startswith('nb2pipe')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[-1].split()
    assert "nb2pipe.model" not in loaded
    assert "nb2pipe.cli.lint" not in loaded


def test_lint_says_where_and_what(folder):
    """Findings with place, caret and fix; errors give exit code 1."""
    done = nb2pipe("lint", "typo.ipynb", cwd=folder)
    assert done.returncode == 1
    assert done.stderr == ""
    assert done.stdout.startswith(MISTYPED_TEXT)
    assert CARET in done.stdout
    assert done.stdout.endswith("\n2 errors in 1 notebook, 1 fixable with --fix\n")
    assert done.stdout.count("nb2pipe lint --fix typo.ipynb") == 1


def test_lint_of_what_is_fine(folder):
    """No findings, exit code 0; with -q not a word."""
    assert nb2pipe("lint", "good.ipynb", cwd=folder).stdout == "no problems in 1 notebook\n"
    quiet = nb2pipe("lint", "-q", "good.ipynb", cwd=folder)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_diff_shows_and_fix_writes(folder):
    """``--diff`` writes nothing; ``--fix`` writes exactly that, and reports what is left."""
    path = folder / "typo.ipynb"
    before = path.read_bytes()
    diff = nb2pipe("lint", "--diff", "typo.ipynb", cwd=folder)
    assert diff.returncode == 1
    changed = [line for line in diff.stdout.splitlines()[2:] if line.startswith(("-", "+"))]
    assert changed == ['-     "setp:train"', '+     "step:train"']
    assert path.read_bytes() == before
    path.chmod(0o640)
    fixed = nb2pipe("lint", "--fix", "typo.ipynb", cwd=folder)
    assert fixed.stderr == "fixed 1 problem in typo.ipynb\n"
    assert fixed.stdout.endswith("\n1 error in 1 notebook\n")
    assert path.read_bytes() == before.replace(b"setp:train", b"step:train")
    assert path.stat().st_mode & 0o777 == 0o640
    assert nb2pipe("lint", "--diff", "typo.ipynb", cwd=folder).stdout == ""


@pytest.mark.parametrize(
    ("options", "code"),
    [((), 0), (("--strict",), 1), (("--strict", "--exit-zero"), 0)],
)
def test_warnings(tmp_path, options, code):
    """Warnings alone are no failure, unless --strict says so."""
    cells = [{**each, "execution_count": count} for each, count in zip(GOOD, (1, 2, 5, 4, 6), strict=True)]
    write(tmp_path / "again.ipynb", *cells)
    done = nb2pipe("lint", "again.ipynb", *options, cwd=tmp_path)
    assert done.returncode == code
    assert "warning[NB402]: the saved outputs were made in another order" in done.stdout


def test_exit_zero(folder):
    """``--exit-zero`` reports all the same."""
    done = nb2pipe("lint", "--exit-zero", ".", cwd=folder)
    assert done.returncode == 0
    assert "2 errors in 2 notebooks" in done.stdout


def test_lint_goes_on_after_an_unreadable_file(folder):
    """One broken file does not hide the findings about the others; the exit code is 2."""
    (folder / "broken.ipynb").write_text("{")
    done = nb2pipe("lint", "broken.ipynb", "typo.ipynb", cwd=folder)
    assert done.returncode == 2
    assert "error[NB001]" in done.stdout
    assert "error[NB101]" in done.stdout


def test_lint_reads_stdin(folder):
    """A notebook from a pipe is called <stdin>, and no trace of the temporary file is shown."""
    done = nb2pipe("lint", "-", stdin=(folder / "typo.ipynb").read_bytes())
    assert done.returncode == 1
    assert "--> <stdin>, cell 4 (tags)" in done.stdout
    assert "/stdin" not in done.stdout
    text = b"# %% tags=['step:a']\nprint(undefined_name)\n"
    assert "error[NB201]" in nb2pipe("lint", "-", stdin=text).stdout


def test_lint_json(folder):
    """One document, valid, with the cell's id."""
    done = nb2pipe("lint", "typo.ipynb", "--output-format", "json", cwd=folder)
    document = json.loads(done.stdout)
    jsonschema.validate(document, schema.DOCUMENTS["lint"])
    first = document["diagnostics"][0]
    assert (first["code"], first["cell"], first["cell_id"]) == ("NB101", 4, "cell-4")
    assert done.stderr == ""


def test_lint_github_names_the_line_of_the_file(folder):
    """The annotation's line is the one in the notebook's JSON, where the diff shows it."""
    done = nb2pipe("lint", "typo.ipynb", "--output-format", "github", cwd=folder)
    line = next(line for line in done.stdout.splitlines() if "NB201" in line)
    number = int(line.partition("line=")[2].partition(",")[0])
    assert "valeus" in (folder / "typo.ipynb").read_text().splitlines()[number - 1]


@pytest.mark.parametrize(("form", "start"), [("junit", "<?xml"), ("sarif", '{\n  "$schema"'), ("gitlab", "[\n  {")])
def test_lint_documents(folder, form, start):
    """Documents for CI go to stdout alone, and their findings count."""
    done = nb2pipe("lint", ".", "--output-format", form, cwd=folder)
    assert done.returncode == 1
    assert done.stderr == ""
    assert done.stdout.count("unknown tag 'setp:train'") >= 1
    assert done.stdout.startswith(start)


def test_overview(folder):
    """A notebook without a verb: its steps, and the command to type next."""
    done = nb2pipe("good.ipynb", cwd=folder)
    assert done.returncode == 0
    assert done.stdout.startswith("good.ipynb: 5 cells, 2 steps, 2 parameters, 1 metric\n")
    assert done.stdout.endswith("\nnext: nb2pipe export good.ipynb\n")
    broken = nb2pipe("typo.ipynb", cwd=folder)
    assert broken.returncode == 1
    assert broken.stdout.endswith("\nnext: nb2pipe lint --fix typo.ipynb\n")


def test_overview_without_tags(tmp_path):
    """Who has no tags yet sees which steps there could be, and the command that shows them; that is no failure."""
    plain = [{**each, "metadata": {}} for each in (IMPORTS, LOAD, SCORE)]
    write(tmp_path / "plain notebook.ipynb", cell("n, rate = 3, 1\ntotal = 2"), *plain)
    done = nb2pipe("plain notebook.ipynb", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("plain notebook.ipynb: 4 cells, no steps yet\n\nsteps that it could have: data (cell")
    assert "next: nb2pipe tag 'plain notebook.ipynb'\n" in done.stdout
    write(tmp_path / "wrong.ipynb", cell("x = unknown"))
    wrong = nb2pipe("wrong.ipynb", cwd=tmp_path)
    assert wrong.returncode == 1
    assert "NB201" in wrong.stdout
    assert "NB210" not in wrong.stdout


def test_inspect_json(folder):
    """The document is the pipeline; findings are in it, not on stderr."""
    done = nb2pipe("inspect", "good.ipynb", "--format", "json", cwd=folder)
    document = json.loads(done.stdout)
    jsonschema.validate(document, schema.DOCUMENTS["inspect"])
    assert [step["name"] for step in document["steps"]] == ["load", "train"]
    assert document["steps"][1]["inputs"] == [{"names": ["values"], "from": "load"}]
    broken = nb2pipe("inspect", "typo.ipynb", "--format", "json", cwd=folder)
    assert (broken.returncode, broken.stderr) == (1, "")
    assert len(json.loads(broken.stdout)["diagnostics"]) == 2


@pytest.mark.parametrize(("form", "begin"), [("svg", "<svg"), ("mermaid", "flowchart TD"), ("table", "good.ipynb: 5")])
def test_inspect_writes_files(folder, form, begin):
    """``-o`` puts the drawing or the table into a file, in a folder that is made if it must be."""
    done = nb2pipe("inspect", "good.ipynb", "--format", form, "-o", "new/out.txt", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / "new" / "out.txt").read_text(encoding="utf-8").startswith(begin)


def test_inspect_of_what_is_not_there():
    """A missing file is one sentence and exit code 2, as JSON if JSON was asked for."""
    done = nb2pipe("inspect", "absent.ipynb", "--format", "json")
    assert done.returncode == 2
    document = json.loads(done.stdout)
    jsonschema.validate(document, schema.DOCUMENTS["failure"])
    assert document["diagnostics"][0]["code"] == "NB006"
    assert "error[NB006]: absent.ipynb" in done.stderr


def test_params(folder):
    """Names, types, defaults and comments, as table and as JSON."""
    assert (
        nb2pipe("params", "good.ipynb", cwd=folder).stdout
        == """\
parameter  type   default  meaning
─────────  ─────  ───────  ────────
n          int    10
rate       float  0.5      how fast
"""
    )
    document = json.loads(nb2pipe("params", "good.ipynb", "--format", "json", cwd=folder).stdout)
    jsonschema.validate(document, schema.DOCUMENTS["params"])
    assert [(p["name"], p["type"], p["default"]) for p in document["parameters"]] == [
        ("n", "int", 10),
        ("rate", "float", 0.5),
    ]


def test_tags(folder):
    """Every code cell with what it is for; cells that follow a step are marked as its own."""
    assert (
        nb2pipe("tags", "good.ipynb", cwd=folder).stdout
        == """\
cell  role              tags        source
────  ────────────────  ──────────  ─────────────────────────────────────────
   1  imports           imports     import math
   2  parameters        parameters  n = 10
   3  step load         step:load   values = [math.sqrt(i) for i in range(n)]
   4  step train        step:train  total = sum(values) * rate
   5  · train, metrics  metrics     score = total / n
"""
    )
    (folder / "comments.py").write_text("# %%\n#| step: load\n#| out: n\nn = 1\n")
    shown = nb2pipe("tags", "comments.py", cwd=folder).stdout
    assert shown.splitlines()[-1].split() == ["1", "step", "load", "step:load,", "out:n", "n", "=", "1"]


def test_fix_of_a_tag_that_two_findings_would_change(folder):
    """The graver finding's fix is made, and nothing crashes."""
    write(folder / "two.ipynb", LOAD | {"metadata": {"tags": ["Step: Load Data"]}}, SCORE)
    assert nb2pipe("lint", "--diff", "two.ipynb", cwd=folder).returncode == 1
    assert nb2pipe("lint", "--fix", "two.ipynb", cwd=folder).returncode == 1  # n is still not defined
    assert '"step:Load_Data"' in (folder / "two.ipynb").read_text()


def test_the_command_that_fixes_names_the_file_as_it_was_given(folder):
    """It can be copied as it stands, whatever the folder and the blanks in it."""
    (folder / "my work").mkdir()
    write(folder / "my work" / "typo.ipynb", *MISTYPED)
    said = nb2pipe("lint", "my work/typo.ipynb", cwd=folder).stdout
    assert "nb2pipe lint --fix 'my work/typo.ipynb'" in said
    piped = nb2pipe("lint", "-", cwd=folder, stdin=(folder / "typo.ipynb").read_bytes()).stdout
    assert "lint --fix" not in piped


def test_lint_of_a_folder_passes_exported_projects_by(folder):
    """Their steps are made by us, and hold names that are no user's."""
    project = folder / "good_pipeline"
    (project / "steps").mkdir(parents=True)
    (project / "pipeline.yaml").write_text("schema_version: 1\n")
    write(project / "steps" / "load.ipynb", cell("inputs = 1", "parameters"))
    assert "in 2 notebooks" in nb2pipe("lint", ".", cwd=folder).stdout


def test_a_project_in_the_place_of_a_notebook(folder):
    """The message says what it is and which command takes it."""
    (folder / "out").mkdir()
    (folder / "out" / "pipeline.yaml").write_text("schema_version: 1\n")
    assert "'out' is a folder: put a command before it" in nb2pipe("out", cwd=folder).stderr
    assert "nb2pipe run out" in nb2pipe("inspect", "out", cwd=folder).stderr


def test_a_file_that_cannot_be_written(folder):
    """``-o`` below something that is no folder: exit code 4, no crash."""
    done = nb2pipe("inspect", "good.ipynb", "-o", "/proc/nb2pipe.txt", cwd=folder)
    assert done.returncode == 4
    assert "error[NB506]: cannot write /proc/nb2pipe.txt" in done.stderr
