"""The sample notebooks are what the README promises: valid, tagged (but for one), executed in order, reproducible."""

import json
import os
import re
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "sample_notebooks"
NOTEBOOKS = sorted(SAMPLES.glob("*.ipynb"))
UNTAGGED = SAMPLES / "untagged" / "wine.ipynb"
NAME = r"[A-Za-z_]\w*"
TAG = re.compile(
    rf"parameters|imports|functions|metrics|skip|(step|after|in|out):{NAME}|metric:{NAME}(±\d+(\.\d+)?%?)?",
)

each_sample = pytest.mark.parametrize("path", [*NOTEBOOKS, UNTAGGED], ids=lambda path: path.stem)
each_tagged = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]


def words(cell):
    """The cell's tags, from either spelling."""
    comments = re.findall(r"^#\|(.*)$", "".join(cell["source"]), re.MULTILINE)
    return cell["metadata"].get("tags", []) + [comment.replace(": ", ":").strip() for comment in comments]


def shown(notebook):
    """What each cell printed and displayed: its words, and its numbers apart, without the times of %%time."""
    for cell in code_cells(notebook):
        texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell["outputs"]]
        text = re.sub(r"(CPU times|Wall time|memory usage):.*", "", "".join("".join(text) for text in texts))
        number = r"-?\d+\.\d+(?:e[+-]\d+)?"
        yield re.sub(number, "#", text), [float(found) for found in re.findall(number, text)]


def test_there_are_four_and_the_readme_lists_each():
    """The samples' README has a row for every notebook."""
    assert len(NOTEBOOKS) >= 4
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| \[([\w/]+\.ipynb)\]", readme, re.MULTILINE))
    assert listed == {path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*.ipynb")}


@each_sample
def test_is_valid_and_small(path):
    """Each sample satisfies the notebook schema and stays below 300 KB."""
    import nbformat

    nbformat.validate(nbformat.read(path, as_version=nbformat.NO_CONVERT))
    assert path.stat().st_size < 300_000


@each_sample
def test_was_executed_from_top_to_bottom_without_errors_or_warnings(path):
    """The stored outputs come from one clean run, so their numbers can be the originals."""
    cells = code_cells(load(path))
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"]


def test_the_untagged_one_has_no_tags():
    """The tutorial lets them be proposed."""
    assert [word for cell in load(UNTAGGED)["cells"] for word in words(cell)] == []


@each_tagged
def test_tags_are_all_from_the_grammar(path):
    """Each sample has parameters, steps and metrics, and no tag that we don't know."""
    tags = [word for cell in code_cells(load(path)) for word in words(cell)]
    assert [tag for tag in tags if not TAG.fullmatch(tag)] == []
    assert {"imports", "parameters", "metrics"} <= set(tags)
    assert sum(tag.startswith("step:") for tag in tags) >= 3


@each_sample
def test_tells_nothing_about_the_machine_it_ran_on(path):
    """No paths, no run times of single cells: another machine would write the same file."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"/(home|root|tmp|Users)/", text)
    assert not any("execution" in cell["metadata"] for cell in load(path)["cells"])


@pytest.mark.slow
@pytest.mark.kernel
@each_sample
def test_gives_the_stored_numbers_again(path):
    """Executing a sample anew shows the same words and numbers, and no warning (with the locked versions)."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    here = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources=here)
    client.execute(env={**os.environ, "PYTHONWARNINGS": "default"})
    for (words_now, numbers_now), (words_then, numbers_then) in zip(shown(notebook), shown(load(path)), strict=True):
        assert words_now == words_then
        assert numbers_now == pytest.approx(numbers_then, rel=1e-6, nan_ok=True)
    outputs = [output for cell in code_cells(notebook) for output in cell["outputs"]]
    assert not [output["text"] for output in outputs if output.get("name") == "stderr"]
