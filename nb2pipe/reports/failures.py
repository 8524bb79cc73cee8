"""What a command that cannot give an answer writes in its place, for the program that waits for one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.reports import github, json, junit, markdown


def document(form: str, command: str, code: int, found: Sequence[Diagnostic], root: Path) -> str | None:
    """The findings in the format ``form``; ``None`` if people read it. ``root`` is the checkout."""
    if form == "json":
        return json.text(json.of_failure(command, code, found))
    if form == "junit":
        return junit.of_failure(command, found)
    if form == "github":
        return "\n".join(github.commands(found, root=root))
    return markdown.of_failure(found) if form == "markdown" else None
