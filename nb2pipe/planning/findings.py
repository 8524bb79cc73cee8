"""What is wrong or worth knowing about a plan, as diagnostics NB2xx."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import (
    BindingKind,
    CellFlow,
    CellRole,
    Notebook,
    ObservedValue,
    Pipeline,
    Place,
    ProblemKind,
    Role,
    SegmentObservation,
    StatementKind,
)
from nb2pipe.planning import metrics, ties
from nb2pipe.planning.files import SkippedFile
from nb2pipe.planning.randomness import RandomFlow
from nb2pipe.planning.resolve import Needs, Unknown
from nb2pipe.planning.sharing import Bundle, groups_of
from nb2pipe.planning.timeline import Carrier, Event, EventKind, Timeline
from nb2pipe.rules import (
    nb111_tag_without_effect,
    nb201_undefined_name,
    nb202_syntax_error,
    nb203_cycle,
    nb204_cannot_hand_over,
    nb205_needs_skipped_cell,
    nb206_two_versions,
    nb207_unseen_names,
    nb208_star_import,
    nb209_opaque_cell,
    nb210_no_steps,
    nb211_contradicts_declaration,
    nb212_skipped_draws,
    nb213_shares_line,
    nb214_patched_module,
    nb215_circular_setup,
)

_VIEWS = (
    "{} look at the same memory, and a later step changes it through one of them: make a copy (.copy()) of the other"
)
_OUTDATED = (
    "it holds a function that was made by another one, and such a function is stored together with '{0}' as it is then, "
    "but cell {1} changes '{0}' later: give it to the function as an argument, or define the function with def"
)

_TIED = (
    "'{1}' holds the same object as '{0}' (in a default argument, an attribute, or what it encloses), and it is changed later; "
    "step '{2}' defines '{1}' anew, with an object of its own. Give the object to '{1}' as an argument instead"
)

_NAMELESS = (
    "it holds the function or class '{0}', which is found by its name when it is loaded, and step '{1}' has no definition "
    "of it: '{0}' is bound more than once. Give the function or class that cell {2} makes a name of its own"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the findings are made from. ``observed``: a run was watched, so nothing remains to be guessed."""

    notebook: Notebook
    roles: tuple[CellRole, ...]
    flows: Mapping[int, CellFlow]
    timeline: Timeline
    pipeline: Pipeline
    needs: Mapping[str, Needs]
    values: Mapping[tuple[str, str], ObservedValue]
    random: RandomFlow
    cycle: tuple[str, ...]
    observed: bool
    untagged: bool
    bundles: tuple[Bundle, ...] = ()
    segments: tuple[SegmentObservation, ...] = ()
    skipped_files: tuple[SkippedFile, ...] = ()


def collect(facts: Facts) -> tuple[Diagnostic, ...]:
    """All findings, in the order of the notebook's cells."""
    if facts.untagged:
        return (nb210_no_steps.diagnostic(facts.notebook),)
    found = [
        *_problems(facts),
        *_no_metrics(facts),
        *_unknown(facts),
        *_conflicts(facts),
        *_cycle(facts),
        *_declarations(facts),
        *_shared_lines(facts),
        *_patches(facts),
        *_circular_setup(facts),
        *_not_saveable(facts),
        *_nameless(facts),
        *_outdated(facts),
        *_ties(facts),
        *_draws_again(facts),
        *_variables_between(facts),
        *_skipped_settings(facts),
        *_skipped_files(facts),
        *(nb212_skipped_draws.diagnostic(facts.notebook, cell, step) for cell, step in facts.random.broken),
    ]
    return tuple(sorted(dict.fromkeys(found), key=_where))


def _where(diagnostic: Diagnostic) -> tuple[int, int, int, str]:
    cell = -1 if diagnostic.cell is None else diagnostic.cell
    return cell, diagnostic.line or 0, diagnostic.column or 0, diagnostic.code


def _problems(facts: Facts) -> Iterator[Diagnostic]:
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


def _no_metrics(facts: Facts) -> Iterator[Diagnostic]:
    """``metrics`` cells without any value that could be one."""
    giving = {candidate.cell for candidate in metrics.candidates(facts.roles, facts.flows)}
    for role in facts.roles:
        if role.metrics and role.cell not in giving:
            yield nb111_tag_without_effect.no_number(facts.notebook, role.cell)


def _unknown(facts: Facts) -> Iterator[Diagnostic]:
    seen: set[tuple[str | None, str]] = set()
    dynamic_from = _first_dynamic(facts)
    for need in facts.needs.values():
        for unknown in need.unknown:
            name = unknown.use.name
            if (unknown.step, name) in seen:
                continue
            seen.add((unknown.step, name))
            if unknown.skipped is not None:
                yield _skipped(facts, unknown, unknown.skipped)
            elif dynamic_from is not None and dynamic_from < unknown.cell:
                message = f"'{name}' is defined nowhere that can be seen; code in cell {dynamic_from + 1} may define it"
                yield nb207_unseen_names.diagnostic(
                    facts.notebook, unknown.cell, unknown.use.place, message, unknown.step
                )  # fmt: skip
            else:
                yield _undefined(facts, unknown)


