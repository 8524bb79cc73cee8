"""A sweep as text: a line per point, the best one marked; then what failed, and where the files are."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pipe.model import Direction, Sweep, SweepPoint
from nb2pipe.parameters import literal
from nb2pipe.reports.look import Look, clean, wrap
from nb2pipe.reports.tables import Column, Row, Styled, table
from nb2pipe.rules import figures

SHOWN = 40  # points; all are in the files
SHOWN_METRICS = 5
SHOWN_ERRORS = 3


def of_sweep(sweep: Sweep, look: Look) -> list[str]:
    """The table in the order of the values; of a long one, the best points, or the first if none is better."""
    order, left = _chosen(sweep)
    names = list(dict.fromkeys([*([sweep.metric] if sweep.metric else []), *sweep.metrics]))
    shown = names[:SHOWN_METRICS]
    varied = sweep.varied or tuple(sweep.points[0].parameters)
    heads = (
        Column("point", right=True),
        *(Column(name, right=True) for name in varied),
        *(Column(name, right=True) for name in shown),
        Column("time", right=True),
        Column("note", wraps=True),
    )
    rows = [_row(sweep, at, varied, shown) for at in order]
    lines = table(heads, rows, look)
    if left:
        lines.append(look.paint(f"and {figures.count(left, 'point')} more, in the files", "dim"))
    if len(names) > len(shown):
        lines.append(look.paint(f"and {figures.count(len(names) - len(shown), 'metric')} more, in the files", "dim"))
    return [*lines, "", *_errors(sweep, look), *_ending(sweep, look)]


def _chosen(sweep: Sweep) -> tuple[list[int], int]:
    count = len(sweep.points)
    if count <= SHOWN:
        return list(range(count)), 0
    if sweep.metric is None:
        return list(range(SHOWN)), count - SHOWN
    sign = -1 if sweep.direction is Direction.HIGHER else 1

    def rank(at: int) -> tuple[bool, float]:
        value = sweep.points[at].metrics.get(sweep.metric or "")
        return value is None or value != value, 0.0 if value is None else sign * value  # noqa: PLR0124  NaN

    return sorted(range(count), key=rank)[:SHOWN], count - SHOWN


def _row(sweep: Sweep, at: int, varied: Sequence[str], metrics: Sequence[str]) -> Row:
    point = sweep.points[at]
    best = "green" if at == sweep.best else ""
    note = "best" if best else ""
    if point.error is not None:
        note = f"failed in {point.step}" if point.step else "failed"
    elif not point.ran:
        note = f"{note}, reused" if note else "reused"
    return (
        Styled(str(at + 1), best or "dim"),
        *(Styled(_value(point, name), best) for name in varied),
        *(Styled(figures.number(point.metrics[name], 6) if name in point.metrics else "-", best) for name in metrics),
        Styled(figures.seconds(point.seconds), best),
        Styled(note, "red" if point.error is not None else best or "dim"),
    )


def _value(point: SweepPoint, name: str) -> str:
    value = point.parameters[name]
    return value if isinstance(value, str) else literal(value)


def _errors(sweep: Sweep, look: Look) -> list[str]:
    """Each error once, with the points that had it."""
    points: dict[str, list[int]] = {}
    for at, point in enumerate(sweep.points):
        if point.error is not None:
            points.setdefault(point.error, []).append(at)
    lines = []
    for error, which in list(points.items())[:SHOWN_ERRORS]:
        where = f"{'point' if len(which) == 1 else 'points'} {figures.ranges(which)}"
        lines += [look.paint(line, "red") for line in wrap(look.plain(clean(f"{where}: {error}")), look.width)]
    if len(points) > SHOWN_ERRORS:
        lines.append(f"and {figures.count(len(points) - SHOWN_ERRORS, 'other error')}, in the files")
    return [*lines, ""] if lines else []


def _ending(sweep: Sweep, look: Look) -> list[str]:
    lines = [look.paint(line, "dim") for line in wrap(look.plain(clean(", ".join(sweep.files))), look.width) if line]
    count = figures.count(len(sweep.points), "point")
    text = f"{sweep.pipeline}: {count} in {figures.seconds(sweep.seconds)}"
    text += f", {sweep.failed} failed" if sweep.failed else ""
    lines += [
        look.paint(line, "red" if sweep.failed else "green") for line in wrap(look.plain(clean(text)), look.width)
    ]
    if sweep.best is not None:
        point = sweep.points[sweep.best]
        given = " ".join(f"-p {name}={_value(point, name)}" for name in point.parameters)
        best = f"best {sweep.metric}: {figures.number(point.metrics[sweep.metric or ''])} with {given}"
        lines += wrap(look.plain(clean(best)), look.width)
    return lines
