"""What using a function or class of the notebook means, everything it uses in turn included.

Names in a body are looked up when the body runs, so the answer depends on what the names stand for *now*; it is
remembered until a name changes its meaning (``Names.epoch``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nb2pipe.dataflow.facts import Bind, BindTogether, Call, Definition, Delete, Load, Mutate, Read, in_order
from nb2pipe.dataflow.mutation import direct_effects, edges
from nb2pipe.dataflow.settings import is_seeding
from nb2pipe.dataflow.values import NONE, Names


@dataclass(slots=True)
class Closure:
    """All that using one definition may do to the notebook's names."""

    reads: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    deletes: list[str] = field(default_factory=list)
    mutations: dict[str, bool] = field(default_factory=dict)
    seeds: bool = False


@dataclass(slots=True)
class _Direct:
    """What one definition's own body does: effects on bases, and arguments handed on to other definitions."""

    effects: dict[str, bool]
    edges: list[tuple[str, bool, Definition, str]]


class Closures:
    """Answers about definitions, valid for the present meaning of the names.

    ``captured`` are the definitions that another's decorators, defaults and bases held when it was defined.
    """

    def __init__(self, names: Names) -> None:
        self.captured: dict[Definition, frozenset[Definition]] = {}
        self._names = names
        self._epoch = names.epoch
        self._closures: dict[Definition, Closure] = {}
        self._direct: dict[Definition, _Direct] = {}
        self._parameters: dict[tuple[Definition, str], bool | None] = {}
        self._held: dict[Definition, frozenset[Definition]] = {}

    def _refresh(self) -> None:
        if self._epoch != self._names.epoch:
            self._epoch = self._names.epoch
            for cache in (self._closures, self._direct, self._parameters, self._held):
                cache.clear()

    # ------------------------------------------------------------ reads, writes

    def closure(self, definition: Definition) -> Closure:
        """Everything that using ``definition`` may read, write and change."""
        self._refresh()
        found = self._closures.get(definition)
        if found is None:
            found = self._closures[definition] = self._explore(definition)
        return found

    def _explore(self, start: Definition) -> Closure:
        closure = Closure()
        reads: dict[str, None] = {}
        hidden: dict[Definition, frozenset[str]] = {start: frozenset()}
        queue = [start]
        while queue:
            here = queue.pop()
            cover = hidden[here]
            for target, more in self._step(here, cover, reads, closure):
                known = hidden.get(target)
                total = cover | more if known is None else known & (cover | more)
                if known is None or total != known:
                    hidden[target] = total
                    queue.append(target)
        closure.reads = list(reads)
        for definition in hidden:
            for base, certain in self._global_effects(definition):
                closure.mutations[base] = closure.mutations.get(base, False) or certain
        return closure

    def _step(
        self, here: Definition, cover: frozenset[str], reads: dict[str, None], closure: Closure
    ) -> Iterable[tuple[Definition, frozenset[str]]]:
        names = self._names
        for part in (*here.parts.values(), *in_order(self.captured.get(here, NONE))):
            yield part, frozenset()
        for event in here.events:
            if isinstance(event, Read):
                value = names.get(event.name)
                for target in in_order((*value.definitions, *value.carried)):
                    yield target, event.hidden
                wanted = event.exposed and event.name not in cover and not names.ignores(event.name)
                if wanted and not (event.optional and event.name not in names.values):
                    reads[event.name] = None
            elif isinstance(event, Call):
                closure.seeds = closure.seeds or is_seeding(event, names)
            elif isinstance(event, Bind):
                closure.writes.append(event.name)
            elif isinstance(event, Delete):
                closure.deletes.append(event.name)
            elif isinstance(event, BindTogether):
                closure.writes.extend(bind.name for bind in event.binds)

    # ------------------------------------------------------------ changes

    def _global_effects(self, definition: Definition) -> Iterable[tuple[str, bool]]:
        direct = self.direct(definition)
        for base, certain in direct.effects.items():
            if not base.startswith(":"):
                yield base, certain
        for base, keeps, target, parameter in direct.edges:
            if not base.startswith(":"):
                effect = self.parameter_effect(target, parameter)
                if effect is not None:
                    yield base, effect and keeps

    def direct(self, definition: Definition) -> _Direct:
        """What the body of ``definition`` itself does to objects."""
        self._refresh()
        found = self._direct.get(definition)
        if found is None:
            effects: dict[str, bool] = {}
            handed: list[tuple[str, bool, Definition, str]] = []
            for event in definition.events:
                if isinstance(event, Mutate):
                    effects[event.base] = effects.get(event.base, False) or event.certain
                elif isinstance(event, Call):
                    for base, certain, _ in direct_effects(event, self._names):
                        effects[base] = effects.get(base, False) or certain
                    for found_origins, target, parameter in edges(event, self._names, definition.owner):
                        handed.extend((base, keeps, target, parameter) for base, keeps in found_origins)
            found = self._direct[definition] = _Direct(effects, handed)
        return found

    def parameter_effect(self, definition: Definition, parameter: str) -> bool | None:
        """Whether an argument is changed: certainly, possibly, or (``None``) not at all."""
        self._refresh()
        start = (definition, parameter)
        if start in self._parameters:
            return self._parameters[start]
        seen = {start: True}
        queue = [start]
        result: bool | None = None
        while queue:
            here, base = queue.pop()
            keeps_here = seen[here, base]
            direct = self.direct(here)
            effect = direct.effects.get(base)
            if effect is not None:
                result = bool(result) or (effect and keeps_here)
            for origin, keeps, target, landing in direct.edges:
                key = (target, landing)
                if origin == base and (key not in seen or (keeps and keeps_here and not seen[key])):
                    seen[key] = keeps and keeps_here
                    queue.append(key)
        self._parameters[start] = result
        return result

    # ------------------------------------------------------------ contents of values

    def held(self, loads: Iterable[Load]) -> frozenset[Definition]:
        """The definitions that a value made from ``loads`` may contain."""
        found: set[Definition] = set()
        for name, called in loads:
            if isinstance(name, Definition):
                found.add(name)
                continue
            value = self._names.values.get(name)
            if value is None or not (value.definitions or value.carried):
                continue
            found |= value.carried
            for definition in value.definitions:
                if not called or definition.is_class:
                    found.add(definition)
                else:
                    found |= self._result(definition)
        return frozenset(found) if found else NONE

    def _result(self, start: Definition) -> frozenset[Definition]:
        """The definitions that the result of calling ``start`` may contain."""
        self._refresh()
        known = self._held.get(start)
        if known is not None:
            return known
        found: set[Definition] = set()
        seen, queue = {start}, [start]
        while queue:
            here = queue.pop()
            if here.lazy:
                found.add(here)
            found |= self.captured.get(here, NONE)
            calls: list[Definition] = []
            for name, called in here.loads:
                value = self._names.get(name) if isinstance(name, str) else None
                if value is None:
                    continue
                found |= value.carried
                functions = [d for d in value.definitions if called and not d.is_class]
                found |= value.definitions.difference(functions)
                calls.extend(functions)
            queue.extend(d for d in calls if d not in seen)
            seen.update(calls)
        self._held[start] = frozenset(found)
        return self._held[start]
