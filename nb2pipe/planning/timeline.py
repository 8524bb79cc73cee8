"""The notebook as one line of statements, and for each name what happens to it along that line."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from nb2pipe.model import Binding, BindingKind, CellFlow, CellRole, Place, Role, Segment, Statement, StatementKind

HEAD_STEP = "setup"
SETUP_ROLES = (Role.IMPORTS, Role.FUNCTIONS)
_CODE_KINDS = (BindingKind.IMPORT, BindingKind.FUNCTION, BindingKind.CLASS)


class EventKind(StrEnum):
    """What happens to a name."""

    BIND = "bind"
    MUTATE = "mutate"
    DELETE = "delete"


class Carrier(StrEnum):
    """How a later step gets at what an event made."""

    ARTIFACT = "artifact"  # a value: saved and loaded
    CODE = "code"  # the statement is replayed in the step's setup
    PARAMETER = "parameter"  # a literal of the parameters cell
    SKIPPED = "skipped"  # not at all: the cell is tagged skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A statement with its position on the line and what its cell is for."""

    position: int
    statement: Statement
    role: Role
    step: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens to one name at a position."""

    position: int
    kind: EventKind
    certain: bool
    carrier: Carrier
    step: str | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """All placed statements in notebook order; ``events`` per name, by position."""

    placed: tuple[Placed, ...]
    events: Mapping[str, tuple[Event, ...]]
    steps: tuple[str, ...]
    statements_of: Mapping[str, tuple[Placed, ...]]
    segments: tuple[Segment, ...]
    cells_of: Mapping[str, tuple[int, ...]]
    spans: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    settings: tuple[Placed, ...] = ()

    def start(self, step: str) -> int:
        """Position of the step's first statement (the end of the line for a step of empty cells)."""
        placed = self.statements_of[step]
        return placed[0].position if placed else self.spans[self.cells_of[step][0]][0]

    def leaves(self, step: str, name: str) -> int:
        """The segment at whose end the step has made of ``name`` what it hands on.

        That is its last one, but for a step that is continued, without touching the name again, after another did.
        """
        own = [number for number, segment in enumerate(self.segments) if segment.step == step]
        touched = any(event.step == step for event in self.events.get(name, ()))
        while touched and len(own) > 1:
            begin, (middle, end) = self.extent(own[-2])[1], self.extent(own[-1])
            events = [e for e in self.events.get(name, ()) if begin <= e.position < end]
            if any(e.position >= middle for e in events) or not events:
                break
            own.pop()
        return own[-1]

    def extent(self, segment: int) -> tuple[int, int]:
        """The positions at which a segment begins and ends."""
        cells = self.segments[segment].cells
        return self.spans[cells[0]][0], self.spans[cells[-1]][1]

    def binds(self, segment: int, name: str) -> bool:
        """Whether the segment certainly binds the name anew."""
        begin, end = self.extent(segment)
        return any(
            event.kind is EventKind.BIND and event.certain and begin <= event.position < end
            for event in self.events.get(name, ())
        )

    def is_skipped(self, cell: int) -> bool:
        """Whether the cell is tagged ``skip`` (and has a statement)."""
        begin, end = self.spans.get(cell, (0, 0))
        return any(item.role is Role.SKIP for item in self.placed[begin:end])

    def reaching(self, name: str, position: int) -> tuple[Event, ...]:
        """The events whose outcome ``name`` may hold just before ``position``: back to the last certain binding."""
        events = self.events.get(name, ())
        found: list[Event] = []
        for index in range(bisect_left(events, position, key=lambda e: e.position) - 1, -1, -1):
            event = events[index]
            if event.kind is EventKind.DELETE and event.certain:
                break
            found.append(event)
            if event.kind is EventKind.BIND and event.certain:
                break
        return tuple(reversed(found))


def settle_heads(roles: Sequence[CellRole], flows: Mapping[int, CellFlow]) -> tuple[CellRole, ...]:
    """Decide what untagged cells before the first step are: setup if they only import, define or set, else a step."""
    return tuple(_settle(role, flows.get(role.cell)) if role.role is Role.HEAD else role for role in roles)


def _settle(role: CellRole, flow: CellFlow | None) -> CellRole:
    statements = flow.statements if flow else ()
    if all(statement.kind is not StatementKind.OTHER for statement in statements):
        return CellRole(cell=role.cell, role=Role.IMPORTS)
    return CellRole(
        cell=role.cell, role=Role.STEP, step=HEAD_STEP, metrics=role.metrics, metric_tags=role.metric_tags,
        inputs=role.inputs, outputs=role.outputs, after=role.after, cache=role.cache,
    )  # fmt: skip


