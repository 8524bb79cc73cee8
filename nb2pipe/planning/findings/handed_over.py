"""Values that cannot go from one step to the next as they are."""

from __future__ import annotations

from collections.abc import Iterator

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import StatementKind
from nb2pipe.planning import ties
from nb2pipe.planning.findings.facts import Facts, made, stored
from nb2pipe.planning.sharing import groups_of
from nb2pipe.planning.timeline import Event
from nb2pipe.rules import nb204_cannot_hand_over

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


def not_saveable(facts: Facts) -> Iterator[Diagnostic]:
    """Values that no format keeps, or that look at memory which a later step changes."""
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
            cell, place = made(facts, name, provider)
            yield nb204_cannot_hand_over.diagnostic(
                facts.notebook, cell, place, names=bundle.names if bundle else (name,),
                type_name=None if bundle else value.type, step=provider, reader=step, why=why,
            )  # fmt: skip


def nameless(facts: Facts) -> Iterator[Diagnostic]:
    """A stored value refers to a function or class whose name is a stored value too, so nothing defines it beforehand."""
    for step, need in facts.needs.items():
        defined = {b.name for at in need.replays for b in facts.timeline.placed[at].statement.bindings}
        for name, provider in need.artifacts.items():
            value = stored(facts, provider, name)
            lost = [code for code in value.code if code in need.artifacts and code not in defined] if value else []
            if value is not None and lost:
                cell, place = made(facts, lost[0], provider)
                yield nb204_cannot_hand_over.diagnostic(
                    facts.notebook, cell, place, names=(name,), type_name=value.type, step=provider, reader=step,
                    why=_NAMELESS.format(lost[0], step, cell + 1),
                )  # fmt: skip


def outdated(facts: Facts) -> Iterator[Diagnostic]:
    """A stored function goes on with the names that it reads as they were when it was stored."""
    for step, need in facts.needs.items():
        for name, provider in need.artifacts.items():
            value = stored(facts, provider, name)
            if value is None or not value.reads:
                continue
            end = max(item.position for item in facts.timeline.statements_of[provider])
            for read in value.reads:
                later = [e for e in facts.timeline.events.get(read, ()) if e.position > end and not _imports(facts, e)]
                if later:
                    changed = facts.timeline.placed[later[0].position].statement.cell + 1
                    cell, place = made(facts, name, provider)
                    yield nb204_cannot_hand_over.diagnostic(
                        facts.notebook, cell, place, names=(name,), type_name=value.type, step=provider, reader=step,
                        why=_OUTDATED.format(read, changed),
                    )  # fmt: skip


def broken_ties(facts: Facts) -> Iterator[Diagnostic]:
    """A function or class, defined anew, would hold another object than a name that shared it in the notebook."""
    for tie in ties.broken(facts.timeline, facts.segments, facts.needs, groups_of(facts.bundles)):
        value = stored(facts, tie.provider, tie.name)
        cell, place = made(facts, tie.name, tie.provider)
        yield nb204_cannot_hand_over.diagnostic(
            facts.notebook, cell, place, names=(tie.name,), type_name=value.type if value else None, step=tie.provider,
            reader=tie.step, why=_TIED.format(tie.name, tie.definition, tie.step),
        )  # fmt: skip


def _imports(facts: Facts, event: Event) -> bool:
    return facts.timeline.placed[event.position].statement.kind is StatementKind.IMPORT
