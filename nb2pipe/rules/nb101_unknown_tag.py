"""NB101: a tag one slip away from a known one."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Fix, Severity, TagEdit
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB101"
TITLE = "Unknown tag, one slip away from a known one"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Tags that nb2pipe doesn't know belong to other tools and are left alone. But this one differs from a known word by a
single slip (a letter too many, too few, wrong or swapped), so it is most likely meant to be that word, and leaving it
alone would silently change the pipeline.

```python bad
# %% tags=["setp:train"]
model = 1
```

```python good
# %% tags=["step:train"]
model = 1
```

What to do: correct the tag; `nb2pipe lint --fix` does it. If it belongs to another tool after all, rename it there.
"""


def diagnostic(notebook: Notebook, cell: int, tag: str, suggestion: str, line: int | None = None) -> Diagnostic:
    """``tag`` as it was typed, on ``line`` of the source if in a comment; ``suggestion`` is what it should be."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"unknown tag {tag!r}",
        notes=(f"did you mean {suggestion!r}?",),
        fix=Fix(description=f"replace {tag!r} by {suggestion!r}", edits=(TagEdit(cell=cell, old=tag, new=suggestion),)),
    )
    return placed(finding, notebook, cell, line)
