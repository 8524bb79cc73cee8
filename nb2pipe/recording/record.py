"""Run the original notebook once and watch it from the step borders, without touching its cells."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nb2pipe import formats, magics, temporary
from nb2pipe.dataflow.memos import Memo
from nb2pipe.model import (
    BindingKind,
    Cell,
    CellKind,
    Environment,
    MetricSource,
    Notebook,
    ObservedMetric,
    ObservedValue,
    Recording,
    Role,
    Segment,
    SegmentObservation,
)
from nb2pipe.model.numbers import exact
from nb2pipe.outputs.cells import outcomes, read_cell
from nb2pipe.planning import Plan
from nb2pipe.planning.libraries import with_implied
from nb2pipe.planning.metrics import LOG, PRINT, logged_in, printed_in
from nb2pipe.planning.timeline import SETUP_ROLES, Carrier
from nb2pipe.recording.original import as_nbformat
from nb2pipe.recording.parts import parts
from nb2pipe.recording.probe import Probe
from nb2pipe.recording.remembering import memos_of
from nb2pipe.running import logged
from nb2pipe.running.executing.execute import execute_notebook
from nb2pipe.running.executing.watching import Execution, KernelSession, RunningCell, Watcher
from nb2pipe.running.kernel.kernels import Kernel


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What to look at, and when: worked out from the plan before the run."""

    segment_starts: frozenset[int]
    segment_ends: Mapping[int, tuple[int, Segment]]
    names: tuple[str, ...]
    definitions: tuple[str, ...]  # functions and classes: replayed, unless something changes what they hold
    stores: Mapping[int, tuple[str, ...]]  # segment -> what is looked at and stored when it ends
    metrics: Mapping[int, tuple[tuple[str, ...], str | None]]
    no_series: Mapping[int, tuple[str, ...]]  # cell -> names whose lists, arrays and columns are data, not metrics
    modules: tuple[str, ...]
    printing: Mapping[int, frozenset[str]]  # cells whose printed numbers count; expressions that are read better
    logging: Mapping[int, Mapping[str, str]]  # cells whose logged numbers count; those that variables hold


def record(
    notebook: Notebook,
    plan: Plan,
    *,
    kernel: Kernel,
    output: Path,
    timeout: float | None = None,
    on_cell: Callable[[int], None] | None = None,
    random_states: Path | None = None,
    execute: Callable[..., Execution] = execute_notebook,
) -> Recording:
    """Execute the notebook in its own folder; ``output`` is where the executed copy goes.

    ``random_states`` is a folder for the random state before each segment (``CELL.state``), so that a verifying run can
    draw the same numbers where the notebook does not seed. ``execute`` runs notebooks, as ``execute_notebook`` does.

    Raises ExecutionFailure if the notebook does not run from top to bottom.
    """
    with temporary.folder() as folder:
        recorder = _Recorder(
            watch=_watch(plan), folder=Path(folder), on_cell=on_cell, random_states=random_states,
            memos=memos_of(notebook),
        )  # fmt: skip
        execution = execute(
            as_nbformat(notebook),
            output,
            kernel=kernel,
            cwd=notebook.path.resolve().parent,
            timeout=timeout,
            watcher=recorder,
        )
    return recorder.recording(execution.seconds)


def state_file(cell: int) -> str:
    """The name of the file that holds the random state before a cell."""
    return f"{cell}.state"


def _watch(plan: Plan) -> Watch:
    timeline = plan.timeline
    code_cells = {segment.cells[-1]: (number, segment) for number, segment in enumerate(timeline.segments)}
    stores = {step.name: {name for a in step.outputs for name in a.names} for step in plan.pipeline.steps}
    for step, name in plan.extra:
        stores[step].add(name)
    crossing = {name for names in stores.values() for name in names}
    data = {
        name
        for name, events in timeline.events.items()
        if any(event.carrier in (Carrier.ARTIFACT, Carrier.SKIPPED) for event in events)
    }
    replayed = {  # made again in each step, until something changes them
        binding.name
        for item in timeline.placed
        for binding in item.statement.bindings
        if binding.kind is BindingKind.DATA and item.role in (Role.PARAMETERS, *SETUP_ROLES)
    }
    definitions = {
        binding.name
        for item in timeline.placed
        for binding in item.statement.bindings
        if binding.kind in (BindingKind.FUNCTION, BindingKind.CLASS)
    }
    watched = {n for n in crossing if n in data or n not in timeline.events} | replayed | plan.unresolved
    at_end: dict[int, list[str]] = {}
    for step, handed_on in stores.items():
        for name in sorted(handed_on):
            at_end.setdefault(timeline.leaves(step, name), []).append(name)
    metrics: dict[int, tuple[list[str], str | None]] = {}
    no_series: dict[int, list[str]] = {}
    printing = {
        c.cell: printed_in(plan.candidates, c.cell) for c in plan.candidates if c.source is MetricSource.PRINTED
    }
    logging = {c.cell: logged_in(plan.candidates, c.cell) for c in plan.candidates}
    for candidate in plan.candidates:
        if candidate.source in (MetricSource.PRINTED, MetricSource.LOGGED):
            continue
        names, _ = metrics.setdefault(candidate.cell, ([], None))
        if candidate.source is MetricSource.VARIABLE:
            names.append(candidate.expression)
            if not candidate.series:
                no_series.setdefault(candidate.cell, []).append(candidate.expression)
        else:
            metrics[candidate.cell] = (names, candidate.expression)
    return Watch(
        segment_starts=frozenset(segment.cells[0] for segment in timeline.segments if segment.step),
        segment_ends=code_cells,
        names=tuple(sorted(watched)),
        definitions=tuple(sorted(definitions - watched)),
        stores={number: tuple(names) for number, names in at_end.items()},
        printing=printing,
        logging={cell: tied for cell, tied in logging.items() if tied is not None},
        metrics={cell: (tuple(names), shown) for cell, (names, shown) in metrics.items()},
        no_series={cell: tuple(names) for cell, names in no_series.items()},
        modules=tuple(sorted({module for step in plan.pipeline.steps for module in step.modules})),
    )


