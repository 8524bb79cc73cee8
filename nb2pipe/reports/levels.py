"""A climb along the reproducibility axis as text, JSON, Markdown and a badge."""

from __future__ import annotations

from html import escape
from typing import Any

from nb2pipe.checking.levels import Ladder, Outcome, Rung
from nb2pipe.reports.look import Look, clean, columns, wrap

SCHEMA_VERSION = 1
FILE_NAME = "levels.json"  # of the last climb, in the project's ``.nb2pipe``
STYLES = {Outcome.REACHED: "green", Outcome.BLOCKED: "red", Outcome.NOT_TRIED: "dim"}
COLOURS = ("#8a94a3", "#b3781d", "#a08a1c", "#7c9a2d", "#4f9a3f", "#3d9a4b", "#2f9a5c", "#22916b", "#1a8a7a")


def text(ladder: Ladder, look: Look) -> list[str]:
    """The levels from the lowest to the highest, what blocks the next, and the verdict last."""
    width = max(columns(rung.level.name) for rung in ladder.rungs)
    lines = []
    for rung in ladder.rungs:
        name = rung.level.name.ljust(width)
        outcome = look.paint(rung.outcome.value, STYLES[rung.outcome])
        lines.append(f"{look.paint(rung.level.code, 'bold')}  {name}  {outcome}")
        told = [*rung.found, *rung.blocks]
        for sentence in told:
            for at, line in enumerate(wrap(clean(sentence), look.width - 8)):
                lines.append(f"      {'  ' if at else ''}{line}")
    lines += ["", look.paint(ladder.sentence, "bold")]
    stopped = ladder.stopped
    if stopped is not None and stopped.cure:
        lines += [f"next: {stopped.level.code}, {stopped.level.name}", *_indented(stopped.cure, look)]
    sideways = ladder.rung("R5")
    if sideways is not None and sideways is not stopped and sideways.outcome is not Outcome.REACHED and sideways.cure:
        lines += [f"beside it: {sideways.level.code}, {sideways.level.name}", *_indented(sideways.cure, look)]
    lines.append(look.paint(where(ladder), "dim"))
    return [look.plain(line) for line in lines]


def where(ladder: Ladder) -> str:
    """When and where it was measured: a level decays."""
    environment = f", environment {ladder.environment}" if ladder.environment else ""
    python = f", Python {ladder.python}" if ladder.python else ""
    return f"measured {ladder.date} on {ladder.machine}{python}{environment}"


def document(ladder: Ladder) -> dict[str, Any]:
    """For programs."""
    level = ladder.reached
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "check --level",
        "notebook": ladder.notebook,
        "project": ladder.project,
        "reached": level.code if level else None,
        "sentence": ladder.sentence,
        "date": ladder.date,
        "machine": ladder.machine,
        "python": ladder.python,
        "environment": ladder.environment,
        "levels": [_rung(rung) for rung in ladder.rungs],
    }


def markdown(ladder: Ladder) -> str:
    """A table, with the names that ACM and Gundersen have for it."""
    lines = [
        f"### {_inline(ladder.sentence)}",
        "",
        "| level | | outcome | found | ACM v1.1 | Gundersen 2021 |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    marks = {Outcome.REACHED: "✅ reached", Outcome.BLOCKED: "❌ blocked", Outcome.NOT_TRIED: "➖ not tried"}
    for rung in ladder.rungs:
        told = "<br>".join(_inline(sentence) for sentence in (*rung.found, *rung.blocks))
        level = rung.level
        lines.append(
            f"| {level.code} | {level.name} | {marks[rung.outcome]} | {told} | {level.acm} | {level.gundersen} |"
        )  # fmt: skip
    stopped = ladder.stopped
    if stopped is not None and stopped.cure:
        lines += ["", f"Next, {stopped.level.code}: {_inline(stopped.cure)}"]
    return "\n".join([*lines, "", where(ladder), ""])


def badge(ladder: Ladder) -> str:
    """An SVG in the usual shape of badges: no script, no font to fetch, a title for readers that do not see it."""
    level = ladder.reached
    left = "reproducible"
    right = f"{level.code} · {ladder.date[:10]}" if level else "not readable"
    a, b = _breadth(left), _breadth(right)
    colour = COLOURS[level.number] if level else "#b0413e"
    title = escape(f"nb2pipe: {ladder.sentence}, {where(ladder)}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{a + b}" height="20" role="img" aria-label="{title}">\n'
        f"  <title>{title}</title>\n"
        f'  <clipPath id="r"><rect width="{a + b}" height="20" rx="3"/></clipPath>\n'
        f'  <g clip-path="url(#r)">\n'
        f'    <rect width="{a}" height="20" fill="#3b4351"/>\n'
        f'    <rect x="{a}" width="{b}" height="20" fill="{colour}"/>\n'
        f"  </g>\n"
        f'  <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">\n'
        f'    <text x="{a / 2}" y="14" textLength="{a - 12}">{left}</text>\n'
        f'    <text x="{a + b / 2}" y="14" textLength="{b - 12}">{escape(right)}</text>\n'
        f"  </g>\n"
        f"</svg>\n"
    )


def readme_line(ladder: Ladder, file: str) -> str:
    """What to put into a README."""
    return f"![reproducible, {ladder.sentence}, {ladder.date[:10]}]({file})"


def _rung(rung: Rung) -> dict[str, Any]:
    level = rung.level
    return {
        "level": level.code,
        "name": level.name,
        "outcome": rung.outcome.value,
        "varied": level.varied,
        "compared": level.compared,
        "found": list(rung.found),
        "blocks": list(rung.blocks),
        "cure": rung.cure,
        "seconds": round(rung.seconds, 3),
        "acm": level.acm,
        "gundersen": level.gundersen,
    }


def _indented(sentence: str, look: Look) -> list[str]:
    return [f"      {line}" for line in wrap(clean(sentence), look.width - 8)]


def _breadth(words: str) -> int:
    """About the width of text at 11 pixels, with 6 on either side."""
    return round(sum(3.6 if c in "iljtf.·- " else 7.0 for c in words)) + 14


def _inline(words: str) -> str:
    return clean(words).replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
