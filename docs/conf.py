"""The site: `make docs`. Pages are plain Markdown that reads on GitHub as well; index.md is their table of contents."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from sphinx.application import Sphinx

DOCS = Path(__file__).parent

project = "nb2pipe"
author = "The nb2pipe developers"
project_copyright = author
version = release = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

extensions = ["myst_parser", "sphinx_copybutton"]
exclude_patterns = ["site"]
suppress_warnings = ["misc.highlighting_failure"]  # bad examples are no valid code, and cells may hold !commands
myst_heading_anchors = 4  # as GitHub makes them
myst_links_external_new_tab = False
copybutton_prompt_text = "$ "  # of a console block, the commands are copied and not what they printed

html_theme = "furo"
html_title = "nb2pipe"
html_static_path = ["site"]
html_css_files = ["nb2pipe.css"]
html_copy_source = False
html_show_copyright = html_show_sphinx = False
html_theme_options = {"sidebar_hide_name": False, "navigation_with_keys": False}


def contents(text: str) -> str:
    """The text of index.md with its sections as captions of the side bar, and the links below each as its entries."""
    parts = [text]
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        caption, _, body = section.partition("\n")
        links = re.findall(r"\[([^]]*)\]\((\w[\w./-]*)\.md\)", body)
        entries = [f"{title[0].upper()}{title[1:]} <{page}>" for title, page in links]
        parts += [f"```{{toctree}}\n:caption: {caption}\n:hidden:\n", *entries, "```\n"]
    return "\n".join(parts)


def _read(_app: Sphinx, name: str, source: list[str]) -> None:
    if name == "index":
        source[0] = contents(source[0])


def setup(app: Sphinx) -> None:
    """Connect the table of contents."""
    app.connect("source-read", _read)
