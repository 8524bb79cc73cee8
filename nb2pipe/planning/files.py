"""Files that go from step to step beside the variables: who writes what another reads, as the observed run saw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nb2pipe.model import Recording, Step
from nb2pipe.planning.order import dependencies
from nb2pipe.planning.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedFile:
    """A step reads, in the segment that begins with ``cell``, a file that the skipped cell ``skipped`` wrote."""

    step: str
    cell: int
    path: str
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFlow:
    """What each step touched; ``after``: step -> steps that must come first, because they touch the same file."""

    reads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    writes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hosts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    after: dict[str, tuple[str, ...]] = field(default_factory=dict)
    skipped: tuple[SkippedFile, ...] = ()


def flow(timeline: Timeline, recording: Recording | None) -> FileFlow:
    """Nothing is known without an observed run."""
    found = _Gathering()
    for observation in recording.segments if recording else ():
        cells = observation.segment.cells
        skip = observation.segment.step is None and bool(cells) and timeline.is_skipped(cells[0])
        found.reads(observation.segment.step, cells, observation.reads)
        found.writes(observation.segment.step, cells[0] if skip else None, observation.writes)
        found.contacts(observation.segment.step, observation.hosts)
    return found.flow()


def with_files(steps: Sequence[Step], found: FileFlow) -> tuple[Step, ...]:
    """The steps with what they touch, and with an order where no variable gives one."""
    before = _before(steps)
    placed: list[Step] = []
    for step in steps:
        missing = [name for name in found.after.get(step.name, ()) if name not in before[step.name]]
        for name in missing:
            before[step.name] |= {name, *before.get(name, ())}
        placed.append(
            replace(
                step,
                after=tuple(dict.fromkeys((*step.after, *missing))),
                reads=found.reads.get(step.name, ()),
                writes=found.writes.get(step.name, ()),
                hosts=found.hosts.get(step.name, ()),
            )
        )
    return tuple(placed)


def _before(steps: Sequence[Step]) -> dict[str, set[str]]:
    """Step -> all steps that variables, random state or tags put before it. ``steps`` are in notebook order."""
    known: dict[str, set[str]] = {}
    for step in steps:
        direct = set(dependencies(step))
        known[step.name] = direct.union(*(known.get(name, set()) for name in direct))
    return known


class _Gathering:
    """Goes along the segments and remembers who touched a file last."""

    def __init__(self) -> None:
        self._touched: dict[str, dict[str, dict[str, None]]] = {"reads": {}, "writes": {}, "hosts": {}}
        self._writer: dict[str, str] = {}
        self._readers: dict[str, dict[str, None]] = {}
        self._skipped: dict[str, int] = {}
        self._after: dict[str, dict[str, None]] = {}
        self._broken: list[SkippedFile] = []

    def reads(self, step: str | None, cells: tuple[int, ...], paths: Sequence[str]) -> None:
        for path in paths if step else ():
            assert step is not None
            self._touched["reads"].setdefault(step, {})[path] = None
            if path in self._skipped:
                self._broken.append(SkippedFile(step=step, cell=cells[0], path=path, skipped=self._skipped[path]))
            self._put_after(step, self._writer.get(path))
            self._readers.setdefault(path, {})[step] = None

    def writes(self, step: str | None, skipped: int | None, paths: Sequence[str]) -> None:
        for path in paths:
            if skipped is not None:
                self._skipped[path] = skipped
            if step is None:
                continue
            self._skipped.pop(path, None)
            self._touched["writes"].setdefault(step, {})[path] = None
            for other in (self._writer.get(path), *self._readers.pop(path, {})):
                self._put_after(step, other)
            self._writer[path] = step

    def contacts(self, step: str | None, hosts: Sequence[str]) -> None:
        if step and hosts:
            self._touched["hosts"].setdefault(step, {}).update(dict.fromkeys(hosts))

    def flow(self) -> FileFlow:
        reads, writes, hosts = (
            {step: tuple(sorted(names)) for step, names in self._touched[kind].items()}
            for kind in ("reads", "writes", "hosts")
        )
        after = {step: tuple(names) for step, names in self._after.items()}
        return FileFlow(reads=reads, writes=writes, hosts=hosts, after=after, skipped=tuple(self._broken))

    def _put_after(self, step: str, other: str | None) -> None:
        if other is not None and other != step:
            self._after.setdefault(step, {})[other] = None
