"""A table of what people get wrong: each with its code, its exit code, and a text that fits a screen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nb2pipe import workflow
from tests.building import notebook
from tests.main_job.calling import Called, call

S, T = "step:load", "step:train"


def sentence(done: Called, code: str, exit_code: int) -> str:
    """What was said, in one line, after the checks that hold for every mistake."""
    assert done.code == exit_code, done.err
    assert "Traceback" not in done.err
    assert "bug in nb2pipe" not in done.err
    assert done.lines, done.err
    assert len(done.lines) <= 12, done.err
    assert all(len(line) <= 100 or "/" in line for line in done.lines), done.err  # paths are not broken
    assert done.lines[0].startswith(f"error[{code}]: "), done.err
    return " ".join(" ".join(done.lines).split())


GOOD = json.dumps(
    {
        "cells": [{"cell_type": "code", "id": "a", "metadata": {"tags": [S]}, "source": "x = 1", "outputs": [],
                   "execution_count": None}],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
    },
    indent=1,
)  # fmt: skip
CONFLICT = GOOD.replace('"x = 1"', '"x = 1"\n<<<<<<< HEAD\n   "y"\n=======\n   "z"\n>>>>>>> main', 1)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("x = 1\n", "NB001", "line 1"),
        ("", "NB001", "empty"),
        ("   \n", "NB001", "empty"),
        (GOOD[:-20], "NB001", "line"),
        (CONFLICT, "NB001", "git"),
        ("[1, 2]", "NB003", ""),
        ('{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "NB003", "cells"),
        (GOOD.replace('"nbformat": 4', '"nbformat": 9'), "NB003", "9"),
        (GOOD.replace('"source": "x = 1"', '"source": 5'), "NB003", "cell 1"),
        (GOOD.replace('"metadata": {}', '"metadata": {"kernelspec": {"name": "ir", "language": "R"}}'), "NB004", "R"),
        (GOOD.replace('"cell_type": "code"', '"cell_type": "markdown"'), "NB005", ""),
    ],
)
@pytest.mark.parametrize("verb", ["export", "run"])
def test_files_that_are_no_notebook(tmp_path: Path, verb: str, text: str, code: str, said: str) -> None:
    """The file is named, with the line where it can be; nothing is written."""
    (tmp_path / "nb.ipynb").write_text(text)
    done = sentence(call(verb, "nb.ipynb", folder=tmp_path), code, 2)
    assert "nb.ipynb" in done
    assert said in done
    assert [path.name for path in tmp_path.iterdir()] == ["nb.ipynb"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (GOOD.encode("utf-16"), "iconv -f utf-16 -t utf-8 nb.ipynb > new.ipynb"),
        (GOOD.replace("x = 1", "ü = 1").encode("latin1"), "iconv -f latin1 -t utf-8 nb.ipynb > new.ipynb"),
        (b'{"cells": ["x', "Unterminated string starting at line 1, column 12"),
    ],
)
def test_what_to_type_for_files_that_cannot_be_read(tmp_path: Path, data: bytes, said: str) -> None:
    """The command converts this very file; no word comes twice."""
    (tmp_path / "nb.ipynb").write_bytes(data)
    done = call("inspect", "nb.ipynb", folder=tmp_path)
    assert done.code == 2
    assert said in " ".join(done.err.split())


@pytest.mark.parametrize("verb", ["export", "run", "check", "inspect"])
def test_absent_files(tmp_path: Path, verb: str) -> None:
    """A name with a slip is answered with the file that is meant."""
    notebook(tmp_path, (S, "x = 1"), name="churn.ipynb")
    assert "did you mean" in sentence(call(verb, "chrun.ipynb", folder=tmp_path), "NB006", 2).lower()


@pytest.mark.parametrize(
    ("verb", "code"), [("export", "NB006"), ("inspect", "NB006"), ("run", "NB010"), ("check", "NB010")]
)
def test_folders_that_are_no_project(tmp_path: Path, verb: str, code: str) -> None:
    """A folder is not a notebook; to run it must be an exported project."""
    (tmp_path / "data").mkdir()
    assert "data" in sentence(call(verb, "data", folder=tmp_path), code, 2)


@pytest.mark.parametrize(
    ("cells", "code", "said"),
    [
        ([("", "x = 1")], "NB210", ""),
        ([(S, "x = = 1"), (T, "print(x)")], "NB202", "cell 1, line 1"),
        ([(S, "x = 1"), (T, "a = 1\nprint(threshold)")], "NB201", "cell 2, line 2"),
        ([(S, "print(y)"), (T, "y = 1")], "NB201", "cell 2 (step 'train') defines it"),
        ([(S, "a = 1"), ("step:e", "print(a)"), (T, "a = 2"), ("step:e", "print(a)")], "NB206", "'a'"),
        ([("step:a", "x = 1"), ("step:b", "y = x"), ("step:a", "z = y")], "NB203", "a"),
        ([("stp:load", "x = 1")], "NB101", "step:load"),
        ([(S, "x = 1"), (T + " after:laod", "print(1)")], "NB113", "load"),
        ([("parameters", "inputs = 1"), (S, "x = inputs")], "NB304", "inputs"),
        ([("parameters", "a = = 1"), (S, "x = a")], "NB303", "line 1"),
    ],
)
def test_notebooks_that_cannot_be_split(tmp_path: Path, cells: list[tuple[str, str]], code: str, said: str) -> None:
    """Findings of the analysis refuse the export before a kernel starts."""
    notebook(tmp_path, *cells)
    done = call("export", "nb.ipynb", folder=tmp_path)
    assert said in sentence(done, code, 2)
    assert not (tmp_path / "nb_pipeline").exists()


def test_unknown_kernel(tmp_path: Path) -> None:
    """A kernel that is not installed is a problem of the environment: exit code 4, and what to do."""
    notebook(tmp_path, (S, "x = 1"), kernel="conda-env-py27")
    said = sentence(call("export", "nb.ipynb", folder=tmp_path), "NB002", 4)
    assert "conda-env-py27" in said
    assert "--> nb.ipynb" in said


def test_interpreter_without_ipykernel(tmp_path: Path) -> None:
    """The command that installs what is missing is part of the message."""
    notebook(tmp_path, (S, "x = 1"))
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
    python.chmod(0o755)
    said = sentence(call("export", "nb.ipynb", "--python", "./python", folder=tmp_path), "NB002", 4)
    assert "install" in said
    assert "ipykernel" in said
    assert "nowhere" in sentence(call("run", "nb.ipynb", "--python", "/nowhere", folder=tmp_path), "NB002", 4)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    """An output folder that cannot be made is reported before the notebook runs."""
    notebook(tmp_path, (S, "open('ran', 'w')"))
    (tmp_path / "file").write_text("")
    sentence(call("export", "nb.ipynb", "-o", "file/below", folder=tmp_path), "NB506", 4)
    done = call("export", "nb.ipynb", "-o", "file", folder=tmp_path)
    assert done.code == 2
    assert "file" in done.err
    assert not (tmp_path / "ran").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    command = [mount, "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.kernel
def test_a_full_disk(tmp_path: Path, small_disk: Path) -> None:
    """A value that does not fit is not taken for one that cannot be saved; the exit code is the environment's."""
    notebook(tmp_path, (S, "import numpy as np\nx = np.arange(100_000)"), (T, "print(x.sum())"))
    exported = workflow.export(tmp_path / "nb.ipynb", small_disk / "p", static=True, verify=False)
    said = sentence(call("run", exported.project, folder=tmp_path), "NB506", 4)
    assert "the disk is full" in said
    assert "free some space" in said


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("projects")
    notebook(folder, ("parameters", "n = 1"), (S, "x = n"), ("metrics", "m = x"))
    return workflow.export(folder / "nb.ipynb", folder / "p", static=True, verify=False).project


