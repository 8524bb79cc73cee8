"""NB113: after: names no other step."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pipe.diagnostics import Diagnostic, Fix, Severity, TagEdit
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB113"
TITLE = "after: names no other step"
SEVERITY = Severity.ERROR
EXPLAIN = """\
`after:NAME` says that a step runs after the step NAME, though it reads nothing of it. There is no step NAME, or it is
the step itself.

```python bad
# %% tags=["step:load"]
x = 1

# %% tags=["step:train", "after:laod"]
y = 2
```

```python good
# %% tags=["step:load"]
x = 1

# %% tags=["step:train", "after:load"]
y = 2
```

What to do: correct the name, or remove the tag.
"""

_SHOWN = 8


def diagnostic(
    notebook: Notebook,
    cell: int,
    tag: str,
    name: str,
    suggestion: str | None,
    steps: Sequence[str],
    line: int | None = None,
) -> Diagnostic:
    """``tag`` names the step ``name``, which there is not; ``suggestion`` is one of the ``steps`` that is nearly so."""
    new = None if suggestion is None else tag.replace(name, suggestion)
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"tag {tag!r} names no other step",
        notes=(_others(steps) if new is None else f"did you mean {new!r}?",),
        fix=None
        if new is None
        else Fix(description=f"replace {tag!r} by {new!r}", edits=(TagEdit(cell=cell, old=tag, new=new),)),
    )
    return placed(finding, notebook, cell, line)


def _others(steps: Sequence[str]) -> str:
    more = f" and {len(steps) - _SHOWN} more" if len(steps) > _SHOWN else ""
    return f"steps are {', '.join(steps[:_SHOWN])}{more}" if steps else "there is no other step: remove the tag"
