"""What is proposed for a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nb2pipe.diagnostics import Diagnostic, Severity, TagEdit
from nb2pipe.model import Cell, CellRole, Notebook, Pipeline, Role, Step
from nb2pipe.planning.analysis import Analysis, understand
from nb2pipe.tags import grammar

NO_STEPS = "NB210"  # what planning says of a notebook without steps


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedPart:
    """Cells of one role. ``role`` is a word of the grammar; ``name`` the step's, else empty.

    ``reads`` and ``hands_over`` are the variables that cross the step's borders, as the static analysis sees them;
    ``kept`` if the notebook said so already. ``metrics`` are the cells whose numbers would be compared.
    """

    role: str
    name: str
    cells: tuple[int, ...]
    why: str
    kept: bool = False
    reads: tuple[str, ...] = ()
    hands_over: tuple[str, ...] = ()
    metrics: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The whole tagging: ``parts`` in notebook order, ``edits`` that write it, and the ``pipeline`` it would give.

    ``notebook`` has the tags already. ``problems`` are errors that remain whatever the steps are (an undefined name, a
    cell that is no Python); with them an export refuses. ``notes`` are sentences for the user.
    """

    notebook: Notebook
    parts: tuple[ProposedPart, ...]
    edits: tuple[TagEdit, ...]
    pipeline: Pipeline
    problems: tuple[Diagnostic, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def crossing(self) -> tuple[tuple[str, str], ...]:
        """The (step, variable) pairs that steps hand over, each once."""
        return tuple((step.name, name) for step in self.pipeline.steps for made in step.outputs for name in made.names)

    @classmethod
    def of(
        cls,
        notebook: Notebook,
        edits: Sequence[TagEdit],
        analysis: Analysis,
        reasons: Mapping[int, str] | None = None,
        notes: Sequence[str] = (),
    ) -> Proposal:
        """The proposal that gives ``notebook``; ``reasons`` by the first cell of what they speak of."""
        plan = analysis.plan()
        errors = tuple(d for d in (*analysis.diagnostics, *plan.diagnostics) if d.severity is Severity.ERROR)
        added = {edit.cell for edit in edits}
        return cls(
            notebook=notebook,
            parts=_parts(analysis, plan.pipeline, reasons or {}, added),
            edits=tuple(edits),
            pipeline=plan.pipeline,
            problems=tuple(d for d in errors if d.code != NO_STEPS),
            notes=tuple(notes),
        )


def described(notebook: Notebook, edits: Sequence[TagEdit]) -> Proposal:
    """What a notebook would be with these edits of its tags and comments."""
    after = with_edits(notebook, edits)
    return Proposal.of(after, edits, understand(after))


# ---------------------------------------------------------------- edits in memory


def with_edits(notebook: Notebook, edits: Sequence[TagEdit]) -> Notebook:
    """The notebook as it would be read after the edits."""
    cells = list(notebook.cells)
    for edit in edits:
        cells[edit.cell] = _edited(cells[edit.cell], edit)
    return replace(notebook, cells=tuple(cells))


def _edited(cell: Cell, edit: TagEdit) -> Cell:
    if not edit.old:
        return replace(cell, tags=tuple(dict.fromkeys((*cell.tags, str(edit.new)))))
    if edit.old in cell.tags:
        new = [tag if tag != edit.old else edit.new for tag in cell.tags]
        return replace(cell, tags=tuple(dict.fromkeys(tag for tag in new if tag)))
    item = next((item for item in grammar.comment_items(cell.source) if item.raw == edit.old), None)
    if item is None:
        return cell
    lines = cell.source.split("\n")
    line = lines[item.line - 1]
    shorter = line[: item.column] + (edit.new or "") + line[item.end_column :]
    lines[item.line - 1 : item.line] = [shorter] if shorter.strip(" #|,") else []
    return replace(cell, source="\n".join(lines))


# ---------------------------------------------------------------- parts


def _parts(
    analysis: Analysis, pipeline: Pipeline, reasons: Mapping[int, str], added: set[int]
) -> tuple[ProposedPart, ...]:
    """One part per step, and one for the cells of each other role and reason, in the order of their first cells."""
    steps = {step.name: step for step in pipeline.steps}
    metric_cells = {metric.cell for metric in pipeline.metrics}
    found: dict[object, ProposedPart] = {}
    for role in analysis.roles:
        step = steps.get(role.step or "")
        if role.role is Role.STEP and step is not None:
            found.setdefault(step.name, _step_part(step, reasons, metric_cells, added))
        elif role.role is not Role.STEP and (role.role is not Role.HEAD):
            part = _other_part(role, reasons, added)
            key = (part.role, part.why, part.kept)
            known = found.get(key)
            found[key] = part if known is None else replace(known, cells=(*known.cells, role.cell))
    return tuple(found.values())


def _step_part(step: Step, reasons: Mapping[int, str], metric_cells: set[int], added: set[int]) -> ProposedPart:
    return ProposedPart(
        role="step",
        name=step.name,
        cells=step.cells,
        why=next((reasons[cell] for cell in step.cells if cell in reasons), ""),
        kept=not added.intersection(step.cells),
        reads=tuple(name for item in step.inputs for name in item.taken),
        hands_over=tuple(name for item in step.outputs for name in item.names),
        metrics=tuple(cell for cell in step.cells if cell in metric_cells),
    )


def _other_part(role: CellRole, reasons: Mapping[int, str], added: set[int]) -> ProposedPart:
    return ProposedPart(
        role=role.role.value,
        name="",
        cells=(role.cell,),
        why=reasons.get(role.cell, ""),
        kept=role.cell not in added,
    )
