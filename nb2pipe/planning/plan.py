"""Put steps, artifacts, parameters and metrics together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import (
    Artifact,
    CellFlow,
    CellRole,
    Notebook,
    ObservedValue,
    Parameter,
    Pipeline,
    ProblemKind,
    Recording,
    Role,
    Snippet,
    Step,
)
from nb2pipe.planning import assumed, files, findings, metrics, observe, randomness, sharing, timeline
from nb2pipe.planning.libraries import SEABORN_COLOURS, concerned, may_draw, names_colours, with_implied
from nb2pipe.planning.order import order
from nb2pipe.planning.resolve import Needs, Resolver, imported_modules, settings_before
from nb2pipe.planning.timeline import EventKind, Timeline

_ALWAYS = frozenset({"__future__", "os", "sys", "warnings", "logging", "random", "locale", "decimal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A pipeline with what was noticed on the way, and what it was made from."""

    pipeline: Pipeline
    diagnostics: tuple[Diagnostic, ...]
    timeline: Timeline
    candidates: tuple[metrics.Candidate, ...]
    unresolved: frozenset[str] = frozenset()  # names that are read, but that nothing visibly defines
    reseeded: frozenset[str] = frozenset()  # steps that replay a seed of the notebook's setup
    relevant: Mapping[str, frozenset[str]] = field(default_factory=dict)  # step -> libraries whose settings it gets
    extra: frozenset[tuple[str, str]] = frozenset()  # (step, name): values to look at that are no outputs yet


def plan(
    notebook: Notebook,
    roles: Sequence[CellRole],
    flows: Sequence[CellFlow],
    parameters: Sequence[Parameter],
    recording: Recording | None = None,
) -> Plan:
    """Plan the pipeline of a notebook; with a ``recording`` of its run, as that showed it to be."""
    by_cell = {flow.cell: flow for flow in flows}
    untagged = not any(role.role is Role.STEP for role in roles)
    roles = timeline.settle_heads(roles, by_cell)
    line = timeline.build(roles, by_cell, _literals(parameters))
    line = observe.with_declared(line, [(role.cell, name) for role in roles if role.step for name in role.outputs])
    observed: Mapping[str, tuple[str, ...]] = {}
    bundles: tuple[sharing.Bundle, ...] = ()
    static = line
    if recording is not None:
        observed = observe.seen_names(line, recording)
        line = observe.refine(line, recording)
        bundles = sharing.bundles(line, recording)
        line = sharing.with_bundles(line, bundles)
    resolver = Resolver(line, star_imports=_star_imports(line, by_cell), observed=observed)
    groups = sharing.groups_of(bundles)
    random = randomness.flow(line, recording)
    needs = {step: resolver.needs(step) for step in line.steps}
    values = {(value.step, value.name): value for value in recording.values} if recording else {}
    _add_declared(needs, roles, resolver)
    _add_texts(needs, roles, by_cell, line, resolver)
    _close_outputs(needs, resolver, groups)
    _add_code(needs, values, resolver, groups)
    _add_unpickled(needs, recording, resolver)
    _close_outputs(needs, resolver, groups)
    relevant = _add_settings(needs, line, resolver, random, values, notebook)
    _close_outputs(needs, resolver, groups)
    for step in line.steps:
        resolver.check_versions(needs[step], step)
    found = metrics.candidates(roles, by_cell)
    steps = _steps(needs, line, random, values, roles, groups)
    if recording is not None:
        kept = assumed.unchanged(static, line, needs)
        still = assumed.without_draws(line, random)
        steps = tuple(replace(step, unchanged=kept.get(step.name, ()), draws=step.name not in still) for step in steps)
    touched = files.flow(line, recording)
    ordered, cycle = order(files.with_files(steps, touched))
    pipeline = Pipeline(
        name=notebook.path.stem,
        notebook=notebook.path.name,
        steps=ordered,
        parameters=tuple(parameters),
        metrics=metrics.from_observed(found, recording.metrics) if recording else metrics.from_candidates(found),
        kernel_name=notebook.kernel_name,
    )
    facts = findings.Facts(
        notebook=notebook, roles=tuple(roles), flows=by_cell, timeline=line, pipeline=pipeline, needs=needs,
        values=values, random=random, cycle=cycle, observed=recording is not None, untagged=untagged, bundles=bundles,
        segments=recording.segments if recording is not None else (),
        skipped_files=touched.skipped,
    )  # fmt: skip
    return Plan(
        pipeline=pipeline,
        diagnostics=findings.collect(facts),
        timeline=line,
        candidates=found,
        reseeded=frozenset(random.reseed),
        relevant=relevant,
        unresolved=frozenset(unknown.use.name for need in needs.values() for unknown in need.unknown),
    )


