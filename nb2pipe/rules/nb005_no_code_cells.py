"""NB005: nothing to run."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB005"
TITLE = "The notebook has no code"
SEVERITY = Severity.ERROR
EXPLAIN = """\
A pipeline is made of code cells, and the notebook has none, or only empty ones.

```json bad
{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
```

```json good
{"nbformat": 4, "nbformat_minor": 5, "metadata": {},
 "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": null, "source": "x = 1"}]}
```

What to do: check that it is the right file, and that it was saved. In a Markdown notebook, code stands between lines of
three backticks, the first with the word `python`.
"""


def diagnostic(notebook: str, cells: int) -> Diagnostic:
    """``cells`` is how many cells of any kind there are."""
    what = "no cells" if cells == 0 else f"{cells} cell{'s' if cells > 1 else ''}, but none with code"
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"{notebook} has {what}",
        notebook=notebook,
        notes=("is it the right file, and saved?",),
    )
