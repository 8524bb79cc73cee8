"""NB505: the kernel did not start."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB505"
TITLE = "The kernel did not start"
SEVERITY = Severity.ERROR
EXPLAIN = """\
The kernel's process ended before it answered, or did not answer in time. Usually its environment is broken: ipykernel
or one of its dependencies is missing, too old, or installed for another Python. Sometimes a file in the folder of the
notebook hides a module of the standard library (`random.py`, `types.py`, `email.py`).

```sh bad
nb2pipe run churn.ipynb --python old-venv/bin/python
```

```sh good
old-venv/bin/python -m pip install --upgrade ipykernel
nb2pipe run churn.ipynb --python old-venv/bin/python
```

What to do: start it by hand, `PYTHON -m ipykernel_launcher`, and read what it says.
"""

_SHOWN = 3


def diagnostic(reason: str, *, kernel: str, command: str, stderr: str = "") -> Diagnostic:
    """``reason`` goes on from "the kernel did not start:"; ``command`` starts it by hand; ``stderr`` is what it said."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    notes = [f"it said: {line}" for line in lines[-_SHOWN:]]
    notes.append(f"to see more, start it by hand: {command}")
    return Diagnostic(
        code=CODE, severity=SEVERITY, message=f"kernel {kernel!r} did not start: {reason}", notes=tuple(notes)
    )
