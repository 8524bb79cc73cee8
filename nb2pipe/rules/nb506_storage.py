"""NB506: a file could not be written."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB506"
TITLE = "A file could not be written"
SEVERITY = Severity.ERROR
EXPLAIN = """\
A run stores the executed notebooks and the values between steps. The disk is full, a quota or a size limit is reached,
or the folder does not allow writing. Nothing is left half written: files are written beside their place and moved there
when they are complete.

```sh bad
nb2pipe export churn.ipynb -o /backup/churn      # a folder that is read-only
```

```sh good
nb2pipe export churn.ipynb -o ~/pipelines/churn
```

What to do: free some space or choose another folder, and run again.
"""

_FULL = {
    errno.ENOSPC: "the disk is full",
    getattr(errno, "EDQUOT", -1): "your disk quota is used up",  # not on Windows
    errno.EFBIG: "it exceeds the size limit for files",
}
_DENIED = {errno.EACCES, errno.EPERM}


def diagnostic(path: Path, error: OSError) -> Diagnostic:
    """The system refused to write ``path``."""
    folder = path.parent
    notes: list[str] = []
    if error.errno in _FULL:
        reason = _FULL[error.errno]
        free = _free(folder)
        notes.append((f"{free} left on the disk of {folder}; " if free else "") + "free some space and run again")
    elif error.errno == errno.EROFS:
        reason = "the disk is read-only"
        notes.append("choose another folder")
    elif error.errno in _DENIED:
        reason = f"no permission to write in {folder}"
        notes.append("choose another folder, or change its permissions")
    elif error.errno in {errno.ENOTDIR, errno.EEXIST}:
        reason = f"{folder} is not a folder"
    else:
        reason = (error.strerror or str(error)).lower()
    return _error(f"cannot write {path}: {reason}", notes)


def no_folder(folder: Path) -> Diagnostic:
    """The folder to work in is not there."""
    return _error(f"there is no folder {folder}", [])


def _error(message: str, notes: list[str]) -> Diagnostic:
    return Diagnostic(code=CODE, message=message, severity=SEVERITY, notes=tuple(notes))


def _free(folder: Path) -> str | None:
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return None
    return f"{free / 1024**3:.1f} GB" if free >= 1024**3 else f"{free / 1024**2:.1f} MB"
