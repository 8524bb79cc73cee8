"""The pictures of the pages are not older than what they show (else: ``make pictures``, and look at them)."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import PAGES, prose
from tests.docs.pictures import IMAGES, SOURCES, TERMINALS, digest, on_the_page, shows, stamped


def test_each_is_used_and_can_be_made() -> None:
    """No picture lies about, and none is made by hand."""
    used = {found for page in PAGES for found in re.findall(r"images/([\w-]+\.\w+)\)", prose(page.read_text("utf-8")))}
    assert {path.name for path in IMAGES.iterdir() if path.suffix != ".sha256"} == used == {*SOURCES, *TERMINALS}


def test_what_they_were_made_of_is_unchanged() -> None:
    """The build of the extension, the report's template and code, the samples."""
    assert stamped() == {name: digest(name) for name in SOURCES}


@pytest.mark.parametrize("name", TERMINALS)
def test_terminals_show_what_the_tutorial_shows(name: str) -> None:
    """Its commands are typed by other tests; and nothing is fetched when the picture is looked at."""
    svg = (IMAGES / name).read_text(encoding="utf-8")
    command = on_the_page(name)
    assert shows(svg, command.line, command.shown)
    assert "http" not in re.sub(r'xmlns="[^"]*"', "", re.sub("<!--.*?-->", "", svg))
