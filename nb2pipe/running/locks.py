"""Whether a run is under way: its process holds a lock that the system takes back however the process ends."""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

FILE_NAME = "lock"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of a run's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE_NAME).open("a+b") as file:
        with suppress(OSError):  # a disk without locks: then only cleaning is less careful
            _take(file)
        yield
    with suppress(OSError):
        (folder / FILE_NAME).unlink()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other process has the lock of a folder, then hold it. Raises OSError where there are no locks."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE_NAME).open("a+b") as file:
        while True:
            try:
                _take(file)
                break
            except OSError as error:
                if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
                    raise
            time.sleep(0.05)
        yield


def is_held(folder: Path) -> bool:
    """Whether some living process runs it."""
    try:
        with (folder / FILE_NAME).open("r+b") as file:
            _take(file)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _take(file: IO[bytes]) -> None:
    """Raises OSError if another has it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