def _remove(name: str) -> Callable[[Path], None]:
    return lambda project: (project / name).unlink()


def _replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(project: Path) -> None:
        text = (project / name).read_text()
        assert old in text
        (project / name).write_text(text.replace(old, new))

    return change


@pytest.mark.parametrize(
    ("damage", "code", "exit_code", "said"),
    [
        (_remove("pipeline.yaml"), "NB010", 2, "there is no pipeline.yaml in it"),
        (_replace("pipeline.yaml", "steps:", "stepps:"), "NB010", 2, "stepps"),
        (_replace("pipeline.yaml", "workdir: ..", "workdir: ../elsewhere"), "NB506", 4, "there is no folder"),
        (_remove("baseline.json"), "NB011", 2, "nothing to compare with"),
        (_replace("baseline.json", "{", "["), "NB011", 2, "baseline.json"),
        (_remove("steps/load.ipynb"), "NB010", 2, "load.ipynb"),
        (_replace("steps/load.ipynb", "{", "["), "NB010", 2, "load.ipynb"),
    ],
)
def test_damaged_projects(
    tmp_path: Path, project: Path, damage: Callable[[Path], None], code: str, exit_code: int, said: str
) -> None:
    """What is missing or broken is named, before a kernel starts."""
    copy = tmp_path / "p"
    shutil.copytree(project, copy)
    damage(copy)
    assert said in sentence(call("check", "p", folder=tmp_path), code, exit_code)


