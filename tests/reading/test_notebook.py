"""Reading files into notebooks: every form they come in, and one clear error for everything else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nb2pipe.errors import InvalidInput
from nb2pipe.model import CellKind, Notebook
from nb2pipe.notebook import line_source, read, remarks
from nb2pipe.notebook.places import json_lines
from tests.reading.files import code, content, markdown, write


def refusal(path: Path) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as caught:
        read(path)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic.code, "\n".join([diagnostic.message, *diagnostic.notes])


def saved(folder: Path, data: str | bytes, name: str = "churn.ipynb") -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


# ---------------------------------------------------------------- what is read


def test_a_notebook_comes_out_as_it_was_saved(tmp_path: Path) -> None:
    """Kinds, sources in both spellings, tags, counts, outputs, kernel and version are those of the file."""
    output = {"output_type": "stream", "name": "stdout", "text": "1"}
    path = write(
        tmp_path,
        markdown("# Title"),
        code(["a = 1\n", "b = 2"], "step:load", execution_count=3, outputs=[output]),
        code("c = 3"),
        kernelspec={"name": "py38", "display_name": "x", "language": "python"},
        language_info={"name": "python", "version": "3.8.18"},
    )
    notebook = read(path)
    assert [cell.kind for cell in notebook.cells] == [CellKind.MARKDOWN, CellKind.CODE, CellKind.CODE]
    assert [cell.source for cell in notebook.cells] == ["# Title", "a = 1\nb = 2", "c = 3"]
    assert notebook.cells[1].tags == ("step:load",)
    assert notebook.cells[1].execution_count == 3
    assert notebook.cells[1].outputs == (output,)
    assert (notebook.kernel_name, notebook.python_version, notebook.language) == ("py38", "3.8.18", "python")
    assert (notebook.text_format, notebook.nbformat, notebook.notices) == ("ipynb", (4, 4), ())


@pytest.mark.parametrize("form", ["bom", "crlf", "compact", "upper case suffix"])
def test_forms_of_the_same_json_read_alike(tmp_path: Path, form: str) -> None:
    """A byte order mark, Windows line ends and missing line breaks change nothing."""
    text = json.dumps(content(code(["a = 1\n", "b = 2"], "step:load")), indent=1)
    data = {
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "crlf": text.replace("\n", "\r\n").encode(),
        "compact": json.dumps(json.loads(text)).encode(),
        "upper case suffix": text.encode(),
    }[form]
    notebook = read(saved(tmp_path, data, "A.IPYNB" if form == "upper case suffix" else "a.ipynb"))
    assert notebook.cells[0].source == "a = 1\nb = 2"
    assert notebook.cells[0].tags == ("step:load",)


def test_cells_may_lack_metadata_tags_outputs_and_counts(tmp_path: Path) -> None:
    """papermill once crashed on a cell without tags; a source is all that a cell needs."""
    notebook = read(write(tmp_path, {"cell_type": "code", "source": "a = 1"}))
    assert (notebook.cells[0].tags, notebook.cells[0].outputs, notebook.cells[0].execution_count) == ((), (), None)


def test_made_up_ids_are_stable_and_unique(tmp_path: Path) -> None:
    """Files older than nbformat 4.5 have no ids: ours depend on the source, not on the position."""
    first = [cell.id for cell in read(write(tmp_path, code("a = 1"), code("b = 2"), code("a = 1"))).cells]
    later = [
        cell.id for cell in read(write(tmp_path, code("new = 0"), code("a = 1"), code("b = 2"), code("a = 1"))).cells
    ]
    assert len(set(first)) == 3
    assert later[1:] == first


def test_doubled_ids_are_replaced_and_told(tmp_path: Path) -> None:
    """The first keeps its id; the file stays as it is."""
    cells = content(code("a = 1", id="same"), code("b = 2", id="same"), code("c = 3", id="other"))
    notebook = read(saved(tmp_path, json.dumps({**cells, "nbformat_minor": 5})))
    ids = [cell.id for cell in notebook.cells]
    assert (ids[0], ids[2]) == ("same", "other")
    assert len(set(ids)) == 3
    assert [(d.code, "same" in d.message) for d in remarks(notebook)] == [("NB007", True)]


def test_nbformat_3_is_upgraded_in_memory_with_a_notice(tmp_path: Path) -> None:
    """Worksheets become cells, and NB007 says so."""
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {"cell_type": "heading", "level": 1, "metadata": {}, "source": "Title"},
                    {
                        "cell_type": "code",
                        "collapsed": False,
                        "input": "a = 1",
                        "language": "python",
                        "metadata": {},
                        "outputs": [],
                    },
                ],
            }
        ],
    }
    notebook = read(saved(tmp_path, json.dumps(old)))
    assert [cell.source for cell in notebook.cells] == ["# Title", "a = 1"]
    assert notebook.nbformat == (3, 0)
    assert [d.code for d in remarks(notebook)] == ["NB007"]


# ---------------------------------------------------------------- lines of the file


def test_each_cell_knows_the_line_on_which_its_source_begins(tmp_path: Path) -> None:
    """Annotations land on the line of the diff: the file's line holds the source's first line."""
    path = write(tmp_path, *(code([f"first_{n} = 1\n", "x = 2\n", f"last_{n} = 3"], "step:a") for n in range(20)))
    lines = path.read_text().split("\n")
    for cell in read(path).cells:
        assert cell.file_line is not None
        assert f"first_{cell.index} = 1" in lines[cell.file_line - 1]
        assert f"last_{cell.index} = 3" in lines[cell.file_line + 1]
        assert not cell.one_line


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(st.lists(st.text(max_size=8), max_size=4), _json, _json), max_size=5),
    st.sampled_from([None, 0, 1, 4, "\t"]),
    _json,
)
def test_lines_are_exact_whatever_else_the_file_holds(cells: list, indent: object, other: object) -> None:
    """Marked sources are found on the very line that json_lines tells, in any layout and beside any other content."""
    marked = [
        {"before": before, "source": [f"mark{n}", *rest], "source2": after}
        for n, (rest, before, after) in enumerate(cells)
    ]
    text = json.dumps({"cells2": other, "cells": marked, "metadata": {"cells": [other]}}, indent=indent)  # type: ignore[arg-type]
    lines = text.split("\n")
    places = json_lines(text)
    assert len(places) == len(cells)
    for n, (line, _) in enumerate(places):
        assert line is not None
        assert f'"mark{n}"' in lines[line - 1]


def test_a_source_on_one_line_of_the_file_says_so(tmp_path: Path) -> None:
    """Line numbers within the cell must not be added there."""
    notebook = read(write(tmp_path, code("a = 1\nb = 2")))
    assert notebook.cells[0].one_line


def test_ten_thousand_cells_are_read_in_well_under_a_second(tmp_path: Path) -> None:
    """Four times the cells take about four times the time, lines of the file included."""

    def seconds(count: int) -> float:
        path = write(tmp_path, *(code([f"x{n} = 1\n", "y = 2\n", "z = x0 + y"], f"step:s{n}") for n in range(count)))
        start = time.process_time()
        read(path)
        return time.process_time() - start

    seconds(100)  # warm up
    small, large = seconds(2_500), seconds(10_000)
    assert large < 1.0
    assert large < 10 * small


def test_a_line_of_source_can_be_asked_for(tmp_path: Path) -> None:
    """Lines count from 1; where there is none, there is None."""
    notebook = read(write(tmp_path, code("a = 1\r\nb = '\x0c\u2028'\n")))
    assert line_source(notebook, 0, 2) == "b = '\x0c\u2028'"
    assert [line_source(notebook, 0, 0), line_source(notebook, 0, 9), line_source(notebook, 9, 1)] == [None] * 3


# ---------------------------------------------------------------- refusals

_CELL = {"cell_type": "code", "metadata": {}, "outputs": [], "source": "x"}
_CONFLICT = '{\n "cells": [],\n<<<<<<< HEAD\n "nbformat": 4\n=======\n "nbformat": 3\n>>>>>>> topic\n}'

REFUSED = {
    "empty": ("", "NB001", "the file is empty"),
    "blank": (" \n\n", "NB001", "the file is empty"),
    "cut short": ('{"cells": [', "NB001", "line 1, column 12"),
    "conflict": (_CONFLICT, "NB001", "git conflict markers at line 3 ('<<<<<<< HEAD')"),
    "conflict, windows": (_CONFLICT.replace("\n", "\r\n"), "NB001", "git conflict markers at line 3 ('<<<<<<< HEAD')"),
    "conflict, remedy": (_CONFLICT, "NB001", "nbdime mergetool"),
    "git lfs": ("version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "NB001", "git lfs pull"),
    "web page": ("\n<!DOCTYPE html>\n<html>", "NB001", "raw form"),
    "deep": ("[" * 100_000, "NB001", "nested too deeply"),
    "list": ("[]", "NB003", "top level is a list"),
    "number": ("3", "NB003", "top level is a number"),
    "no nbformat": ('{"cells": []}', "NB003", "no 'nbformat'"),
    "nbformat 5": ('{"nbformat": 5, "cells": []}', "NB003", "newer"),
    "no cells": ('{"nbformat": 4}', "NB003", "no list of 'cells'"),
    "cells no list": ('{"nbformat": 4, "cells": {}}', "NB003", "no list of 'cells'"),
    "metadata a list": ('{"nbformat": 4, "cells": [], "metadata": []}', "NB003", "'metadata' is a list"),
    "cell a text": (json.dumps(content(_CELL, "x")), "NB003", "cell 2: it is a text"),
    "cell type": (json.dumps(content({**_CELL, "cell_type": "heading"})), "NB003", "'cell_type' is 'heading'"),
    "no source": (json.dumps(content({"cell_type": "code"})), "NB003", "cell 1: it has no 'source'"),
    "source numbers": (json.dumps(content({**_CELL, "source": [1]})), "NB003", "list of texts"),
    "outputs": (json.dumps(content({**_CELL, "outputs": "x"})), "NB003", "'outputs'"),
    "cell metadata": (json.dumps(content({**_CELL, "metadata": None})), "NB003", "'metadata' is a null"),
    "surrogate": (json.dumps(content({**_CELL, "source": "'\ud800'"})), "NB003", "lone surrogate"),
    "no cell": (json.dumps(content()), "NB005", "has no cells"),
    "no code": (json.dumps(content({**_CELL, "cell_type": "markdown"})), "NB005", "1 cell, but none with code"),
    "blank code": (json.dumps(content({**_CELL, "source": " \n"})), "NB005", "none with code"),
    "latin-1": (b'{"cells":\n"\xe9"}', "NB006", "not UTF-8 (byte 0xe9 at line 2)"),
    "utf-16": ("{}".encode("utf-16"), "NB006", "UTF-16"),
    "nbformat 3, broken": ('{"nbformat": 3, "worksheets": 5}', "NB003", "could not upgrade"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_files_get_one_clear_error(tmp_path: Path, case: str) -> None:
    """Code, sentence and, where there is one, remedy."""
    data, code_, sentence = REFUSED[case]
    found, text = refusal(saved(tmp_path, data))
    assert found == code_
    assert sentence in text
    assert "churn.ipynb" in text


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"kernelspec": {"name": "ir", "language": "R"}}, "R"),
        ({"kernelspec": {"name": "ir"}}, "R"),
        ({"kernelspec": {"name": "julia-1.10"}}, "Julia"),
        ({"language_info": {"name": "julia"}}, "julia"),
    ],
)
def test_other_languages_are_refused(tmp_path: Path, metadata: dict, language: str) -> None:
    """NB004 names the language."""
    found, text = refusal(write(tmp_path, code("x <- 1"), **metadata))
    assert found == "NB004"
    assert f"written in {language}" in text


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"kernelspec": {"name": "conda-env-irene"}},
        {"kernelspec": {"name": "python3", "language": "Python"}, "language_info": {"name": "R"}},
        {"kernelspec": None, "language_info": []},
    ],
)
def test_python_is_recognised(tmp_path: Path, metadata: dict) -> None:
    """The kernel's language decides; unknown names and broken metadata don't make a notebook foreign."""
    assert read(write(tmp_path, code("x = 1"), **metadata)).language == "python"


def test_an_absent_file_is_answered_with_one_that_is_spelled_nearly_so(tmp_path: Path) -> None:
    """Slips of a letter, of case and of the suffix."""
    write(tmp_path, code("x = 1"), name="analysis.ipynb")
    for name in ("analyis.ipynb", "Analysis.ipynb", "analysis", "analysis.ipyn"):
        if (tmp_path / name).exists():
            continue  # a file system that doesn't tell cases apart
        found, text = refusal(tmp_path / name)
        assert found == "NB006"
        assert f"did you mean '{tmp_path / 'analysis.ipynb'}'?" in text
    assert "did you mean" not in refusal(tmp_path / "quite_other.ipynb")[1]
    assert f"no folder '{tmp_path / 'nowhere'}'" in refusal(tmp_path / "nowhere" / "analysis.ipynb")[1]


def test_a_folder_is_answered_with_its_notebooks(tmp_path: Path) -> None:
    """NB006 names some of them."""
    write(tmp_path, code("x = 1"), name="analysis.ipynb")
    found, text = refusal(tmp_path)
    assert found == "NB006"
    assert "folder" in text
    assert "analysis.ipynb" in text


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is readable here")
def test_an_unreadable_file_says_why(tmp_path: Path) -> None:
    """The operating system's reason is passed on."""
    path = write(tmp_path, code("x = 1"))
    path.chmod(0)
    assert "Permission denied" in refusal(path)[1]


