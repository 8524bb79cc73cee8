"""Writing the fixes of findings into a notebook's file, and showing them as a diff."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from nb2pipe import storing, tag_edits
from nb2pipe.diagnostics import Diagnostic, Fix, Severity


def fix(path: Path, found: Sequence[Diagnostic]) -> int:
    """Apply the fixes; how many there were. The file's permissions stay, a link stays a link."""
    before, after, several = _applied(path, found)
    if before == after:
        return 0
    target = path.resolve()
    mode = target.stat().st_mode
    storing.write_bytes(target, after)
    target.chmod(mode)
    return several


def difference(path: Path, found: Sequence[Diagnostic]) -> list[str]:
    """What :func:`fix` would change, as a unified diff."""
    before, after, _ = _applied(path, found)
    if before == after:
        return []
    old, new = (content.decode("utf-8").splitlines() for content in (before, after))
    return list(difflib.unified_diff(old, new, fromfile=str(path), tofile=f"{path} (fixed)", lineterm=""))


def _applied(path: Path, found: Sequence[Diagnostic]) -> tuple[bytes, bytes, int]:
    before = path.read_bytes()
    fixes = _compatible(found)
    # Several findings may propose the same edit; each is made once.
    edits = tuple(dict.fromkeys(edit for each in fixes for edit in each.edits))
    if not edits:
        return before, before, 0
    after = tag_edits.apply(before.decode("utf-8"), edits, suffix=path.suffix).encode("utf-8")
    return before, after, len(fixes)


def _compatible(found: Sequence[Diagnostic]) -> list[Fix]:
    """The fixes that can be made together: of two that change one tag to different ones, the graver finding's."""
    chosen: list[Fix] = []
    becomes: dict[tuple[int, str], str | None] = {}
    for diagnostic in sorted(found, key=lambda d: list(Severity).index(d.severity)):
        if diagnostic.fix is None:
            continue
        wanted = {(edit.cell, edit.old): edit.new for edit in diagnostic.fix.edits if edit.old}
        if all(becomes.get(place, new) == new for place, new in wanted.items()):
            becomes |= wanted
            chosen.append(diagnostic.fix)
    return chosen
