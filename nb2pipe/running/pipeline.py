"""Run a project's steps, each in a kernel of its own: what is there is used again, what can run at once does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from nb2pipe.errors import InvalidInput
from nb2pipe.model import Pipeline, Planned, RunRecord, StepRecord, StepStatus
from nb2pipe.rules import nb306_unknown_step
from nb2pipe.running import locks, runs
from nb2pipe.running.caching.cache import Cache, Made
from nb2pipe.running.options import RunOptions
from nb2pipe.running.projects import Project, remember, selected
from nb2pipe.running.records import finished, reused


def run_pipeline(project: Project, options: RunOptions) -> RunRecord:
    """Run the selected steps. Raises StepFailed, Interrupted, ... after the record is written."""
    wanted = refuse(project.pipeline, options.select, options.force)
    cache = open_cache(project, options)
    try:
        record = _new_record(project, options, cache)
        remember(project)
        options.progress.run_started([step.name for step in project.pipeline.steps if step.name in wanted])
        with locks.held(runs.folder(project.state, record.id)):
            record, made, reasons = _reuse(project, record, wanted, options, cache)
            todo = [step for step in project.pipeline.steps if step.name in wanted and step.name not in made]
            if not todo:
                return finished(project, record, options, 0.0)
            from nb2pipe.running.scheduler import Scheduler  # what is ready needs none of it

            return Scheduler(project, options, cache, record, made, reasons).run(todo, len(wanted))
    finally:
        cache.index.close()


def plan_run(project: Project, options: RunOptions) -> tuple[Planned, ...]:
    """What :func:`run_pipeline` would do, step by step; nothing is run or written, but for the index of the cache."""
    wanted = refuse(project.pipeline, options.select, options.force)
    cache = open_cache(project, options)
    try:
        made: dict[str, Made] = {}
        found: list[Planned] = []
        for step in project.pipeline.steps:
            ready = all(name in made for name in step.above)
            decision = cache.decide(step, made if ready else None)
            if decision.entry is not None:
                made[step.name] = Made(id=decision.entry.id, outputs=decision.entry.outputs)
                found.append(Planned(name=step.name, action="reuse", reasons=decision.entry.marks))
            elif step.name not in wanted:
                found.append(Planned(name=step.name, action="reuse", reasons=("not selected",)))
            elif decision.certain:
                found.append(Planned(name=step.name, action="run", reasons=decision.reasons))
            else:
                first = [item.name for item in found if item.action != "reuse" and item.name in step.above]
                found.append(
                    Planned(name=step.name, action="perhaps", reasons=(f"if {', '.join(first)} gives other values",))
                )
        return tuple(item for item in found if item.name in wanted or item.reasons != ("not selected",))
    finally:
        cache.index.close()


def open_cache(project: Project, options: RunOptions) -> Cache:
    """The cache as a run with these options sees it."""
    return Cache(
        project, options.parameters, options.kernel, wanted=options.reuse or options.resume, forced=options.force,
        unkept=options.unkept, salts=options.salts,
    )  # fmt: skip


def upstream(pipeline: Pipeline, names: set[str]) -> set[str]:
    """These steps and all that they depend on."""
    by_name = {step.name: step for step in pipeline.steps}
    found: set[str] = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in found and name in by_name:
            found.add(name)
            pending.extend(by_name[name].above)
    return found


def refuse(pipeline: Pipeline, select: str | None, force: frozenset[str]) -> set[str]:
    """The names of the selected steps; raises InvalidInput for unknown names and impossible selections."""
    known = tuple(step.name for step in pipeline.steps)
    unknown = sorted(force - set(known))
    if unknown:
        raise InvalidInput(*(nb306_unknown_step.diagnostic(name, known) for name in unknown))
    wanted = {step.name for step in selected(pipeline, select)}
    needed = upstream(pipeline, wanted) - wanted
    for step in pipeline.steps:  # what lies between selected steps has no outputs that fit what the earlier will make
        if step.name in needed and upstream(pipeline, {step.name}) & wanted:
            names = tuple(s.name for s in pipeline.steps if s.name in wanted | {step.name})
            raise InvalidInput(nb306_unknown_step.between(step.name, names))
    return wanted


def _new_record(project: Project, options: RunOptions, cache: Cache) -> RunRecord:
    keys = cache.lasting_keys()
    return RunRecord(
        id=options.run or runs.new_id(),
        project=str(project.folder),
        pipeline=project.pipeline.name,
        steps=tuple(
            StepRecord(name=step.name, status=StepStatus.NOT_RUN, key=keys[step.name])
            for step in project.pipeline.steps
        ),
        parameters=dict(options.parameters),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _reuse(
    project: Project, record: RunRecord, wanted: set[str], options: RunOptions, cache: Cache
) -> tuple[RunRecord, dict[str, Made], dict[str, tuple[str, ...]]]:
    """Link what is there; what is made with it; and why the steps run whose inputs are all there."""
    needed = upstream(project.pipeline, wanted) - wanted
    record, made = _reuse_needed(project, record, needed, cache)
    reasons: dict[str, tuple[str, ...]] = {}
    last = next(runs.newest_first(project.state), None) if options.resume else None
    used: list[str] = []
    for step in project.pipeline.steps:
        if step.name not in wanted or not all(name in made for name in step.above):
            continue
        decision = cache.decide(step, made)
        found = cache.restore(decision.entry, record.id) if decision.entry is not None else None
        if found is not None and decision.entry is not None:
            made[step.name] = found
            used.append(found.id)
            item = reused(step, record, decision.entry.run, decision.entry.marks)
        elif (
            last is not None and cache.is_unkept(step) and step.name in runs.usable(project.state, last, _keys(record))
        ):
            runs.link_step(project.state, last.id, record.id, step.name)
            made[step.name] = cache.made(step, record.id)
            item = reused(step, record, last.id, ())
        else:
            reasons[step.name] = decision.reasons if cache.wanted else ()
            continue
        record = runs.with_step(record, item)
        options.progress.step_finished(item)
    cache.index.used(used)
    return record, made, reasons


def _keys(record: RunRecord) -> dict[str, str | None]:
    return {item.name: item.key for item in record.steps}


def _reuse_needed(
    project: Project, record: RunRecord, needed: set[str], cache: Cache
) -> tuple[RunRecord, dict[str, Made]]:
    """Steps outside the selection are not run: what they left comes from the cache, or else from one earlier run."""
    made: dict[str, Made] = {}
    steps = [step for step in project.pipeline.steps if step.name in needed]
    for step in steps:
        entry = cache.stored(step, made)
        found = cache.restore(entry, record.id) if entry is not None else None
        if found is None or entry is None:
            break
        made[step.name] = found
        record = runs.with_step(record, reused(step, record, entry.run, entry.marks))
    if len(made) == len(steps):
        return record, made
    source = runs.find_run(project.state, {name: key for name, key in _keys(record).items() if name in needed})
    if source is None:
        raise InvalidInput(_not_stored(project, needed, _keys(record)))
    for step in steps:  # one run, not the newest of each step: only a run agrees with itself
        runs.unlink_step(project.state, record.id, step.name)
        runs.link_step(project.state, source.id, record.id, step.name)
        made[step.name] = cache.made(step, record.id)
        item = next(item for item in source.steps if item.name == step.name)
        record = runs.with_step(record, reused(step, record, item.run or source.id, ()))
    return record, made


def _not_stored(project: Project, needed: set[str], keys: Mapping[str, str | None]) -> Any:
    """Name the first step whose outputs are not there."""
    last = next(runs.newest_first(project.state), None)
    there = runs.usable(project.state, last, keys) if last else {}
    names = [step.name for step in project.pipeline.steps if step.name in needed]
    missing = next((name for name in names if name not in there), names[0])
    reader = next(step.name for step in project.pipeline.steps if missing in step.above)
    return nb306_unknown_step.not_stored(missing, reader)
