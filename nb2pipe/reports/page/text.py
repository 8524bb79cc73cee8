"""The report as Markdown, for pull requests and wikis: what the page says, without pictures and notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nb2pipe.reports import markdown, mermaid
from nb2pipe.reports.markdown import code, inline
from nb2pipe.reports.page.model import Page
from nb2pipe.reports.text import place
from nb2pipe.rules import figures

_NOT_COMPARED = "not compared"


def of_page(page: Page) -> str:
    """``nb2pipe report --format markdown``: verdict, metrics and findings; what moved; the rest folded."""
    facts = page.facts
    check = facts.check
    parts = [
        markdown.of_check(check, facts.findings, conclusion=page.conclusion, passed=page.passed).rstrip("\n"),
        *_changes(page),
        *_tables_between_steps(page),
        *_figures(page),
        *_level(page),
        *_linted(page),
        *_folded("Pipeline", ["```mermaid", *mermaid.flowchart(facts.pipeline).splitlines(), "```"]),
        *_folded("Parameters", _parameters(page)),
        *_folded("Environment", _environment(page)),
        *_folded("Over runs", _history(page)),
    ]
    return "\n\n".join(parts) + "\n"


def _changes(page: Page) -> Iterable[str]:
    changes = page.facts.check.changes
    if changes:
        rows = [
            (code(item.name), item.kind, "-", "another than the original's")
            if item.kind == "value"
            else (code(item.name), item.kind, inline(item.before), inline(item.now))
            for item in changes
        ]
        yield "**What is not as it was**, the likeliest first"
        yield "\n".join(_table(("what", "kind", "original", "this run"), rows))


def _tables_between_steps(page: Page) -> Iterable[str]:
    contracts = page.facts.contracts
    odd = [item for item in contracts if item.notes]
    if odd:
        yield "\n".join(f"- table {code(item.table)}: {inline(note)}" for item in odd for note in item.notes)
    if contracts and not odd:
        yield f"{figures.count(len(contracts), 'table')} between steps as usual"


def _figures(page: Page) -> Iterable[str]:
    same = sum(item.verdict == "identical" for item in page.figures)
    odd = [item for item in page.figures if item.verdict not in ("identical", _NOT_COMPARED)]
    lines = [f"{figures.count(same, 'figure')} identical"] if same else []
    for item in odd:
        share = f" in {item.share * 100:.2g}% of the pixels" if item.share else ""
        lines.append(f"- figure of {code(item.step)}, cell {item.cell + 1}: {item.verdict}{share}")
    if lines:
        yield "\n".join(lines)


def _level(page: Page) -> Iterable[str]:
    levels = page.facts.levels
    if levels:
        yield f"Reproducibility: {inline(str(levels['sentence']))} (measured {inline(str(levels['date']))})"


def _linted(page: Page) -> Iterable[str]:
    found = page.facts.linted
    if found:
        lines = [f"- {inline(place(item))}: {inline(item.message)} ({item.code})" for item in found]
        yield from _folded(f"{figures.count(len(found), 'finding')} about the notebook", lines)


def _parameters(page: Page) -> list[str]:
    rows = [
        (code(item.name), code(repr(item.value)) + (" (changed)" if item.changed else ""), code(repr(item.default)))
        for item in page.parameters
    ]
    return _table(("parameter", "this run", "in the notebook"), rows) if rows else []


def _environment(page: Page) -> list[str]:
    now = page.facts.check.run.environment
    if now is None:
        return []
    before = page.facts.baseline.environment if page.facts.baseline else None
    was = f" (was {inline(before.python)})" if before and before.python != now.python else ""
    rows = [
        (code(item.name), inline(item.before or "-"), inline(item.now or "-") + (" ≠" if item.differs else ""))
        for item in page.packages
    ]
    table = ["", *_table(("package", "original", "this run"), rows)] if rows else []
    return [f"{inline(now.implementation)} {inline(now.python)}{was} on {inline(now.platform)}", *table]


def _history(page: Page) -> list[str]:
    rows = []
    for item in page.history:
        values = [point.value for point in item.points]
        few = [figures.number(value, 6) for value in (min(values), max(values), values[-1])]
        rows.append((code(item.name), str(len(values)), *few))
    return _table(("metric", "runs", "lowest", "highest", "this run"), rows) if rows else []


def _folded(title: str, lines: Sequence[str]) -> Iterable[str]:
    if lines:
        yield "\n".join([f"<details><summary>{title}</summary>", "", *lines, "", "</details>"])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]
