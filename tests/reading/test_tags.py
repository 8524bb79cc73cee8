"""Tags and comments: the grammar, the roles of cells, and what is said of slips."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nb2pipe.diagnostics import Diagnostic, TagEdit
from nb2pipe.model import CellRole, MetricTag, Notebook, Role, Tolerance, ToleranceSource
from nb2pipe.notebook import read
from nb2pipe.spelling import closest, distance
from nb2pipe.tags import grammar, read_roles
from nb2pipe.tags.grammar import Slip, Word
from tests.reading.files import code, markdown, notebook, write


def roles(*cells: tuple[str, ...] | str, **other: str) -> list[str]:
    """Each code cell's role in a word: its step, or the role in brackets."""
    return [role.step or f"[{role.role}]" for role in read_roles(notebook(*cells, **other))[0]]


def findings(*cells: tuple[str, ...] | str) -> list[Diagnostic]:
    return list(read_roles(notebook(*cells))[1])


def codes(*cells: tuple[str, ...] | str) -> list[str]:
    return [finding.code for finding in findings(*cells)]


def role(*tags: str) -> CellRole:
    """The role of a cell with these tags, in a notebook that is otherwise in order."""
    found, said = read_roles(notebook(("x = 1", *tags), ("y = 1", "step:first")))
    assert not said, said
    return found[0]


# ---------------------------------------------------------------- roles


def test_untagged_cells_continue_the_step_in_force() -> None:
    """Cells before the first step are the head; a name that comes again continues its step."""
    cells = ["import os", ("x", "step:load"), "y", ("z", "step:train"), "w", ("v", "step:load"), "u"]
    assert roles(*cells) == ["[head]", "load", "load", "train", "train", "load", "load"]


def test_setup_and_skipped_cells_do_not_end_the_step_in_force() -> None:
    """They stand between the cells of a step."""
    cells = [
        ("a", "step:load"),
        ("b", "imports"),
        "c",
        ("d", "functions"),
        "e",
        ("f", "skip"),
        "g",
        ("h", "parameters"),
        "i",
    ]
    assert roles(*cells) == [
        "load",
        "[imports]",
        "load",
        "[functions]",
        "load",
        "[skip]",
        "load",
        "[parameters]",
        "load",
    ]


def test_metrics_cells_belong_to_the_step_in_force_or_make_one() -> None:
    """Without a step before it, a metrics cell begins the step 'metrics'."""
    found, said = read_roles(notebook(("a", "step:train"), ("b", "metrics"), "c"))
    assert [(r.step, r.metrics) for r in found] == [("train", False), ("train", True), ("train", False)]
    found, said = read_roles(notebook("a", ("b", "metrics"), "c"))
    assert [(r.step, r.metrics, r.tagged) for r in found] == [
        (None, False, False),
        ("metrics", True, False),
        ("metrics", False, False),
    ]
    assert not said


def test_a_step_may_be_a_metrics_cell_too() -> None:
    """Both tags on one cell."""
    (found, _), said = read_roles(notebook(("a", "step:evaluate", "metrics"), "b"))
    assert (found.step, found.metrics, found.tagged) == ("evaluate", True, True)
    assert not said


def test_options_of_a_cell() -> None:
    """Declared inputs and outputs, order, cache, and Jupyter's own raises-exception."""
    found, said = read_roles(
        notebook(
            ("x", "step:load"),
            ("y", "step:train", "in:df", "in:X_train", "out:model", "after:load", "cache:off", "raises-exception"),
        )
    )
    assert not said
    train = found[1]
    assert (train.inputs, train.outputs, train.after) == (("df", "X_train"), ("model",), ("load",))
    assert (train.cache, train.may_raise) == (False, True)
    assert (found[0].cache, found[0].may_raise) == (True, False)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (("block:train",), "train"),
        (("step:train", "prev:first"), "train"),
        (("pipeline-parameters",), "[parameters]"),
        (("pipeline-metrics",), "metrics"),
        (("skip-execution",), "[skip]"),
        (("step:train", "skip-execution"), "[skip]"),
    ],
)
def test_words_of_kale_and_jupyter_are_read(tags: tuple[str, ...], expected: str) -> None:
    """Aliases need no correction."""
    found = role(*tags)
    assert (found.step or f"[{found.role}]") == expected


