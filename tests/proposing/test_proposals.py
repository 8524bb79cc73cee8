"""What is proposed for a notebook: a table of small ones, and what holds for all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from nb2pipe import notebook as notebooks
from nb2pipe import tag_edits
from nb2pipe.diagnostics import TagEdit
from nb2pipe.planning.analysis import understand
from nb2pipe.proposing import Proposal, Wishes, changes, gather, propose
from nb2pipe.proposing.headings import name_of
from nb2pipe.workflow import tagging
from tests.building import notebook

SAMPLES = sorted((Path(__file__).parents[2] / "sample_notebooks").glob("*.ipynb"))

IMPORTS = ("", "import pandas as pd\nfrom sklearn.model_selection import train_test_split")
PARAMETERS = ("", "seed = 7\ntest_size = 0.25")
LOAD = ("", 'df = pd.read_csv("shop.csv")')
CLEAN = ("", "df = df.dropna()")
LOOK = ("", 'df.hist(bins=20)\ndf["age"].plot()')
SPLIT = ("", "train, test = train_test_split(df, test_size=test_size, random_state=seed)")
FIT = ("", "model = LogisticRegression()\nmodel.fit(train[['age']], train['churn'])")
SCORE = ("", "accuracy = accuracy_score(test['churn'], model.predict(test[['age']]))")
SHOWN = ("", "model.score(test[['age']], test['churn'])")
WHOLE = (IMPORTS, PARAMETERS, LOAD, CLEAN, LOOK, SPLIT, FIT, SCORE)


def proposed(folder: Path, *cells: tuple[str, str], **wishes: object) -> Proposal:
    return propose(notebooks.read(notebook(folder, *cells)), Wishes(**wishes))  # type: ignore[arg-type]


def tags(proposal: Proposal) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for edit in proposal.edits:
        found.setdefault(edit.cell, []).append(str(edit.new))
    return found


def steps(proposal: Proposal) -> dict[str, tuple[int, ...]]:
    return {step.name: step.cells for step in proposal.pipeline.steps}


def test_a_usual_notebook(tmp_path: Path) -> None:
    """Each cell gets the role that a person would give it."""
    found = tags(proposed(tmp_path, *WHOLE))
    assert found[0] == ["imports"]
    assert found[1] == ["parameters"]
    assert found[2] == ["step:load"]
    assert found[4] == ["skip"]
    assert found[5] == ["step:split"]
    assert found[7][-1] == "metrics"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        pytest.param([LOAD, ("", "df.hist()\ncopy = df"), FIT, ("", "print(copy)")], {}, id="a later cell reads it"),
        pytest.param([LOAD, ("", "df.hist()\ndf.pop('age')"), FIT], {}, id="it changes the data"),
        pytest.param([LOAD, ("", "df.sample(5).hist()"), FIT], {}, id="it takes random numbers"),
        pytest.param([LOAD, ("", "df.hist()\nplt.savefig('a.png')"), FIT], {}, id="it writes a file"),
        pytest.param([LOAD, ("", "df.hist()\npd.set_option('display.max_rows', 9)"), FIT], {}, id="a setting"),
        pytest.param([LOAD, ("", "%timeit df.hist()"), FIT], {}, id="a magic"),
        pytest.param([LOAD, ("", "df.hist()"), FIT, ("", "exec(code)")], {}, id="code that cannot be seen"),
        pytest.param([LOAD, FIT, ("", "plt.plot(model.coef_)")], {}, id="a result"),
        pytest.param([LOAD, ("", "df.head()"), FIT], {}, id="a glance is not worth it"),
        pytest.param([LOAD, ("", "df.hist()"), ("", "df.plot()")], {}, id="a notebook without a model"),
        pytest.param([LOAD, ("", "df.hist()"), FIT], {1: ["skip"]}, id="only drawn"),
        pytest.param([LOAD, ("", "for c in df:\n    plt.plot(df[c])\nplt.show()"), FIT], {1: ["skip"]}, id="in a loop"),
    ],
)
def test_what_is_skipped(tmp_path: Path, cells: list[tuple[str, str]], expected: dict[int, list[str]]) -> None:
    """Only what explores before a model is fitted, and is proved to feed nothing."""
    found = tags(proposed(tmp_path, IMPORTS, *cells))
    assert {cell - 1: those for cell, those in found.items() if "skip" in those} == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("rmse = np.sqrt(mean_squared_error(y, p))", ["metrics"]),
        ("p = model.predict(X)\nacc = accuracy_score(y, p)", ["metric:acc"]),
        ("a, b = f1_score(y, p), recall_score(y, p)", ["metrics"]),
        ("model.score(X, y)", ["metrics"]),
        ("p = model.predict(X)\nmodel.score(X, p)", ["metric:model_score"]),
        ("accuracy = (p == y).mean()", ["metrics"]),
        ("report = classification_report(y, p)", []),
        ("matrix = confusion_matrix(y, p)", []),
        ("if y:\n    acc = accuracy_score(y, p)", []),
        ("print(accuracy_score(y, p))", []),
    ],
)
def test_metrics(tmp_path: Path, source: str, expected: list[str]) -> None:
    """Scores that have a name or are shown, and nothing else that their cell assigns."""
    cells = (("", "import numpy as np"), ("", "X, y, p = read()"), ("", source))
    found = tags(proposed(tmp_path, *cells)).get(2, [])
    assert [tag for tag in found if tag.startswith("metric")] == expected


def test_scores_that_are_only_printed_are_told(tmp_path: Path) -> None:
    """The user learns what to write."""
    assert "cell 2" in " ".join(proposed(tmp_path, LOAD, ("", "print(accuracy_score(y, p))"), FIT).notes)


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("2.1 Data cleaning", "data_cleaning"),
        ("Step 3: Train the model", "train_model"),
        ("**Loading** the [data](x.html)", "load_data"),
        ("Import libraries", None),
        ("Exercise 4", None),
        ("Don't Panic!", "dont_panic"),
        ("K-Means & PCA", "k_means_pca"),
        ("Предобработка данных", "предобработка_данных"),
        ("🚀", None),
        ("III. Results", "results"),
        ("CON", None),
        ("Part C", None),
        ("Learning objectives", None),
        ("Print the name of all the columns", "print_name"),
        ("Making predictions", "make_predictions"),
    ],
)
def test_names_from_headings(heading: str, name: str | None) -> None:
    """Short, valid names of steps without numbers and markup."""
    from nb2pipe.proposing.headings import of_text

    found = of_text(f"## {heading}")
    assert (name_of(found[0].text) if found else None) == name


def test_headings_make_borders_and_names(tmp_path: Path) -> None:
    """The level that gives a fitting number of parts; the notebook's title names nothing."""
    cells = [("md", "# Churn"), IMPORTS]
    for title, cell in (("## Load", LOAD), ("## Clean it", CLEAN), ("## Split", SPLIT), ("## Fit", FIT)):
        cells += [("md", title), cell, ("", "df.shape")]
    assert [*steps(proposed(tmp_path, *cells))] == ["load", "clean", "split", "fit"]