FAILING = [
    ("raises", "def f(d):\n    return d['k']\n\nf({})", "NB502", 3, "cell 2, line 2"),
    ("missing", "import no_such_module_at_all", "NB502", 4, "to install it for the notebook's kernel"),
    ("exits", "import sys\nsys.exit(0)", "NB502", 3, "SystemExit"),
    ("dies", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "NB501", 3, "SIGKILL"),
    ("hangs", "import time\ntime.sleep(60)", "NB503", 3, "cell 2, line 2"),
]


@pytest.mark.kernel
@pytest.mark.parametrize(("name", "source", "code", "exit_code", "said"), FAILING, ids=[case[0] for case in FAILING])
def test_notebooks_that_do_not_run(
    tmp_path: Path, name: str, source: str, code: str, exit_code: int, said: str
) -> None:
    """The original itself fails: said with its cell and line, and where the executed notebook is."""
    notebook(tmp_path, (S, "x = 1"), (T, source))
    limit = ["--timeout", "1"] if name == "hangs" else []
    found = sentence(call("export", "nb.ipynb", *limit, folder=tmp_path), code, exit_code)
    assert said in found
    assert "nb.ipynb" in found
    assert (tmp_path / "nb_pipeline/.nb2pipe/original.ipynb").is_file()
    assert not (tmp_path / "nb_pipeline/pipeline.yaml").exists()


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("made", "used", "said"),
    [
        ("rows = (i for i in range(3))", "print(list(rows))", "generator"),
        ("import sqlite3\nrows = sqlite3.connect(':memory:')", "rows.close()", "sqlite3.Connection"),
    ],
)
def test_values_that_cannot_be_handed_over(tmp_path: Path, made: str, used: str, said: str) -> None:
    """What lives in its process only is refused at its line: the type, and what to do."""
    notebook(tmp_path, (S, "# first\n" + made), (T, used))
    found = sentence(call("export", "nb.ipynb", folder=tmp_path), "NB204", 2)
    assert said in found
    assert "'rows'" in found
    assert "cell 1" in found


@pytest.mark.kernel
def test_values_that_cannot_be_saved_later(tmp_path: Path) -> None:
    """Without an observed run it is the step's run that finds out: the type is named, the exit code is a step's."""
    notebook(tmp_path, (S, "rows = (i for i in range(3))"), (T, "print(list(rows))"))
    workflow.export(tmp_path / "nb.ipynb", tmp_path / "p", static=True, verify=False)
    found = sentence(call("run", "p", folder=tmp_path), "NB507", 3)
    assert "generator" in found
    assert "list(...)" in found


@pytest.mark.kernel
def test_a_metric_that_a_run_does_not_give(tmp_path: Path) -> None:
    """The check fails and says which metric is missing and which step should compute it."""
    cells = (("parameters", "verbose = True"), (S, "x = 1"), (S + " metrics", "n = 1\nif verbose:\n    m = 2.5"))
    notebook(tmp_path, *cells)
    workflow.export(tmp_path / "nb.ipynb", tmp_path / "p", verify=False)
    done = call("check", "p", "-p", "verbose=false", folder=tmp_path)
    assert done.code == 1, done.err
    assert "error[NB403]: the run gave no value for 'm'" in done.out
    assert "1 missing" in done.out


@pytest.mark.parametrize("verb", ["baseline", "verify", "contract"])
def test_a_notebook_where_a_project_is_needed(tmp_path, verb):
    """It is no broken pipeline.yaml; the project beside it is named, or how to make one."""
    (tmp_path / "nb.py").write_text("# %%\na = 1\n")
    done = call(verb, "nb.py", folder=tmp_path)
    assert done.code == 2
    assert "nb.py is no exported project" in done.err
    assert "nb2pipe export nb.py, then name nb_pipeline" in " ".join(done.err.split())
    (tmp_path / "nb_pipeline").mkdir()
    assert "its project is there: nb_pipeline" in call(verb, "nb.py", folder=tmp_path).err