def test_the_cache_of_kale_is_read() -> None:
    """Its values are other words than ours."""
    assert [role("step:train", f"cache:{word}").cache for word in ("enabled", "disabled")] == [True, False]


FOREIGN = [
    "hide-input", "remove-cell", "nbval-ignore-output", "raises-exception", "limit:cpu:2",
    "annotation:x:y", "label:a:b", "image:x", "slideshow", "jc.step", "export", "todo", "id:3", "is:x", "stepwise",
    "slow", "", "skippable", "parametrize", "a:b", "http://x.y", "inline", "solution", "code-fold: true", "echo: false",
]  # fmt: skip


@pytest.mark.parametrize("tag", FOREIGN)
def test_foreign_tags_are_left_alone(tag: str) -> None:
    """No role, no finding, in either spelling."""
    assert codes(("x", tag), ("y", "step:a")) == []
    assert roles(("x", tag), ("y", "step:a")) == ["[head]", "a"]
    assert codes(f"#| {tag}\nx", ("y", "step:a")) == []


# ---------------------------------------------------------------- comments


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("#| step: train\nx", "train"),
        ("#|step:train\nx", "train"),
        ("# | step: train\nx", "train"),
        ("  #| step=train\nx", "train"),
        ("\n# Train the model\n\n#| step: train\nx", "train"),
        ("%%time\n#| step: train\nx", "train"),
        ("#| step: train\r\nx", "train"),
        ("#| imports\nx", "[imports]"),
        ("#| Skip\nx", "[skip]"),
        ("#| echo: false\n#| step: train\nx", "train"),
        ("x = 1\n#| step: train", "[head]"),
        ("'''\n#| step: train\n'''", "[head]"),
        ("x = 1  #| step: train", "[head]"),
    ],
)
def test_comments_at_the_top_say_the_same_as_tags(source: str, expected: str) -> None:
    """Only there: a comment behind code, or text in a string, says nothing."""
    assert roles(source)[0] == expected


def test_comments_take_lists() -> None:
    """What follows a comma continues the list of the key before it; a step has one name."""
    source = "#| step: train, metrics\n#| in: a, b, metrics\n#| metric: acc±1%, loss\n#| after: load, prepare\nx"
    found, said = read_roles(notebook(("1", "step:load"), ("2", "step:prepare"), source))
    assert not said
    assert (found[2].step, found[2].metrics) == ("train", True)
    assert (found[2].inputs, found[2].after) == (("a", "b", "metrics"), ("load", "prepare"))
    assert [tag.name for tag in found[2].metric_tags] == ["acc", "loss"]


def test_tag_and_comment_may_add_up_but_not_contradict() -> None:
    """The same said twice is fine; two steps are NB106, with the comment's line."""
    assert codes(("#| step: train\nx", "step:train")) == []
    assert codes(("#| metrics\nx", "step:train")) == []
    (finding,) = findings(("\n#| step: train\nx", "step:load"))
    assert (finding.code, finding.line, finding.source) == ("NB106", 2, "#| step: train")
    assert codes(("#| imports\nx", "step:load")) == ["NB106"]
    assert codes(("#| metric: a±1\nx", "step:load", "metric:a±2")) == ["NB106"]


# ---------------------------------------------------------------- slips

SLIPS = {
    "setp:train": "step:train", "stpe:train": "step:train", "steps:train": "step:train", "stp:train": "step:train",
    "Setp = train": "step:train", "paramters": "parameters", "parameter": "parameters", "parmeters": "parameters",
    "import": "imports", "function": "functions", "fucntions": "functions", "metric": "metrics", "metrcs": "metrics",
    "skpi": "skip", "skips": "skip", "afer:load": "after:load", "metrc:acc±1%": "metric:acc±1%",
    "metrics:acc": "metric:acc", "input:df": "in:df", "outputs:df": "out:df", "otu:df": "out:df", "blok:a": "block:a",
    "pipeline-parameter": "pipeline-parameters", "step train": "step:train", "step-train": "step:train",
    "step_1": "step:1", "cahce:off": "cache:off", "skip:yes": "skip",
}  # fmt: skip