def _literals(parameters: Sequence[Parameter]) -> dict[int, frozenset[str]]:
    cells: dict[int, set[str]] = {}
    for parameter in parameters:
        cells.setdefault(parameter.cell, set()).add(parameter.name)
    return {cell: frozenset(names) for cell, names in cells.items()}


def _star_imports(line: Timeline, flows: Mapping[int, CellFlow]) -> tuple[int, ...]:
    lines = {
        (cell, problem.place.line)
        for cell, flow in flows.items()
        for problem in flow.problems
        if problem.kind is ProblemKind.STAR_IMPORT
    }
    return tuple(item.position for item in line.placed if (item.statement.cell, item.statement.line) in lines)


def _add_declared(needs: dict[str, Needs], roles: Sequence[CellRole], resolver: Resolver) -> None:
    """``in:NAME`` brings a name that the analysis did not see being read."""
    for role in roles:
        if role.step is None:
            continue
        for name in role.inputs:
            if name not in needs[role.step].artifacts and resolver.has_name(name):
                resolver.code(needs[role.step], role.step, name)


def _add_texts(
    needs: dict[str, Needs],
    roles: Sequence[CellRole],
    flows: Mapping[int, CellFlow],
    line: Timeline,
    resolver: Resolver,
) -> None:
    """A cell that reads names out of texts gets what stands in the notebook's strings and was there before."""
    readers = [role for role in roles if role.step is not None and role.cell in flows and flows[role.cell].reads_text]
    words = frozenset[str]().union(*(flow.words for flow in flows.values())) if readers else frozenset[str]()
    for role in readers:
        assert role.step is not None
        start = line.start(role.step)
        for name in sorted(words.intersection(line.events)):
            if any(event.step != role.step for event in line.reaching(name, start)):
                resolver.code(needs[role.step], role.step, name)


def _close_outputs(
    needs: dict[str, Needs], resolver: Resolver, groups: Mapping[tuple[str, str], tuple[str, ...]]
) -> None:
    """A step that hands on what it may not have made itself needs the value too; that may reach further back."""
    done: set[tuple[str, str]] = set()
    pending = [(step, name) for need in needs.values() for name, step in need.artifacts.items()]
    while pending:
        step, asked = pending.pop()
        for name in groups.get((step, asked), (asked,)):
            if (step, name) in done:
                continue
            done.add((step, name))
            known = set(needs[step].artifacts.items())
            resolver.pass_through(needs[step], step, name)
            pending.extend((provider, new) for new, provider in needs[step].artifacts.items() - known)


def _add_code(
    needs: dict[str, Needs],
    values: Mapping[tuple[str, str], ObservedValue],
    resolver: Resolver,
    groups: Mapping[tuple[str, str], tuple[str, ...]],
) -> None:
    """Loaded values may be instances of classes that the notebook defines: bring the definitions."""
    for step, need in needs.items():
        for name, provider in tuple(need.artifacts.items()):
            value = values.get((provider, "+".join(groups.get((provider, name), (name,)))))
            for code in value.code if value else ():
                resolver.code(need, step, code, provider)


def _add_unpickled(needs: dict[str, Needs], recording: Recording | None, resolver: Resolver) -> None:
    """A step that reads a pickle from a file gets the classes and functions that the run found in it."""
    for observation in recording.segments if recording is not None else ():
        step = observation.segment.step
        for name in observation.unpickled if step is not None else ():
            if step is not None and resolver.has_name(name):
                resolver.code(needs[step], step, name)


def _add_settings(
    needs: dict[str, Needs],
    line: Timeline,
    resolver: Resolver,
    random: randomness.RandomFlow,
    values: Mapping[tuple[str, str], ObservedValue],
    notebook: Notebook,
) -> dict[str, frozenset[str]]:
    """Replay what sets the libraries that a step uses; says which these are."""
    found: dict[str, frozenset[str]] = {}
    for step, need in needs.items():
        own = line.statements_of[step]
        modules = imported_modules(own) | imported_modules(line.placed[position] for position in need.replays)
        loaded = frozenset(
            module for name, provider in need.artifacts.items() for module in _modules_of(values.get((provider, name)))
        )
        relevant = with_implied(modules | loaded) | _ALWAYS
        cells = {*line.cells_of[step], *(line.placed[position].statement.cell for position in need.replays)}
        texts = [notebook.cells[cell].source for cell in cells]
        if may_draw(modules | loaded, texts):
            relevant |= {"matplotlib"}
        if names_colours(texts):
            relevant |= {SEABORN_COLOURS}
        for item in settings_before(line, step):
            if item.statement.seeds:
                wanted = item.position in random.reseed.get(step, ())
            else:
                wanted = not item.statement.modules or bool(relevant & concerned(item.statement.modules))
            if wanted:
                resolver.replay_setting(need, step, item)
        found[step] = relevant
    return found


