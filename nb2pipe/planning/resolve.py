"""Where a step gets each name from: an earlier step's artifact, a parameter, or replayed lines of the notebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from nb2pipe.model import BindingKind, Place, StatementKind, Use
from nb2pipe.planning.history import Foreign, Histories, harmless, provider_of
from nb2pipe.planning.timeline import Carrier, Event, EventKind, Placed, Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two versions of a name that one step would need at once; ``why`` ends the sentence."""

    step: str
    name: str
    cell: int
    place: Place
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A read that nothing before it defines. ``skipped`` is the cell of a skipped definition, if that is the reason."""

    step: str | None
    use: Use
    cell: int
    position: int
    skipped: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FromCode:
    """A read of what replayed lines define: the last of them stands at ``position``."""

    use: Use
    cell: int
    position: int


@dataclass(slots=True, kw_only=True)
class Needs:
    """What one step must be given, gathered while its reads are resolved."""

    artifacts: dict[str, str] = field(default_factory=dict)  # name -> providing step
    parameters: set[str] = field(default_factory=set)
    replays: set[int] = field(default_factory=set)  # positions of statements
    early: set[str] = field(default_factory=set)
    early_at: int | None = None  # the first replayed statement that reads one of them
    unknown: list[Unknown] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    from_code: list[FromCode] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Read:
    """A read, and the statement that makes it.

    ``changes``: no read, but a change of what the name may hold already. What the code reads to get there is told besides.
    """

    use: Use
    placed: Placed
    changes: bool = False


def exposed_reads(timeline: Timeline, histories: Histories, step: str) -> Iterator[Read]:
    """The reads of names that the step has not certainly bound before, or that others have changed since it did."""
    bound: set[str] = set()

    def known(name: str, item: Placed) -> bool:
        if name not in bound:
            return False
        history = histories[name]
        return not history.shared or not history.foreign(step, item.position).touched

    for item in timeline.statements_of[step]:
        for use in item.statement.uses:
            if not known(use.name, item):
                yield Read(use, item)
        for mutation in item.statement.mutations:
            absent = not mutation.certain and histories[mutation.name].made_by_skipped(item.position)
            if not known(mutation.name, item) and not absent:
                yield Read(Use(name=mutation.name, place=mutation.place), item, changes=True)
        made = {binding.name for binding in item.statement.bindings}
        for deletion in item.statement.deletions:
            if not known(deletion.name, item) and deletion.name not in made:  # ``except ... as e`` makes and deletes
                yield Read(Use(name=deletion.name, place=deletion.place), item)
        bound.update(binding.name for binding in item.statement.bindings if binding.certain)
        bound.difference_update(deletion.name for deletion in item.statement.deletions)


class Resolver:
    """Answers for one timeline; remembers nothing but the timeline, indexed, and which names an analysis cannot see."""

    def __init__(
        self, timeline: Timeline, *, star_imports: tuple[int, ...] = (), observed: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._timeline = timeline
        self._histories = Histories(timeline)
        self._star_imports = star_imports
        self._observed = observed

    def needs(self, step: str) -> Needs:
        """Everything that the step reads before it certainly wrote it."""
        needs = Needs()
        for read in exposed_reads(self._timeline, self._histories, step):
            known = self._histories[read.use.name].foreign(step, read.placed.position).events
            if known or not read.changes:
                self._read(needs, step, read.use, read.placed.position, read.placed.statement.cell)
        return needs

    def check_versions(self, needs: Needs, step: str) -> None:
        """The setup runs before all of the step: what it defines last, or what is loaded then, is what the step reads."""
        for read in needs.from_code:
            name = read.use.name
            later = [
                event.position
                for event in self._timeline.events.get(name, ())
                if event.position > read.position
                and event.position in needs.replays
                and event.kind is EventKind.BIND
                and not self._same_import(name, read.position, event.position)
            ]
            if later or name in needs.artifacts:
                at = later[0] if later else None
                what = (
                    f"cell {self._timeline.placed[at].statement.cell + 1}" if at is not None else needs.artifacts[name]
                )
                why = f"cell {read.cell + 1} reads it as it was before '{what}' made another of it"
                needs.conflicts.append(Conflict(step=step, name=name, cell=read.cell, place=read.use.place, why=why))

    def _same_import(self, name: str, one: int, other: int) -> bool:
        """Whether two statements import the same thing under the name."""
        found = [
            binding.source
            for position in (one, other)
            for binding in self._timeline.placed[position].statement.bindings
            if binding.name == name
        ]
        return len(found) == 2 and found[0] is not None and found[0] == found[1]

    def pass_through(self, needs: Needs, step: str, name: str) -> None:
        """``step`` hands ``name`` on but may leave it as it was: then it needs the old value, if there is one."""
        own = [event for event in self._timeline.events.get(name, ()) if event.step == step]
        if not own or (own[0].kind is EventKind.BIND and own[0].certain) or name in needs.artifacts:
            return
        foreign = self._histories[name].foreign(step, own[0].position)
        if foreign.provider is not None:
            needs.artifacts[name] = foreign.provider
        elif foreign.events:
            self._replay(needs, step, name, foreign.events)

    def code(self, needs: Needs, step: str, name: str, provider: str | None = None) -> None:
        """Bring the definition of a function or class that a value of ``provider`` refers to, and what it reads."""
        if provider is not None:
            self._same_code(needs, step, name, provider)
        seen: set[str] = set()
        pending = [name]
        start = self._timeline.start(step)
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            if current != name and not self._timeline.events.get(current):
                continue
            reaching = self._histories[current].foreign(step, start).events
            if not reaching:
                continue
            use = Use(name=current, place=reaching[-1].place, via=name)
            self._read(needs, step, use, start, self._timeline.placed[reaching[-1].position].statement.cell)
            for event in reaching:
                if event.carrier is Carrier.CODE:
                    statement = self._timeline.placed[event.position].statement
                    pending.extend(later.name for later in statement.later_uses)

    def _same_code(self, needs: Needs, step: str, name: str, provider: str) -> None:
        """The definition must still be the one that the value was made with."""
        end = max(item.position for item in self._timeline.statements_of[provider]) + 1
        start = self._timeline.start(step)
        known = {event.position for event in self._timeline.reaching(name, end)}
        for event in self._timeline.reaching(name, start):
            if event.position >= end and event.position not in known and not harmless(event):
                cell = self._timeline.placed[event.position].statement.cell
                why = f"a value that '{provider}' made uses it as it was before cell {cell + 1} made another of it"
                needs.conflicts.append(Conflict(step=step, name=name, cell=cell, place=event.place, why=why))
                return

    def replay_statement(self, needs: Needs, step: str, item: Placed, *, early: bool = True) -> None:
        """Add a statement to the step's setup, with all that it reads when it runs."""
        if item.position in needs.replays:
            return
        needs.replays.add(item.position)
        for use in item.statement.uses:
            self._setup_read(needs, step, use, item, early=early)

    def replay_setting(self, needs: Needs, step: str, item: Placed) -> None:
        """Set again what the statement sets; a function or class that it makes known to a library is used from there."""
        self.replay_statement(needs, step, item)
        if item.statement.kind is StatementKind.DEFINITION:
            for binding in item.statement.bindings:
                self.code(needs, step, binding.name)

    def has_name(self, name: str) -> bool:
        """Whether anything happens to the name in the notebook."""
        return name in self._timeline.events

    # ------------------------------------------------------------ single reads

    def _read(self, needs: Needs, step: str, use: Use, position: int, cell: int) -> None:
        history = self._histories[use.name]
        foreign = history.foreign(step, position)
        if not foreign.events:
            if not history.reaches(position) and not _bound_on_the_way(self._timeline, use, position):
                self._missing(needs, step, use, position, cell)
            return
        if foreign.skipped is not None:
            skip_cell = self._timeline.placed[foreign.skipped.position].statement.cell
            needs.unknown.append(Unknown(step=step, use=use, cell=cell, position=position, skipped=skip_cell))
            return
        self._check_order(needs, step, use, cell, foreign)
        provider = foreign.provider
        if provider is None:
            self._replay(needs, step, use.name, foreign.events)
            needs.from_code.append(FromCode(use=use, cell=cell, position=foreign.events[-1].position))
            return
        self._take(needs, step, use, cell, provider)
        changed = self._changed_after(use.name, provider, position)
        if changed is not None:
            why = f"it reads it before cell {changed + 1} of '{provider}' changes it, but '{provider}' runs as one step"
            needs.conflicts.append(Conflict(step=step, name=use.name, cell=cell, place=use.place, why=why))

    def _check_order(self, needs: Needs, step: str, use: Use, cell: int, foreign: Foreign) -> None:
        """What comes from elsewhere is there from the start: the step's own earlier cells must not bind it anew."""
        bound = self._histories[use.name].first_bind(step)
        if bound is not None and bound < foreign.last:
            other = self._timeline.placed[foreign.last].statement.cell + 1
            why = f"it makes one itself, and then reads the one that cell {other} makes later"
            needs.conflicts.append(Conflict(step=step, name=use.name, cell=cell, place=use.place, why=why))

    def _take(self, needs: Needs, step: str, use: Use, cell: int, provider: str) -> None:
        known = needs.artifacts.setdefault(use.name, provider)
        if known != provider:
            why = f"it needs '{use.name}' both as '{known}' and as '{provider}' left it"
            needs.conflicts.append(Conflict(step=step, name=use.name, cell=cell, place=use.place, why=why))

    def _changed_after(self, name: str, provider: str, position: int) -> int | None:
        """The cell in which the provider changes the name after the reader read it: its artifact is another version."""
        changed = self._histories[name].changed_after(provider, position)
        return None if changed is None else self._timeline.placed[changed].statement.cell

    def _missing(self, needs: Needs, step: str, use: Use, position: int, cell: int) -> None:
        for provider in reversed(self._observed.get(use.name, ())):
            if self._timeline.start(provider) < position and provider != step:
                needs.artifacts.setdefault(use.name, provider)
                return
        if step in self._observed.get(use.name, ()):
            return  # its own code made it, unseen: exec of a text
        if self._star_imports:
            for star in self._star_imports:
                if star < position and self._timeline.placed[star].step != step:
                    self.replay_statement(needs, step, self._timeline.placed[star])
            return
        needs.unknown.append(Unknown(step=step, use=use, cell=cell, position=position))

    # ------------------------------------------------------------ setup

    def _replay(self, needs: Needs, step: str, name: str, reaching: tuple[Event, ...]) -> None:
        for event in reaching:
            if event.carrier is Carrier.PARAMETER:
                needs.parameters.add(name)
            elif event.carrier is Carrier.CODE and not (event.kind is EventKind.MUTATE and not event.certain):
                self.replay_statement(needs, step, self._timeline.placed[event.position])

    def _setup_read(self, needs: Needs, step: str, use: Use, item: Placed, *, early: bool) -> None:
        """A replayed statement reads a name: it must find the version it found in the notebook."""
        reaching = self._timeline.reaching(use.name, item.position)
        provider = provider_of(reaching)
        if provider is None:
            if reaching:
                self._replay(needs, step, use.name, reaching)
            elif self._star_imports:
                for star in self._star_imports:
                    if star < item.position and self._timeline.placed[star].step != step:
                        self.replay_statement(needs, step, self._timeline.placed[star])
            else:
                needs.unknown.append(
                    Unknown(step=item.step, use=use, cell=item.statement.cell, position=item.position)
                )  # fmt: skip
            return
        if provider == step:
            return
        at_start = provider_of(self._timeline.reaching(use.name, self._timeline.start(step)))
        if at_start != provider:
            why = f"its setup needs '{use.name}' as '{provider}' left it, but '{at_start}' changed it since"
            needs.conflicts.append(
                Conflict(step=step, name=use.name, cell=item.statement.cell, place=use.place, why=why)
            )  # fmt: skip
        changed = self._changed_after(use.name, provider, item.position)
        if changed is not None and at_start == provider:
            why = f"its setup runs cell {item.statement.cell + 1} again, which reads it before cell {changed + 1} changes it"
            needs.conflicts.append(
                Conflict(step=step, name=use.name, cell=item.statement.cell, place=use.place, why=why)
            )  # fmt: skip
        self._take(needs, step, use, item.statement.cell, provider)
        if early:
            needs.early.add(use.name)
            needs.early_at = min(item.position, item.position if needs.early_at is None else needs.early_at)


def _bound_on_the_way(timeline: Timeline, use: Use, position: int) -> bool:
    """Whether the reading statement itself may bind the name further up: ``[n := x for x in rows] + [n]``."""
    bindings = timeline.placed[position].statement.bindings
    return any(b.name == use.name and b.place < use.place and not b.certain for b in bindings)


def settings_before(timeline: Timeline, step: str) -> Iterator[Placed]:
    """Statements outside the step that changed libraries' settings before it began."""
    start = timeline.start(step)
    for item in timeline.settings:
        if item.position >= start:
            return
        if item.step != step:
            yield item


def imported_modules(items: Iterable[Placed]) -> frozenset[str]:
    """Root modules that these statements import."""
    return frozenset(
        binding.module
        for item in items
        for binding in item.statement.bindings
        if binding.kind is BindingKind.IMPORT and binding.module
    )