def test_an_impossible_path_is_no_crash() -> None:
    """A null character in a path raises ValueError in Python."""
    assert refusal(Path("a\0b.ipynb"))[0] == "NB006"


# ---------------------------------------------------------------- text notebooks

PERCENT = """\
# ---
# jupyter:
#   kernelspec:
#     name: py38
#     display_name: old
#     language: python
# ---

# %% [markdown]
# # Title

# %% tags=["step:load"]
x = 1

y = 2

# %%
# %matplotlib inline
z = 3
"""
MYST = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec: {name: python3, display_name: x}
---

# Title

```{code-cell} ipython3
:tags: [step:load]

x = 1
```
"""
TEXTS = {
    "percent": (".py", PERCENT, "py:percent", ["x = 1\n\ny = 2", "%matplotlib inline\nz = 3"]),
    "light": (".py", '# # Title\n\n# + tags=["step:load"]\nx = 1\n\ny = 2\n', "py:light", ["x = 1\n\ny = 2"]),
    "markdown": (".md", '# Title\n\n```python tags=["step:load"]\nx = 1\n```\n', "md:markdown", ["x = 1"]),
    "myst": (".md", MYST, "md:myst", ["x = 1"]),
    "myst header by hand": (".md", MYST.replace("    extension: .md\n", ""), "md:myst", ["x = 1"]),
    "myst suffix": (".myst", MYST.replace("    extension: .md\n", ""), "myst:myst", ["x = 1"]),
    "rmd": (".Rmd", '# Title\n\n```{python tags=c("step:load")}\nx = 1\n```\n', "Rmd:rmarkdown", ["x = 1"]),
}


@pytest.mark.parametrize("form", TEXTS)
def test_text_notebooks_are_read_with_their_tags_and_lines(tmp_path: Path, form: str) -> None:
    """jupytext's formats; the first code cell is tagged in each, and its line in the file is found."""
    suffix, text, name, sources = TEXTS[form]
    notebook = read(saved(tmp_path, text, f"churn{suffix}"))
    cells = [cell for cell in notebook.cells if cell.kind is CellKind.CODE]
    assert notebook.text_format == name
    assert [cell.source for cell in cells] == sources
    assert cells[0].tags == ("step:load",)
    lines = text.split("\n")
    for cell in cells:
        assert cell.file_line is not None
        assert cell.source.split("\n")[0] in lines[cell.file_line - 1]
        assert cell.source.split("\n")[-1] in lines[cell.file_line - 1 + cell.source.count("\n")]
    assert [cell.id for cell in read(saved(tmp_path, text, f"churn{suffix}")).cells] == [c.id for c in notebook.cells]


