"""Content-addressed files in ``.nb2pipe/objects``: linked into the runs that use them, never copied where links work."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

_BLOCK = 1 << 20


def digest_file(path: Path) -> str:
    """SHA-256 of a file's bytes; hashing releases the interpreter, so other threads go on."""
    found = sha256()
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def place(state: Path, digest: str) -> Path:
    """Where the object of that digest lies."""
    return state / "objects" / digest[:2] / digest[2:]


def keep(state: Path, path: Path, digest: str) -> bool:
    """Make the file an object, by a link; it becomes read-only, for all its names. ``False`` if it cannot be kept.

    If the object is there already, the file becomes another name of it.
    """
    target = place(state, digest)
    if sys.platform != "win32":  # where read-only files cannot be removed
        with suppress(OSError):
            path.chmod(0o444)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        link(path, target)
    except FileExistsError:
        _join(target, path)
    except OSError:
        return False
    return True


def _join(target: Path, path: Path) -> None:
    """Two files of the same content become one; if that cannot be, they stay two."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    with suppress(OSError):
        if target.samefile(path):
            return
        os.link(target, temporary)
        temporary.replace(path)


def link(source: Path, target: Path) -> None:
    """A hard link, or a copy that appears whole, where the disk knows no links. Raises FileExistsError, OSError."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        if not source.exists():
            raise
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
        shutil.copy2(source, temporary)
        temporary.replace(target)
