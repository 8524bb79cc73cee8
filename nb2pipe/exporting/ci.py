"""Files for CI systems: lint the notebooks, check the pipelines."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import PurePosixPath

from nb2pipe.exporting.templates import render

FILES = {
    "github": ".github/workflows/notebooks.yml",
    "gitlab": ".gitlab-ci.yml",
    "pre-commit": ".pre-commit-config.yaml",
}


def files(kinds: Sequence[str], projects: Sequence[str], *, version: str, python: str) -> dict[str, str]:
    """Path -> text for each kind in :data:`FILES`; ``projects`` are folders relative to the repository, with ``/``."""
    known = [_project(folder) for folder in projects]
    return {FILES[kind]: render(f"ci/{kind}.yml.j2", projects=known, version=version, python=python) for kind in kinds}


def _project(folder: str) -> dict[str, str]:
    """The lines that concern a project, as YAML texts (those of JSON are)."""
    here = PurePosixPath(folder)
    report = f"{here.name or 'pipeline'}.xml"
    return {
        "install": _text("python -m pip install -r " + shlex.quote(str(here / "requirements.txt"))),
        "check": _text(f"nb2pipe check {shlex.quote(folder)} --output-format junit -o {shlex.quote(report)}"),
        "report": report,
        "steps": str(here / ".nb2pipe/runs/*/steps/*.ipynb"),
        "report_text": _text(report),
        "steps_text": _text(str(here / ".nb2pipe/runs/*/steps/*.ipynb")),
    }


def _text(text: str) -> str:
    """``text`` plain where YAML reads it as it is, else quoted; GitHub's own syntax is kept from it."""
    plain = all(c.isalnum() or c in " ./_-*" for c in text)
    return text if plain else json.dumps(text.replace("${{", "$ {{"), ensure_ascii=False)
