"""Cells that cannot be read, names that nothing defines, and declarations that nothing bears out."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from nb2pipe.dataflow.values import HISTORY
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import ProblemKind, Role
from nb2pipe.planning import metrics
from nb2pipe.planning.findings.facts import Facts, first_dynamic
from nb2pipe.planning.resolve import Unknown
from nb2pipe.planning.timeline import EventKind
from nb2pipe.rules import (
    nb111_tag_without_effect,
    nb201_undefined_name,
    nb202_syntax_error,
    nb205_needs_skipped_cell,
    nb207_unseen_names,
    nb208_star_import,
    nb209_opaque_cell,
    nb211_contradicts_declaration,
)


def unreadable_cells(facts: Facts) -> Iterator[Diagnostic]:
    """What the analysis of a cell could not see through."""
    builders = {
        ProblemKind.SYNTAX: nb202_syntax_error.diagnostic,
        ProblemKind.DYNAMIC: nb207_unseen_names.diagnostic,
        ProblemKind.STAR_IMPORT: nb208_star_import.diagnostic,
        ProblemKind.OPAQUE: nb209_opaque_cell.diagnostic,
    }
    step_of = {role.cell: role.step for role in facts.roles}
    skipped = {role.cell for role in facts.roles if role.role is Role.SKIP}
    for cell, flow in facts.flows.items():
        for problem in flow.problems:
            if cell in skipped or (problem.kind is ProblemKind.DYNAMIC and facts.observed):
                continue
            yield builders[problem.kind](facts.notebook, cell, problem.place, problem.message, step_of.get(cell))


def without_metrics(facts: Facts) -> Iterator[Diagnostic]:
    """``metrics`` cells without any value that could be one."""
    giving = {candidate.cell for candidate in metrics.candidates(facts.roles, facts.flows)}
    for role in facts.roles:
        if role.metrics and role.cell not in giving:
            yield nb111_tag_without_effect.no_number(facts.notebook, role.cell)


def undefined_names(facts: Facts) -> Iterator[Diagnostic]:
    """Names that a step reads and that nothing before it defines, or only a skipped cell."""
    seen: set[tuple[str | None, str]] = set()
    dynamic_from = first_dynamic(facts)
    for need in facts.needs.values():
        for unknown in need.unknown:
            name = unknown.use.name
            if (unknown.step, name) in seen:
                continue
            seen.add((unknown.step, name))
            if unknown.skipped is not None:
                yield _skipped(facts, unknown, unknown.skipped)
            elif dynamic_from is not None and dynamic_from <= unknown.cell and not HISTORY.fullmatch(name):
                message = f"'{name}' is defined nowhere that can be seen; code in cell {dynamic_from + 1} may define it"
                yield nb207_unseen_names.diagnostic(
                    facts.notebook, unknown.cell, unknown.use.place, message, unknown.step
                )  # fmt: skip
            else:
                yield _undefined(facts, unknown)


def _undefined(facts: Facts, unknown: Unknown) -> Diagnostic:
    name = unknown.use.name
    later = [
        e for e in facts.timeline.events.get(name, ()) if e.kind is EventKind.BIND and e.position > unknown.position
    ]
    known = [n for n, events in facts.timeline.events.items() if events[0].position < unknown.position and n != name]
    place = later[0] if later else None
    return nb201_undefined_name.diagnostic(
        facts.notebook,
        unknown.cell,
        unknown.use.place,
        name=name,
        step=unknown.step,
        via=unknown.use.via,
        later=(facts.timeline.placed[place.position].statement.cell, place.step) if place else None,
        similar=next(iter(get_close_matches(name, known, n=1, cutoff=0.8)), None),
        nowhere=not any(e.kind is EventKind.BIND for e in facts.timeline.events.get(name, ())),
    )


def _skipped(facts: Facts, unknown: Unknown, skipped: int) -> Diagnostic:
    begin, end = facts.timeline.spans[skipped]
    events = facts.timeline.events[unknown.use.name]
    binds = any(e.kind is EventKind.BIND and begin <= e.position < end for e in events)
    return nb205_needs_skipped_cell.diagnostic(
        facts.notebook, unknown.cell, unknown.use.place, name=unknown.use.name, step=unknown.step, skipped=skipped,
        changed=not binds,
    )  # fmt: skip


def declarations(facts: Facts) -> Iterator[Diagnostic]:
    """``in:`` and ``out:`` of names that the code does not know."""
    for role in facts.roles:
        if role.step is None or not (role.inputs or role.outputs):
            continue
        own = {n for n, events in facts.timeline.events.items() if any(e.step == role.step for e in events)}
        seen = {name for _, name in facts.values}
        for word, names, known in (
            ("out", role.outputs, own | seen),
            ("in", role.inputs, set(facts.timeline.events) | seen),
        ):
            for name in names:
                if name not in known and not (first_dynamic(facts) is not None):
                    similar = next(iter(get_close_matches(name, known, n=1, cutoff=0.7)), None)
                    yield nb211_contradicts_declaration.diagnostic(
                        facts.notebook, role.cell, word=word, name=name, step=role.step, similar=similar
                    )  # fmt: skip