@pytest.mark.parametrize("tag", SLIPS)
def test_one_slip_is_an_error_with_a_suggestion(tag: str) -> None:
    """NB101 names what was meant and brings the edit that --fix makes."""
    finding = findings((tag, tag), ("y", "step:load"))[0]
    assert (finding.code, finding.cell) == ("NB101", 0)
    assert f"did you mean {SLIPS[tag]!r}?" in finding.notes[0]
    assert finding.fix is not None
    assert finding.fix.edits == (TagEdit(cell=0, old=tag, new=SLIPS[tag]),)


def test_a_slip_in_a_comment_is_placed_and_fixed_there() -> None:
    """The suggestion is in the comment's spelling."""
    (finding,) = findings("# title\n#| setp: train\nx")
    assert (finding.code, finding.line, finding.source) == ("NB101", 2, "#| setp: train")
    assert finding.fix is not None
    assert finding.fix.edits == (TagEdit(cell=0, old="setp: train", new="step: train"),)


def test_analysis_goes_on_with_what_was_meant() -> None:
    """One slip shall not bring a dozen follow-up errors."""
    assert roles(("x", "setp:train"), "y") == ["train", "train"]
    assert roles(("x", "paramters")) == ["[parameters]"]


def test_distance_counts_a_swap_as_one() -> None:
    """Damerau-Levenshtein, on a table."""
    table = [
        ("step", "setp", 1),
        ("step", "step", 0),
        ("", "abc", 3),
        ("abc", "", 3),
        ("kitten", "sitting", 3),
        ("ab", "ba", 1),
    ]
    assert [distance(a, b) for a, b, _ in table] == [d for _, _, d in table]


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_distance_is_symmetric_and_zero_only_for_equals(a: str, b: str) -> None:
    """The properties of a distance."""
    assert distance(a, b) == distance(b, a) <= max(len(a), len(b))
    assert (distance(a, b) == 0) == (a == b)


def test_the_closest_word_is_suggested() -> None:
    """Case and the choice between - and _ count less than a letter."""
    known = ["n_trees", "n_tree_depth", "seed", "N_TREES"]
    assert closest("n_tree", known) == "n_trees"
    assert closest("N-Trees", known) in ("n_trees", "N_TREES")
    assert closest("sede", known) == "seed"
    assert closest("learning_rate", known) is None


# ---------------------------------------------------------------- spelling


@pytest.mark.parametrize(
    ("tag", "usual"),
    [
        ("Step: Train", ["step:Train"]),
        (" step:train ", ["step:train"]),
        ("step = train", ["step:train"]),
        ("STEP：train", ["step:train"]),
        ("Parameters", ["parameters"]),
        ("parameters:", ["parameters"]),
        ("step:a, metrics", ["step:a", "metrics"]),
    ],
)
def test_unusual_spellings_are_understood_and_told(tag: str, usual: list[str]) -> None:
    """NB107, a notice with a fix; a list becomes tags of its own."""
    (finding,) = findings(("x", tag))
    assert finding.code == "NB107"
    assert finding.fix is not None
    assert [edit.new for edit in finding.fix.edits] == usual
    assert [edit.old for edit in finding.fix.edits] == [tag, *[""] * (len(usual) - 1)]
    assert roles(("x", tag)) == roles(("x", *usual))


def test_decomposed_letters_are_composed() -> None:
    """macOS writes é as two characters; the step is one."""
    assert roles(("x", "step:pre\u0301paration"), ("y", "step:préparation")) == ["préparation", "préparation"]


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name", ["train", "Train", "1", "_x", "a-b_c", "préparation", "данные", "清洗", "x" * 80, "conx", "com"]
)
def test_good_step_names(name: str) -> None:
    """Letters of any language, digits, _ and -."""
    assert codes(("x", f"step:{name}")) == []


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("load data", "load_data"), ("a/b", "a_b"), ("..", None), ("../x", "x"), ("a\\b", "a_b"), ("", None),
        ("-x", "x"), ("con", "con_step"), ("LPT1", "LPT1_step"), ("a.b", "a_b"), ("a*b?", "a_b"), ("🚀", None),
        ("x" * 81, "x" * 80), ("1. Load", "1_Load"),
    ],
)  # fmt: skip
def test_names_that_could_be_no_file_names_are_refused(name: str, suggestion: str | None) -> None:
    """NB102, with a name that would do where there is one."""
    finding = findings(("x", f"step:{name}"))[0]
    assert finding.code == "NB102"
    new = None if finding.fix is None else finding.fix.edits[0].new
    assert new == (None if suggestion is None else f"step:{suggestion}")
    if new is not None:
        assert codes(("x", new)) == []


