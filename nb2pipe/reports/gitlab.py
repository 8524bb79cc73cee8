"""GitLab's Code Quality report: findings that show on the line of the notebook's file in a merge request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.reports.github import relative
from nb2pipe.reports.look import clean

LEVELS = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTICE: "info"}


def document(found: Sequence[Diagnostic], *, root: Path) -> str:
    """The findings as a JSON list; files below ``root``, the checkout, are named from there."""
    seen: dict[str, int] = {}
    entries = []
    for diagnostic in found:
        path = relative(diagnostic.notebook, root) if diagnostic.notebook else "."
        where = f"cell {diagnostic.cell + 1}: " if diagnostic.cell is not None else ""
        same = f"{diagnostic.code}\0{path}\0{diagnostic.cell}\0{diagnostic.message}"  # wherever the line moves
        count = seen[same] = seen.get(same, 0) + 1
        entries.append(
            {
                "description": clean(f"{where}{diagnostic.message}"),
                "check_name": diagnostic.code,
                "fingerprint": sha256(f"{same}\0{count}".encode()).hexdigest(),
                "severity": LEVELS[diagnostic.severity],
                "location": {"path": path, "lines": {"begin": diagnostic.file_line or 1}},
            }
        )
    return json.dumps(entries, indent=2, ensure_ascii=False)
