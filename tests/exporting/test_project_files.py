"""The files of an exported project, without running anything: valid, stable, and careful with what people changed."""

from __future__ import annotations

import ast
import json
import re
import shlex
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from nb2pipe import workflow
from nb2pipe.errors import InvalidInput, Refused
from nb2pipe.model import Environment
from nb2pipe.running.projects import open_project
from tests.building import notebook

CELLS = (
    ("md", "# Title\n\nSome words."),
    ("imports", "import json\nimport math as m\nfrom os.path import join\nfrom typing import Optional"),
    ("parameters", "n: int = 3  # how many\nname = 'a|b `c`'\nlimit: Optional[int] = None\nwide = n * 2"),
    ("functions", "def scale(x):\n    return x * m.pi"),
    ("md", "## Load"),
    ("step:laden", "values = [scale(i) for i in range(n)]\nlabel = json.dumps(name)"),
    ("", "%time total = sum(values)"),
    ("step:évaluer", "share = total / wide"),
    ("metrics metric:share±2%", "share"),
    ("skip", "print('not me')"),
)


def export(source: Path, folder: Path, **options: Any) -> workflow.Export:
    """Export without running anything."""
    return workflow.export(source, folder, static=True, verify=False, **options)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return notebook(tmp_path_factory.mktemp('it\'s a "path" {x}'), *CELLS, name="n b's {{ü}} <<x>> ${{ y }}: #.ipynb")


@pytest.fixture(scope="module")
def project(source: Path) -> Path:
    return export(source, source.parent / "the 'project'").project


def steps(project: Path) -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (project / "steps").iterdir()}


def test_steps_are_plain_papermill_notebooks(project: Path) -> None:
    """Each step is a valid notebook of nbformat 4.5 that does not import nb2pipe and has a cell tagged parameters."""
    found = steps(project)
    assert set(found) == {"laden", "évaluer"}
    for data in found.values():
        nbformat.validate(data, version=4, version_minor=5)
        assert (data["nbformat"], data["nbformat_minor"]) == (4, 5)
        code = "\n".join(cell["source"] for cell in data["cells"] if cell["cell_type"] == "code")
        assert not re.search(r"import nb2pipe|from nb2pipe", code)
        assert [c for c in data["cells"] if "parameters" in c["metadata"].get("tags", [])] == [data["cells"][1]]
        assert all(not cell["outputs"] for cell in data["cells"] if cell["cell_type"] == "code")
        assert data["metadata"]["kernelspec"]["name"] == "python3"


def test_original_cells_are_untouched(source: Path, project: Path) -> None:
    """The notebook's cells keep their source and their ids, Markdown before them comes along, skipped ones do not."""
    original = {cell["id"]: cell for cell in json.loads(source.read_text(encoding="utf-8"))["cells"]}
    found = steps(project)
    ids = {name: [c["id"] for c in data["cells"] if c["id"] in original] for name, data in found.items()}
    assert ids == {"laden": ["c4", "c5", "c6"], "évaluer": ["c7", "c8"]}
    for data in found.values():
        for cell in data["cells"]:
            if cell["id"] in original:
                assert cell["source"] == original[cell["id"]]["source"]


def test_each_step_holds_what_it_needs_and_no_more(project: Path) -> None:
    """Imports, functions and derived parameters stand where they are needed, in the notebook's order."""
    setup = {
        name: next((c["source"] for c in data["cells"] if c["id"] == "nb2pipe-setup"), "")
        for name, data in steps(project).items()
    }
    assert [line for line in setup["laden"].splitlines() if line and line[0] not in "# "] == [
        "import json", "import math as m", "def scale(x):",
    ]  # fmt: skip
    assert [line for line in setup["évaluer"].splitlines() if line and line[0] != "#"] == ["wide = n * 2"]