def test_equal_cells_of_a_text_notebook_get_lines_of_their_own(tmp_path: Path) -> None:
    """The search goes on behind the cell before."""
    notebook = read(saved(tmp_path, "# %%\nx = 1\n\n# %%\nx = 1\n\n# %%\nx = 1\n", "churn.py"))
    assert [cell.file_line for cell in notebook.cells] == [2, 5, 8]


@pytest.mark.parametrize(
    ("name", "text", "code_", "sentence"),
    [
        ("a.md", "```{code-cell}\n:tags: step:load\n\nx = 1\n```\n", "NB104", "line 2"),
        ("a.md", "```{code-cell}\n:tags: step:load\n\nx = 1\n```\n", "NB104", ":tags: [step:load]"),
        ("a.py", '# %% tags=["in:a,b"]\nx = 1\n', "NB104", '["in:a", "in:b"]'),
        ("a.md", "---\njupytext: {a: [\n---\n\n```python\nx = 1\n```\n", "NB003", "jupytext could not read it"),
        ("a.py", "", "NB005", "no cells"),
        ("a.md", "# Only prose\n", "NB005", "none with code"),
        ("a.R", "# %%\nx <- 1\n", "NB004", "written in R"),
    ],
)
def test_bad_text_notebooks_get_one_clear_error(
    tmp_path: Path, name: str, text: str, code_: str, sentence: str
) -> None:
    """Slips that jupytext answers with a validation error or with nothing."""
    found, message = refusal(saved(tmp_path, text, name))
    assert found == code_
    assert sentence in message


