"""NB509: with other parameters a step does what the observed run did not see it do."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB509"
TITLE = "With these parameters a step does what it did not do when it was exported"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Export runs the notebook once and leaves out what did not happen: a function that may change a table but left it alone, a
step that may draw random numbers but drew none. With other parameters it may happen after all, and a later step would get
the table as it was before. So runs whose parameters are not the defaults look at each such value before and after the
step; the step fails if it changed.

```python bad
# %% tags=["parameters"]
drop_outliers = False

# %% tags=["step:clean"]
clean(trips, drop_outliers)     # changes trips only with drop_outliers

# %% tags=["step:report"]
print(len(trips))
```

```python good
# %% tags=["step:clean"]
trips = clean(trips, drop_outliers)
```

What to do: write the change so that it can be seen, as above; or tag the cell `out:NAME`; or export with the parameters that
make the notebook do the most.
"""
_AGAIN = "export again afterwards"


def changed(name: str, step: str, reader: str | None) -> Diagnostic:
    """``reader`` is a later step that gets the value as it was before ``step``."""
    after = f", and step '{reader}' gets it as it was before" if reader else ""
    return _finding(
        f"with these parameters step '{step}' changes '{name}'{after}",
        step,
        f"write the change out ({name} = f({name})), or tag its cell out:{name}; {_AGAIN}",
    )


def drew(step: str) -> Diagnostic:
    """The step draws from a global random generator that it was not given the state of."""
    return _finding(
        f"with these parameters step '{step}' draws random numbers, and it drew none when it was exported",
        step,
        f"seed in the step itself, or make a default of these parameters; {_AGAIN}",
    )


def other_type(name: str, step: str, was: str, now: str) -> Diagnostic:
    """A value of another type than the one that its file format was chosen for."""
    return _finding(
        f"with these parameters step '{step}' makes '{name}' a {now}, and it was a {was} when it was exported",
        step,
        f"its file is of a kind chosen for a {was}: make the default of these parameters one that gives a {now}; {_AGAIN}",
    )


def shared(names: tuple[str, ...], step: str) -> Diagnostic:
    """Names that are one object, or hold one, and were apart."""
    listed = " and ".join(f"'{name}'" for name in sorted(names))
    return _finding(
        f"with these parameters step '{step}' makes {listed} share an object, and they were apart when it was exported",
        step,
        f"make a copy of one, or make a default of these parameters; {_AGAIN}",
    )


def _finding(message: str, step: str, note: str) -> Diagnostic:
    return Diagnostic(code=CODE, severity=SEVERITY, message=message, step=step, notes=(note,))
