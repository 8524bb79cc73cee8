"""Edits of tags: the tag changes, and no other byte of the file."""

from __future__ import annotations

import difflib
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nb2pipe.diagnostics import TagEdit
from nb2pipe.notebook import read
from nb2pipe.tag_edits import apply
from nb2pipe.tags import read_roles
from tests.reading.files import code, content, markdown, write


def changed(before: str, after: str) -> list[str]:
    """The lines that differ, as in a diff."""
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def edited(cells: list[Any], *edits: TagEdit, indent: int | None = 1) -> tuple[str, str]:
    text = json.dumps(content(*cells), indent=indent, ensure_ascii=False) + "\n"
    return text, apply(text, edits)


# ---------------------------------------------------------------- any edit of any notebook

_TAGS = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), max_size=4, unique=True)
_VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
_LINES = st.lists(
    st.sampled_from(["x = 1", "", 's = "é\\"\\u00e9"', "#| setp: train", "#| in: a, b", "# c", "#| metrics"]),
    max_size=4,
)


@st.composite
def _cell(draw: st.DrawFn) -> dict[str, Any]:
    lines = draw(_LINES)
    text = "\n".join(lines)
    cell: dict[str, Any] = {"cell_type": "code", "outputs": draw(_VALUES), "source": text}
    if draw(st.booleans()):
        cell["source"] = text.splitlines(keepends=True)
    if draw(st.booleans()):
        cell["metadata"] = draw(
            st.dictionaries(st.text(max_size=5).filter(lambda key: key != "tags"), _VALUES, max_size=3)
        )
        if draw(st.booleans()):
            cell["metadata"]["tags"] = draw(_TAGS)
    keys = draw(st.permutations(list(cell)))
    return {key: cell[key] for key in keys}


@settings(deadline=None, max_examples=100)
@given(
    st.lists(_cell(), min_size=1, max_size=4),
    st.sampled_from([None, 1, 2, "\t"]),
    st.booleans(),
    st.sampled_from(["replace", "remove", "add"]),
    st.text(min_size=1, max_size=8).filter(lambda text: "," not in text),
    st.data(),
)
def test_an_edit_changes_that_tag_and_nothing_else(
    cells: list[dict[str, Any]], indent: Any, ascii_: bool, kind: str, new: str, data: st.DataObject
) -> None:
    """The JSON after is the JSON before with this one tag changed; the text in front and behind stays byte for byte."""
    assume(ascii_ or new.isprintable())
    text = json.dumps({"cells": cells, "metadata": {"tags": ["x"]}}, indent=indent, ensure_ascii=ascii_) + "\n"
    index = data.draw(st.integers(0, len(cells) - 1))
    tags = cells[index].get("metadata", {}).get("tags", [])
    if kind != "add":
        assume(tags)
    old = "" if kind == "add" else data.draw(st.sampled_from(tags))
    after = apply(text, [TagEdit(cell=index, old=old, new=None if kind == "remove" else new)])

    wanted = json.loads(text)
    metadata = wanted["cells"][index].setdefault("metadata", {})
    if kind == "add":
        if new not in tags:
            metadata["tags"] = [*tags, new]
        elif not metadata:
            del wanted["cells"][index]["metadata"]
    else:
        replacement = [] if kind == "remove" or new in tags else [new]
        metadata["tags"] = [t for tag in tags for t in (replacement if tag == old else [tag])]
    assert json.loads(after) == wanted

    same_front = next(
        (n for n, (a, b) in enumerate(zip(text, after, strict=False)) if a != b), min(len(text), len(after))
    )
    tail = list(zip(reversed(text), reversed(after), strict=False))
    same_back = next((n for n, (a, b) in enumerate(tail) if a != b), len(tail))
    touched = text[same_front : len(text) - same_back]
    assert len(touched) <= sum(len(json.dumps(tag)) + 20 for tag in tags) + 20


