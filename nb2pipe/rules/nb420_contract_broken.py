"""NB420: a table at a step border is not as usual."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB420"
TITLE = "A table that a step handed on is not as usual"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Before the next step spends time, the tables and arrays that a step handed on are compared with those of the run that made
the baseline (`contracts.json`). A column that is gone, new, of another type or moved, a key that is no longer unique, and
a table without rows break the contract in any case. Numbers break it when they differ by more than chance explains and by
enough to matter: nulls, distribution, shares of values, and how a column goes with the others, which shows two swapped
columns. Exact minima and maxima are never compared: new data always has new ones.

```text
load/customers: 'income': other numbers: the median is 51000, 51 in the reference; another unit?
```

What to do: look at the column that is named first; the others often follow from it. If the data are right as they are:

```sh good
nb2pipe contract churn_pipeline --accept       # what the last run had is normal, too
```

`nb2pipe run --warn-contracts` goes on and reports. With other parameters than the baseline's only the structure is
compared.
"""
_SHOWN = 5


def diagnostic(
    table: str,
    found: Sequence[tuple[str, str, str]],
    *,
    step: str,
    notebook: str | None,
    cell: int | None,
    project: str,
    warn: bool,
) -> Diagnostic:
    """What is wrong with ``table`` (``step/name``): (columns, what, why) each, worst first."""
    columns, what, why = found[0]
    where = f"{columns}: " if columns else ""
    notes = [*([why] if why else ())]
    notes += [f"also {also}: {what}" if also else f"also {what}" for also, what, _ in found[1:_SHOWN]]
    if len(found) > _SHOWN:
        notes.append(f"and {len(found) - _SHOWN} more")
    notes.append(f"if the data are right: nb2pipe contract {project} --accept")
    if not warn:
        notes.append("to go on in spite of it: --warn-contracts")
    return Diagnostic(
        code=CODE,
        message=f"{table} is not as usual: {where}{what}",
        severity=Severity.WARNING if warn else Severity.ERROR,
        notebook=notebook,
        cell=cell,
        step=step,
        notes=tuple(notes),
    )


def unreadable(table: str, error: str, *, step: str) -> Diagnostic:
    """The file is not what its name says."""
    return Diagnostic(
        code=CODE, message=f"{table} could not be read to compare it with its contract: {error}", step=step,
        notes=("run the step again: nb2pipe run PROJECT --force " + step,),
    )  # fmt: skip


def no_run(project: str, run: str | None) -> Diagnostic:
    """There is no run whose tables could be accepted."""
    what = f"there is no run {run} with tables in {project}" if run else f"no run of {project} left tables"
    return Diagnostic(code=CODE, message=what, notes=(f"run it first: nb2pipe run {project} --warn-contracts",))
