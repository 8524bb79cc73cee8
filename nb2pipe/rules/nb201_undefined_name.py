"""NB201: a step reads a name that no earlier step defines."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Notebook, Place
from nb2pipe.rules.placing import placed

CODE = "NB201"
TITLE = "A step reads a name that no earlier step defines"
SEVERITY = Severity.ERROR
EXPLAIN = """\
A step runs in a process of its own. It finds a name only if an earlier step, the `parameters` cell, an
`imports` or `functions` cell, or the step itself defines it. In the notebook the name may still be there from
a cell that you ran later, or deleted.

```python bad
# %% tags=["step:evaluate"]
print(score > threshold)

# %% tags=["step:tune"]
threshold = 0.5
score = 0.7
```

```python good
# %% tags=["step:tune"]
threshold = 0.5
score = 0.7

# %% tags=["step:evaluate"]
print(score > threshold)
```

What to do: move the defining cell up, add the name to the `parameters` cell, or correct the spelling. If the
name comes into being in a way that nobody can see (`exec`, a magic of your own), tag the reading cell with
`in:NAME`.

A name that no cell defines, read inside a function or class, is a warning: the notebook runs as long as it does not get
to that line (a slip in a branch that is never taken), and the pipeline does what the notebook does.
"""


def diagnostic(
    notebook: Notebook,
    cell: int,
    place: Place,
    *,
    name: str,
    step: str | None,
    via: str | None = None,
    later: tuple[int, str | None] | None = None,
    similar: str | None = None,
    nowhere: bool = False,
) -> Diagnostic:
    """``later`` is (cell, step) of a definition that comes too late; ``similar`` a defined name of almost that spelling.

    ``nowhere``: no cell ever defines it. Inside a function that is a warning: the notebook runs as long as it does not get
    there, and so does the step.
    """
    who = f"step '{step}'" if step else "the setup"
    through = f" (inside '{via}')" if via else ""
    notes: list[str] = []
    if later is not None:
        where = f"cell {later[0] + 1}" + (f" (step '{later[1]}')" if later[1] else "")
        after = f", or tag cell {cell + 1} with after:{later[1]}" if later[1] and later[1] != step else ""
        notes.append(f"{where} defines it, but comes later: move it up{after}")
    if similar is not None:
        notes.append(f"did you mean '{similar}'?")
    unreached = nowhere and via is not None
    if unreached:
        notes.append("the notebook fails in the same way if it gets there; an export can go on")
    else:
        notes.append("is it a parameter? Add it to the 'parameters' cell")
    finding = Diagnostic(
        code=CODE,
        severity=Severity.WARNING if unreached else SEVERITY,
        message=f"{who} reads '{name}'{through}, which no {'cell' if unreached else 'earlier step'} defines",
        notes=tuple(notes),
        step=step,
    )
    return placed(finding, notebook, cell, place.line, place.column, place.end_column)