def test_a_renamed_step_is_renamed_where_it_is_referred_to() -> None:
    """Both cells get the same fix, and the analysis already goes by the new name."""
    cells = [("x", "step:load data"), ("y", "step:train", "after:load data")]
    assert codes(*cells) == ["NB102", "NB102"]
    found, _ = read_roles(notebook(*cells))
    assert (found[0].step, found[1].after) == ("load_data", ("load_data",))


def test_in_and_out_name_variables() -> None:
    """NB102 for what is none."""
    assert codes(("x", "step:a", "in:df[0]")) == ["NB102"]
    assert codes(("x", "step:a", "out:")) == ["NB102"]
    assert codes(("x", "step:a", "in:größe")) == []


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("evaluate", "evalute", True), ("features", "feature", True), ("train", "trian", True),
        ("train1", "train2", False), ("model_a", "model_b", False), ("fold-i", "fold-ii", False),
        ("fit", "fix", False), ("load", "train", False), ("step10", "step100", False),
    ],
)  # fmt: skip
def test_names_one_letter_apart_are_pointed_out(one: str, other: str, near: bool) -> None:
    """NB103, but not for series."""
    assert codes(("x", f"step:{one}"), ("y", f"step:{other}")) == (["NB103"] if near else [])
    twice = [("x", f"step:{one}"), ("y", f"step:{other}")] * 2
    assert codes(*twice) == []


def test_names_that_differ_in_case_are_an_error_with_a_fix() -> None:
    """NB110: they would be one file on Windows and macOS. The fix renames all mentions of the later one."""
    cells = [("1", "step:Train"), ("#| step: train\n2"), ("3", "step:eval", "after:train")]
    finding = next(f for f in findings(*cells) if f.code == "NB110")
    assert finding.fix is not None
    assert finding.fix.edits == (
        TagEdit(cell=1, old="step: train", new="step: Train"),
        TagEdit(cell=2, old="after:train", new="after:Train"),
    )


def test_after_must_name_another_step() -> None:
    """NB113 for an unknown one, with a did-you-mean, and for the step itself."""
    (finding,) = findings(("x", "step:load"), ("y", "step:train", "after:laod"))
    assert finding.code == "NB113"
    assert finding.fix is not None
    assert finding.fix.edits == (TagEdit(cell=1, old="after:laod", new="after:load"),)
    assert codes(("x", "step:load", "after:load")) == ["NB113"]
    assert codes(("x", "step:load", "after:later"), ("y", "step:later")) == []
    assert codes(("x", "metrics"), ("y", "step:b", "after:metrics")) == []


# ---------------------------------------------------------------- tolerances


@pytest.mark.parametrize(
    ("tag", "name", "bounds"),
    [
        ("metric:acc", "acc", None),
        ("metric:acc±2%", "acc", (0.0, 0.02)),
        ("metric:acc±0.01", "acc", (0.01, 0.0)),
        ("metric:acc+-0.01", "acc", (0.01, 0.0)),
        ("metric:acc+/-1e-3", "acc", (0.001, 0.0)),
        ("metric:acc±0.01±2%", "acc", (0.01, 0.02)),
        ("metric:acc±0", "acc", (0.0, 0.0)),
        ("metric:report.f1-score", "report.f1-score", None),
    ],
)
def test_metrics_and_their_tolerances(tag: str, name: str, bounds: tuple[float, float] | None) -> None:
    """Absolute, relative, or both; without one, nothing is claimed."""
    found, said = read_roles(notebook(("x", "step:a", tag)))
    tolerance = None if bounds is None else Tolerance(abs=bounds[0], rel=bounds[1], source=ToleranceSource.TAG)
    assert found[0].metric_tags == (MetricTag(name=name, tolerance=tolerance),)
    assert not said