# ---------------------------------------------------------------- start-up

HEAVY = ("nbformat", "jupytext", "papermill", "nbconvert", "IPython", "pandas", "numpy", "yaml", "jinja2", "rich")


def loaded(folder: Path, statement: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return set(run.stdout.split())


def test_reading_an_ipynb_file_imports_nothing_heavy(tmp_path: Path) -> None:
    """Notebook, roles, plain Python and parameters come from the standard library alone."""
    path = write(tmp_path, code("%time a = 1", "parameters"))
    modules = loaded(
        tmp_path,
        f"from pathlib import Path\nfrom nb2pipe import notebook, tags, magics, parameters, tag_edits\n"
        f"nb = notebook.read(Path({str(path)!r}))\ntags.read_roles(nb)\n"
        "parameters.read_parameters(nb.cells[0].source)",
    )
    assert not modules & set(HEAVY)


def test_the_costly_uri_parser_stays_out_when_nbformat_is_imported(tmp_path: Path) -> None:
    """jsonschema would import it wherever JupyterLab is installed; it must also be importable again afterwards."""
    (tmp_path / "rfc3987_syntax.py").write_text("loaded = True\n")
    statement = (
        f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nfrom nb2pipe.notebook_formats import read_text\n"
        "read_text('# %%\\nx = 1', '.py')\nassert 'rfc3987_syntax' not in sys.modules"
    )
    modules = loaded(tmp_path, statement)
    assert {"nbformat", "jupytext", "jsonschema"} <= modules
    assert "rfc3987_syntax" in loaded(tmp_path, statement + "\nimport rfc3987_syntax")


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=60) | _json.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_whatever_crash_the_reader(data: bytes) -> None:
    """Either a notebook or InvalidInput."""

    with tempfile.TemporaryDirectory() as folder, suppress(InvalidInput):
        assert isinstance(read(saved(Path(folder), data)), Notebook)
