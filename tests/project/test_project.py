"""The project's own files agree with each other."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN_TIME = PROJECT["project"]["dependencies"]
GROUPS = PROJECT["dependency-groups"]
TEST = GROUPS["test"]
DEV = [entry for entry in GROUPS["dev"] if isinstance(entry, str)]
LAB = [entry for entry in GROUPS["lab"] if isinstance(entry, str)]
DOCS = GROUPS["docs"]


def name_and_bound(requirement):
    """``("click", "8.1.7")`` of ``click>=8.1.7``."""
    found = re.fullmatch(r"([\w.-]+)>=([\d.]+)", requirement)
    assert found, f"{requirement} should have a lower bound and nothing else"
    return found[1].lower(), found[2]


def pins(file):
    """All versions that a lock file pins per package (more than one where markers tell Pythons apart)."""
    found = {}
    for line in (ROOT / "requirements" / file).read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([\w.-]+)==([\w.]+)", line):
            found.setdefault(pin[1].lower(), []).append(pin[2])
    return found


def numbers(version):
    """A version as something that compares: ``2.2`` is ``2.2.0``."""
    return tuple([*map(int, re.findall(r"\d+", version)), 0, 0, 0][:4])


@pytest.mark.parametrize("requirement", RUN_TIME + TEST)
def test_lowest_versions_are_the_bounds(requirement):
    """``requirements/lowest.txt`` pins each bound of ``pyproject.toml`` exactly (else: ``make lock``)."""
    name, bound = name_and_bound(requirement)
    assert [numbers(version) for version in pins("lowest.txt")[name]] == [numbers(bound)]


@pytest.mark.parametrize("requirement", RUN_TIME + TEST + DEV)
def test_locked_versions_satisfy_the_bounds(requirement):
    """``requirements/dev.txt`` has every dependency, not below its bound (else: ``make lock``)."""
    name, bound = name_and_bound(requirement)
    assert all(numbers(version) >= numbers(bound) for version in pins("dev.txt")[name])


def test_every_dependency_is_explained():
    """``docs/dependencies.md`` has a line for each dependency and for no other package."""
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    first_column = re.findall(r"^\| ([\w., -]+?) \|", page, re.MULTILINE)
    explained = {name.lower() for cell in first_column for name in cell.split(", ")} - {"package"}
    assert explained == {name_and_bound(requirement)[0] for requirement in RUN_TIME + TEST + DEV + LAB + DOCS}


def test_ci_covers_every_python_that_we_promise():
    """Workflow, classifiers and ``scripts/find-python`` name the versions that ``requires-python`` allows."""
    assert PROJECT["project"]["requires-python"] == ">=3.11,<3.14"
    promised = ["3.11", "3.12", "3.13"]
    classifiers = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))
    workflow = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    matrix = re.search(r"python: \[(.*)\]", workflow)
    assert matrix
    assert classifiers == promised
    assert re.findall(r"[\d.]+", matrix[1]) == promised
    assert " ".join(reversed(promised)) in (ROOT / "scripts/find-python").read_text(encoding="utf-8")


def test_ci_runs_parts_of_ci_run():
    """Each stage that the workflow names is a function of ``.ci/run``."""
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    workflow = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    stages = re.findall(r"run: \.ci/run (\w+)", workflow)
    assert len(stages) == 4
    assert all(re.search(rf"^{stage}\(\)", script, re.MULTILINE) for stage in stages)


def test_license_is_the_whole_text():
    """``LICENSE`` is Apache-2.0 in full, as ``pyproject.toml`` says."""
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def find_python(*arguments, path, **variables):
    """Runs ``scripts/find-python`` with nothing but ``path`` to find anything on."""
    command = ["/bin/sh", ROOT / "scripts/find-python", *arguments]
    environment = {"PATH": str(path), **variables}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def fake_python(folder, name, code):
    """A program called ``name`` that exits with ``code``, as a Python does that fits (0) or doesn't (1)."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\nexit {code}\n")
    program.chmod(0o755)


def test_newest_python_that_works_is_found(tmp_path):
    """A shim that doesn't run (pyenv) is passed over, and the plain ``python3`` comes last."""
    for name, code in (("python3.13", 1), ("python3.12", 0), ("python3.11", 0), ("python3", 0)):
        fake_python(tmp_path / "my bin", name, code)
    assert find_python(path=tmp_path / "my bin").stdout == "python3.12\n"


def test_plain_python3_will_do(tmp_path):
    """Where only ``python3`` exists and fits, it is taken."""
    fake_python(tmp_path / "bin", "python3", 0)
    assert find_python(path=tmp_path / "bin").stdout == "python3\n"


def test_no_python_at_all_says_what_to_install(tmp_path):
    """Without a usable Python the message names the versions and the ways out."""
    fake_python(tmp_path / "bin", "python3", 1)
    found = find_python(path=tmp_path / "bin")
    assert found.returncode == 1
    assert found.stdout == ""
    assert "3.13 3.12 3.11" in found.stderr
    assert "make PYTHON=" in found.stderr


def test_a_python_that_was_named_is_taken_or_refused(tmp_path):
    """``PYTHON`` overrules the search, and is never silently replaced by another."""
    for name, code in (("mine", 0), ("broken", 1), ("python3.13", 0)):
        fake_python(tmp_path / "bin", name, code)
    assert find_python(path=tmp_path / "bin", PYTHON="mine").stdout == "mine\n"
    refused = find_python(path=tmp_path / "bin", PYTHON="broken")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "PYTHON=broken" in refused.stderr


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_make_keeps_out_of_the_home_folder(tmp_path):
    """Jupyter, IPython and matplotlib write below the checkout, also when its path has spaces."""
    checkout = tmp_path / "my checkout"
    checkout.mkdir()
    (checkout / "Makefile").write_text((ROOT / "Makefile").read_text() + "\nshow:\n\t@env\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    shown = subprocess.run(["make", "show"], cwd=checkout, env=environment, capture_output=True, text=True, check=True)
    folders = dict(line.split("=", 1) for line in shown.stdout.splitlines() if "=" in line)
    names = ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"]
    assert all(folders[name].startswith(f"{checkout}/.cache/") for name in names)
