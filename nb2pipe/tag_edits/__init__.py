"""Writing tags into a notebook's file: all other bytes stay, so that a diff shows the tag and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pipe.diagnostics import TagEdit
from nb2pipe.tag_edits.in_json import apply_to_json
from nb2pipe.tag_edits.in_text import apply_to_text
from nb2pipe.tag_edits.sources import with_sources

__all__ = ["apply", "with_sources"]


def apply(text: str, edits: Sequence[TagEdit], *, suffix: str = ".ipynb", tidy: bool = False) -> str:
    """The file's text with the edits made. ``suffix`` is the file's, for notebooks kept as text (``.py``, ``.md``).

    ``old`` is looked for among the cell's tags, then in its ``#|`` comments (and, in a text notebook, its title).
    ``tidy``: where the last tag goes, so does the empty list, unless it was there before tags were added.
    Raises ValueError with a sentence where it isn't there. The result is read back: it differs in these tags only.
    """
    if not edits:
        return text
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return apply_to_json(text, edits, tidy=tidy)
    return apply_to_text(text, edits, suffix)
