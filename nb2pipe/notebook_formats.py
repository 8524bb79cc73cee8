"""The heavy readers, imported only when needed: nbformat for old notebooks, jupytext for notebooks kept as text."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

TEXT_SUFFIXES = (".py", ".md", ".markdown", ".myst", ".mystnb", ".rmd", ".r", ".jl", ".qmd")
_MYST_CELL = re.compile(r"^`{3,}\{code-cell\}", re.MULTILINE)


@contextmanager
def light_imports() -> Iterator[None]:
    """Keeps ``rfc3987_syntax`` out while nbformat is imported.

    jsonschema imports it when JupyterLab is installed, builds a parser for it and thereby takes 84 % of the time; it is
    only needed to validate URIs, which notebooks' schemas don't ask for.
    """
    name = "rfc3987_syntax"
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if name in sys.modules and sys.modules[name] is None:
            del sys.modules[name]


def upgrade(text: str) -> Mapping[str, Any]:
    """The JSON text of a notebook of nbformat 1 to 3 as the dict of an nbformat 4 one."""
    with light_imports():
        import nbformat
    notebook: Mapping[str, Any] = _plain(nbformat.reads(text, as_version=4))
    return notebook


class UnreadableTags(Exception):
    """A text notebook's tags are no list of texts without commas; ``line`` (from 1) and ``source`` say where."""

    def __init__(self, tags: object, line: int | None, source: str | None) -> None:
        super().__init__(str(tags))
        self.line = line
        self.source = source


def read_text(text: str, suffix: str) -> Mapping[str, Any]:
    """A notebook that jupytext keeps as text, as the dict of an nbformat 4 one; ``metadata.jupytext`` tells the format.

    Raises UnreadableTags, and whatever jupytext raises for other reasons.
    """
    with light_imports():
        import jupytext
        from nbformat.validator import NotebookValidationError
    try:
        notebook: Mapping[str, Any] = _plain(jupytext.reads(text, fmt=_text_format(text, suffix)))
    except NotebookValidationError as error:  # jupytext builds each cell through nbformat, which validates it
        if "tags" not in error.path:
            raise
        raise _unreadable(text, error.instance) from None
    if "cell_metadata_filter" not in text:  # jupytext's own default for files without a header, not the user's wish
        notebook["metadata"].get("jupytext", {}).pop("cell_metadata_filter", None)
    return notebook


def _text_format(text: str, suffix: str) -> dict[str, str]:
    """What jupytext is told of the format: MyST by its cells, since a header without ``extension`` hides it."""
    if suffix.lower() in (".md", ".markdown") and _MYST_CELL.search(text):
        return {"extension": suffix, "format_name": "myst"}
    return {"extension": suffix}


def _unreadable(text: str, tags: object) -> UnreadableTags:
    wanted = [str(tag) for tag in tags] if isinstance(tags, list) else [str(tags)]
    for number, line in enumerate(text.splitlines(), start=1):
        if "tags" in line and any(tag in line for tag in wanted):
            return UnreadableTags(tags, number, line.strip())
    return UnreadableTags(tags, None, None)


def _plain(value: Any) -> Any:
    """nbformat's attribute dicts as ordinary ones."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