def build(roles: Sequence[CellRole], flows: Mapping[int, CellFlow], literals: Mapping[int, frozenset[str]]) -> Timeline:
    """Lay the cells' statements on one line. ``literals`` are the parameter names per parameters cell."""
    placed: list[Placed] = []
    events: dict[str, list[Event]] = {}
    spans: dict[int, tuple[int, int]] = {}
    for role in roles:
        begin = len(placed)
        for statement in flows[role.cell].statements if role.cell in flows else ():
            item = Placed(position=len(placed), statement=statement, role=role.role, step=role.step)
            placed.append(item)
            for name, event in _events(item, literals.get(role.cell, frozenset())):
                events.setdefault(name, []).append(event)
        spans[role.cell] = (begin, len(placed))
    for name, items in events.items():
        events[name] = _by_definitions(items, placed)
    statements_of: dict[str, list[Placed]] = {}
    cells_of: dict[str, list[int]] = {}
    for role in roles:
        if role.step is not None:
            cells_of.setdefault(role.step, []).append(role.cell)
            statements_of.setdefault(role.step, []).extend(placed[slice(*spans[role.cell])])
    return Timeline(
        placed=tuple(placed),
        events={name: tuple(items) for name, items in events.items()},
        steps=tuple(cells_of),
        statements_of={step: tuple(items) for step, items in statements_of.items()},
        segments=tuple(segments(roles)),
        cells_of={step: tuple(cells) for step, cells in cells_of.items()},
        spans=spans,
        settings=tuple(
            item
            for item in placed
            if (item.statement.kind is StatementKind.SETTING or item.statement.modules) and item.role is not Role.SKIP
        ),
    )


def segments(roles: Iterable[CellRole]) -> Iterable[Segment]:
    """Runs of neighbouring code cells that belong to the same step (or to none, one segment per role)."""
    current: list[int] = []
    key: tuple[str | None, Role] | None = None
    for role in roles:
        if current and key != (role.step, role.role):
            yield Segment(step=key[0] if key else None, cells=tuple(current))
            current = []
        key = (role.step, role.role)
        current.append(role.cell)
    if current:
        yield Segment(step=key[0] if key else None, cells=tuple(current))


def _events(item: Placed, literals: frozenset[str]) -> Iterable[tuple[str, Event]]:
    statement = item.statement

    def event(kind: EventKind, *, certain: bool, carrier: Carrier, place: Place) -> Event:
        return Event(
            position=item.position, kind=kind, certain=certain, carrier=carrier, step=item.step, place=place
        )  # fmt: skip

    bound = {binding.name for binding in statement.bindings}
    for mutation in statement.mutations:
        if mutation.name not in bound and statement.kind is not StatementKind.SETTING:
            yield (
                mutation.name,
                event(EventKind.MUTATE, certain=mutation.certain, carrier=owner_carrier(item), place=mutation.place),
            )
    for binding in statement.bindings:
        carrier = _binding_carrier(item, binding, literals)
        yield binding.name, event(EventKind.BIND, certain=binding.certain, carrier=carrier, place=binding.place)
    for deletion in statement.deletions:
        yield (
            deletion.name,
            event(EventKind.DELETE, certain=deletion.certain, carrier=owner_carrier(item), place=deletion.place),
        )


def _by_definitions(events: list[Event], placed: Sequence[Placed]) -> list[Event]:
    """What a decorator adds to a function (``@show.register``) is added again wherever the function is defined again."""
    if not all(event.carrier is Carrier.CODE for event in events if event.kind is EventKind.BIND):
        return events
    return [
        replace(event, carrier=Carrier.CODE, certain=True)
        if event.kind is EventKind.MUTATE
        and event.carrier is Carrier.ARTIFACT
        and placed[event.position].statement.kind is StatementKind.DEFINITION
        else event
        for event in events
    ]


def owner_carrier(item: Placed) -> Carrier:
    """How a later step gets at what a statement changes."""
    if item.role is Role.SKIP:
        return Carrier.SKIPPED
    return Carrier.ARTIFACT if item.role is Role.STEP else Carrier.CODE


def _binding_carrier(item: Placed, binding: Binding, literals: frozenset[str]) -> Carrier:
    if item.role is Role.SKIP:
        return Carrier.SKIPPED
    if item.role is Role.PARAMETERS:
        return Carrier.PARAMETER if binding.name in literals else Carrier.CODE
    if item.role in SETUP_ROLES:
        return Carrier.CODE
    replayable = item.statement.kind in (StatementKind.IMPORT, StatementKind.DEFINITION)
    return Carrier.CODE if replayable and binding.kind in _CODE_KINDS else Carrier.ARTIFACT