@settings(deadline=None, max_examples=80)
@given(
    st.lists(_cell(), min_size=1, max_size=3),
    st.sampled_from([None, 1]),
    st.booleans(),
    st.sampled_from(["setp: train", "in: a", "b", "metrics"]),
    st.sampled_from(['step: é"\\', "step: train", None]),
)
def test_an_edit_in_a_comment_changes_that_comment_and_nothing_else(
    cells: list[dict[str, Any]], indent: int | None, ascii_: bool, old: str, new: str | None
) -> None:
    """In sources of one text or of many, with escapes in front."""
    sources = ["".join(cell["source"]) for cell in cells]
    index = next((n for n, source in enumerate(sources) if _commented(source, old)), None)
    assume(index is not None)
    assert index is not None
    assume(old not in cells[index].get("metadata", {}).get("tags", []))
    text = json.dumps({"cells": cells}, indent=indent, ensure_ascii=ascii_)
    after = json.loads(apply(text, [TagEdit(cell=index, old=old, new=new)]))
    source = "".join(after["cells"][index]["source"])
    before_lines, after_lines = sources[index].split("\n"), source.split("\n")
    if new is not None:
        assert len(before_lines) == len(after_lines)
        assert [a for a, b in zip(before_lines, after_lines, strict=True) if a != b][:1] != [] or old == new
        assert new in source
    assert _code_lines(before_lines) == _code_lines(after_lines)
    after["cells"][index]["source"] = cells[index]["source"]
    assert after == json.loads(text)


def _code_lines(lines: list[str]) -> list[str]:
    return [line for line in lines if line and "#|" not in line]


def _commented(source: str, old: str) -> bool:
    from nb2pipe.tags.grammar import comment_items

    return any(item.raw == old for item in comment_items(source))


# ---------------------------------------------------------------- as Jupyter writes it


def test_a_replaced_tag_is_a_diff_of_one_line() -> None:
    """What a reviewer sees."""
    before, after = edited([code("x", "setp:train", "keep")], TagEdit(cell=0, old="setp:train", new="step:train"))
    assert changed(before, after) == ['-     "setp:train",', '+     "step:train",']


def test_an_added_tag_stands_where_jupyter_would_put_it() -> None:
    """Keys are sorted in Jupyter's files, lists have a line per element; saving there again changes nothing."""
    cells = [
        {"cell_type": "code", "metadata": {}, "source": "x"},
        {"cell_type": "code", "metadata": {"collapsed": True, "title": "x"}, "source": "x"},
        {"cell_type": "code", "metadata": {"collapsed": True}, "source": "x"},
        {"cell_type": "code", "metadata": {"tags": []}, "source": "x"},
        {"cell_type": "code", "metadata": {"tags": ["a"]}, "source": "x"},
    ]
    _, after = edited(cells, *(TagEdit(cell=n, old="", new="step:é") for n in range(5)))
    assert after == json.dumps(json.loads(after), indent=1, ensure_ascii=False) + "\n"
    assert list(json.loads(after)["cells"][1]["metadata"]) == ["collapsed", "tags", "title"]


def test_compact_files_stay_compact() -> None:
    """No line breaks are brought in."""
    before, after = edited(
        [code("x"), code("y", "a")], *(TagEdit(cell=n, old="", new="b") for n in (0, 1)), indent=None
    )
    assert after == json.dumps(json.loads(after)) + "\n"
    assert "\n" not in after.rstrip("\n")
    assert len(before) < len(after)


def test_many_edits_at_once() -> None:
    """On several cells, several of one cell, tags and comments, in any order."""
    cells = [code("#| setp: a, metrics\nx", "In: b,c"), markdown("# t"), code("y", "q", "r")]
    edits = [
        TagEdit(cell=2, old="q", new=None),
        TagEdit(cell=0, old="setp: a", new="step: a"),
        TagEdit(cell=0, old="In: b,c", new="in:b"),
        TagEdit(cell=0, old="", new="in:c"),
        TagEdit(cell=2, old="r", new="s"),
    ]
    after = json.loads(edited(cells, *edits)[1])
    assert after["cells"][0]["metadata"]["tags"] == ["in:b", "in:c"]
    assert after["cells"][0]["source"] == "#| step: a, metrics\nx"
    assert after["cells"][2]["metadata"]["tags"] == ["s"]


