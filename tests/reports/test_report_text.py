"""Diagnostics as people read them."""

from __future__ import annotations

import pytest

from nb2pipe.diagnostics import Diagnostic, Fix, Severity, TagEdit
from nb2pipe.reports import text
from nb2pipe.reports.look import Look, columns

THRESHOLD = Diagnostic(
    code="NB201",
    message="step 'evaluate' reads 'threshold', which no earlier step defines",
    notebook="churn.ipynb",
    cell=8,
    line=2,
    column=43,
    end_column=52,
    source="pred = model.predict_proba(X_test)[:, 1] > threshold",
    notes=(
        "cell 12 (step 'tune') defines it, but comes later: move it up, or tag cell 9 with after:tune",
        "or it is a parameter: add it to the 'parameters' cell",
    ),
)
UNKNOWN_TAG = Diagnostic(
    code="NB101",
    message="unknown tag 'setp:report'",
    notebook="my churn.ipynb",
    cell=7,
    notes=("did you mean 'step:report'?",),
    fix=Fix(description="write step:report", edits=(TagEdit(cell=7, old="setp:report", new="step:report"),)),
)

RENDERED = {
    "wide, as in the promise to users": (
        THRESHOLD,
        Look(width=100),
        """\
error[NB201]: step 'evaluate' reads 'threshold', which no earlier step defines
  --> churn.ipynb, cell 9, line 2
  2 | pred = model.predict_proba(X_test)[:, 1] > threshold
    |                                            ^^^^^^^^^
  = cell 12 (step 'tune') defines it, but comes later: move it up, or tag cell 9 with after:tune
  = or it is a parameter: add it to the 'parameters' cell            more: nb2pipe explain NB201""",
    ),
    "80 columns": (
        THRESHOLD,
        Look(width=80),
        """\
error[NB201]: step 'evaluate' reads 'threshold', which no earlier step defines
  --> churn.ipynb, cell 9, line 2
  2 | pred = model.predict_proba(X_test)[:, 1] > threshold
    |                                            ^^^^^^^^^
  = cell 12 (step 'tune') defines it, but comes later: move it up, or tag cell 9
    with after:tune
  = or it is a parameter: add it to the 'parameters' cell
  = more: nb2pipe explain NB201""",
    ),
    "narrow: the source is cut around the caret": (
        THRESHOLD,
        Look(width=50),
        """\
error[NB201]: step 'evaluate' reads
    'threshold', which no earlier step defines
  --> churn.ipynb, cell 9, line 2
  2 | …del.predict_proba(X_test)[:, 1] > threshold
    |                                    ^^^^^^^^^
  = cell 12 (step 'tune') defines it, but comes
    later: move it up, or tag cell 9 with
    after:tune
  = or it is a parameter: add it to the
    'parameters' cell
  = more: nb2pipe explain NB201""",
    ),
    "a tag, with a fix for a path that needs quotes": (
        UNKNOWN_TAG,
        Look(width=100),
        """\
error[NB101]: unknown tag 'setp:report'
  --> my churn.ipynb, cell 8 (tags)
  = did you mean 'step:report'?   fix: nb2pipe lint --fix 'my churn.ipynb'    more: nb2pipe explain NB101""".replace(
            "step:report'?   fix", "step:report'?\n  = fix"
        ),
    ),
    "no place at all": (
        Diagnostic(code="", severity=Severity.NOTICE, message="interrupted"),
        Look(),
        "notice: interrupted",
    ),
    "tabs and wide characters before the caret": (
        Diagnostic(code="NB202", message="bad", notebook="a.ipynb", cell=0, line=12, column=6, end_column=9,
                   source="\tx価 = foo"),
        Look(),
        """\
error[NB202]: bad
  --> a.ipynb, cell 1, line 12
  12 |     x価 = foo
     |           ^^^
  = more: nb2pipe explain NB202""",
    ),
    "ascii terminal": (
        Diagnostic(code="NB401", message="difference +0.03 is outside ±0.02", notes=("tag metric:a±0.03 · é",)),
        Look(unicode=False),
        """\
error[NB401]: difference +0.03 is outside +-0.02
  = tag metric:a+-0.03 | ?   more: nb2pipe explain NB401""",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", RENDERED)
def test_renders(case):
    """Each finding looks exactly as shown."""
    diagnostic, look, expected = RENDERED[case]
    assert "\n".join(text.render(diagnostic, look)) == expected


@pytest.mark.parametrize("width", [40, 60, 80, 100])
@pytest.mark.parametrize("column", [0, 70, 143, 390])
def test_never_too_long_or_wide(width, column):
    """However much there is to say, a finding takes at most 12 lines of the terminal's width and keeps its code."""
    diagnostic = Diagnostic(
        code="NB201",
        message="reads 'threshold' " * 30,
        notebook="a_very_long_name_" * 9 + ".ipynb",
        cell=8,
        line=112,
        column=column,
        end_column=column + 9,
        source="\tvalue = " + "abcdefghi " * 40,
        notes=("word " * 200, "x" * 300),
    )
    lines = text.render(diagnostic, Look(width=width))
    assert len(lines) <= 12
    assert max(map(columns, lines)) <= width
    assert lines[-1].endswith("nb2pipe explain NB201")


@pytest.mark.parametrize("column", range(0, 390, 13))
def test_caret_stands_under_the_name_in_a_cut_line(column):
    """In a line cut on both sides the carets are below the characters that they mean."""
    source = "".join(f"{n:<4}" for n in range(100))
    diagnostic = Diagnostic(
        code="X", message="m", notebook="n", cell=0, line=1, column=column, end_column=column + 3, source=source
    )
    _, _, shown, carets, *_ = text.render(diagnostic, Look(width=80))
    start, end = carets.index("^"), carets.rindex("^") + 1
    assert shown[start:end] == source[column : column + 3]


def test_colours_only_paint():
    """Without its colour codes, coloured output is the plain output."""
    import re

    for diagnostic, look, _ in RENDERED.values():
        painted = text.render(diagnostic, Look(width=look.width, unicode=look.unicode, color=True))
        plain = text.render(diagnostic, look)
        assert "\x1b[" in painted[0]
        assert [re.sub(r"\x1b\[[\d;]*m", "", line) for line in painted] == plain


def test_notebook_cannot_drive_the_terminal():
    """Escape sequences in names and source lines are shown, not sent."""
    evil = "\x1b]0;owned\x07\x1b[2J\r\n"
    diagnostic = Diagnostic(
        code="NB101", message=evil, notebook=evil, cell=0, line=1, column=2, source=evil, notes=(evil,)
    )
    joined = "\n".join(text.render(diagnostic, Look()))
    assert not any(c in joined for c in "\x1b\x07\r")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((), "no problems in 2 notebooks"),
        ((THRESHOLD,), "1 error in 2 notebooks"),
        ((THRESHOLD, UNKNOWN_TAG), "2 errors in 2 notebooks, 1 fixable with --fix"),
        (
            (THRESHOLD, Diagnostic(code="NB402", severity=Severity.WARNING, message="m")),
            "1 error, 1 warning in 2 notebooks",
        ),
    ],
)
def test_summary(found, expected):
    """The last line of lint counts by severity."""
    assert text.summary(found, Look(), files=2) == expected
