"""NB006: the file is absent or cannot be read."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB006"
TITLE = "The file cannot be read"
SEVERITY = Severity.ERROR
EXPLAIN = """\
There is no file of that name, it is a folder, you may not read it, or it is not text in UTF-8.

```text bad
nb2pipe lint analyis.ipynb
```

```text good
nb2pipe lint analysis.ipynb
```

What to do: check the path (the message names a file that is spelled nearly so, if there is one) and its permissions.
A file in another encoding: `iconv -f latin1 -t utf-8 old.ipynb > new.ipynb`.
"""


def diagnostic(notebook: str, reason: str, *notes: str) -> Diagnostic:
    """``reason`` as the operating system gives it."""
    return Diagnostic(
        code=CODE, severity=SEVERITY, message=f"{notebook} cannot be read: {reason}", notebook=notebook, notes=notes
    )


def absent(notebook: str, suggestion: str | None, missing_folder: str | None = None) -> Diagnostic:
    """There is no such file, or not even its folder; ``suggestion`` is one that is spelled nearly so."""
    if missing_folder is not None:
        return diagnostic(notebook, f"there is no folder {missing_folder!r}")
    notes = () if suggestion is None else (f"did you mean {suggestion!r}?",)
    return diagnostic(notebook, "there is no such file", *notes)


def folder(notebook: str, notebooks: Sequence[str], *, project: bool = False) -> Diagnostic:
    """The path is a folder, which holds ``notebooks``, or is an exported ``project``."""
    if project:
        note = f"run it: nb2pipe run {shlex.quote(notebook)}; this command takes the notebook that it was made from"
        return diagnostic(notebook, "it is an exported project, not a notebook", note)
    if not notebooks:
        return diagnostic(notebook, "it is a folder, without notebooks in it")
    more = f" and {len(notebooks) - 3} more" if len(notebooks) > 3 else ""
    return diagnostic(notebook, "it is a folder", f"name a notebook in it: {', '.join(notebooks[:3])}{more}")


def not_utf8(notebook: str, line: int | None, found: str) -> Diagnostic:
    """The bytes are no UTF-8, from ``line`` on if known."""
    where = "" if line is None else f" at line {line}"
    encoding = "utf-16" if found == "UTF-16" else "latin1"
    command = f"iconv -f {encoding} -t utf-8 {shlex.quote(notebook)} > new{Path(notebook).suffix}"
    return diagnostic(notebook, f"it is not UTF-8 ({found}{where})", f"save it as UTF-8, for example with: {command}")
