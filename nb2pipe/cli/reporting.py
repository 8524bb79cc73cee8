"""The page that each check leaves beside its run."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from nb2pipe import workflow
from nb2pipe.cli.console import Console
from nb2pipe.model import CheckReport


def place(report: CheckReport) -> str:
    """Where :func:`write` puts the page, as seen from here."""
    from nb2pipe.workflow import reporting

    return near(reporting.place(report.run))


def write(report: CheckReport, path: Path, console: Console) -> None:
    """Write the page; a warning if that does not work."""
    try:
        workflow.report(path, run=report.run.id)
    except Exception as error:  # the verdict is what was asked for: no flaw of the page may hide it
        first = (str(error).splitlines() or [""])[0] or type(error).__name__
        console.say([f"warning: the report could not be written: {first}"])


def near(target: Path) -> str:
    """The path as people type it."""
    with suppress(ValueError):  # on another drive
        return min(str(target), os.path.relpath(target), key=len)
    return str(target)