def test_the_same_slip_in_tag_and_comment_takes_two_edits() -> None:
    """The first goes to the tag, the second to the comment."""
    edit = TagEdit(cell=0, old="skpi", new="skip")
    after = json.loads(edited([code("#| skpi\nx", "skpi")], edit, edit)[1])
    assert after["cells"][0]["metadata"]["tags"] == ["skip"]
    assert after["cells"][0]["source"] == "#| skip\nx"


def test_the_last_word_of_a_comment_takes_the_line_with_it() -> None:
    """And a list keeps its key."""
    cells = [code(["#| skip\n", "x = 1"]), code("#| in: a, b\nx")]
    after = json.loads(edited(cells, TagEdit(cell=0, old="skip", new=None), TagEdit(cell=1, old="in: a", new=None))[1])
    assert after["cells"][0]["source"] == ["x = 1"]
    assert after["cells"][1]["source"] == "#| in: b\nx"


@pytest.mark.parametrize("source", ["#| step: a, metrics\nx = 1", ["#| step: a, metrics\n", "x = 1"]])
def test_all_words_of_a_comment_can_go(source: str | list[str]) -> None:
    """In either order."""
    edits = [TagEdit(cell=0, old="step: a", new=None), TagEdit(cell=0, old="metrics", new=None)]
    for order in (edits, edits[::-1]):
        assert "".join(json.loads(edited([code(source)], *order)[1])["cells"][0]["source"]) == "x = 1"


def test_byte_order_mark_and_windows_line_ends_stay() -> None:
    """Editors on Windows write both."""
    text = "\ufeff" + json.dumps(content(code("x", "a")), indent=1).replace("\n", "\r\n")
    assert apply(text, [TagEdit(cell=0, old="a", new="b")]) == text.replace('"a"', '"b"')


def test_a_tag_that_is_not_there_is_an_error() -> None:
    """The file changed since it was read, perhaps: nothing is guessed."""
    for edit in (TagEdit(cell=0, old="nope", new="x"), TagEdit(cell=9, old="a", new="x")):
        with pytest.raises(ValueError, match=r"no tag 'nope'|no cell 10"):
            edited([code("x", "a")], edit)


def test_nothing_to_do_changes_nothing() -> None:
    """No edits, or a tag that is there already."""
    assert edited([code("x", "a")])[0] == edited([code("x", "a")])[1]
    before, after = edited([code("x", "a")], TagEdit(cell=0, old="", new="a"))
    assert before == after


def test_ten_thousand_edits_take_linear_time(tmp_path: Path) -> None:
    """One pass over the text, however many tags change."""

    def seconds(count: int) -> float:
        text = json.dumps(content(*(code(f"x{n}", "setp:a") for n in range(count))), indent=1)
        edits = [TagEdit(cell=n, old="setp:a", new="step:a") for n in range(count)]
        start = time.process_time()
        assert apply(text, edits) == text.replace("setp:a", "step:a")
        return time.process_time() - start

    seconds(100)
    small, large = seconds(2_500), seconds(10_000)
    assert large < 10 * small + 0.2


# ---------------------------------------------------------------- what lint --fix does


def test_fixes_of_diagnostics_can_be_applied_and_are_enough(tmp_path: Path) -> None:
    """After all fixes, reading finds nothing more to fix."""
    path = write(
        tmp_path,
        code("x", "setp:load data"),
        code("# c\n#| Step: train, metrcs\ny"),
        code("z", "Step:Train, metrics", "afer:load data"),
        code("w", "paramters"),
    )
    for _ in range(4):
        edits = [e for d in read_roles(read(path))[1] if d.fix is not None for e in d.fix.edits]
        if not edits:
            break
        text = path.read_text(encoding="utf-8")
        for edit in edits:
            try:
                text = apply(text, [edit])
            except ValueError:
                continue  # another fix of the same round was faster
        path.write_text(text, encoding="utf-8")
    assert read_roles(read(path))[1] == ()
    assert [r.step for r in read_roles(read(path))[0]] == ["load_data", "train", "train", None]


