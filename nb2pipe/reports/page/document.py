"""The report for programs: the facts of the page, without pictures and notebooks, which lie beside it."""

from __future__ import annotations

from typing import Any

from nb2pipe.reports import json
from nb2pipe.reports.page.model import Page


def of_page(page: Page) -> dict[str, Any]:
    """``nb2pipe report --format json``: the document of the check, and what the page has beside it."""
    facts = page.facts
    return {
        **json.of_check(facts.check, facts.findings),
        "command": "report",
        "passed": page.passed,
        "sentence": page.conclusion,
        "checked": facts.checked,
        "notebook_diagnostics": json.diagnostics(facts.linted),
        "parameters": [
            {"name": item.name, "value": item.value, "default": item.default, "changed": item.changed}
            for item in page.parameters
        ],
        "packages": [
            {"name": item.name, "original": item.before or None, "now": item.now or None, "differs": item.differs}
            for item in page.packages
        ],
        "contracts": [
            {"table": item.table, "rows": item.rows, "columns": item.columns, "notes": list(item.notes)}
            for item in facts.contracts
        ],
        "levels": {"reached": facts.levels["reached"], "date": facts.levels["date"]} if facts.levels else None,
        "figures": [
            {
                "step": item.step, "cell": item.cell + 1, "number": item.number + 1, "verdict": item.verdict,
                "share": item.share,
            }
            for item in page.figures
        ],
        "history": {
            item.name: [{"run": point.run, "started": point.started, "value": point.value} for point in item.points]
            for item in page.history
        },
    }  # fmt: skip
