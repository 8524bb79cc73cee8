"""Workflow commands of GitHub Actions: findings that show on the line of the notebook's file in a pull request."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.reports.look import clean

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "notice"}


def commands(found: Iterable[Diagnostic], *, root: Path) -> list[str]:
    """One command per finding; files below ``root``, the checkout, are named from there, as GitHub needs it."""
    return [command(diagnostic, root=root) for diagnostic in found]


def command(diagnostic: Diagnostic, *, root: Path) -> str:
    """``::error file=churn.ipynb,line=214,title=NB201::message``."""
    properties = {}
    if diagnostic.notebook:
        properties["file"] = relative(diagnostic.notebook, root)
    if diagnostic.file_line:
        properties["line"] = str(diagnostic.file_line)
    where = f" in cell {diagnostic.cell + 1}" if diagnostic.cell is not None else ""
    properties["title"] = f"{diagnostic.code}{where}" if diagnostic.code else f"nb2pipe{where}"
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = "\n".join(clean(part) for part in (diagnostic.message, *diagnostic.notes))
    return f"::{LEVELS[diagnostic.severity]} {written}::{_data(message)}"


def relative(path: str, root: Path) -> str:
    """``path`` from ``root`` with forward slashes, if it lies below."""
    absolute = Path(path).absolute()
    try:
        return absolute.relative_to(root.absolute()).as_posix()
    except ValueError:
        return Path(path).as_posix()


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