def _first_dynamic(facts: Facts) -> int | None:
    """The first cell that may define names unseen, as long as nobody watched it run."""
    if facts.observed:
        return None
    kinds = (ProblemKind.DYNAMIC, ProblemKind.SYNTAX)
    cells = [cell for cell, flow in facts.flows.items() if any(p.kind in kinds for p in flow.problems)]
    return min(cells, default=None)


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


def _conflicts(facts: Facts) -> Iterator[Diagnostic]:
    for need in facts.needs.values():
        for conflict in need.conflicts:
            yield nb206_two_versions.diagnostic(
                facts.notebook, conflict.cell, conflict.place, name=conflict.name, step=conflict.step, why=conflict.why
            )  # fmt: skip


def _cycle(facts: Facts) -> Iterator[Diagnostic]:
    if not facts.cycle:
        return
    links = []
    for provider, reader in zip(facts.cycle, facts.cycle[1:], strict=False):
        name = next((n for n, p in facts.needs[reader].artifacts.items() if p == provider), None)
        if name is not None:
            cell, place = _first_read(facts, reader, name)
            links.append((reader, name, provider, cell, place))
    yield nb203_cycle.diagnostic(facts.notebook, facts.cycle, tuple(links))


def _first_read(facts: Facts, step: str, name: str) -> tuple[int, Place]:
    for item in facts.timeline.statements_of[step]:
        for use in item.statement.uses:
            if use.name == name:
                return item.statement.cell, use.place
    return facts.timeline.cells_of[step][0], Place(1)


def _declarations(facts: Facts) -> Iterator[Diagnostic]:
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
                if name not in known and not (_first_dynamic(facts) is not None):
                    similar = next(iter(get_close_matches(name, known, n=1, cutoff=0.7)), None)
                    yield nb211_contradicts_declaration.diagnostic(
                        facts.notebook, role.cell, word=word, name=name, step=role.step, similar=similar
                    )  # fmt: skip


def _shared_lines(facts: Facts) -> Iterator[Diagnostic]:
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


def _patches(facts: Facts) -> Iterator[Diagnostic]:
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


def _circular_setup(facts: Facts) -> Iterator[Diagnostic]:
    """A value that the setup reads holds functions or classes that only the setup defines."""
    for step, need in facts.needs.items():
        for name in sorted(need.early):
            provider = need.artifacts.get(name)
            value = _stored(facts, provider, name) if provider else None
            if value is None or provider is None:
                continue
            late = tuple(code for code in value.code if _defined_after_loads(facts, need, code))
            if late:
                cell, place = _made(facts, name, provider)
                yield nb215_circular_setup.diagnostic(facts.notebook, cell, place, name=name, step=step, holds=late)


def _defined_after_loads(facts: Facts, need: Needs, code: str) -> bool:
    """Whether the setup defines a function or class only after the first line that reads a loaded value."""
    return need.early_at is not None and any(
        position >= need.early_at
        and any(binding.name == code for binding in facts.timeline.placed[position].statement.bindings)
        for position in need.replays
    )


def _stored(facts: Facts, step: str, name: str) -> ObservedValue | None:
    """What was seen of the artifact of ``step`` that holds the name."""
    bundle = next((b for b in facts.bundles if b.step == step and name in b.names), None)
    return facts.values.get((step, "+".join(bundle.names) if bundle else name))


def _not_saveable(facts: Facts) -> Iterator[Diagnostic]:
    joint = {(bundle.step, name): bundle for bundle in facts.bundles for name in bundle.names}
    told: set[tuple[str, str]] = set()
    for step, need in facts.needs.items():
        for name, provider in need.artifacts.items():
            bundle = joint.get((provider, name))
            key = "+".join(bundle.names) if bundle else name
            value = facts.values.get((provider, key))
            if value is None or (provider, key) in told:
                continue
            views = bundle is not None and bundle.views
            if value.format is not None and not views:
                continue
            why = _VIEWS.format(", ".join(bundle.names)) if bundle and views else value.refusal
            if why is None:
                continue
            told.add((provider, key))
            cell, place = _made(facts, name, provider)
            yield nb204_cannot_hand_over.diagnostic(
                facts.notebook, cell, place, names=bundle.names if bundle else (name,),
                type_name=None if bundle else value.type, step=provider, reader=step, why=why,
            )  # fmt: skip


def _nameless(facts: Facts) -> Iterator[Diagnostic]:
    """A stored value refers to a function or class whose name is a stored value too, so nothing defines it beforehand."""
    for step, need in facts.needs.items():
        defined = {b.name for at in need.replays for b in facts.timeline.placed[at].statement.bindings}
        for name, provider in need.artifacts.items():
            value = _stored(facts, provider, name)
            lost = [code for code in value.code if code in need.artifacts and code not in defined] if value else []
            if value is not None and lost:
                cell, place = _made(facts, lost[0], provider)
                yield nb204_cannot_hand_over.diagnostic(
                    facts.notebook, cell, place, names=(name,), type_name=value.type, step=provider, reader=step,
                    why=_NAMELESS.format(lost[0], step, cell + 1),
                )  # fmt: skip


