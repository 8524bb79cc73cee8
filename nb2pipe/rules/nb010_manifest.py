"""NB010: ``pipeline.yaml`` cannot be used."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB010"
TITLE = "pipeline.yaml cannot be used"
SEVERITY = Severity.ERROR
EXPLAIN = """\
`pipeline.yaml` describes an exported pipeline. It is written by `nb2pipe export`; people edit its `tolerances`.
It must be YAML with the fields that the reference of the manifest lists; a mistyped field is an error, not ignored.

```yaml bad
tolerances:
  accuracy: {absolute: 0.01}
```

```yaml good
tolerances:
  accuracy: {abs: 0.01}
```

If in doubt, export the notebook again: your `tolerances` are carried over. If the file is too broken to be read,
`nb2pipe export --force` writes it anew, without them.
"""


def unreadable(path: str, problem: str) -> Diagnostic:
    """The file is no YAML."""
    return _diagnostic(f"{path} is not valid YAML: {problem}", ())


def other_version(path: str, found: object, expected: int) -> Diagnostic:
    """The file was written by another generation of nb2pipe, or is something else."""
    if found is None:
        return _diagnostic(f"{path} has no schema_version: it is not a pipeline of nb2pipe", ())
    return _diagnostic(
        f"{path} has schema_version {found}, this nb2pipe reads {expected}",
        ("export the notebook again with this version, or install the version that wrote it",),
    )


def invalid(path: str, problem: str) -> Diagnostic:
    """A field is wrong or unknown."""
    return _diagnostic(f"{path} is not a valid pipeline: {problem}", ())


def no_project(path: str) -> Diagnostic:
    """There is no pipeline.yaml."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"{path} is neither a notebook nor an exported project: there is no pipeline.yaml in it",
        notes=("make one: nb2pipe export NOTEBOOK.ipynb -o PROJECT",),
    )


def a_notebook(path: str, *, there: bool) -> Diagnostic:
    """A notebook, or another file, where a project is needed; ``there``: the project is beside it, under its usual name."""
    project = f"{path.rpartition('.')[0]}_pipeline"
    notes = (
        (f"its project is there: {project}",) if there else (f"make one: nb2pipe export {path}, then name {project}",)
    )
    return Diagnostic(
        code=CODE, severity=SEVERITY, message=f"{path} is no exported project, and this needs one", notes=notes
    )  # fmt: skip


def not_run(path: str) -> Diagnostic:
    """A notebook whose steps nobody has seen as they are now."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"{path} has not been run as it is now, so what its steps need is not known yet",
        notes=(f"run it: nb2pipe run {path}", f"or see its steps: nb2pipe inspect {path}"),
    )


def no_such_run(path: str, run: str | None, known: list[str]) -> Diagnostic:
    """A report is asked for of a run that is not there."""
    if run is None:
        return Diagnostic(
            code=CODE, severity=SEVERITY, message=f"{path} has not been run yet",
            notes=(f"run it: nb2pipe check {path}",),
        )  # fmt: skip
    there = (f"the last ones: {', '.join(known)}",) if known else ("there are no runs: nb2pipe clean removed them?",)
    return Diagnostic(code=CODE, severity=SEVERITY, message=f"{path} has no run '{run}'", notes=there)


def step_missing(path: str, step: str) -> Diagnostic:
    """A step's notebook is gone."""
    return _diagnostic(f"the notebook of step '{step}' does not exist: {path}", ())


def step_unreadable(path: str, problem: str) -> Diagnostic:
    """A step's notebook is no notebook any more."""
    return _diagnostic(f"{path} cannot be read: {problem}", ())


def _diagnostic(message: str, notes: tuple[str, ...]) -> Diagnostic:
    remedy = (
        "repair it (fields: docs/reference/manifest.md), or write it anew: nb2pipe export NOTEBOOK -o PROJECT --force"
    )
    return Diagnostic(code=CODE, severity=SEVERITY, message=message, notes=(*notes, remedy))
