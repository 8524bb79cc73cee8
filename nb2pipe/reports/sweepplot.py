"""A sweep as a drawing: a panel per metric and varied parameter, a dot per point. Plain SVG, nothing to fetch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from statistics import median
from typing import Any

from nb2pipe.model import Sweep
from nb2pipe.parameters import literal
from nb2pipe.reports.look import cut
from nb2pipe.rules import figures

WIDTH, HEIGHT = 250, 150  # of a panel's inside
LEFT, TOP, RIGHT, BOTTOM = 70, 34, 20, 46  # around it
METRICS, PARAMETERS = 6, 4  # at most
TICKS = 6
STYLE = """\
    text { font-family: ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
           font-size: 11px; fill: #5a6779; }
    .page { fill: #ffffff; }
    .name { font-size: 13px; font-weight: 650; fill: #1b2533; }
    .frame { fill: none; stroke: #b9c4d4; }
    .grid { stroke: #e6eaf0; }
    .dot { fill: #3b6fb5; fill-opacity: 0.55; }
    .middle { fill: none; stroke: #3b6fb5; stroke-width: 1.4; }
    .best { fill: #d9822b; stroke: #ffffff; }
    @media (prefers-color-scheme: dark) {
      text { fill: #9aa8bd; } .page { fill: #12161d; } .name { fill: #eef2f8; } .frame { stroke: #45536a; }
      .grid { stroke: #232b37; } .dot { fill: #7fb0ee; } .middle { stroke: #7fb0ee; } .best { stroke: #12161d; }
    }
"""


def drawing(sweep: Sweep) -> str:
    """An SVG document; a line joins the medians of the points with the same value."""
    names = list(sweep.varied or sweep.points[0].parameters)[:PARAMETERS]
    metrics = list(dict.fromkeys([*([sweep.metric] if sweep.metric else []), *sweep.metrics]))
    metrics = [name for name in metrics if _finite(sweep, name)][:METRICS]
    width = max(1, len(names)) * (LEFT + WIDTH + RIGHT)
    height = max(1, len(metrics)) * (TOP + HEIGHT + BOTTOM) + 24
    about = f"{figures.count(len(sweep.points), 'point')} of {sweep.pipeline}"
    about += f", {sweep.failed} failed" if sweep.failed else ""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="title">',
        f'  <title id="title">{_escaped(about)}</title>',
        f"  <style>\n{STYLE}  </style>",
        '  <rect class="page" width="100%" height="100%"/>',
    ]
    for row, metric in enumerate(metrics):
        for column, name in enumerate(names):
            left, top = column * (LEFT + WIDTH + RIGHT) + LEFT, row * (TOP + HEIGHT + BOTTOM) + TOP
            lines.append(f'  <g transform="translate({left} {top})">')
            lines += [f"    {line}" for line in _panel(sweep, metric, name)]
            lines.append("  </g>")
    note = about if metrics else f"{about}: no metric has a number"
    lines += [f'  <text x="12" y="{height - 12}">{_escaped(note)}</text>', "</svg>"]
    return "\n".join(lines) + "\n"


def _panel(sweep: Sweep, metric: str, name: str) -> list[str]:
    shown = _finite(sweep, metric)
    values = [sweep.points[at].parameters[name] for at in shown]
    places, ticks = _across(values)
    numbers = [sweep.points[at].metrics[metric] for at in shown]
    low, high = min(numbers), max(numbers)
    room = (high - low) * 0.06 or abs(high) * 0.05 or 1.0
    low, high = low - room, high + room

    def y(value: float) -> float:
        return HEIGHT * (1 - (value - low) / (high - low))

    lines = [f'<text class="name" x="0" y="-12">{_escaped(cut(metric, 30))}</text>']
    for share in (0.0, 0.5, 1.0):
        value = low + room + (high - low - 2 * room) * share
        lines.append(f'<line class="grid" x1="0" x2="{WIDTH}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>')
        lines.append(f'<text x="-8" y="{y(value) + 4:.1f}" text-anchor="end">{figures.number(value, 4)}</text>')
    for place, text in ticks:
        lines.append(
            f'<text x="{place * WIDTH:.1f}" y="{HEIGHT + 16}" text-anchor="middle">{_escaped(cut(text, 12))}</text>'
        )
    lines.append(f'<text x="{WIDTH / 2}" y="{HEIGHT + 34}" text-anchor="middle">{_escaped(cut(name, 36))}</text>')
    lines.append(f'<rect class="frame" width="{WIDTH}" height="{HEIGHT}"/>')
    columns: dict[float, list[float]] = {}
    for place, value in zip(places, numbers, strict=True):
        columns.setdefault(place, []).append(value)
    if _ordered(values):
        path = " ".join(f"{place * WIDTH:.1f},{y(median(columns[place])):.1f}" for place in sorted(columns))
        lines.append(f'<polyline class="middle" points="{path}"/>')
    for at, place, value in sorted(zip(shown, places, numbers, strict=True), key=lambda dot: dot[0] == sweep.best):
        best = at == sweep.best  # drawn last, over the others
        lines.append(
            f'<circle class="{"best" if best else "dot"}" cx="{place * WIDTH:.1f}" cy="{y(value):.1f}" '
            f'r="{5 if best else 3.2}"><title>{_escaped(_about(sweep, at, metric))}</title></circle>'
        )
    return lines


def _across(values: Sequence[Any]) -> tuple[list[float], list[tuple[float, str]]]:
    """Where each value is from left (0) to right (1), and the marks: numbers by size, others side by side."""
    if _ordered(values):
        low, high = min(values), max(values)
        distinct = sorted(set(values))
        spread = float(high - low) or 1.0
        places = {value: 0.04 + 0.92 * float(value - low) / spread if high > low else 0.5 for value in distinct}
    else:
        distinct = list({literal(value): value for value in values}.values())
        texts = [literal(value) for value in distinct]
        at = {text: 0.04 + 0.92 * number / max(1, len(texts) - 1) for number, text in enumerate(texts)}
        return [at[literal(value)] for value in values], [
            (at[text], str(value)) for text, value in list(zip(texts, distinct, strict=True))[:: _every(len(texts))]
        ]
    marks = [
        (places[value], figures.number(value, 6).removesuffix(".0")) for value in distinct[:: _every(len(distinct))]
    ]
    return [places[value] for value in values], marks


def _every(count: int) -> int:
    return math.ceil(count / TICKS)


def _ordered(values: Sequence[Any]) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in values)


def _finite(sweep: Sweep, metric: str) -> list[int]:
    return [at for at, point in enumerate(sweep.points) if math.isfinite(point.metrics.get(metric, math.nan))]


def _about(sweep: Sweep, at: int, metric: str) -> str:
    point = sweep.points[at]
    given = ", ".join(f"{name}={literal(value)}" for name, value in point.parameters.items())
    return f"{given}: {metric} {figures.number(point.metrics[metric])}"


def _escaped(text: str) -> str:
    return escape("".join(c if c.isprintable() else "?" for c in text))