def _modules_of(value: ObservedValue | None) -> tuple[str, ...]:
    """Libraries whose settings may matter for a loaded value; an unknown value or a container may hold anything."""
    if value is None or value.type in ("list", "dict", "tuple", "set"):
        return ("pandas", "numpy")
    root, dot, _ = value.type.partition(".")
    return (root,) if dot else ()


def _steps(
    needs: dict[str, Needs],
    line: Timeline,
    random: randomness.RandomFlow,
    values: Mapping[tuple[str, str], ObservedValue],
    roles: Sequence[CellRole],
    groups: Mapping[tuple[str, str], tuple[str, ...]],
) -> tuple[Step, ...]:
    outputs: dict[str, dict[str, Artifact]] = {step: {} for step in line.steps}

    def artifact(step: str, name: str) -> Artifact:
        names = groups.get((step, name), (name,))
        value = values.get((step, "+".join(names)))
        return Artifact(
            names=names,
            step=step,
            format=value.format if value else None,
            type=value.type if value else None,
            optional=len(names) == 1 and ((bool(values) and value is None) or _optional(line, needs[step], step, name)),
        )

    for need in needs.values():
        for name, provider in need.artifacts.items():
            made = artifact(provider, name)
            outputs[provider][made.name] = made
    after: dict[str, dict[str, None]] = {}
    for role in roles:
        if role.step:
            after.setdefault(role.step, {}).update(dict.fromkeys(role.after))
    sources = set(random.source.values())
    uncached = {role.step for role in roles if role.step and not role.cache}

    return tuple(
        Step(
            name=step,
            cells=line.cells_of[step],
            inputs=_inputs(needs[step], line, outputs),
            outputs=tuple(made for _, made in sorted(outputs[step].items())),
            early=tuple(sorted(needs[step].early)),
            parameters=tuple(sorted(needs[step].parameters)),
            setup=_snippets(line, needs[step].replays, needs[step].early_at),
            after=tuple(name for name in after.get(step, {}) if name in needs and name != step),
            random_from=random.source.get(step),
            saves_random=step in sources,
            cache=step not in uncached,
            modules=tuple(
                sorted(
                    imported_modules(
                        (*line.statements_of[step], *(line.placed[p] for p in sorted(needs[step].replays)))
                    )
                )
            ),
        )
        for step in line.steps
    )


def _inputs(need: Needs, line: Timeline, outputs: Mapping[str, Mapping[str, Artifact]]) -> tuple[Artifact, ...]:
    """What a step loads, by the order of the steps that made it; of a bundle only the names that come from there."""
    rank = {step: number for number, step in enumerate(line.steps)}
    found: dict[tuple[int, str], Artifact] = {}
    for name, provider in need.artifacts.items():
        made = next(item for item in outputs[provider].values() if name in item.names)
        known = found.get((rank[provider], made.name), replace(made, wanted=()))
        found[rank[provider], made.name] = replace(known, wanted=(*known.wanted, name)) if len(made.names) > 1 else made
    return tuple(
        replace(
            item, wanted=tuple(n for n in item.names if n in item.wanted) if len(item.wanted) < len(item.names) else ()
        )
        for _, item in sorted(found.items())
    )


def _optional(line: Timeline, need: Needs, step: str, name: str) -> bool:
    """Whether some path through the step ends without the name."""
    if name in need.artifacts:
        return False
    own = [event for event in line.events.get(name, ()) if event.step == step]
    if not own:
        return True  # seen only in the observed run
    certain = any(event.kind is EventKind.BIND and event.certain for event in own)
    mutates_given = own[0].kind is EventKind.MUTATE
    deleted = own[-1].kind is EventKind.DELETE
    return deleted or not (certain or mutates_given)


def _snippets(line: Timeline, positions: set[int], early_at: int | None) -> tuple[Snippet, ...]:
    """Whole lines, in notebook order, each line once; those from ``early_at`` on apart: they read loaded values."""
    snippets: list[Snippet] = []
    for position in sorted(positions):
        statement = line.placed[position].statement
        early = position == early_at
        new = Snippet(cell=statement.cell, line=statement.line, end_line=statement.end_line, after_loads=early)
        gap = new.line - snippets[-1].end_line if snippets and snippets[-1].cell == new.cell else None
        if gap is not None and (gap <= 0 or (gap == 1 and not early)):
            last = snippets.pop()
            new = replace(last, end_line=max(last.end_line, new.end_line), after_loads=last.after_loads or early)
        snippets.append(new)
    return tuple(snippets)
