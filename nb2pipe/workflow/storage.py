"""What the disk refuses, as an error that says so, wherever it happens."""

from __future__ import annotations

import errno
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from nb2pipe.errors import StorageProblem
from nb2pipe.rules import nb506_storage

Given = ParamSpec("Given")
Result = TypeVar("Result")

_REFUSALS = {
    errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EPERM, errno.EFBIG, errno.ENOTDIR, errno.EISDIR, errno.EEXIST,
    getattr(errno, "EDQUOT", -1),
}  # fmt: skip


def storage_problems(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Raise StorageProblem (NB506) where the system does not let the function write."""

    @wraps(function)
    def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except OSError as error:
            if error.errno not in _REFUSALS or error.filename is None:
                raise
            raise StorageProblem(nb506_storage.diagnostic(Path(str(error.filename)), error)) from error

    return guarded
