"""The tutorial, typed out of the page: each command works, and prints what the page shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import ROOT
from tests.docs.typed import Answer, agree, answers, commands, filled

PARTS = [ROOT / "docs" / name for name in ("tutorial.md", "tutorial-part-two.md")]
REFUSALS = ("error[", "not reproduced")  # a page that shows these means an exit code that is not 0


def hold(pages: list[Path], home: Path, *, install: bool = False) -> None:
    """Type all pages, one after the other in one home, and compare."""
    typed = [command for page in pages for command in commands(page.read_text(encoding="utf-8"))]
    given = answers(typed, home, install=install)
    assert len(given) == len(typed)
    for command, answer in zip(typed, given, strict=True):
        assert (answer.code == 0) is not any(words in command.shown for words in REFUSALS), (command.line, answer)
        assert command.installs or agree(command.shown, answer.printed), f"$ {command.line}\n{answer.printed}"


@pytest.mark.slow
@pytest.mark.kernel
def test_the_first_part_does_what_it_shows(tmp_path: Path) -> None:
    """From the copy of the untagged notebook to the check. (Else: ``python -m tests.docs.typed docs/tutorial*.md``.)"""
    hold(PARTS[:1], tmp_path)


@pytest.mark.nightly
@pytest.mark.kernel
@pytest.mark.timeout(900)
def test_both_parts_with_the_installation(tmp_path: Path) -> None:
    """In an empty home, with an environment that the page's own commands make."""
    hold(PARTS, tmp_path, install=True)


PAGE = "Text.\n\n```console\n$ first  # no output\n$ second | third\n1 of 2  ok   9.3 s\n[...]\nall ok\n```\n"


def test_commands_are_read_with_what_is_shown() -> None:
    """A line after a dollar sign, and all below it."""
    first, second = commands(PAGE)
    assert (first.line, first.shown) == ("first  # no output", "")
    assert (second.line, second.shown) == ("second | third", "1 of 2  ok   9.3 s\n[...]\nall ok")


@pytest.mark.parametrize(
    ("printed", "same"),
    [
        ("1 of 2  ok   1 min 4 s\nmore\nand more\nall ok", True),
        ("1 of 2  ok   800 ms\nmore\nall ok", True),
        ("1 of 2  failed   9.3 s\nmore\nall ok", False),
        ("1 of 2  ok   9.3 s\nmore\nall ok\nnot quite", False),
    ],
)
def test_times_may_differ_and_words_may_not(printed: str, same: bool) -> None:
    """``[...]`` stands for any lines."""
    assert agree(commands(PAGE)[1].shown, printed) is same


def test_outputs_are_written_into_the_page() -> None:
    """Those that are whole; shortened ones are people's."""
    page = filled(PAGE, commands(PAGE), [Answer("hello", 0, 0.1), Answer("new", 0, 0.1)])
    assert "$ first  # no output\nhello\n$ second | third\n1 of 2" in page
