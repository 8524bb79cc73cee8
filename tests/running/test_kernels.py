"""Which interpreter is chosen, and what is said when it cannot be."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nb2pipe.errors import EnvironmentProblem
from nb2pipe.running.executing.execute import execute_notebook
from nb2pipe.running.executing.failures import KernelStartFailed
from nb2pipe.running.kernel.kernels import KernelChoice, install_command, resolve

from .conftest import notebook


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Installs kernel specs for this test only."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "data"))

    def write(name, **spec):
        folder = tmp_path / "data" / "kernels" / name
        folder.mkdir(parents=True)
        whole = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(whole | {"display_name": name.title()} | spec))

    return write


def problem(*arguments):
    """The diagnostic that resolving ends with."""
    with pytest.raises(EnvironmentProblem) as caught:
        resolve(*arguments)
    assert caught.value.exit_code == 4
    (found,) = caught.value.diagnostics
    assert found.code == "NB002"
    return found


@pytest.mark.parametrize("name", [None, "python3", "python", "Python3"])
def test_generic_names_mean_the_current_interpreter(name, install):
    """Also when the user's home has a spec of that name that belongs to another interpreter."""
    install("python3", argv=["/old/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"])
    for choice in (None, KernelChoice(), KernelChoice(name="python3")):
        kernel = resolve(choice, name)
        assert kernel.python == kernel.argv[0] == sys.executable
        assert kernel.env["PYTHONHASHSEED"] == "0" or "PYTHONHASHSEED" in os.environ


def test_the_users_hash_seed_is_kept(monkeypatch):
    """Who sets it means it."""
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    assert "PYTHONHASHSEED" not in resolve(None, None).env


def test_an_installed_kernel(install):
    """Its command and environment are taken as they are; the user's choice wins over the notebook's."""
    install("tf", env={"A": "b"})
    assert resolve(None, "tf").env["A"] == "b"
    assert resolve(KernelChoice(name="tf"), "elsewhere").display == "Tf"
    assert resolve(KernelChoice(name="python3"), "tf").name == "python3"


def test_a_plain_python_in_a_spec(install):
    """It is the interpreter that reads the spec, as Jupyter does."""
    install("plain", argv=["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"])
    assert resolve(None, "plain").argv[0] == sys.executable


def test_an_unknown_kernel(install):
    """All that helps is said: what is installed, the near name, how to go on."""
    install("tensorflow")
    found = problem(None, "tensorflwo")
    assert found.message == "the notebook's kernel 'tensorflwo' is not installed"
    notes = "\n".join(found.notes)
    for part in ("did you mean 'tensorflow'? -k tensorflow", "tensorflow", "-k python3", "ipykernel install --user"):
        assert part in notes
    assert problem(KernelChoice(name="zzzzzzzzzz"), None).message == "kernel 'zzzzzzzzzz' is not installed"


def test_kernels_that_cannot_be_used(install):
    """Another language, a missing interpreter, a broken file: each has its sentence."""
    install("ir", language="R")
    install("stale", argv=["/gone/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"])
    install("broken")
    (Path(os.environ["JUPYTER_DATA_DIR"]) / "kernels" / "broken" / "kernel.json").write_text("{")
    assert "runs R" in problem(None, "ir").message
    assert "/gone/bin/python, which does not exist" in problem(None, "stale").message
    assert "unreadable kernel.json" in problem(None, "broken").message


def test_an_interpreter_of_the_users_choice(tmp_path):
    """A path is taken as it is, links included; what is no program is refused."""
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    assert resolve(KernelChoice(name="ignored", python=sys.executable), "x").python == sys.executable
    assert "no ipykernel" in problem(KernelChoice(python=str(link)), None).message  # outside the virtual environment
    assert "no Python interpreter" in problem(KernelChoice(python=str(tmp_path / "none")), None).message


def test_the_command_that_installs_ipykernel(tmp_path):
    """An environment without pip (as uv makes them) gets uv's command, one with pip gets pip's."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "a b")], check=True)
    python = tmp_path / "a b" / "bin" / "python"
    notes = problem(KernelChoice(python=str(python)), None).notes
    assert f'uv pip install --python "{python}" ipykernel' in notes[0]
    assert install_command(str(python), "sklearn").endswith(" scikit-learn")  # PyPI's "sklearn" installs nothing


@pytest.mark.kernel
def test_the_kernel_is_the_one_resolved(install, tmp_path):
    """papermill looks kernels up by name; it gets exactly ours, with its environment."""
    install("mine", env={"MINE": "yes"})
    book = notebook(
        "import os, sys\nprint(os.environ['MINE'])\nprint(sys.executable)\n!python -c 'import sys; print(sys.executable)'"
    )
    kernel = resolve(None, "mine")
    execute_notebook(book, tmp_path / "x.ipynb", kernel=kernel, cwd=tmp_path)
    shown = json.loads((tmp_path / "x.ipynb").read_text())["cells"][0]["outputs"][0]["text"]
    assert "".join(shown).splitlines() == ["yes", sys.executable, sys.executable]


@pytest.mark.kernel
def test_a_kernel_that_does_not_start(install, tmp_path, nothing_left):
    """It is noticed at once, with what it said."""
    install("bad", argv=[sys.executable, "-c", "import sys; sys.exit('no module named zmq')", "{connection_file}"])
    output = tmp_path / "x.ipynb"
    with pytest.raises(KernelStartFailed, match="exit code 1") as caught:
        execute_notebook(notebook("1"), output, kernel=resolve(None, "bad"), cwd=tmp_path)
    assert caught.value.stderr == "no module named zmq"
    assert "did not start" in "".join(json.loads(output.read_text())["cells"][0]["source"])


@pytest.mark.kernel
def test_a_kernel_that_does_not_answer(install, tmp_path, nothing_left):
    """The time to start is limited."""
    install("mute", argv=[sys.executable, "-c", "import time; time.sleep(600)", "{connection_file}"])
    with pytest.raises(KernelStartFailed, match="did not answer for 2 s"):
        execute_notebook(
            notebook("1"), tmp_path / "x.ipynb", kernel=resolve(None, "mute"), cwd=tmp_path, start_timeout=2
        )