def test_parameters_cell_runs_before_any_import(project: Path) -> None:
    """Annotations that need an import are left out there; defaults, comments and plain annotations stay."""
    cells = {name: data["cells"][1]["source"] for name, data in steps(project).items()}
    assert cells["laden"].splitlines()[:2] == ["n: int = 3  # how many", "name = 'a|b `c`'"]
    assert cells["évaluer"].splitlines()[0] == "n: int = 3  # how many"
    for source in cells.values():
        exec(compile(source, "parameters", "exec"), {})


def test_exporting_twice_writes_the_same_bytes(source: Path, project: Path, tmp_path: Path) -> None:
    """The same notebook gives the same files, in place and elsewhere."""

    def contents(folder: Path) -> dict[str, bytes]:
        files = (path for path in folder.rglob("*") if path.is_file() and ".nb2pipe" not in path.parts)
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    before = contents(project)
    again = export(source, project)
    assert again.written == ()
    assert contents(project) == before
    assert contents(export(source, source.parent / "the 'other'").project).keys() == before.keys()


def test_workflow_is_a_workflow(project: Path) -> None:
    """The CI workflow is YAML with the keys that GitHub asks for, whatever the notebook is called."""
    text = (project / ".github/workflows/reproduce.yml").read_text(encoding="utf-8")
    data = yaml.load(text, Loader=yaml.BaseLoader)
    assert data["name"].startswith("reproduce n b's")
    assert "${{ y" not in text
    assert set(data) == {"name", "on", "permissions", "concurrency", "jobs"}
    assert set(data["on"]) <= {"push", "pull_request", "workflow_dispatch", "schedule"}
    (job,) = data["jobs"].values()
    assert job["runs-on"] == "ubuntu-latest"
    for step in job["steps"]:
        assert ("uses" in step) != ("run" in step)
        assert set(step) <= {"uses", "run", "with", "if", "name", "env"}
    assert any(step.get("run", "").startswith("nb2pipe check .") for step in job["steps"])
    assert all(re.fullmatch(r"[\w./-]+@v\d+", step["uses"]) for step in job["steps"] if "uses" in step)
    assert re.fullmatch(r"reproduce-[a-z0-9-]+-\$\{\{ github\.ref \}\}", data["concurrency"]["group"])