def _outdated(facts: Facts) -> Iterator[Diagnostic]:
    """A stored function goes on with the names that it reads as they were when it was stored."""
    for step, need in facts.needs.items():
        for name, provider in need.artifacts.items():
            value = _stored(facts, provider, name)
            if value is None or not value.reads:
                continue
            end = max(item.position for item in facts.timeline.statements_of[provider])
            for read in value.reads:
                later = [e for e in facts.timeline.events.get(read, ()) if e.position > end and not _imports(facts, e)]
                if later:
                    changed = facts.timeline.placed[later[0].position].statement.cell + 1
                    cell, place = _made(facts, name, provider)
                    yield nb204_cannot_hand_over.diagnostic(
                        facts.notebook, cell, place, names=(name,), type_name=value.type, step=provider, reader=step,
                        why=_OUTDATED.format(read, changed),
                    )  # fmt: skip


def _ties(facts: Facts) -> Iterator[Diagnostic]:
    """A function or class, defined anew, would hold another object than a name that shared it in the notebook."""
    for tie in ties.broken(facts.timeline, facts.segments, facts.needs, groups_of(facts.bundles)):
        value = _stored(facts, tie.provider, tie.name)
        cell, place = _made(facts, tie.name, tie.provider)
        yield nb204_cannot_hand_over.diagnostic(
            facts.notebook, cell, place, names=(tie.name,), type_name=value.type if value else None, step=tie.provider,
            reader=tie.step, why=_TIED.format(tie.name, tie.definition, tie.step),
        )  # fmt: skip


def _draws_again(facts: Facts) -> Iterator[Diagnostic]:
    """A step is continued with random numbers after another moved the stream: it runs in one piece, before or after."""
    for cell, step, other in facts.random.interrupted:
        why = f"cell {cell + 1} draws from it again, after '{other}' moved it"
        yield nb206_two_versions.diagnostic(
            facts.notebook, cell, Place(1), name="the state of the random generator", step=step, why=why
        )


def _imports(facts: Facts, event: Event) -> bool:
    return facts.timeline.placed[event.position].statement.kind is StatementKind.IMPORT


def _skipped_settings(facts: Facts) -> Iterator[Diagnostic]:
    """Environment variables that a skipped cell sets, as the run showed, and that a later step names."""
    before: Mapping[str, str] = {}
    skipped = {role.cell for role in facts.roles if role.role is Role.SKIP}
    for observation in facts.segments:
        now = observation.settings.get("os.environ", {})
        cells = observation.segment.cells
        for key in now if cells and cells[0] in skipped else ():
            if before.get(key) != now[key]:
                yield from _readers_of_variable(facts, key, cells[0])
        before = now


def _variables_between(facts: Facts) -> Iterator[Diagnostic]:
    """A step is continued and names an environment variable that another step has set since it began."""
    began: dict[str, Mapping[str, str]] = {}
    setters: dict[str, str] = {}  # variable -> the step that set it last
    before: Mapping[str, str] = {}
    for observation in facts.segments:
        now, step, cells = (
            observation.settings.get("os.environ", {}),
            observation.segment.step,
            observation.segment.cells,
        )
        if step is not None and step in began:
            for key, other in setters.items():
                if other != step and before.get(key) != began[step].get(key):
                    yield from _named_in(facts, key, step, other, cells)
        elif step is not None:
            began[step] = before
        for key in {*before, *now}:
            if before.get(key) != now.get(key) and step is not None:
                setters[key] = step
        before = now


def _named_in(facts: Facts, key: str, step: str, other: str, cells: tuple[int, ...]) -> Iterator[Diagnostic]:
    for cell in cells:
        if key in facts.notebook.cells[cell].source:
            why = f"cell {cell + 1} reads it again, after '{other}' set it"
            yield nb206_two_versions.diagnostic(
                facts.notebook, cell, Place(1), name=f"os.environ[{key!r}]", step=step, why=why
            )
            return


def _readers_of_variable(facts: Facts, key: str, skipped: int) -> Iterator[Diagnostic]:
    for role in facts.roles:
        if role.cell > skipped and role.step is not None and key in facts.notebook.cells[role.cell].source:
            yield nb205_needs_skipped_cell.diagnostic(
                facts.notebook, role.cell, Place(1), name=f"os.environ[{key!r}]", step=role.step, skipped=skipped,
                changed=True,
            )  # fmt: skip
            return


def _made(facts: Facts, name: str, step: str) -> tuple[int, Place]:
    """Where a step last made or changed a name."""
    events = [event for event in facts.timeline.events.get(name, ()) if event.step == step]
    if events:
        return facts.timeline.placed[events[-1].position].statement.cell, events[-1].place
    return facts.timeline.cells_of[step][0], Place(1)


def _skipped_files(facts: Facts) -> Iterator[Diagnostic]:
    """The pipeline never writes what a skipped cell writes: a step would read a file that an earlier run left."""
    for item in facts.skipped_files:
        yield nb205_needs_skipped_cell.file(facts.notebook, item.cell, item.step, item.path, item.skipped)