# ---------------------------------------------------------------- text notebooks

# suffix, text, the first code cell's tag, its replacement; the second code cell, the same with a tag
_ADDED = ("# %%\n2", '# %% tags=["step:new"]\n2')
FORMS = {
    "percent": (".py", '# %% tags=["step:a", "x"]\n1\n\n# %%\n2\n', '"step:a"', '"step:b"', *_ADDED),
    "percent json": (".py", '# %% {"tags": ["step:a"]}\n1\n\n# %%\n2\n', '"step:a"', '"step:b"', *_ADDED),
    "percent title": (".py", "# %% step:a metrics\n1\n\n# %%\n2\n", "step:a", "step:b", *_ADDED),
    "comment": (".py", "# %%\n# c\n#| step: a, metrics\n1\n\n# %%\n2\n", "step: a", "step: b", *_ADDED),
    "light": (
        ".py",
        '# + tags=["step:a"]\n1\n\n2\n# -\n\nx = 2\n',
        '"step:a"',
        '"step:b"',
        "x = 2",
        "#| step: new\nx = 2",
    ),
    "markdown": (
        ".md",
        '# t\n\n```python tags=["step:a"]\n1\n```\n\n```python\n2\n```\n',
        '"step:a"',
        '"step:b"',
        "```python\n2",
        '```python tags=["step:new"]\n2',
    ),
    "myst": (
        ".md",
        "```{code-cell}\n:tags: [step:a, x]\n\n1\n```\n\n```{code-cell}\n2\n```\n",
        "step:a",
        "step:b",
        "```{code-cell}\n2",
        "```{code-cell}\n:tags: [step:new]\n2",
    ),
    "rmd": (
        ".Rmd",
        '```{python tags=c("step:a")}\n1\n```\n\n```{python}\n2\n```\n',
        '"step:a"',
        '"step:b"',
        "```{python}\n2",
        '```{python tags=c("step:new")}\n2',
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_text_notebooks_are_edited_in_their_own_way(form: str) -> None:
    """Each format has its spelling of tags; the rest of the text stays."""
    suffix, text, old, new, bare, tagged = FORMS[form]
    first = 1 if form == "markdown" else 0
    edit = TagEdit(cell=first, old=old.strip('"'), new=new.strip('"'))
    assert apply(text, [edit], suffix=suffix) == text.replace(old, new)
    adding = TagEdit(cell=first + 1, old="", new="step:new")
    assert apply(text, [adding], suffix=suffix) == text.replace(bare, tagged)


def test_the_right_one_of_equal_tags_is_edited() -> None:
    """Twenty cells with the same tag: the eleventh changes."""
    text = "\n".join('# %% tags=["step:a"]\nx = 1  # step:a\n' for _ in range(20))
    after = apply(text, [TagEdit(cell=10, old="step:a", new="step:b")], suffix=".py")
    assert after.split("# %%")[11] == ' tags=["step:b"]\nx = 1  # step:a\n\n'
    assert after.count("step:b") == 1


def test_tags_of_text_notebooks_can_be_removed() -> None:
    """The option goes with its only tag."""
    text = '# %% tags=["a"]\n1\n\n# %% tags=["a", "b"]\n2\n\n# %%\n#| skip\n3\n'
    edits = [
        TagEdit(cell=0, old="a", new=None),
        TagEdit(cell=1, old="a", new=None),
        TagEdit(cell=2, old="skip", new=None),
    ]
    assert apply(text, edits, suffix=".py") == '# %%\n1\n\n# %% tags=["b"]\n2\n\n# %%\n3\n'


def test_a_tag_that_a_text_notebook_has_not_is_an_error() -> None:
    """Also if the word stands elsewhere in the file."""
    with pytest.raises(ValueError, match="cell 1 has no tag 'a'"):
        apply('# %%\na = "a"\n', [TagEdit(cell=0, old="a", new="b")], suffix=".py")
