"""Markdown of a check, for step summaries and pull request comments."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import CheckReport, MetricCheck, StepStatus, ToleranceSource, Verdict
from nb2pipe.reports.text import place
from nb2pipe.rules import figures

MARKS = {
    Verdict.OK: "✅ ok",
    Verdict.FAILED: "❌ **failed**",
    Verdict.MISSING: "❌ **missing**",
    Verdict.NOT_CHECKED: "➖ not checked",
    Verdict.BETTER: "✅ better",
    Verdict.MOVED: "⚠️ moved",
}


def of_check(
    report: CheckReport, found: Sequence[Diagnostic] = (), *, conclusion: str = "", passed: bool | None = None
) -> str:
    """Verdict first, then the table of metrics, then each finding with its notes, then the steps, folded.

    ``conclusion`` and ``passed`` are the report's own unless given.
    """
    sentence, good = conclusion or report.sentence, report.passed if passed is None else passed
    shown = [metric for metric in report.metrics if metric.gate or metric.verdict is not Verdict.OK]
    hidden = len(report.metrics) - len(shown)
    lines = [
        f"### {'✅' if good else '❌'} {inline(report.pipeline)}: {inline(sentence)}",
        "",
        *_metrics(shown),
        *([f"{hidden} watched metrics within their noise are not listed", ""] if hidden else []),
    ]
    if any(metric.tolerance.source is ToleranceSource.DIGITS for metric in report.metrics):
        lines += ["\\* from the decimals that the notebook printed", ""]
    reasons = [f"- {code(metric.name)}: {inline(metric.reason)}" for metric in report.metrics if metric.reason]
    reasons += [f"- {inline(note)}" for note in report.notes]
    if reasons:
        lines += [*reasons, ""]
    for item in found:
        lines += [f"**{inline(item.message)}**", "", *(f"- {inline(note)}" for note in item.notes), ""]
    taken = figures.seconds(report.run.seconds)
    steps = figures.count(len(report.run.steps), "step")
    lines += [f"<details><summary>{steps} in {taken}, run {inline(report.run.id)}</summary>", ""]
    lines += ["| step | status | time |", "| --- | --- | ---: |"]
    for step in report.run.steps:
        status = f"{step.status.value}: {step.error}" if step.status is StepStatus.FAILED else step.status.value
        lines.append(f"| {code(step.name)} | {inline(status)} | {figures.seconds(step.seconds)} |")
    return "\n".join([*lines, "", "</details>", ""])


def of_failure(found: Sequence[Diagnostic]) -> str:
    """The findings, of a check that could not give an answer."""
    lines: list[str] = []
    for diagnostic in found:
        where = place(diagnostic)
        lines += [f"### ❌ {inline(diagnostic.message)}", "", *([code(where), ""] if where else [])]
        lines += [*(f"- {inline(note)}" for note in diagnostic.notes), *([""] if diagnostic.notes else [])]
    return "\n".join(lines)


def _metrics(shown: Sequence[MetricCheck]) -> list[str]:
    if not shown:
        return []
    return [
        "| metric | step | original | reproduced | difference | allowed | verdict |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- |",
        *(_metric(metric) for metric in shown),
        "",
    ]


def _metric(metric: MetricCheck) -> str:
    original, reproduced = figures.pair(metric.original, metric.reproduced)
    star = " \\*" if metric.tolerance.source is ToleranceSource.DIGITS else ""
    cells = (
        code(metric.name),
        code(metric.step),
        original,
        reproduced,
        figures.difference(metric.difference, metric.allowed),
        figures.allowance(metric.allowed) + star,
        MARKS[metric.verdict],
    )
    return f"| {' | '.join(cells)} |"


def code(text: str) -> str:
    """Inline code; a bar would end the cell even there, a backtick the code."""
    return f"`{' '.join(text.split()).replace('|', '¦').replace('`', 'ˋ')}`"


def inline(text: str) -> str:
    """Plain text with what Markdown and HTML would read as markup made harmless."""
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    for mark in "\\`*_[]|":
        text = text.replace(mark, "\\" + mark)
    return text
