"""NB007: the reader put something right in memory."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB007"
TITLE = "The notebook was put right in memory"
SEVERITY = Severity.NOTICE
EXPLAIN = """\
The notebook is of an old format (nbformat 1 to 3, IPython before 2015), or two of its cells have the same id. nb2pipe
works on an upgraded copy in memory and leaves the file as it is.

```json bad
{"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
 "worksheets": [{"metadata": {}, "cells": [{"cell_type": "code", "input": "x = 1", "language": "python", "metadata": {},
 "outputs": []}]}]}
```

```json good
{"nbformat": 4, "nbformat_minor": 5, "metadata": {},
 "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": null, "source": "x = 1"}]}
```

What to do: nothing, or open it in Jupyter and save it once.
"""


def diagnostic(notebook: str, notice: str) -> Diagnostic:
    """``notice`` says what was done."""
    return Diagnostic(code=CODE, severity=SEVERITY, message=notice, notebook=notebook)
