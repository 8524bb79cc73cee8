"""The report as one HTML file that asks nothing of any server."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

from nb2pipe.exporting.templates import folder
from nb2pipe.model import FIRST_TIME, StepRecord, StepStatus, Verdict
from nb2pipe.reports import svg
from nb2pipe.reports.graph import State
from nb2pipe.reports.page import notebooks
from nb2pipe.reports.page.model import Band, History, Page
from nb2pipe.reports.text import place
from nb2pipe.rules import figures

if TYPE_CHECKING:
    import jinja2

SAID = (Verdict.FAILED, Verdict.MISSING, Verdict.MOVED)  # in findings and notes
TEMPLATE = "report/report.html.j2"
# class, mark, words: colour is never alone
VERDICTS = {
    Verdict.OK: ("good", "✓", "ok"),
    Verdict.FAILED: ("bad", "✗", "out of tolerance"),
    Verdict.MISSING: ("bad", "✗", "missing"),
    Verdict.NOT_CHECKED: ("idle", "–", "not checked"),
    Verdict.BETTER: ("good", "▲", "better"),
    Verdict.MOVED: ("odd", "!", "moved"),
}
STATUSES = {
    StepStatus.OK: ("good", "✓", "ran"),
    StepStatus.FAILED: ("bad", "✗", "failed"),
    StepStatus.REUSED: ("idle", "↺", "reused"),
    StepStatus.NOT_RUN: ("idle", "–", "not run"),
}
PICTURES = {
    "identical": ("good", "✓", "identical"),
    "differs": ("odd", "≠", "differs"),
    "new": ("odd", "+", "not in the original"),
    "missing": ("bad", "✗", "missing in this run"),
    "not compared": ("idle", "–", "no original to compare with"),
}
OUTCOMES = {
    "reached": ("good", "✓", "reached"),
    "blocked": ("bad", "✗", "blocked"),
    "not tried": ("idle", "–", "not tried"),
}


def render(page: Page) -> str:
    """The whole file."""
    facts = page.facts
    run = facts.check.run
    return _environment().get_template(TEMPLATE).render(
        page=page,
        facts=facts,
        check=facts.check,
        run=run,
        title=page.title,
        when=_when(run.started),
        graph=svg.drawing(facts.pipeline, {step.name: _state(step) for step in run.steps}, inline=True),
        bars={step.name: _bar(step, run.seconds) for step in run.steps},
        ticks=_ticks(run.seconds),
        timed=any(step.began is not None for step in run.steps),
        sentences=_reasons(page),
        frames=[
            (name, notebooks.document(name, notebook), notebooks.height(notebook))
            for name, notebook in facts.notebooks.items()
        ],
        lines={item.name: _line(item) for item in page.history},
        reused=sum(step.status is StepStatus.REUSED for step in run.steps),
        verdicts=VERDICTS,
        statuses=STATUSES,
        pictures=PICTURES,
        outcomes=OUTCOMES,
        first_time=FIRST_TIME,
    )  # fmt: skip


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder()),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=figures.number,
        pair=lambda check: figures.pair(check.original, check.reproduced),
        difference=lambda check: figures.difference(check.difference, check.allowed),
        allowance=figures.allowance,
        seconds=figures.seconds,
        bytes=figures.size,
        place=place,
        position=position,
        value=repr,
    )
    environment.globals.update(count=figures.count, drawn=drawn)
    return environment


def position(percent: float) -> str:
    """A place in a drawing, kept off its edges."""
    return f"{min(98.5, max(1.5, percent)):.2f}%"


def drawn(band: Band) -> dict[str, str]:
    """The band's rectangle: a tolerance too small to be seen is drawn as a thin line."""
    width = max(0.6, band.high - band.low)
    left = band.low if band.high - band.low >= 0.6 else (band.low + band.high) / 2 - 0.3
    return {"x": f"{left:.2f}%", "width": f"{width:.2f}%"}


def _when(started: str) -> str:
    """``2026-11-23 14:45 UTC``."""
    return started[:16].replace("T", " ") + (" UTC" if started.endswith(("+00:00", "Z")) else "")


def _state(step: StepRecord) -> State:
    kinds = {StepStatus.FAILED: "bad", StepStatus.REUSED: "again"}
    _, mark, word = STATUSES[step.status]
    time = f" in {figures.seconds(step.seconds)}" if step.status is StepStatus.OK else ""
    after = f" after {figures.seconds(step.seconds)}" if step.status is StepStatus.FAILED else ""
    return State(text=f"{mark} {word}{time}{after}", kind=kinds.get(step.status, ""))


def _bar(step: StepRecord, total: float) -> dict[str, str] | None:
    """Where the step's time lies in the run's, in percent."""
    if step.began is None or not total:
        return None
    left = min(99.0, 100 * step.began / total)
    return {"x": f"{left:.2f}%", "width": f"{max(0.5, min(100 - left, 100 * step.seconds / total)):.2f}%"}


def _ticks(total: float) -> list[tuple[str, str]]:
    """Round times along the run: where, and what they are called."""
    if total <= 0:
        return []
    rough = total / 4
    power = 10 ** math.floor(math.log10(rough))
    steps = [1, 2, 5, 10] if rough < 60 else [s / power for s in (60, 120, 300, 600, 1800, 3600, 7200, 14400, 36000)]
    step = next((factor * power for factor in steps if factor * power >= rough), rough)
    return [(f"{100 * at * step / total:.2f}%", _clock(at * step)) for at in range(math.floor(total / step) + 1)]


def _clock(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:g} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes / 60:g} h"


def _reasons(page: Page) -> list[str]:
    """Notes, and what metrics have to say beside their verdict."""
    check = page.facts.check
    told = [
        f"{metric.name}: {metric.reason}" for metric in check.metrics if metric.reason and metric.verdict not in SAID
    ]
    return [*told, *check.notes]


def _line(history: History) -> dict[str, Any]:
    """A line of values, percent by percent, with the band behind it."""
    values = [point.value for point in history.points]
    edges = list(values)
    if history.reference is not None and math.isfinite(history.reference):
        edges.append(history.reference)
    low, high = min(edges), max(edges)
    room = (high - low) * 0.12 or abs(high) * 0.01 or 1.0
    low, high = low - room, high + room

    def up(value: float) -> float:
        return 100 - 100 * (value - low) / (high - low)

    count = len(values)
    points = [
        {"x": round(4 + 92 * at / (count - 1), 2), "y": round(up(value), 2), "point": point}
        for at, (value, point) in enumerate(zip(values, history.points, strict=True))
    ]
    band = None
    if history.reference is not None and history.allowed is not None and math.isfinite(history.allowed):
        top = max(0.0, up(history.reference + history.allowed))
        bottom = min(100.0, up(history.reference - history.allowed))
        band = {"y": round(top, 2), "height": round(max(1.0, bottom - top), 2)}
    return {"points": points, "band": band, "low": min(values), "high": max(values)}