@pytest.mark.parametrize(
    "tag",
    ["metric:", "metric:±1", "metric:acc±", "metric:acc±x", "metric:acc±-1", "metric:acc±nan", "metric:acc±inf",
     "metric:01", "cache:maybe", "cache:"],
)  # fmt: skip
def test_unreadable_values_are_refused(tag: str) -> None:
    """NB109 rather than a guess."""
    assert codes(("x", "step:a", tag)) == ["NB109"]


# ---------------------------------------------------------------- conflicts


@pytest.mark.parametrize(
    "tags",
    [
        ("step:a", "step:b"), ("imports", "step:a"), ("imports", "functions"), ("parameters", "skip"),
        ("parameters", "metrics"), ("imports", "in:x"), ("skip", "after:first"), ("metric:a±1", "metric:a±2", "step:a"),
    ],
)  # fmt: skip
def test_contradicting_tags_are_an_error(tags: tuple[str, ...]) -> None:
    """NB108, once."""
    assert codes(("x", *tags), ("y", "step:first")) == ["NB108"]


def test_declarations_on_the_head_are_an_error() -> None:
    """in: and out: belong to steps."""
    assert codes(("x", "in:a"), ("y", "step:first")) == ["NB108"]


def test_two_parameters_cells_are_an_error() -> None:
    """NB112 at the second one."""
    (finding,) = findings(("x = 1", "parameters"), ("y = 1", "step:a"), ("z = 1", "parameters"))
    assert (finding.code, finding.cell) == ("NB112", 2)
    assert "cells 1 and 3" in finding.message


# ---------------------------------------------------------------- files


def test_tags_on_markdown_cells_are_pointed_out(tmp_path: Path) -> None:
    """NB111; foreign ones and headings with #| are nobody's business."""
    path = write(tmp_path, markdown("# Load", "step:load"), markdown("#| step: x", "hide-input"), code("x", "step:a"))
    found, said = read_roles(read(path))
    assert [(d.code, d.cell) for d in said] == [("NB111", 0)]
    assert [r.cell for r in found] == [2]


@pytest.mark.parametrize("tags", ["step:load", [1], {"a": 1}, None])
def test_tags_that_are_no_list_of_texts_are_reported(tmp_path: Path, tags: object) -> None:
    """NB104, and the rest is read."""
    cell = {"cell_type": "code", "metadata": {"tags": tags}, "source": "x"}
    found, said = read_roles(read(write(tmp_path, cell, code("y", "step:a"))))
    assert [d.code for d in said] == ["NB104"]
    assert found[1].step == "a"


def test_findings_know_the_line_of_the_file(tmp_path: Path) -> None:
    """For annotations on a diff."""
    path = write(tmp_path, code("x"), code(["a\n"], "step:a"), code(["# c\n", "#| setp: b\n", "y"]))
    (finding,) = read_roles(read(path))[1]
    assert finding.file_line is not None
    assert "#| setp: b" in path.read_text().split("\n")[finding.file_line - 1]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("step:load", "load"), ("step:load metrics", "load"), ("parameters", "[parameters]"),
        ("Parameters", "[head]"), ("Load the step:x", "[head]"), ("Imports and more", "[head]"), ("loading", "[head]"),
    ],
)  # fmt: skip
def test_a_title_of_exactly_our_grammar_is_read(tmp_path: Path, title: str, expected: str) -> None:
    """`# %% step:load` is what people type first; other titles are titles."""
    path = tmp_path / "churn.py"
    path.write_text(f"# %% {title}\nx = 1\n\n# %% tags=['step:other']\ny = 2\n")
    found, said = read_roles(read(path))
    assert (found[0].step or f"[{found[0].role}]") == expected
    assert not said


def test_unquoted_tags_of_a_script_are_reported(tmp_path: Path) -> None:
    """jupytext swallows them; NB104 says how to write them."""
    path = tmp_path / "churn.py"
    path.write_text("# %% tags=[step:load]\nx = 1\n")
    (finding,) = read_roles(read(path))[1]
    assert finding.code == "NB104"
    assert finding.notes == ('write tags=["step:load"]',)


