"""NB011: ``baseline.json`` is missing or cannot be used."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB011"
TITLE = "baseline.json is missing or cannot be used"
SEVERITY = Severity.ERROR
EXPLAIN = """\
`baseline.json` holds the numbers of the original notebook; a check compares with them. `nb2pipe export` writes it.
It belongs into version control, beside `pipeline.yaml`.

```console bad
$ git add pipeline.yaml steps/
```

```console good
$ git add pipeline.yaml baseline.json steps/
```
"""


def absent(path: str) -> Diagnostic:
    """There is no such file."""
    return _diagnostic(f"{path} does not exist: there is nothing to compare with")


def invalid(path: str, problem: str) -> Diagnostic:
    """The file is not what nb2pipe writes."""
    return _diagnostic(f"{path} cannot be used: {problem}")


def not_observed(path: str, notebook: str) -> Diagnostic:
    """It has no values of step borders: the notebook was not run when it was exported."""
    return _diagnostic(
        f"{path} has no values to compare with: the project was exported with --static",
        f"run the notebook once: nb2pipe export {notebook}",
    )


def _diagnostic(message: str, remedy: str = "make it anew: nb2pipe export NOTEBOOK -o PROJECT") -> Diagnostic:
    return Diagnostic(code=CODE, severity=SEVERITY, message=message, notes=(remedy,))
