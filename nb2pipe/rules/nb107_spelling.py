"""NB107: a tag that is understood, but spelled in an unusual way."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Fix, Severity, TagEdit
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB107"
TITLE = "Tag in an unusual spelling"
SEVERITY = Severity.NOTICE
EXPLAIN = """\
Blanks, capitals, `=` for `:` and lists with commas are understood. Other tools are stricter: papermill finds
`parameters`, but not `Parameters`, and Jupyter allows no comma in a tag.

```python bad
# %% tags=["Step: train"]
x = 1
```

```python good
# %% tags=["step:train"]
x = 1
```

What to do: nothing, or let `nb2pipe lint --fix` write the usual spelling.
"""


def diagnostic(notebook: Notebook, cell: int, tag: str, usual: tuple[str, ...], line: int | None = None) -> Diagnostic:
    """``usual`` are the tags that ``tag`` stands for (several, if it is a list with commas)."""
    written = ", ".join(repr(word) for word in usual)
    edits = (
        TagEdit(cell=cell, old=tag, new=usual[0]),
        *(TagEdit(cell=cell, old="", new=word) for word in usual[1:]),
    )
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"tag {tag!r} is read as {written}",
        fix=Fix(description=f"replace {tag!r} by {written}", edits=edits),
    )
    return placed(finding, notebook, cell, line)