def test_from_headings(tmp_path: Path) -> None:
    """Each heading begins a step."""
    cells = [("md", "## A bc"), LOAD, ("md", "## C d"), ("", "df.shape"), ("md", "## E f"), ("", "df.size")]
    assert [*steps(proposed(tmp_path, *cells, from_headings=True))] == ["bc", "c_d", "e_f"]


def test_that_many_steps(tmp_path: Path) -> None:
    """``--steps``."""
    for number in (1, 2, 3, 4):
        assert len(proposed(tmp_path, *WHOLE, steps=number).pipeline.steps) == number


def test_a_border_at_which_a_split_would_be_wrong_is_taken_back(tmp_path: Path) -> None:
    """Two steps that would each need the other's version of a variable become one."""
    cells = [
        ("md", "## One"), ("", "a = [1]\nb = a"), ("md", "## Two"), ("", "def f():\n    return a"), ("", "c = f()"),
        ("md", "## Three"), ("", "a = [2]"), ("", "d = f()"), ("md", "## Four"), ("", "print(c, d, f())"),
    ]  # fmt: skip
    proposal = proposed(tmp_path, *cells)
    assert proposal.problems == ()
    assert len(proposal.pipeline.steps) >= 1


def test_what_is_tagged_stays(tmp_path: Path) -> None:
    """A notebook of Kale's, one of papermill's, one that is half tagged."""
    kale = [
        ("imports", IMPORTS[1]),
        ("step:load", LOAD[1]),
        ("step:fit prev:load", FIT[1]),
        ("pipeline-metrics", SCORE[1]),
    ]
    assert proposed(tmp_path, *kale).edits == ()
    papermill = [IMPORTS, ("parameters", PARAMETERS[1]), LOAD, SPLIT, FIT, SCORE]
    found = proposed(tmp_path, *papermill)
    assert 1 not in tags(found)
    assert len(found.pipeline.steps) > 1
    half = [IMPORTS, LOAD, CLEAN, ("step:fit", FIT[1]), SCORE]
    found = proposed(tmp_path, *half)
    assert tags(found)[1] == ["step:load"]
    assert tags(found)[4] == ["metrics"]
    assert steps(found)["fit"] == (3, 4)


