"""The pipeline as a drawing: plain SVG, readable in light and dark, without scripts, fonts or anything to fetch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise

from nb2pipe.model import Pipeline
from nb2pipe.reports.graph import Arrow, Box, State, arrows, boxes
from nb2pipe.reports.layout import Layout, Point, Route, Size, layered
from nb2pipe.reports.look import columns, cut
from nb2pipe.rules import figures

MARGIN = 24
PADDING = 14
TITLE, SMALL = 14, 11  # font sizes
ROW = 17  # height of a line of small text
LONGEST = 46  # characters in a row

STYLE = """\
    text { font-family: ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
    .page { fill: #ffffff; }
    .box { fill: #f6f8fb; stroke: #b9c4d4; stroke-width: 1.2; }
    .result .box { fill: #eef7f0; stroke: #86b793; }
    .bad .box { fill: #fdf1f0; stroke: #c8564d; stroke-width: 2; }
    .again .box { stroke-dasharray: 5 3; }
    .name { font-size: 14px; font-weight: 650; fill: #1b2533; }
    .small { font-size: 11px; fill: #5a6779; }
    .code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #2d3b4f; }
    .line { fill: none; stroke: #8593a8; stroke-width: 1.4; }
    .order { stroke-dasharray: 4 4; }
    .head { fill: #8593a8; }
    .behind { fill: #ffffff; opacity: 0.92; }
    @media (prefers-color-scheme: dark) {
      .page { fill: #12161d; }
      .box { fill: #1c232e; stroke: #45536a; }
      .result .box { fill: #19291f; stroke: #4a7d5a; }
      .bad .box { fill: #33191a; stroke: #e5736b; }
      .name { fill: #eef2f8; }
      .small { fill: #9aa8bd; }
      .code { fill: #c9d5e6; }
      .line { stroke: #7686a0; }
      .head { fill: #7686a0; }
      .behind { fill: #12161d; }
    }
"""


def drawing(pipeline: Pipeline, states: Mapping[str, State] | None = None, *, inline: bool = False) -> str:
    """An SVG document with a box per step and an arrow per hand-over.

    ``states`` say how steps ended in a run; ``inline`` leaves the page behind it out, for a place inside HTML.
    """
    steps, links = boxes(pipeline, states), arrows(pipeline)
    sizes = [_size(box) for box in steps]
    labels = [Size(_small_width(link.label, code=True) + 10, ROW) if link.names else None for link in links]
    layout = layered(sizes, [(link.source, link.target) for link in links], labels)
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    about = f"{figures.count(len(steps), 'step')} of {_escaped(pipeline.notebook)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-labelledby="title about">',
        f'  <title id="title">{_escaped(pipeline.name)}</title>',
        f'  <desc id="about">{about}; arrows carry data, dashed ones only order</desc>',
        f"  <style>\n{STYLE}  </style>",
        '  <defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'markerUnits="userSpaceOnUse" orient="auto"><path class="head" d="M0 0.6 L8 4 L0 7.4 z"/></marker></defs>',
        *([] if inline else ['  <rect class="page" width="100%" height="100%"/>']),
        f'  <g transform="translate({MARGIN} {MARGIN})">',
        *_drawn(steps, sizes, links, layout),
        "  </g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _drawn(steps: Sequence[Box], sizes: Sequence[Size], links: Sequence[Arrow], layout: Layout) -> list[str]:
    """Lines first, labels and boxes over them."""
    drawn = [_line(link, route) for link, route in zip(links, layout.routes, strict=True)]
    drawn += [_label(link, route.label) for link, route in zip(links, layout.routes, strict=True) if route.label]
    for box, size, middle in zip(steps, sizes, layout.nodes, strict=True):
        drawn += _box(box, size, middle)
    return drawn


def _size(box: Box) -> Size:
    title = columns(cut(box.name, LONGEST)) * TITLE * 0.6 + 16 + _small_width(_cells(box))
    rows = [_small_width(f"{kind} ") + _small_width(names, code=True) for kind, names in _rows(box)]
    width = max(120.0, title, *rows) if rows else max(120.0, title)
    return Size(width + 2 * PADDING, 2 * PADDING + TITLE + ROW * len(rows) + (2 if rows else -2))


def _rows(box: Box) -> list[tuple[str, str]]:
    rows = (("parameters", box.parameters), ("metrics", box.metrics), ("", (box.state.text,) if box.state else ()))
    return [(kind, cut(", ".join(names), LONGEST)) for kind, names in rows if names]


def _box(box: Box, size: Size, middle: Point) -> list[str]:
    left, top = middle.x - size.width / 2, middle.y - size.height / 2
    baseline = top + PADDING + TITLE - 3
    about = [box.cells, *(f"{kind}: {names}" for kind, names in _full_rows(box))]
    lines = [
        f'    <g class="{_classes(box)}">',
        f"      <title>{_escaped(box.name)}: {_escaped('; '.join(about))}</title>",
        f'      <rect class="box" x="{left:.1f}" y="{top:.1f}" '
        f'width="{size.width:.1f}" height="{size.height:.1f}" rx="7"/>',
        f'      <text class="name" x="{left + PADDING:.1f}" y="{baseline:.1f}">'
        f"{_escaped(cut(box.name, LONGEST))}</text>",
        f'      <text class="small" x="{left + size.width - PADDING:.1f}" y="{baseline:.1f}" text-anchor="end">'
        f"{_escaped(_cells(box))}</text>",
    ]
    for at, (kind, names) in enumerate(_rows(box), start=1):
        y = baseline + 4 + at * ROW
        lines.append(
            f'      <text class="small" x="{left + PADDING:.1f}" y="{y:.1f}">'
            + (f'{kind} <tspan class="code">{_escaped(names)}</tspan></text>' if kind else f"{_escaped(names)}</text>")
        )
    return [*lines, "    </g>"]


def _classes(box: Box) -> str:
    names = ["step", *(["result"] if box.metrics else [])]
    if box.state is not None and box.state.kind:
        names.append(box.state.kind)
    return " ".join(names)


def _full_rows(box: Box) -> list[tuple[str, str]]:
    return [
        (kind, ", ".join(names)) for kind, names in (("parameters", box.parameters), ("metrics", box.metrics)) if names
    ]


def _cells(box: Box) -> str:
    return cut(box.cells, 20)


def curve(route: Route) -> str:
    """The path of a smooth curve: each bend leaves and arrives vertically."""
    first, *_ = route.points
    path = [f"M{first.x:.1f} {first.y:.1f}"]
    for a, b in pairwise(route.points):
        middle = (a.y + b.y) / 2
        path.append(f"C{a.x:.1f} {middle:.1f} {b.x:.1f} {middle:.1f} {b.x:.1f} {b.y:.1f}")
    return " ".join(path)


def _line(link: Arrow, route: Route) -> str:
    kind = "line" if link.names else "line order"
    return f'    <path class="{kind}" d="{curve(route)}" marker-end="url(#head)"/>'


def _label(link: Arrow, at: Point) -> str:
    width = _small_width(link.label, code=True) + 6
    full = ", ".join(link.names)
    return (
        f'    <g><title>{_escaped(full)}</title><rect class="behind" x="{at.x - width / 2:.1f}" '
        f'y="{at.y - ROW / 2:.1f}" width="{width:.1f}" height="{ROW}" rx="3"/>'
        f'<text class="small code" x="{at.x:.1f}" y="{at.y + 4:.1f}" '
        f'text-anchor="middle">{_escaped(link.label)}</text></g>'
    )


def _small_width(text: str, *, code: bool = False) -> float:
    return columns(text) * SMALL * (0.61 if code else 0.56)


def _escaped(text: str) -> str:
    return escape("".join(c if c.isprintable() else "?" for c in text))
