"""NB102: a name in a tag that cannot be used."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Fix, Severity, TagEdit
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB102"
TITLE = "Invalid name in a tag"
SEVERITY = Severity.ERROR
EXPLAIN = """\
A step's name becomes the name of a file and of a command line option, so it is made of letters (of any language),
digits, `_` and `-`, doesn't begin with `-`, and is no reserved device name of Windows (`con`, `nul`, ...). `in:` and
`out:` name variables.

```python bad
# %% tags=["step:load/clean data"]
x = 1
```

```python good
# %% tags=["step:load-clean-data"]
x = 1
```

What to do: rename it; `nb2pipe lint --fix` writes the suggested name on all cells that use it.
"""


def diagnostic(
    notebook: Notebook, cell: int, tag: str, why: str, suggestion: str | None = None, line: int | None = None
) -> Diagnostic:
    """``why`` says what is wrong with the name in ``tag``; ``suggestion`` is the whole tag with a valid one."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"invalid name in tag {tag!r}: {why}",
        notes=("for example: step:train, in:X_train",) if suggestion is None else (f"write {suggestion!r}",),
        fix=None
        if suggestion is None
        else Fix(
            description=f"replace {tag!r} by {suggestion!r}", edits=(TagEdit(cell=cell, old=tag, new=suggestion),)
        ),
    )
    return placed(finding, notebook, cell, line)