def test_broken_and_empty_notebooks(tmp_path: Path) -> None:
    """A proposal as good as it can be, with what is wrong."""
    assert "NB202" in [d.code for d in proposed(tmp_path, LOAD, ("", "x = = 1"), FIT).problems]
    only = proposed(tmp_path, IMPORTS, ("", "def f():\n    pass"))
    assert [*tags(only).values()] == [["imports"], ["functions"]]
    assert not only.pipeline.steps


# ---------------------------------------------------------------- written and read again


@pytest.mark.parametrize("style", ["tag", "comment"])
@pytest.mark.parametrize("indent", [1, 2, None])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_written_read_and_cleared(tmp_path: Path, sample: Path, indent: int | None, style: str) -> None:
    """A written proposal reads as it was proposed; clearing it gives the bytes back."""
    path = tmp_path / "sample.ipynb"
    shutil.copy(sample, path)
    cleared = json.loads(tagging.text_after(path, changes.clear(notebooks.read(path))))
    cleared["cells"][-1]["metadata"]["tags"] = []
    cleared["cells"][-2]["metadata"]["tags"] = ["hide-input"]
    before = json.dumps(cleared, indent=indent, ensure_ascii=False) + "\n"
    path.write_text(before, encoding="utf-8")
    proposal = propose(notebooks.read(path))
    assert 3 <= len(proposal.pipeline.steps) <= 9
    assert proposal.problems == ()
    after = tagging.text_after(path, proposal.edits, comments=style == "comment")
    path.write_text(after, encoding="utf-8")
    again = understand(notebooks.read(path)).plan().pipeline
    moved = style == "comment"  # lines of replayed code move down
    assert [s.cells for s in again.steps] == [s.cells for s in proposal.pipeline.steps]
    assert moved or again == proposal.pipeline
    assert propose(notebooks.read(path)).edits == ()
    assert tagging.text_after(path, changes.clear(notebooks.read(path))) == before


def test_text_notebooks(tmp_path: Path) -> None:
    """Percent files: tags or comments, and back."""
    path = tmp_path / "nb.py"
    before = "# %%\nimport pandas as pd\n\n# %%\ndf = pd.read_csv('a.csv')\n\n# %%\nx = df.dropna()\n\n# %%\nprint(x)\n"
    for comments in (False, True):
        path.write_text(before)
        proposal = propose(notebooks.read(path))
        path.write_text(tagging.text_after(path, proposal.edits, comments=comments))
        assert understand(notebooks.read(path)).plan().pipeline.steps == proposal.pipeline.steps or comments
        assert ("#| step: load" in path.read_text()) == comments
        path.write_text(tagging.text_after(path, changes.clear(notebooks.read(path))))
        assert path.read_text() == before


def test_a_comment_below_a_cell_magic() -> None:
    """IPython wants the magic first."""
    cell = {
        "cell_type": "code",
        "metadata": {},
        "source": ["%%time\n", "x = 1"],
        "outputs": [],
        "execution_count": None,
    }
    text = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}, indent=1)
    after = tag_edits.apply(text, [TagEdit(cell=0, old="", new="step:a", comment=True)])
    assert json.loads(after)["cells"][0]["source"] == ["%%time\n", "#| step: a\n", "x = 1"]


# ---------------------------------------------------------------- changes


def test_renaming_and_merging(tmp_path: Path) -> None:
    """Wherever the name stands; tags that then say nothing go."""
    path = notebook(
        tmp_path, ("step:a", "x = 1"), ("", "#| step: b\ny = x"), ("step:c after:b", "z = y"), ("step:a", "w = z")
    )
    change = tagging.Change(renames=(("b", "second"),), merges=(("a", "second"),))
    proposal = tagging.propose(path, change=change)
    path.write_text(tagging.text_after(path, proposal.edits))
    assert steps(propose(notebooks.read(path)))["a"] == (0, 1, 3)
    assert "after:a" in path.read_text()
    assert "second" not in path.read_text()


