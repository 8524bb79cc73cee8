"""From the events of one top-level statement to a :class:`Statement`, given what the names stand for there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nb2pipe.dataflow.closures import Closures
from nb2pipe.dataflow.facts import (
    Bind,
    BindTogether,
    Call,
    Definition,
    Delete,
    Event,
    Load,
    Mutate,
    Position,
    Read,
    Sure,
    in_order,
)
from nb2pipe.dataflow.mutation import direct_effects, edges, handed_back, library_path
from nb2pipe.dataflow.settings import is_seeding
from nb2pipe.dataflow.values import NONE, PLAIN, Names, Value
from nb2pipe.model import BindingKind


@dataclass(slots=True)
class Bound:
    """One name that the statement binds."""

    at: Position
    kind: BindingKind
    certain: bool
    module: str | None
    source: str | None = None
    carries: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Changed:
    """One name whose object the statement changes."""

    at: Position
    certain: bool
    carries: set[str] = field(default_factory=set)


class Resolution:
    """What one statement does, collected event by event; the names are brought up to date on the way."""

    def __init__(self, names: Names, closures: Closures) -> None:
        self.names = names
        self.closures = closures
        self.uses: dict[str, tuple[Position, str | None]] = {}
        self.bound: dict[str, Bound] = {}
        self.changed: dict[str, Changed] = {}
        self.deleted: dict[str, Position] = {}
        self.elsewhere: set[str] = set()  # names that functions bind or delete: nothing about them is certain
        self.history: dict[str, Position] = {}
        self.seeds = False
        self._sure: set[str] = set()
        self._binds_objects = False
        self._weak: dict[str, Value] = {}

    def run(self, events: Sequence[Event], sure: set[str], *, loops: bool) -> None:
        """Take in all events; ``sure`` are the names that are certainly bound in the end."""
        self._take(events)
        if loops and self._binds_objects:
            self._sure.clear()
            self._take(events)  # a second round of a loop finds what the first has bound
        for name, value in self._weak.items():
            if name in sure and name in self.names.values:
                self.names.set(name, value)

    def _take(self, events: Sequence[Event]) -> None:
        for event in events:
            handler = _HANDLERS.get(type(event))
            if handler is not None:
                handler(self, event)

    # ------------------------------------------------------------ reads

    def take_read(self, event: Read) -> None:
        """A name is read, and with it all that the code behind it reads."""
        name, names = event.name, self.names
        value = names.values.get(name)
        if event.exposed and not names.ignores(name) and not (event.optional and value is None):
            known = self.uses.get(name)
            if known is None or known[1] is not None:
                self.uses[name] = (event.at, None)
                if names.is_history(name):
                    self.history.setdefault(name, event.at)
        if value is not None and (value.definitions or value.carried) and not event.at_rest:
            for definition in in_order(value.definitions):
                self._use(definition, name, event.at, held=False)
            for definition in in_order(value.carried - value.definitions):
                self._use(definition, definition.name, event.at, held=True)

    def _use(self, definition: Definition, via: str, at: Position, *, held: bool) -> None:
        closure = self.closures.closure(definition)
        self.seeds = self.seeds or (closure.seeds and not held)
        for name in closure.reads:
            if name not in self._sure and name not in self.uses:
                self.uses[name] = (at, via)
                if self.names.is_history(name):
                    self.history.setdefault(name, at)
        for name in closure.writes:
            self._record(Bind(name, at, strong=False), PLAIN)
        self.elsewhere.update(closure.writes, closure.deletes)
        for name in closure.deletes:
            self.deleted.setdefault(name, at)
        for name, certain in closure.mutations.items():
            if name not in self._sure:
                self._mutate(name, at, certain and not held, certain)

    # ------------------------------------------------------------ bindings

    def take_bind(self, event: Bind) -> None:
        """A name is bound."""
        self._install(event, self._value(event))
        if event.definition is not None and event.loads:
            self._keep(event.loads, frozenset({event.definition}), event.at)

    def take_bind_together(self, event: BindTogether) -> None:
        """Several names are bound at once."""
        values = [self._value(bind) for bind in event.binds]
        for bind, value in zip(event.binds, values, strict=True):
            self._install(bind, value)

    def _value(self, bind: Bind) -> Value:
        names = self.names
        definition = bind.definition
        held = self.closures.held(bind.loads) if bind.loads else NONE
        if definition is not None:
            captured = self.closures.captured
            captured[definition] = captured.get(definition, NONE) | (held - {definition})
            return Value(definitions=frozenset({definition}))
        module, definitions, classes = bind.module, NONE, NONE
        if bind.alias is not None:
            root, *path = bind.alias
            source = names.get(root)
            module = library_path(source.module, path)
            definitions = source.definitions if not path else NONE
            classes = source.classes if not path else NONE
        bases = [base for base, _ in bind.origins]
        if bind.call is not None and bind.call.root is not None and not bind.call.path:
            made = names.get(bind.call.root).definitions
            classes = made if all(d.is_class for d in made) else NONE
            bases += handed_back(bind.call, made)
        shared = names.share(bases) if bases else frozenset()
        if not (module or held or definitions or classes or shared):
            return PLAIN
        return Value(definitions, held, classes, module, shared)

    def _install(self, bind: Bind, value: Value) -> None:
        name = bind.name
        self._record(bind, value)
        self._binds_objects = self._binds_objects or value is not PLAIN
        if bind.strong:
            self.names.set(name, value)
            self._weak.pop(name, None)
        else:
            old = self.names.values.get(name)
            self.names.set(name, value if old is None or old is value else old.union(value))
            here = self._weak.get(name)
            self._weak[name] = value if here is None or here is value else here.union(value)

    def _record(self, bind: Bind, value: Value) -> None:
        known = self.bound.get(bind.name)
        module = bind.module.lstrip(".").split(".")[0] if bind.module is not None else None
        if known is None:
            known = self.bound[bind.name] = Bound(bind.at, bind.kind, False, module, bind.module)
        elif known.source != bind.module:
            known.source = None
        if known.kind is not bind.kind:
            known.kind = _stronger(known.kind, bind.kind)
            known.module = known.module or module
        if value.carried or (value.definitions and bind.definition is None):
            known.carries |= _named(value.carried | value.definitions)

    def take_delete(self, event: Delete) -> None:
        """A name is deleted."""
        self.deleted.setdefault(event.name, event.at)

    def take_note_sure(self, event: Sure) -> None:
        """A name became, or stopped being, certainly bound."""
        (self._sure.add if event.bound else self._sure.discard)(event.name)

    # ------------------------------------------------------------ changes

    def take_mutate_event(self, event: Mutate) -> None:
        """An object is stored into."""
        if not event.base.startswith(":"):
            held = self.closures.held(event.loads) if event.loads else NONE
            self._mutate(event.base, event.at, event.certain, event.spreads, held)

    def take_call(self, event: Call) -> None:
        """Something is called: what happens to the objects that take part."""
        self.seeds = self.seeds or is_seeding(event, self.names)
        held = self.closures.held(event.loads) if event.loads else NONE
        if held and event.root is not None and not event.path:
            self._keep([(event.root, True)], held, event.at)
        held = held if event.receiver else NONE
        for base, certain, spreads in direct_effects(event, self.names):
            if not base.startswith(":"):
                self._mutate(base, event.at, certain, spreads, held)
        for origins, definition, parameter in edges(event, self.names):
            effect = self.closures.parameter_effect(definition, parameter)
            if effect is not None:
                for base, keeps in origins:
                    if not base.startswith(":"):
                        self._mutate(base, event.at, effect and keeps, effect)

    def _keep(self, callers: Iterable[Load], held: frozenset[Definition], at: Position) -> None:
        """Functions given to a user's function (a decorator, say) may be put into whatever that changes: a registry."""
        for name, _ in callers:
            value = self.names.get(name) if isinstance(name, str) else None
            for definition in in_order(value.definitions) if value is not None else ():
                for changed in self.closures.closure(definition).mutations:
                    self._mutate(changed, at, False, False, held)

    def _mutate(
        self, name: str, at: Position, certain: bool, spreads: bool, held: frozenset[Definition] = NONE
    ) -> None:
        names = self.names
        if names.ignores(name):
            return
        value = names.get(name)
        if value.module is not None and not certain:
            return  # a library is not changed by being used
        self._change(name, at, certain, held)
        if held and not held <= value.carried:
            names.set(name, value.union(Value(carried=held)))
        if spreads and value.shared:
            for other in names.sharing(name):
                if other not in self._sure:
                    self._change(other, at, False, held)

    def _change(self, name: str, at: Position, certain: bool, held: frozenset[Definition]) -> None:
        known = self.changed.get(name)
        if known is None:
            known = self.changed[name] = Changed(at, certain)
        elif certain and not known.certain:
            known.at, known.certain = at, True
        if held:
            known.carries |= _named(held)


def _stronger(one: BindingKind, other: BindingKind) -> BindingKind:
    """The kind of a name bound in two ways: an import that may fail to ``None`` stays an import."""
    return one if one in (BindingKind.IMPORT, BindingKind.FUNCTION, BindingKind.CLASS) else other


def _named(definitions: Iterable[Definition]) -> set[str]:
    return {d.name for d in definitions if not d.name.startswith("<")}


_HANDLERS: dict[type, Callable[[Resolution, Any], None]] = {
    Read: Resolution.take_read,
    Bind: Resolution.take_bind,
    BindTogether: Resolution.take_bind_together,
    Delete: Resolution.take_delete,
    Sure: Resolution.take_note_sure,
    Mutate: Resolution.take_mutate_event,
    Call: Resolution.take_call,
}