def test_readme_can_be_copied_to_a_shell(project: Path) -> None:
    """Paths with spaces and quotes are quoted, tables stay whole, and the graph names every step."""
    text = (project / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    commands = [shlex.split(line) for block in blocks for line in block.splitlines()]
    assert ["nb2pipe", "run", ".", "-p", "n=3"] in commands
    workdir = next(words[1] for words in commands if words[0] == "cd")
    papermill = [words for words in commands if words[0] == "papermill"]
    assert [Path(words[1]).stem for words in papermill] == ["laden", "évaluer"]
    for words in papermill:
        assert len(words) == 3
        assert (project / workdir / words[1]).is_file()
    for line in text.splitlines():
        if line.startswith("| `"):
            assert len(re.split(r"(?<!\\)\|", line)) in (4, 5)
    assert re.search(r"```mermaid\n.*laden.*évaluer", text, re.DOTALL)


def test_an_edited_step_is_kept_and_listed(source: Path, tmp_path: Path) -> None:
    """What people changed is never overwritten without --force, and keeps being kept; what they deleted comes back."""
    project = export(source, tmp_path / "p").project
    step, readme, workflow_file = (
        project / "steps/laden.ipynb",
        project / "README.md",
        ".github/workflows/reproduce.yml",
    )
    edited = step.read_text(encoding="utf-8").replace("total = sum", "total = 2 * sum")
    step.write_text(edited, encoding="utf-8")
    readme.write_text("mine\n")
    (project / workflow_file).unlink()
    for _ in range(2):
        again = export(source, project)
        assert set(again.kept) == {"steps/laden.ipynb", "README.md"}
        assert step.read_text(encoding="utf-8") == edited
        assert readme.read_text() == "mine\n"
    assert (project / workflow_file).is_file()
    forced = export(source, project, force=True)
    assert forced.kept == ()
    assert {"steps/laden.ipynb", "README.md"} <= set(forced.written)
    assert "2 * sum" not in step.read_text(encoding="utf-8")


def test_line_ends_are_no_edit(source: Path, tmp_path: Path) -> None:
    """A checkout with Windows' line ends is not taken for the user's change."""
    project = export(source, tmp_path / "p").project
    step = project / "steps/laden.ipynb"
    step.write_bytes(step.read_bytes().replace(b"\n", b"\r\n"))
    assert export(source, project).kept == ()


def test_a_folder_that_holds_other_files(source: Path, tmp_path: Path) -> None:
    """A README that was there before, even one that is no text, is the user's."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p/README.md").write_bytes(b"\xff\xfe mine")
    (tmp_path / "p/data.csv").write_text("1,2\n")
    done = export(source, tmp_path / "p")
    assert done.kept == ("README.md",)
    assert (tmp_path / "p/README.md").read_bytes() == b"\xff\xfe mine"
    assert (tmp_path / "p/data.csv").read_text() == "1,2\n"


@pytest.mark.parametrize("edited", [False, True])
def test_a_step_that_is_gone_from_the_notebook(tmp_path: Path, edited: bool) -> None:
    """Its file goes too, unless somebody changed it; then it stays and is listed."""
    cells = (("step:one", "a = 1"), ("step:two", "b = a"), ("step:three", "print(b)"))
    project = export(notebook(tmp_path, *cells), tmp_path / "p").project
    old = project / "steps/two.ipynb"
    if edited:
        old.write_text(old.read_text() + "\n")
    done = export(notebook(tmp_path, cells[0], ("", "b = a"), cells[2]), project)
    assert old.exists() is edited
    assert ("steps/two.ipynb" in done.kept) is edited
    assert ("steps/two.ipynb" in done.written) is not edited
    assert list(open_project(project).manifest.steps) == ["one", "three"]


def test_the_title_counts_its_cells(project: Path) -> None:
    """One cell is no cells."""
    titles = {name: "".join(data["cells"][0]["source"]) for name, data in steps(project).items()}
    assert "Cells 6-7 of" in titles["laden"]
    (single,) = steps(
        export(notebook(project.parent, ("step:a", "x = 1"), name="one.ipynb"), project.parent / "one").project
    ).values()
    assert "\nCell 1 of" in "".join(single["cells"][0]["source"])


def test_tolerances_are_carried_over(source: Path, tmp_path: Path) -> None:
    """The user's own section of pipeline.yaml outlives every export, also with --force."""
    project = export(source, tmp_path / "p").project
    path = project / "pipeline.yaml"
    path.write_text(
        path.read_text(encoding="utf-8") + "tolerances:\n  share: {abs: 0.25, direction: higher}\n  old: {rel: 0}\n",
        encoding="utf-8",
    )
    for force in (False, True):
        export(source, project, force=force)
        entries = open_project(project).manifest.tolerances
        assert (entries["share"].abs, entries["share"].direction, entries["old"].rel) == (0.25, "higher", 0.0)


def test_a_broken_manifest_in_the_way(source: Path, tmp_path: Path) -> None:
    """Exporting over it is refused before anything runs; --force replaces it."""
    project = export(source, tmp_path / "p").project
    (project / "pipeline.yaml").write_text("steps: [")
    with pytest.raises(InvalidInput, match="not valid YAML") as caught:
        workflow.export(source, project)
    assert "--force" in caught.value.diagnostics[0].notes[-1]
    export(source, project, force=True)
    assert list(open_project(project).manifest.steps) == ["laden", "évaluer"]


def test_requirements_are_pinned() -> None:
    """Everything that the recorded environment had is pinned; papermill is there to run the steps."""
    from nb2pipe.exporting.project import _requirements

    packages = {"numpy": "1.26.4", "pandas": "2.2.2", "pytz": "2024.1"}
    environment = Environment(
        python="3.11.7", implementation="CPython", platform="Linux", packages=packages, imported=("pandas", "numpy")
    )
    lines = [line for line in _requirements(environment, "nb.ipynb").splitlines() if line and line[0] != "#"]
    assert lines == ["numpy==1.26.4", "pandas==2.2.2", "pytz==2024.1", "papermill"]


@pytest.mark.parametrize("name", ["inputs", "outputs"])
def test_folder_names_as_parameters_are_refused(tmp_path: Path, name: str) -> None:
    """A step has parameters of that name itself, so the notebook's cannot have it: NB304 at its line."""
    source = notebook(tmp_path, ("parameters", f"n = 1\n{name} = 'data'"), ("step:a", f"x = ({name}, n)"))
    with pytest.raises(Refused) as caught:
        export(source, tmp_path / "p")
    (found,) = caught.value.diagnostics
    assert (found.code, found.cell, found.line) == ("NB304", 0, 2)
    assert not (tmp_path / "p").exists()


TAKEN = (
    ("imports", "import pandas as pd"),
    ("step:a", "np = 5\njson = {'a': 1}\nos = 'linux'\njoblib = [1]\nframe = pd.DataFrame({'x': [np]})"),
    ("step:b", "print(np, json, os, joblib, frame)"),
)


def test_generated_imports_avoid_the_users_names(tmp_path: Path) -> None:
    """No line that nb2pipe adds binds a name that the notebook uses for something else."""
    project = export(notebook(tmp_path, *TAKEN), tmp_path / "p").project
    users = {"np", "json", "os", "joblib", "frame"}
    for name, data in steps(project).items():
        for cell in data["cells"]:
            if "generated" in cell["metadata"].get("nb2pipe", {}) and cell["cell_type"] == "code":
                bound = {
                    alias.asname or alias.name
                    for node in ast.walk(ast.parse(cell["source"]))
                    if isinstance(node, ast.Import)
                    for alias in node.names
                }
                assert not bound & users, (name, cell["source"])


def test_scripts_hold_the_same_code(source: Path, tmp_path: Path) -> None:
    """``--steps py`` writes percent scripts with the same cells, tags included; switching back removes them."""
    project = export(source, tmp_path / "p").project
    notebooks = {step: open_project(project).notebook(step) for step in ("laden", "évaluer")}
    export(source, project, steps="py")
    assert sorted(path.name for path in (project / "steps").iterdir()) == ["laden.py", "évaluer.py"]
    for step, data in notebooks.items():
        script = open_project(project).notebook(step)
        shown = [(c["cell_type"], c["source"].strip(), c["metadata"].get("tags")) for c in script["cells"]]
        assert shown == [(c["cell_type"], c["source"].strip(), c["metadata"].get("tags")) for c in data["cells"]]
        assert [c["id"] for c in script["cells"] if "generated" in c["metadata"]["nb2pipe"]] == [
            c["id"] for c in data["cells"] if "generated" in c["metadata"]["nb2pipe"]
        ]
    export(source, project)
    assert sorted(path.suffix for path in (project / "steps").iterdir()) == [".ipynb", ".ipynb"]


@pytest.mark.parametrize("broken", [None, "{", "[]", '{"cells": 3}', '{"cells": [{}]}'])
def test_broken_step_files(source: Path, tmp_path: Path, broken: str | None) -> None:
    """A step's notebook that is gone or no notebook any more is NB010 with its path, before anything runs."""
    project = export(source, tmp_path / "p").project
    step = project / "steps/laden.ipynb"
    step.unlink() if broken is None else step.write_text(broken)
    with pytest.raises(InvalidInput) as caught:
        workflow.run(project)
    assert caught.value.diagnostics[0].code == "NB010"
    assert str(step) in caught.value.diagnostics[0].message
