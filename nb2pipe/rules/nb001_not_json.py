"""NB001: the file is not JSON."""

from __future__ import annotations

import shlex

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB001"
TITLE = "The notebook is not valid JSON"
SEVERITY = Severity.ERROR
EXPLAIN = """\
An `.ipynb` file is JSON. This one cannot be parsed: it is empty, cut short, holds the conflict markers of a git
merge, or is something else under that name (a Git LFS pointer, a web page).

```json bad
<<<<<<< HEAD
{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
=======
{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": []}
>>>>>>> branch
```

```json good
{"nbformat": 4, "nbformat_minor": 5, "metadata": {},
 "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": null, "source": "x = 1"}]}
```

What to do: finish the merge (`nbdime mergetool` understands notebooks), fetch the file (`git lfs pull`), or restore
it from version control.
"""


def diagnostic(
    notebook: str, why: str, *, line: int | None = None, source: str | None = None, remedy: str | None = None
) -> Diagnostic:
    """``why`` says what is wrong; ``line`` and ``source`` are the file's."""
    restore = f"restore it, for example with: git checkout -- {shlex.quote(notebook)}"
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"{notebook} is not valid JSON: {why}",
        notebook=notebook,
        source=None if source is None else source[:200],
        file_line=line,
        notes=(remedy or restore,),
    )


def conflict(notebook: str, line: int, marker: str) -> Diagnostic:
    """The file holds git's conflict markers, the first at ``line``."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"{notebook} is not valid JSON: git conflict markers at line {line} ({marker[:60]!r})",
        notebook=notebook,
        source=marker,
        file_line=line,
        notes=(
            "resolve with nbdime: nbdime mergetool",
            f"or take one side: git checkout --ours -- {shlex.quote(notebook)} (or --theirs)",
        ),
    )
