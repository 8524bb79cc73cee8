"""NB104: tags that the file's format cannot hold in this spelling."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook
from nb2pipe.rules.placing import placed

CODE = "NB104"
TITLE = "Tags in a form that cannot be read"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Jupyter keeps a cell's tags as a list of texts. In a text notebook the list must be written so that it can be read:
jupytext drops `tags=[step:load]` without quotes and doesn't say so; MyST wants brackets.

```python bad
# %% tags=[step:load]
x = 1
```

```python good
# %% tags=["step:load"]
x = 1
```

What to do: write `tags=["step:load"]` in a script, `:tags: [step:load]` in MyST, or use the comment `#| step: load`
as the cell's first line, which works in each format.
"""


def diagnostic(notebook: Notebook, cell: int, found: str) -> Diagnostic:
    """``found`` is what stands there instead of a list of tags."""
    finding = Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"the tags cannot be read: {found}",
        notes=(f"write {_as_list(found)}" if notebook.text_format != "ipynb" else "tags are a list of texts",),
    )
    return placed(finding, notebook, cell)


def in_text(notebook: str, found: str, line: int | None, source: str | None) -> Diagnostic:
    """Tags of a text notebook that jupytext cannot build a cell from, at ``line`` of the file if that is known."""
    where = "" if line is None else f" at line {line}"
    tags = [tag.strip().strip("'\"") for tag in found.strip("[]").split(",") if tag.strip()]
    if tags and ":" in tags[0]:  # in:a,b is a list of in:a and in:b
        key = tags[0].partition(":")[0]
        tags = [tag if ":" in tag else f"{key}:{tag}" for tag in tags]
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"the tags{where} are not a list of texts without commas: {source or found}",
        notebook=notebook,
        source=source,
        file_line=line,
        notes=(f"write tags=[{', '.join(_quoted(tag) for tag in tags)}], in MyST :tags: [{', '.join(tags)}]",),
    )


def _quoted(tag: str) -> str:
    return f'"{tag}"'


def _as_list(found: str) -> str:
    inner = found.partition("=")[2].strip().strip("[]{}()")
    tags = [tag.strip().strip("'\"") for tag in inner.replace(",", " ").split()]
    return "tags=[" + ", ".join(_quoted(tag) for tag in tags) + "]"
