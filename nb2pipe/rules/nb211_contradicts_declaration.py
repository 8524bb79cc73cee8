"""NB211: a declared input or output contradicts the code."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB211"
TITLE = "A declared input or output contradicts the code"
SEVERITY = Severity.ERROR
EXPLAIN = """\
`in:NAME` and `out:NAME` declare what a step reads and makes. They are checked: a declared output that the
step never defines, or a declared input that nothing before it defines, is a mistake in one of the two.

```python bad
# %% tags=["step:load", "out:rows"]
lines = [1, 2]
```

```python good
# %% tags=["step:load", "out:lines"]
lines = [1, 2]
```

What to do: correct the tag or the code.
"""


def diagnostic(
    notebook: Notebook, cell: int, *, word: str, name: str, step: str, similar: str | None = None
) -> Diagnostic:
    """``word`` is ``in`` or ``out``."""
    problem = "nothing before it defines" if word == "in" else "the step never defines"
    notes = [f"correct the tag {word}:{name}, or the code"]
    if similar is not None:
        notes.insert(0, f"did you mean {word}:{similar}?")
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"step '{step}' declares {word}:{name}, but {problem} '{name}'",
        notes=tuple(notes),
        step=step,
    )
    return placed(finding, notebook, cell)
