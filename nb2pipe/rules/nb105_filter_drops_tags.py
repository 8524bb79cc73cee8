"""NB105: jupytext's filter drops tags."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB105"
TITLE = "jupytext is told to drop the tags"
SEVERITY = Severity.WARNING
EXPLAIN = """\
The notebook is paired with a text file, and its `cell_metadata_filter` keeps no tags there: the next time the text
file is read or synchronised, the tags are gone.

```json bad
{"nbformat": 4, "nbformat_minor": 5, "metadata": {
   "jupytext": {"formats": "ipynb,py:percent", "cell_metadata_filter": "-all"}},
 "cells": [{"cell_type": "code", "id": "a", "metadata": {"tags": ["step:train"]}, "outputs": [],
            "execution_count": null, "source": "x = 1"}]}
```

```json good
{"nbformat": 4, "nbformat_minor": 5, "metadata": {
   "jupytext": {"formats": "ipynb,py:percent", "cell_metadata_filter": "tags,-all"}},
 "cells": [{"cell_type": "code", "id": "a", "metadata": {"tags": ["step:train"]}, "outputs": [],
            "execution_count": null, "source": "x = 1"}]}
```

What to do: set `cell_metadata_filter` to `tags,-all`, or write the tags as comments (`#| step: train`), which no
filter drops.
"""


def diagnostic(notebook: Notebook, cell_filter: str) -> Diagnostic:
    """``cell_filter`` is the value of ``metadata.jupytext.cell_metadata_filter``."""
    return placed(
        Diagnostic(
            code=CODE,
            severity=SEVERITY,
            message=f"jupytext drops the tags of this notebook: cell_metadata_filter is {cell_filter!r}",
            notes=("set it to 'tags,-all', or write the tags as comments: #| step: NAME",),
        ),
        notebook,
    )
