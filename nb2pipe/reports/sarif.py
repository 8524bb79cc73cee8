"""SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.reports.github import relative

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note"}
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://nb2pipe.readthedocs.io"


def document(found: Sequence[Diagnostic], *, version: str, titles: Mapping[str, str], root: Path) -> dict[str, Any]:
    """The findings as one run of nb2pipe ``version``; ``titles`` say in a line what each code is about."""
    codes = sorted({d.code for d in found})
    rules = [_rule(code, titles.get(code, code)) for code in codes]
    driver = {"name": "nb2pipe", "version": version, "informationUri": HOME, "rules": rules}
    results = [_result(d, codes.index(d.code), root) for d in found]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, title: str) -> dict[str, Any]:
    return {"id": code, "shortDescription": {"text": title}, "helpUri": f"{HOME}/reference/diagnostics#{code.lower()}"}


def _result(diagnostic: Diagnostic, rule: int, root: Path) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": LEVELS[diagnostic.severity],
        "message": {"text": "\n".join((diagnostic.message, *diagnostic.notes))},
    }
    if diagnostic.notebook is None:
        return result
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(diagnostic.notebook, root)}}
    if diagnostic.file_line:
        # The line in the file; columns would count in its JSON, where quotes are escaped, so none is given.
        physical["region"] = {"startLine": diagnostic.file_line}
    location: dict[str, Any] = {"physicalLocation": physical}
    if diagnostic.cell is not None:
        line = f", line {diagnostic.line}" if diagnostic.line else ""
        location["logicalLocations"] = [{"name": f"cell {diagnostic.cell + 1}{line}", "kind": "element"}]
    result["locations"] = [location]
    return result


def _uri(path: str, root: Path) -> str:
    name = relative(path, root)
    return Path(name).as_uri() if Path(name).is_absolute() else quote(name)
