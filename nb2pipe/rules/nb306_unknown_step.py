"""NB306: a step that the pipeline does not have."""

from __future__ import annotations

from difflib import get_close_matches

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB306"
TITLE = "There is no step of that name"
SEVERITY = Severity.ERROR
EXPLAIN = """\
`--select` names steps of the pipeline: one (`train`), a range (`split..evaluate`), from one on (`train..`), up to one
(`..train`), or several with commas. Steps between the selected ones that hand data on must be selected too; steps before
them are taken from an earlier run.

```console bad
$ nb2pipe run churn_pipeline --select trian..
```

```console good
$ nb2pipe run churn_pipeline --select train..
```

What to do: `nb2pipe inspect NOTEBOOK` lists the steps.
"""


def diagnostic(name: str, steps: tuple[str, ...]) -> Diagnostic:
    """``steps`` are those that exist."""
    close = get_close_matches(name, steps, n=1, cutoff=0.6)
    notes = [f"did you mean '{close[0]}'?"] if close else []
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"there is no step '{name}'",
        notes=(*notes, f"the steps are: {', '.join(steps)}"),
    )


def not_stored(step: str, needed_by: str) -> Diagnostic:
    """A step that was not selected has no outputs of an earlier run to go on with."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"step '{needed_by}' needs the outputs of '{step}', and no earlier run has them with this code and "
        "these parameters",
        notes=(f"run '{step}' too: --select {step}..", "or run the whole pipeline once without --select"),
    )


def backwards(first: str, last: str) -> Diagnostic:
    """A range whose end runs before its beginning."""
    return _error(
        f"'{first}..{last}' selects no step: '{last}' runs before '{first}'", f"did you mean '{last}..{first}'?"
    )


def nothing(selection: str, steps: tuple[str, ...]) -> Diagnostic:
    """A selection without a name in it."""
    return _error(f"'{selection}' selects no step", f"the steps are: {', '.join(steps)}")


def between(step: str, wanted: tuple[str, ...]) -> Diagnostic:
    """``step`` was not selected and lies between steps that were; with it they are ``wanted``."""
    return _error(
        f"step '{step}' was not selected, but takes part between steps that were",
        f"run it too: --select {','.join(wanted)}",
    )


def _error(message: str, note: str) -> Diagnostic:
    return Diagnostic(code=CODE, severity=SEVERITY, message=message, notes=(note,))
