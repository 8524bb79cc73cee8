"""What the analysis sees, as tables: steps, parameters, metrics, cells."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pipe.model import Artifact, Cell, CellRole, Metric, MetricSource, Notebook, Parameter, Pipeline, Role, Step
from nb2pipe.reports.look import Look, clean, columns, cut, wrap
from nb2pipe.reports.tables import Column, Row, Styled, table
from nb2pipe.rules import figures
from nb2pipe.tags.grammar import comment_items

STEP_COLUMNS = (
    Column("step"),
    Column("cells", wraps=True),
    Column("parameters", wraps=True),
    Column("reads", wraps=True),
    Column("hands over", wraps=True),
    Column("after", wraps=True),
)
METRIC_COLUMNS = (
    Column("metric"),
    Column("step"),
    Column("cell", right=True),
    Column("from", wraps=True),
    Column("tolerance"),
)
PARAMETER_COLUMNS = (Column("parameter"), Column("type"), Column("default", wraps=True), Column("meaning", wraps=True))
CELL_COLUMNS = (Column("cell", right=True), Column("role"), Column("tags", wraps=True), Column("source", cuts=True))


def overview(notebook: Notebook, pipeline: Pipeline, look: Look) -> list[str]:
    """All that ``nb2pipe inspect`` shows: a line of counts, then a table of each that there is."""
    name = look.paint(clean(str(notebook.path)), "bold")
    counts = [
        figures.count(len(notebook.cells), "cell"),
        figures.count(len(pipeline.steps), "step"),
        figures.count(len(pipeline.parameters), "parameter"),
        figures.count(len(pipeline.metrics), "metric"),
    ]
    lines = [f"{name}: {', '.join(counts)}"]
    for part in (steps(pipeline, look), parameters(pipeline.parameters, look), metrics(pipeline.metrics, look)):
        if part:
            lines += ["", *part]
    return lines


def untagged(notebook: Notebook, proposed: Pipeline, look: Look) -> list[str]:
    """A notebook without steps: how large it is, and which steps it could have."""
    name = look.paint(clean(str(notebook.path)), "bold")
    lines = [f"{name}: {figures.count(len(notebook.cells), 'cell')}, no steps yet"]
    if proposed.steps:
        could = ", ".join(f"{step.name} ({figures.cells(step.cells)})" for step in proposed.steps)
        lines += ["", *wrap(look.plain(clean(f"steps that it could have: {could}")), look.width)]
    return lines


def steps(pipeline: Pipeline, look: Look) -> list[str]:
    """A row per step."""
    return table(STEP_COLUMNS, [_step(step) for step in pipeline.steps], look) if pipeline.steps else []


def parameters(found: Sequence[Parameter], look: Look) -> list[str]:
    """A row per parameter, its default as in the notebook."""
    rows: list[Row] = [
        (Styled(p.name, "bold"), p.annotation or p.type, repr(p.default), (p.comment or "").lstrip("# ")) for p in found
    ]
    return table(PARAMETER_COLUMNS, rows, look) if rows else []


def metrics(found: Sequence[Metric], look: Look) -> list[str]:
    """A row per metric."""
    rows: list[Row] = [
        (Styled(m.name, "bold"), m.step, str(m.cell + 1), _origin(m), figures.tolerance(m.tolerance)) for m in found
    ]
    return table(METRIC_COLUMNS, rows, look) if rows else []


def cells(notebook: Notebook, roles: Sequence[CellRole], look: Look) -> list[str]:
    """A row per code cell: what it is for, its own tags, how it begins."""
    rows: list[Row] = []
    for role in roles:
        cell = notebook.cells[role.cell]
        begin = next((line for line in cell.source.splitlines() if line.strip() and not line.startswith("#|")), "")
        own = Styled(_role(role), "bold" if role.tagged or role.step is None else "")
        rows.append((str(role.cell + 1), own, ", ".join(_tags(cell)), Styled(begin.strip(), "dim")))
    return table(CELL_COLUMNS, rows, look)


def _tags(cell: Cell) -> list[str]:
    """Those of the cell, and what its ``#|`` comments say, once."""
    said = (item.text.replace(": ", ":", 1) for item in comment_items(cell.source))
    return list(dict.fromkeys((*cell.tags, *said)))


def _step(step: Step) -> Row:
    return (
        Styled(step.name, "bold"),
        figures.ranges(step.cells),
        ", ".join(step.parameters),
        ", ".join(artifact.name for artifact in step.inputs),
        ", ".join(map(_handed, step.outputs)),
        ", ".join(step.after),
    )


def _handed(artifact: Artifact) -> str:
    about = [artifact.format] if artifact.format else []
    about += ["optional"] if artifact.optional else []
    return f"{artifact.name} ({', '.join(about)})" if about else artifact.name


def _origin(metric: Metric) -> str:
    expression = f"{metric.expression}[{metric.key}]" if metric.key else metric.expression
    return f"shown: {expression}" if metric.source is MetricSource.SHOWN else expression


def _role(role: CellRole) -> str:
    if role.role is Role.STEP:
        name = f"step {role.step}" if role.tagged else f"· {role.step}"
        return f"{name}, metrics" if role.metrics else name
    return "before the first step" if role.role is Role.HEAD else role.role.value


def one_line(text: str, look: Look) -> str:
    """``text`` on one line of the terminal."""
    shown = look.plain(clean(text))
    return cut(shown, look.width) if columns(shown) > look.width else shown
