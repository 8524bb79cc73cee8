"""NB504: the run was interrupted."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB504"
TITLE = "The run was interrupted"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Ctrl-C, or a request of the system to end (SIGTERM), stopped the run. The running kernels were stopped, what had been
computed in the cell that ran is lost, and the results of steps that had finished are kept.

```sh bad
nb2pipe run churn_pipeline --fresh      # again from the start
```

```sh good
nb2pipe run churn_pipeline --resume     # goes on with the step that was interrupted
```
"""


def diagnostic(by: str, *, step: str | None = None, resume: str | None = None) -> Diagnostic:
    """``by`` is a signal's name or ``stop``; ``resume`` the command that goes on from here."""
    cause = {"SIGINT": " (Ctrl-C)", "SIGTERM": " (SIGTERM)"}.get(by, "")
    where = f" in step {step!r}" if step else ""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"interrupted{cause}{where}; the kernel was stopped",
        step=step,
        notes=(f"to go on from here: {resume}",) if resume else (),
    )
