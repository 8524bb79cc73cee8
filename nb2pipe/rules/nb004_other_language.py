"""NB004: the notebook is in another language than Python."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB004"
TITLE = "The notebook is not in Python"
SEVERITY = Severity.ERROR
EXPLAIN = """\
nb2pipe finds a pipeline's inputs and outputs by reading Python code. The notebook's metadata name another language.

```json bad
{"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}},
 "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [],
            "execution_count": null, "source": "x <- 1"}]}
```

```json good
{"nbformat": 4, "nbformat_minor": 5,
 "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
 "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": null, "source": "x = 1"}]}
```

What to do: for a notebook in R or Julia, run it as a whole with papermill. If it is in Python and the metadata are
wrong, choose the Python kernel in Jupyter and save it. Single cells in another language (`%%R`, `%%bash`) are fine.
"""


def diagnostic(notebook: str, language: str) -> Diagnostic:
    """``language`` as the metadata tell it."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"{notebook} is written in {language}; nb2pipe reads Python notebooks only",
        notebook=notebook,
        notes=("if it is Python after all: choose a Python kernel in Jupyter and save it",),
    )
