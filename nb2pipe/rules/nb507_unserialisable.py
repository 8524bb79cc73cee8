"""NB507: a value that the next step needs cannot be saved."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB507"
TITLE = "A value cannot be saved for the next step"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Steps run in processes of their own, so what one hands to the next goes through a file. Some values only live in their
process: open files, database connections, generators, locks, running threads.

```python bad
# %% tags=["step:load"]
connection = sqlite3.connect("shop.db")

# %% tags=["step:train"]
orders = pd.read_sql("select * from orders", connection)
```

```python good
# %% tags=["step:load"]
connection = sqlite3.connect("shop.db")
orders = pd.read_sql("select * from orders", connection)

# %% tags=["step:train"]
model.fit(orders[["amount"]], orders["returned"])
```

What to do: let the step that makes such a value also use it up, or make it anew in the step that needs it. A generator
becomes a list with `list(...)`.
"""

_ADVICE = {
    "generator": "make it a list: list(...)",
    "map": "make it a list: list(...)",
    "filter": "make it a list: list(...)",
    "zip": "make it a list: list(...)",
    "module": "import it in the step that uses it",
}


def diagnostic(
    name: str, type_name: str, reason: str, *, step: str | None = None, needed_by: str | None = None
) -> Diagnostic:
    """``type_name`` as Python shows it; ``reason`` is what the attempt to save it said."""
    by = f" for step {needed_by!r}" if needed_by else ""
    notes = []
    if reason:
        notes.append(reason.strip().splitlines()[0])
    short = type_name.rpartition(".")[2]
    notes.append(_ADVICE.get(short, f"make {name!r} in the step that uses it, or move both into one step"))
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"{name!r} (a {type_name}) cannot be saved{by}",
        step=step,
        notes=tuple(notes),
    )
