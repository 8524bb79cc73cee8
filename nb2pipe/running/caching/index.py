"""The index of the cache: an SQLite file that several processes share. It may be deleted at any time.

Tables: ``entries`` (one per finished step that may be used again), ``files`` (digests by inode, size and time, so that
an unchanged file is not read twice) and ``notes`` (facts that are slow to find out, by what they depend on).
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nb2pipe.running.caching import objects

FILE_NAME = "cache.db"
VERSION = 1
_SETTLED = 2_000_000_000  # ns: a file changed later than this before it was read may have changed again unnoticed
_SCHEMA = """
create table entries (
  id text primary key, step text not null, partial text not null, key text not null, ingredients text not null,
  files text not null, written text not null, outputs text not null, marks text not null, run text not null,
  seconds real not null, peak_memory integer, created real not null, used real not null);
create index by_key on entries (step, key);
create table files (inode text primary key, stamp text not null, digest text not null);
create table notes (key text primary key, value text not null);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A finished step. ``files`` are digests of what it read (``None``: was not there), ``written`` of what it wrote.

    ``outputs`` maps files below the run's folder to digests of objects; ``ingredients`` is what the key is made of,
    ``partial`` the part of it that is known before the steps above have run.
    """

    id: str
    step: str
    partial: str
    key: str
    ingredients: Mapping[str, Mapping[str, str | None]]
    files: Mapping[str, str | None] = field(default_factory=dict)
    written: Mapping[str, str | None] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    run: str = ""
    seconds: float = 0.0
    peak_memory: int | None = None
    created: float = 0.0


class Index:
    """One connection per process, used by one thread at a time."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._seen: dict[str, str] = {}

    def entries(self, step: str) -> list[Entry]:
        """All of a step, the one used last first."""
        with self._open() as connection:
            rows = connection.execute("select * from entries where step = ? order by used desc", (step,)).fetchall()
        return [_entry(row) for row in rows]

    def all(self) -> list[tuple[Entry, float]]:
        """Every entry with the time it was used last, the oldest first."""
        with self._open() as connection:
            rows = connection.execute("select * from entries order by used").fetchall()
        return [(_entry(row), row["used"]) for row in rows]

    def add(self, entry: Entry) -> None:
        """Remember a finished step."""
        now = time.time()
        values = (
            entry.id, entry.step, entry.partial, entry.key, json.dumps(entry.ingredients), json.dumps(entry.files),
            json.dumps(entry.written), json.dumps(entry.outputs), json.dumps(entry.marks), entry.run, entry.seconds,
            entry.peak_memory, now, now,
        )  # fmt: skip
        with self._open() as connection:
            connection.execute("insert or replace into entries values (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", values)

    def used(self, ids: list[str]) -> None:
        """These were used just now."""
        if ids:
            with self._open() as connection:
                connection.executemany(
                    "update entries set used = ? where id = ?", [(time.time(), item) for item in ids]
                )

    def forget(self, ids: list[str]) -> None:
        """Remove entries; their objects stay until nothing refers to them."""
        with self._open() as connection:
            connection.executemany("delete from entries where id = ?", [(item,) for item in ids])

    def note(self, key: str) -> Any:
        """A remembered fact, ``None`` if there is none."""
        with self._open() as connection:
            row = connection.execute("select value from notes where key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def keep_note(self, key: str, value: object) -> None:
        """Remember a fact that only depends on what is in the key."""
        with self._open() as connection:
            connection.execute("insert or replace into notes values (?, ?)", (key, json.dumps(value)))

    def digest(self, path: Path) -> str | None:
        """Of a file's bytes, or of the names in a folder; ``None`` if there is nothing."""
        try:
            state = path.stat()
            if path.is_dir():
                return _listing(path)
            inode, stamp = _identity(state)
            known = self._seen.get(inode + stamp) or self._known(inode, stamp)
            if known is None:
                known = objects.digest_file(path)
                if time.time_ns() - state.st_mtime_ns > _SETTLED:
                    self._remember(inode, stamp, known)
        except OSError:
            return None
        self._seen[inode + stamp] = known
        return known

    def _known(self, inode: str, stamp: str) -> str | None:
        with self._open() as connection:
            row = connection.execute(
                "select digest from files where inode = ? and stamp = ?", (inode, stamp)
            ).fetchone()
        return row[0] if row else None

    def trust(self, path: Path, digest: str) -> None:
        """Remember the digest of a file that is ours and stays as it is, even if it is new. Raises OSError."""
        self._remember(*_identity(path.stat()), digest)

    def _remember(self, inode: str, stamp: str, digest: str) -> None:
        with self._open() as connection:
            connection.execute("insert or replace into files values (?, ?, ?)", (inode, stamp, digest))

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The connection, in a transaction. A damaged index is begun anew: it holds nothing that cannot be made again."""
        with self._lock:
            if self._connection is None:
                self._connection = _connect(self.state)
            try:
                with self._connection:
                    yield self._connection
            except sqlite3.Error as error:
                raise _unusable(self.state / FILE_NAME, error) from error


def _connect(state: Path) -> sqlite3.Connection:
    path = state / FILE_NAME
    for attempt in (1, 2):
        if not path.exists():
            _create(path)
        connection = sqlite3.connect(path, timeout=30, check_same_thread=False)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("pragma synchronous = normal")
            if connection.execute("pragma user_version").fetchone()[0] == VERSION:
                return connection
        except sqlite3.DatabaseError as error:
            if attempt == 2 or isinstance(error, sqlite3.OperationalError):
                raise _unusable(path, error) from error
        connection.close()
        for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            name.unlink(missing_ok=True)
    raise AssertionError


def _create(path: Path) -> None:
    """Whole or not at all: of several processes that find none, one creates it and all use that one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-") as folder:
        new = Path(folder) / FILE_NAME
        with closing(sqlite3.connect(new)) as connection:
            connection.execute("pragma journal_mode = wal")
            connection.executescript(f"{_SCHEMA} pragma user_version = {VERSION};")
        try:
            os.link(new, path)
        except FileExistsError:
            pass
        except OSError:  # no links here
            new.replace(path)


def _unusable(path: Path, error: sqlite3.Error) -> OSError:
    return OSError(None, f"the cache's index cannot be used: {error}", str(path))


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        id=row["id"], step=row["step"], partial=row["partial"], key=row["key"],
        ingredients=json.loads(row["ingredients"]), files=json.loads(row["files"]), written=json.loads(row["written"]),
        outputs=json.loads(row["outputs"]), marks=tuple(json.loads(row["marks"])), run=row["run"],
        seconds=row["seconds"], peak_memory=row["peak_memory"], created=row["created"],
    )  # fmt: skip


def _identity(state: os.stat_result) -> tuple[str, str]:
    """Which file it is, and which content it has as far as one can tell without reading."""
    return f"{state.st_dev}:{state.st_ino}", f"{state.st_size}:{state.st_mtime_ns}"


def _listing(folder: Path) -> str:
    """A digest of the names in a folder, hidden ones aside."""
    from hashlib import sha256

    names = sorted(name for name in os.listdir(folder) if not name.startswith((".", "__pycache__")))  # noqa: PTH208
    return "folder:" + sha256("\n".join(names).encode("utf-8", "surrogateescape")).hexdigest()