@dataclass(slots=True, kw_only=True)
class _Recorder(Watcher):
    watch: Watch
    folder: Path
    on_cell: Callable[[int], None] | None
    random_states: Path | None
    memos: tuple[Memo, ...] = ()
    probe: Probe | None = None
    seen: dict[str, str | None] = field(default_factory=dict)
    latest: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    random: str | None = None
    values: list[ObservedValue] = field(default_factory=list)
    metrics: list[ObservedMetric] = field(default_factory=list)
    segments: dict[int, SegmentObservation] = field(default_factory=dict)
    environment: Environment | None = None
    began: float = 0.0
    outputs: dict[int, list[Mapping[str, Any]]] = field(default_factory=dict)

    def started(self, session: KernelSession) -> None:
        self.probe = Probe(session, self.folder, self.memos)
        self.probe.install()
        self.probe.remember()
        self.probe.watch()
        if self.watch.logging:
            logged.listen(session)
        self.random = self.probe.border()["random"]
        self.began = time.monotonic()

    def before_cell(self, session: KernelSession, cell: RunningCell) -> None:
        index = cell.source_index
        assert index is not None
        assert self.probe is not None
        if self.on_cell is not None:
            self.on_cell(index)
        if self.random_states is not None and index in self.watch.segment_starts:
            self.probe.keep_random(
                self.random_states / state_file(index), numpy="numpy" in with_implied(self.watch.modules)
            )

        if index in self.watch.logging:
            logged.begin(session)

    def output(self, cell: RunningCell, output: Mapping[str, Any]) -> None:
        if cell.source_index is not None and cell.source_index in self.watch.printing:
            self.outputs.setdefault(cell.source_index, []).append(output)

    def after_cell(self, session: KernelSession, cell: RunningCell, seconds: float) -> None:
        index = cell.source_index
        assert index is not None
        assert self.probe is not None
        if index in self.watch.metrics:
            names, shown = self.watch.metrics[index]
            plain = self.watch.no_series.get(index, ())
            for item in self.probe.metrics(cell=index, names=names, expression=shown, no_series=plain):
                self.metrics.append(
                    ObservedMetric(
                        cell=index,
                        source=MetricSource(item["source"]),
                        expression=item["expression"],
                        key=item["key"],
                        value=exact(item["value"]),
                    )
                )
        if index in self.watch.printing:
            self.metrics += printed_metrics(cell, self.outputs.get(index, []), self.watch.printing[index])
        if index in self.watch.logging:
            numbers = logged.read(session, self.folder / "logged.json")
            self.metrics += logged_metrics(index, numbers, self.watch.logging[index], self.metrics)
        if index in self.watch.segment_ends:
            self._border(*self.watch.segment_ends[index])

    def finished(self, session: KernelSession) -> None:
        assert self.probe is not None
        self.environment = self.probe.environment(self.watch.modules)

    def recording(self, seconds: float) -> Recording:
        assert self.environment is not None
        empty = Segment(step=None, cells=())
        numbers = range(max(self.segments, default=-1) + 1)
        return Recording(
            segments=tuple(self.segments.get(n, SegmentObservation(segment=empty)) for n in numbers),
            values=tuple(self.values),
            metrics=tuple(self.metrics),
            environment=self.environment,
            seconds=seconds,
        )

    def _border(self, number: int, segment: Segment) -> None:
        """Compare with the last border; store what this step hands on, if it is new or may have changed."""
        assert self.probe is not None
        seconds = time.monotonic() - self.began
        step = segment.step
        wanted = self.watch.stores.get(number, ())
        known = {name: value["fingerprint"] for name, value in self.latest.items() if value["fingerprint"] is not None}
        reply = self.probe.border(
            names=self.watch.names,
            definitions=self.watch.definitions,
            store=wanted,
            formats=formats.FORMATS,
            known=known,
        )
        values = {name: value for name, value in reply["values"].items() if value["present"]}
        code = reply["definitions"]
        changed = tuple(
            sorted(
                name
                for name, value in values.items()
                if not (value["rebuilt"] and name in self.seen)
                and (value["fingerprint"] is None or self.seen.get(name) != value["fingerprint"])
            )
        )
        gone = tuple(sorted(name for name in self.seen if name not in values and name not in code))
        held = {name: value["fingerprint"] for name, value in code.items() if _is_own(value["type"])}
        changed += tuple(name for name, held_now in held.items() if self.seen.get(name) != held_now)
        self.seen = {**held, **{name: value["fingerprint"] for name, value in values.items()}}
        self.segments[number] = SegmentObservation(
            segment=segment,
            changed=(*changed, *gone),
            random_moved=reply["random"] != self.random,
            seconds=seconds,
            aliases=tuple(tuple(group) for group in reply["aliases"]),
            memory=tuple(tuple(group) for group in reply["memory"]),
            objects=tuple(tuple(group) for group in reply["objects"]),
            settings=self.probe.settings(),
            definitions=held,
            tied={name: tuple(names) for name, names in reply["tied"].items()},
            **{kind: tuple(names) for kind, names in self.probe.accesses().items()},
        )
        self.random = reply["random"]
        if step is not None and wanted:
            names = [name for name in wanted if name in values]
            self._keep(step, names, values)
            groups = dict.fromkeys((*self.segments[number].aliases, *self.segments[number].objects))
            self._store_groups(step, names, tuple(groups))
        self.began = time.monotonic()

    def _keep(self, step: str, names: list[str], values: Mapping[str, Mapping[str, Any]]) -> None:
        """Note what the step hands on; a value that was stored at an earlier border was not stored again."""
        for name in names:
            now, before = values[name]["fingerprint"], self.latest.get(name)
            if now is None or before is None or before["fingerprint"] != now:
                self.latest[name] = values[name]
            self.values.append(_observed(step, name, self.latest[name]))

    def _store_groups(self, step: str, names: list[str], groups: tuple[tuple[str, ...], ...]) -> None:
        """Names that share objects are also tried together: planning decides later which groups matter."""
        assert self.probe is not None
        wanted = [list(group) for group in groups if set(group) & set(names)]
        if not wanted:
            return
        members = sorted({name for group in wanted for name in group} - set(names))
        reply = self.probe.border(store=wanted, outlines=members, formats=formats.FORMATS)["values"]
        for group in wanted:
            self.values.append(_observed(step, "+".join(group), reply["+".join(group)]))
        self.values += [_observed(step, name, reply[name]) for name in members]


