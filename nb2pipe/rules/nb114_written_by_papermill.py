"""NB114: the notebook is one that papermill wrote, with a cell of injected parameters."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB114"
TITLE = "The notebook was written by papermill"
SEVERITY = Severity.ERROR
EXPLAIN = """\
papermill puts the values that it is given into a cell of their own, tagged `injected-parameters`, of the notebook that
it writes. There they stand like any other code: each run would set them again, whatever is given with `-p`.

```python bad
# %% tags=["parameters"]
alpha = 1.0

# %% tags=["injected-parameters"]
alpha = 0.1

# %% tags=["step:train"]
x = alpha
```

```python good
# %% tags=["parameters"]
alpha = 0.1

# %% tags=["step:train"]
x = alpha
```

What to do: take the notebook that papermill was given, or write the values into the `parameters` cell and delete the
other one.
"""


def diagnostic(notebook: Notebook, cell: int) -> Diagnostic:
    """``cell`` is tagged ``injected-parameters``."""
    about = notebook.metadata.get("papermill")
    source = about.get("input_path") if isinstance(about, dict) else None
    known = f" (it says that this was {source})" if isinstance(source, str) and source else ""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message="the cell sets parameters again: papermill put it there for one run",
        notes=(
            f"take the notebook that papermill was given{known}",
            "or write the values into the 'parameters' cell, and delete this one",
        ),
    )
    return placed(finding, notebook, cell)
