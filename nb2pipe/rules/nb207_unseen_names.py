"""NB207: names that no analysis can see."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook, Place
from nb2pipe.rules.placing import placed

CODE = "NB207"
TITLE = "Names that no analysis can see"
SEVERITY = Severity.WARNING
EXPLAIN = """\
`exec` of computed text, `globals()[...]`, `%run`, IPython's output history (`_`, `Out[3]`): such code reads
or defines names that don't stand in the notebook. The observed run of `nb2pipe export` looks at the real
names; with `--static` nobody does.

```python bad
# %% tags=["step:load"]
for letter in "ab":
    exec(letter + " = 1")
```

```python good
# %% tags=["step:load"]
values = {letter: 1 for letter in "ab"}
```

What to do: write the names out, or declare them: `out:NAME` on the cell that makes one, `in:NAME` on the one
that reads it.
"""


def diagnostic(notebook: Notebook, cell: int, place: Place, problem: str, step: str | None) -> Diagnostic:
    """``problem`` says what cannot be seen."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=problem,
        notes=("write the names out, or declare them with out:NAME and in:NAME tags",),
        step=step,
    )
    return placed(finding, notebook, cell, place.line, place.column, place.end_column)