def _is_own(type_name: str) -> bool:
    """Whether a definition is of the notebook: a library's compiled or caching wrapper changes when it is called, and means
    the same."""
    return type_name in ("function", "class", "functools._lru_cache_wrapper") or type_name.startswith("__main__.")


def printed_metrics(
    cell: RunningCell, outputs: Sequence[Mapping[str, Any]], known: frozenset[str]
) -> Iterator[ObservedMetric]:
    """The numbers that a metrics cell printed and that no variable holds."""
    assert cell.source_index is not None
    shown = Cell(
        index=cell.source_index, id=cell.id, kind=CellKind.CODE, source=cell.source, outputs=tuple(outputs)
    )  # fmt: skip
    for reading in outcomes(read_cell(shown, magics.to_python(cell.source).text)):
        if reading.expression not in known:
            yield ObservedMetric(
                cell=shown.index, source=MetricSource.PRINTED, expression=PRINT, key=reading.name, value=reading.value,
                decimals=reading.decimals,
            )  # fmt: skip


def logged_metrics(
    cell: int, numbers: Mapping[str, float], tied: Mapping[str, str], known: Sequence[ObservedMetric]
) -> list[ObservedMetric]:
    """The numbers that a metrics cell handed to a tracker, but for those that a variable holds."""
    held = {item.expression: item.value for item in known if item.cell == cell and not item.key}
    return [
        ObservedMetric(cell=cell, source=MetricSource.LOGGED, expression=LOG, key=name, value=value)
        for name, value in numbers.items()
        if name not in tied or held.get(tied[name]) != value
    ]


def _observed(step: str, name: str, value: Mapping[str, Any]) -> ObservedValue:
    return ObservedValue(
        step=step,
        name=name,
        type=value["type"],
        size=value["size"],
        fingerprint=value["fingerprint"],
        format=value["format"],
        refusal=value["refusal"],
        code=tuple(value["code"]),
        outline=parts(value["outline"]),
        rebuilt=value["rebuilt"],
        reads=tuple(value["reads"]),
    )
