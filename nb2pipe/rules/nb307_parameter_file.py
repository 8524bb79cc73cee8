"""NB307: a file of parameters cannot be read."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB307"
TITLE = "A file of parameters cannot be read"
SEVERITY = Severity.ERROR
EXPLAIN = """\
`-f FILE` takes YAML or JSON that maps names of parameters to values.

```yaml bad
- n_trees
- 200
```

```yaml good
n_trees: 200
```
"""


def diagnostic(path: str, problem: str) -> Diagnostic:
    """``problem`` says what is wrong with the file."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"the parameters in {path} cannot be read: {problem}",
        notes=("write one 'name: value' per line",),
    )
