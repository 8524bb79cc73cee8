"""``nb2pipe check --level``: how far a notebook is on the reproducibility axis."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from nb2pipe import storing, workflow
from nb2pipe.cli import reporting
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import Running
from nb2pipe.cli.progress import shown
from nb2pipe.model import Limits, Tolerance

ENOUGH = 4  # what ``max`` has to reach for exit code 0: metrics within tolerance


def command(
    console: Console,
    path: Path,
    level: str,
    badge: Path | None,
    allowed: Mapping[str, Tolerance],
    wanted: Mapping[str, Limits],
    form: str,
    file: Path | None,
    running: Running,
) -> int:
    """Climb, show, write the badge; the exit code."""
    from nb2pipe.reports import json, levels
    from nb2pipe.reports.look import Look

    top = level.upper() if level != "max" else "R8"
    with shown(console) as progress:
        ladder = workflow.climb(
            path, level=top, tolerances=allowed, limits=wanted, kernel=running.kernel, timeout=running.timeout,
            progress=progress,
        )  # fmt: skip
    look = console.out()
    if form != "text":
        document = json.text(levels.document(ladder)) if form == "json" else levels.markdown(ladder)
        console.document(document, file)
    elif file is not None:
        console.document("\n".join(levels.text(ladder, Look(width=look.width))), file)
    if form == "text" or (file is not None and not console.quiet):
        page = [f"report: {reporting.place(ladder.report)}"] if ladder.report is not None else []
        console.answer([*levels.text(ladder, look), *page])
    if ladder.report is not None:
        reporting.write(ladder.report, path, console)
    if badge is not None:
        storing.write_text(badge, levels.badge(ladder))
        console.say([f"badge: {badge}, for the README: {levels.readme_line(ladder, badge.as_posix())}"])
    if os.environ.get("GITHUB_ACTIONS") == "true":
        console.summary(levels.markdown(ladder))
    reached = ladder.reached
    needed = ENOUGH if level == "max" else int(top[1:])
    sideways = ladder.rung(top)
    if sideways is not None and top == "R5":
        return 0 if sideways.outcome.value == "reached" else 1
    return 0 if reached is not None and reached.number >= needed else 1