@pytest.mark.parametrize(
    ("chosen", "drops"),
    [("-all", True), ("-tags", True), ("name,-all", True), ("tags,-all", False), ("all", False), ("-name", False)],
)
def test_a_filter_that_drops_tags_is_reported(tmp_path: Path, chosen: str, drops: bool) -> None:
    """NB105, if there are tags to lose."""
    settings = {"cell_metadata_filter": chosen}
    assert [d.code for d in read_roles(read(write(tmp_path, code("x", "step:a"), jupytext=settings)))[1]] == (
        ["NB105"] if drops else []
    )
    assert not read_roles(read(write(tmp_path, code("#| step: a\nx"), jupytext=settings)))[1]


# ---------------------------------------------------------------- robustness and time


@given(st.lists(st.tuples(st.text(max_size=12), st.lists(st.text(max_size=12), max_size=3)), max_size=5))
def test_no_tag_whatever_crashes(cells: list[tuple[str, list[str]]]) -> None:
    """One role per code cell, always."""
    nb = notebook(*((f"#|{source}", *tags) for source, tags in cells))
    assert len(read_roles(nb)[0]) == len(cells)


@given(st.text(max_size=20))
def test_parsing_a_usual_spelling_gives_the_same_word(text: str) -> None:
    """What --fix writes needs no second fix."""
    word = grammar.parse(text)
    if isinstance(word, Word):
        again = grammar.parse(word.usual)
        assert isinstance(again, Word)
        assert (again.key, again.usual) == (word.key, word.usual)
    elif isinstance(word, Slip):
        assert isinstance(grammar.parse(word.suggestion), Word)


def test_ten_thousand_tagged_cells_take_linear_time() -> None:
    """Names are not compared each with each."""

    def seconds(count: int) -> float:
        nb: Notebook = notebook(*((f"x{n} = 1", f"step:{'abcdefgh'[n % 8]}part{n}_of_all") for n in range(count)))
        start = time.process_time()
        assert len(read_roles(nb)[0]) == count
        return time.process_time() - start

    seconds(100)
    small, large = seconds(2_500), seconds(10_000)
    assert large < 10 * small + 0.1
    assert large < 3


def test_every_role_of_the_model_is_given() -> None:
    """The table of words and the model's roles agree."""
    cells = [("a", "parameters"), ("b", "imports"), ("c", "functions"), ("d", "skip"), "e", ("f", "step:x")]
    assert {r.role for r in read_roles(notebook(*cells))[0]} == set(Role)


def test_a_misspelled_step_in_a_comment_does_not_swallow_what_follows() -> None:
    """``#| stpe: eval, metrics`` is a step and ``metrics``, not two steps."""
    found = findings("#| stpe: eval, metrics\nx = 1")
    assert [(d.code, d.line) for d in found] == [("NB101", 1)]
    assert read_roles(notebook("#| stpe: eval, metrics\nx = 1"))[0][0].metrics


def test_what_to_do_is_said_where_nothing_can_be_fixed() -> None:
    """Conflicts, missing names and unknown steps come with a note; a comment is named by its line."""
    both, alone = findings("#| step: a\n#| skip\nx = 1")[0], findings(("x = 1", "step:"))[0]
    assert (both.code, both.line) == ("NB108", 1)
    assert both.notes
    assert alone.notes
    after = findings(("x = 1", "step:load"), ("y = 1", "step:evaluate", "after:nosuch"))[0]
    assert (after.code, after.notes) == ("NB113", ("steps are load",))


# ---------------------------------------------------------------- NB114


def test_a_notebook_that_papermill_wrote_is_refused() -> None:
    """Its injected values would win over ``-p``; the finding names the notebook that papermill was given."""
    written = notebook(("a = 1", "parameters"), ("a = 2", "injected-parameters"), ("x = a", "step:first"))
    (found,) = read_roles(replace(written, metadata={"papermill": {"input_path": "ridge.ipynb"}}))[1]
    assert (found.code, found.cell) == ("NB114", 1)
    assert "ridge.ipynb" in found.notes[0]
    assert [found.code for found in read_roles(written)[1]] == ["NB114"]
