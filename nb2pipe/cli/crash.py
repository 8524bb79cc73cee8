"""What to show when nb2pipe itself is wrong: a short text, and a log that is ready to paste into a report."""

from __future__ import annotations

import platform
import tempfile
import traceback
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from nb2pipe.diagnostics import Diagnostic

PACKAGES = (
    "nb2pipe", "papermill", "nbclient", "nbformat", "jupyter-client", "ipykernel", "ipython", "jupytext", "pandas",
    "scikit-learn", "pyarrow", "joblib", "cloudpickle", "click", "msgspec",
)  # fmt: skip


def report(error: BaseException, arguments: Sequence[str]) -> Diagnostic:
    """Write the log; the finding that names it."""
    reason = f"{type(error).__name__}: {error}".splitlines()[0]
    content = log(error, arguments)
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="nb2pipe-crash-", suffix=".log", delete=False, encoding="utf-8", errors="replace"
        ) as file:
            file.write(content)
        where = f"please report it with this file: {file.name}"
    except OSError:
        where = "no log could be written; run the command again with -v to see the traceback"
    return Diagnostic(code="", message=f"this is a bug in nb2pipe ({reason})", notes=(where,))


def log(error: BaseException, arguments: Sequence[str]) -> str:
    """Command, versions and traceback; the home folder's name is left out."""
    lines = [
        f"nb2pipe {' '.join(arguments)}",
        "",
        f"python {platform.python_version()} ({platform.python_implementation()}), {platform.platform()}",
        *(f"{name} {_version(name)}" for name in PACKAGES),
        "",
        "".join(traceback.format_exception(error)).rstrip(),
    ]
    content = "\n".join(lines) + "\n"
    home = str(Path.home())
    return content.replace(home, "~") if len(home) > 1 else content


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
