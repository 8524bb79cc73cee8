"""Setup that a step cannot replay as it was."""

from __future__ import annotations

from collections.abc import Iterator

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import BindingKind, StatementKind
from nb2pipe.planning.findings.facts import Facts, made, stored
from nb2pipe.planning.resolve import Needs
from nb2pipe.planning.timeline import Carrier, Event, EventKind
from nb2pipe.rules import nb213_shares_line, nb214_patched_module, nb215_circular_setup


def shared_lines(facts: Facts) -> Iterator[Diagnostic]:
    """A replayed line must hold nothing but what may be replayed."""
    for step, need in facts.needs.items():
        for position in sorted(need.replays):
            item = facts.timeline.placed[position]
            begin, end = facts.timeline.spans[item.statement.cell]
            for other in facts.timeline.placed[begin:end]:
                overlaps = (
                    other.statement.line <= item.statement.end_line and other.statement.end_line >= item.statement.line
                )
                if overlaps and other.statement.kind is StatementKind.OTHER and other.position not in need.replays:
                    yield nb213_shares_line.diagnostic(
                        facts.notebook, item.statement.cell, item.statement.line, step
                    )  # fmt: skip


def patches(facts: Facts) -> Iterator[Diagnostic]:
    """A store into an imported module, a function or a class, in a step, with a later step that uses it."""
    for name, events in facts.timeline.events.items():
        kinds = set(_bound_kinds(facts, name, events))
        if not kinds or BindingKind.DATA in kinds:
            continue
        what = "module" if kinds == {BindingKind.IMPORT} else min(kinds - {BindingKind.IMPORT}).value
        for event in events:
            if event.kind is EventKind.MUTATE and event.certain and event.carrier is Carrier.ARTIFACT and event.step:
                reader = next((s for s, need in facts.needs.items() if need.artifacts.get(name) == event.step), None)
                if reader is not None:
                    cell = facts.timeline.placed[event.position].statement.cell
                    yield nb214_patched_module.diagnostic(
                        facts.notebook, cell, event.place, what=what, name=name, step=event.step, reader=reader
                    )


def _bound_kinds(facts: Facts, name: str, events: tuple[Event, ...]) -> Iterator[BindingKind]:
    for event in events:
        if event.kind is EventKind.BIND:
            for binding in facts.timeline.placed[event.position].statement.bindings:
                if binding.name == name:
                    yield binding.kind


def circular_setup(facts: Facts) -> Iterator[Diagnostic]:
    """A value that the setup reads holds functions or classes that only the setup defines."""
    for step, need in facts.needs.items():
        for name in sorted(need.early):
            provider = need.artifacts.get(name)
            value = stored(facts, provider, name) if provider else None
            if value is None or provider is None:
                continue
            late = tuple(code for code in value.code if _defined_after_loads(facts, need, code))
            if late:
                cell, place = made(facts, name, provider)
                yield nb215_circular_setup.diagnostic(facts.notebook, cell, place, name=name, step=step, holds=late)


def _defined_after_loads(facts: Facts, need: Needs, code: str) -> bool:
    """Whether the setup defines a function or class only after the first line that reads a loaded value."""
    return need.early_at is not None and any(
        position >= need.early_at
        and any(binding.name == code for binding in facts.timeline.placed[position].statement.bindings)
        for position in need.replays
    )
