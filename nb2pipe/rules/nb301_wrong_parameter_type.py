"""NB301: a value of the wrong type."""

from __future__ import annotations

import shlex

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Parameter

CODE = "NB301"
TITLE = "Wrong type of a parameter"
SEVERITY = Severity.ERROR
EXPLAIN = """\
A parameter's type is that of its annotation, or of its value in the `parameters` cell. The value given on the command
line, in a file or to `run()` doesn't fit.

```python bad
# %% tags=["parameters"]
seed = 7   # then: nb2pipe run ... -p seed=abc

# %% tags=["step:train"]
x = seed
```

```python good
# %% tags=["parameters"]
seed = 7   # then: nb2pipe run ... -p seed=8

# %% tags=["step:train"]
x = seed
```

What to do: give a value of that type, or change the cell: `rate: float = 1` takes 0.5, `limit: int | None = None`
takes a number or None.
"""


def diagnostic(
    parameter: Parameter, given: str, wanted: str, notebook: str | None = None, *, file: str | None = None
) -> Diagnostic:
    """``given`` is the value as text, ``wanted`` what it should have been (``an int``), ``file`` where it stands."""
    said = f"-p {parameter.name}={given}" if file is None else f"{parameter.name} = {given} in {file}"
    default = repr(parameter.default)
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"{said}: {parameter.name!r} is {wanted} in the parameters cell "
        f"({parameter.name} = {default if len(default) <= 60 else default[:57] + '...'})",
        notebook=notebook,
        notes=_notes(parameter, given, notebook),
    )


def _notes(parameter: Parameter, given: str, notebook: str | None) -> tuple[str, ...]:
    if parameter.type == "int" and parameter.annotation is None and given.replace(".", "", 1).isdecimal():
        return (f"if it may be a fraction, write in the cell: {parameter.name} = {float(parameter.default)!r}",)
    return () if notebook is None else (f"all parameters: nb2pipe params {shlex.quote(notebook)}",)
