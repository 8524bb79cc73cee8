"""NB106: the tag says one thing, the comment another."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB106"
TITLE = "Tag and comment differ"
SEVERITY = Severity.ERROR
EXPLAIN = """\
A cell may be marked by a tag or by a comment `#| ...` in its first lines. This one has both, and they contradict each
other.

```python bad
# %% tags=["step:train"]
#| step: evaluate
x = 1
```

```python good
# %% tags=["step:train"]
x = 1
```

What to do: remove one of them.
"""


def diagnostic(notebook: Notebook, cell: int, tag: str, comment: str, line: int) -> Diagnostic:
    """``comment`` stands on ``line`` of the source."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"the tag says {tag!r}, the comment {comment!r}",
        notes=("remove one of them",),
    )
    return placed(finding, notebook, cell, line)
