"""Make room: remove what earlier runs left, least recently used first. What a running process needs stays."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nb2pipe.running import locks, runs
from nb2pipe.running.caching import objects
from nb2pipe.running.caching.index import Index

_HEAVY = ("artifacts", "steps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """Bytes before and after; how many runs lost their files, how many steps are no longer there to be reused.

    ``busy`` are runs that are under way. The records of runs (``run.json``) stay, unless everything was to go.
    """

    before: int
    after: int
    runs: int
    steps: int
    busy: tuple[str, ...] = ()


def clean(state: Path, *, max_size: int | None = None, everything: bool = False) -> Cleaned:
    """Remove the least recently used until ``max_size`` bytes are left; or ``everything``; or what nothing refers to.

    Without both, only leftovers go: objects that no entry has, and the files of runs that did not finish, but for the
    newest run.
    """
    before = size(state)
    index = Index(state)
    try:
        busy = tuple(name for name in _names(state) if locks.is_held(runs.folder(state, name)))
        limit = 0 if everything else max_size
        gone = _leftovers(state, busy, everything=everything)
        steps = 0
        for run, entry in _oldest_first(state, index, busy, everything=everything) if limit is not None else ():
            if limit is None or size(state) <= limit:
                break
            if run is not None:
                gone += _strip(state, run, record=everything)
            if entry is not None:
                index.forget([entry])
                _drop_objects(state, index)
                steps += 1
        _drop_objects(state, index)
        return Cleaned(before=before, after=size(state), runs=gone, steps=steps, busy=busy)
    finally:
        index.close()


def size(state: Path) -> int:
    """Bytes of runs and objects, files with several names counted once."""
    found: dict[tuple[int, int], int] = {}
    for part in ("runs", "objects"):
        for path in (state / part).rglob("*"):
            with suppress(OSError):
                one = path.lstat()
                if not path.is_dir():
                    found[one.st_dev, one.st_ino] = one.st_size
    return sum(found.values())


def _names(state: Path) -> list[str]:
    folder = state / "runs"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def _leftovers(state: Path, busy: tuple[str, ...], *, everything: bool) -> int:
    """Runs that a crash or a failure left unfinished; the newest may yet be resumed."""
    count = 0
    records = {record.id: record for record in runs.newest_first(state)}
    for name in _names(state)[: None if everything else -1]:
        if name not in busy and (name not in records or not records[name].finished):
            count += _strip(state, name, record=everything or name not in records)
    return count


def _oldest_first(
    state: Path, index: Index, busy: tuple[str, ...], *, everything: bool
) -> list[tuple[str | None, str | None]]:
    """Runs and entries by when they were used last; the newest run is kept as long as anything is."""
    names = [name for name in _names(state) if name not in busy]
    if not everything:
        names = names[:-1]
    found: list[tuple[float, str | None, str | None]] = []
    for name in names:
        with suppress(OSError):
            found.append((runs.folder(state, name).stat().st_mtime, name, None))
    found += [(used, None, entry.id) for entry, used in index.all()]
    return [(run, entry) for _, run, entry in sorted(found, key=lambda item: item[0])]


def _strip(state: Path, run: str, *, record: bool) -> int:
    """Remove the files of a run; its record too, if wanted."""
    folder = runs.folder(state, run)
    had = any((folder / name).exists() for name in _HEAVY)
    if record:
        shutil.rmtree(folder, ignore_errors=True)
        return 1
    for name in _HEAVY:
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / runs.REPORT).unlink(missing_ok=True)
    return int(had)


def _drop_objects(state: Path, index: Index) -> None:
    """Remove objects that no entry refers to. A run that links one right now either has it or finds it gone."""
    wanted = Counter(objects.place(state, digest) for entry, _ in index.all() for digest in entry.outputs.values())
    folder = state / "objects"
    for path in folder.rglob("*") if folder.is_dir() else ():
        if not path.is_dir() and path not in wanted:
            with suppress(OSError):
                path.unlink()
