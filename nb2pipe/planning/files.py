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
        found.makes(observation.segment.step, observation.makes)
        found.lists(observation.segment.step, observation.lists)
        found.reads(observation.segment.step, cells, observation.reads)
        found.writes(observation.segment.step, cells[0] if skip else None, observation.writes)
        found.removes(observation.segment.step, observation.removes)
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
        self._makers: dict[str, str] = {}
        self._listers: dict[str, dict[str, None]] = {}
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
            for folder in _above(path):
                for other in (self._makers.get(folder), *self._listers.get(folder, {})):
                    self._put_after(step, other)

    def removes(self, step: str | None, paths: Sequence[str]) -> None:
        """Nobody may come late who still needs what is removed, nor early who makes it anew."""
        for path in paths if step else ():
            assert step is not None
            for known in [name for name in {**self._writer, **self._readers} if name == path or path in _above(name)]:
                for other in (self._writer.pop(known, None), *self._readers.pop(known, {})):
                    self._put_after(step, other)
            self._writer[path] = step

    def makes(self, step: str | None, folders: Sequence[str]) -> None:
        """Who writes into a folder comes after the first that made it."""
        for folder in folders if step else ():
            assert step is not None
            self._makers.setdefault(folder, step)

    def lists(self, step: str | None, folders: Sequence[str]) -> None:
        """Who looks what files there are comes after those that wrote them, and before those that write more."""
        for folder in folders if step else ():
            assert step is not None
            for path, writer in self._writer.items():
                if folder in _above(path):
                    self._put_after(step, writer)
            self._listers.setdefault(folder, {})[step] = None

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


def _above(path: str) -> list[str]:
    """The folders that a file lies in, up to the notebook's: ``a/b/c.txt`` is in ``a/b``, ``a`` and ``.``."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)] + ["."]