def test_the_proposal_can_be_changed_before_it_is_written(tmp_path: Path) -> None:
    """On an untagged notebook the same options change what is proposed."""
    path = notebook(tmp_path, *WHOLE)
    change = tagging.Change(renames=(("load", "read"),), merges=(("read", "split"),))
    proposal = tagging.propose(path, change=change)
    assert "read" in steps(proposal)
    assert not {"load", "split"} & set(steps(proposal))
    assert all(edit.old == "" for edit in proposal.edits)


# ---------------------------------------------------------------- parameters

GATHER = (
    ("", "import random"),
    ("", "count = 5\nvalues = []\nfor i in range(count):\n    values.append(i * 1.5)"),
    ("", "random.seed(3)\nnoise = [random.random() for _ in values]\nlimit = 2.5  # of values\ntotal = 0"),
    (
        "",
        "def scaled(x, alpha=2):\n    return x * alpha\ntotal += sum(scaled(v, alpha=3) for v in values if v > limit)",
    ),
    ("", "text = 'ä' + str(scaled(total, alpha=3)); name = 'n'\nprint(name, text)"),
)


def run(sources: list[str]) -> dict[str, object]:
    names: dict[str, object] = {}
    for source in sources:
        exec(compile(source, "<cell>", "exec"), names)
    return {name: value for name, value in names.items() if isinstance(value, int | float | str | list)}


def test_gathered_parameters_change_nothing(tmp_path: Path) -> None:
    """The constants stand in one cell, and the notebook computes what it computed."""
    path = notebook(tmp_path, *GATHER)
    text, gathered = tagging.with_parameters(path)
    names = [constant.name for constant in gathered.constants]
    assert names == ["count", "limit", "seed"]  # total changes, alpha is the function's own name, name shares its line
    cells = json.loads(text)["cells"]
    assert cells[1]["metadata"]["tags"] == ["parameters"]
    sources = ["".join(cell["source"]) for cell in cells]
    after = run(sources)
    before = run([source for _, source in GATHER])
    assert {name: after[name] for name in before} == before
    assert "random.seed(seed)" in sources[3]
    assert "# of values" not in sources[3]


def test_a_cell_of_plain_values_takes_the_others_in(tmp_path: Path) -> None:
    """No second cell beside it."""
    path = notebook(
        tmp_path, ("", "import pandas"), ("", "size = 3"), ("", "x = size\nmodel = Forest(max_depth=x, n_estimators=9)")
    )
    text, _ = tagging.with_parameters(path)
    assert ["".join(cell["source"]) for cell in json.loads(text)["cells"]] == [
        "import pandas", "size = 3\nn_estimators = 9", "x = size\nmodel = Forest(max_depth=x, n_estimators=n_estimators)"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ([("parameters", "a = 1"), ("", "print(a)")], "has a parameters cell"),
        ([("", "a = 1\nexec(code)"), ("", "print(a)")], "cannot be seen"),
        ([("", "a = 1\na += 1"), ("", "print(a)")], "no constant"),
        ([("", "max = 3\nprint(max)")], "no constant"),
        ([("", "a = 1\nprint(2)"), ("", "del a")], "no constant"),
    ],
)
def test_what_is_not_gathered(tmp_path: Path, cells: list[tuple[str, str]], why: str) -> None:
    """A refusal in a sentence."""
    found = gather(notebooks.read(notebook(tmp_path, *cells)))
    assert isinstance(found, str)
    assert why in found


def test_names_of_steps_that_do_the_same(tmp_path: Path) -> None:
    """No numbers where what they read or draw tells them apart."""
    cells = [
        ("", "import pandas as pd\nimport matplotlib.pyplot as plt"),
        LOAD,
        ("", "plt.hist(df.a)\nx = 1"),
        ("", "other = pd.read_csv('in/Tips 2020.csv')"),
        ("", "plt.scatter(other.a, other.b)\nplt.scatter(x, x)"),
    ]
    found = proposed(tmp_path, *cells, steps=4, skip=False)
    assert list(steps(found)) == ["load", "plots", "load_tips_2020", "plot_scatter"]


def test_what_several_headings_begin_with_is_no_name(tmp_path: Path) -> None:
    """*pandas - Extracting data*, *pandas - Cleaning data*: the second half says what the step does."""
    from nb2pipe.proposing.headings import Heading
    from nb2pipe.proposing.looks import look
    from nb2pipe.proposing.naming import Part, names

    texts = ("pandas - Extracting data", "pandas - Cleaning data", "Scikit-learn: a first model")
    parts = [Part(looks=(look(0, "x = 1"),), heading=Heading(2, text)) for text in texts]
    assert names(parts) == ["extract_data", "clean_data", "scikit_learn"]
