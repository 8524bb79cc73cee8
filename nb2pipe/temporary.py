"""Temporary folders that outlive no process for long: what a killed one left behind goes when the next one needs a folder.

A folder's owner holds a lock on it, which the system takes back however the owner ends.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "nb2pipe_"
_locks: dict[Path, int] = {}  # folder -> descriptor
_swept: set[str] = set()


def make(directory: str | None = None) -> Path:
    """A new folder that only we can enter; ends with :func:`remove`. ``directory``: instead of the system's own."""
    parent = directory or tempfile.gettempdir()
    if parent not in _swept:
        _swept.add(parent)
        _sweep(parent)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        lock = _taken(folder, wait=True)
        if lock is None and folder.is_dir():  # a system without locks on folders: nobody sweeps there
            return folder
        if lock is None:  # another process swept it before we could open it
            continue
        if folder.is_dir():  # else another process swept it before the lock was ours
            _locks[folder] = lock
            return folder
        os.close(lock)


def remove(folder: Path) -> None:
    """Remove it with all that is in it. Never raises."""
    shutil.rmtree(folder, ignore_errors=True)
    lock = _locks.pop(folder, None)
    if lock is not None:
        os.close(lock)


@contextmanager
def folder() -> Iterator[str]:
    """One for the time of the ``with``."""
    made = make()
    try:
        yield str(made)
    finally:
        remove(made)


def _sweep(parent: str) -> None:
    """Remove the folders there that were ours and whose owner is gone."""
    with suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            if not entry.name.startswith(PREFIX):
                continue
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_uid == os.getuid():
                    lock = _taken(Path(entry.path), wait=False)
                    if lock is not None:
                        shutil.rmtree(entry.path, ignore_errors=True)
                        os.close(lock)


def _taken(folder: Path, *, wait: bool) -> int | None:
    """The descriptor that holds the folder's lock, or ``None``."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock
