"""NB309: a sweep that cannot be made as it was asked for."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB309"
TITLE = "The sweep cannot be made"
SEVERITY = Severity.ERROR
EXPLAIN = """\
`nb2pipe sweep` tries every combination of the values given with `-p`: a list (`2,4,8`), a range of numbers with both ends
(`0.1:0.5:0.1`), texts with commas in quotes (`'"a,b",c'`). `--best` names the metric by which the best point is marked;
where its name does not tell which side is better, `max:` or `min:` before it does.

```console bad
$ nb2pipe sweep churn_pipeline -p max_depth=2,four --best width
```

```console good
$ nb2pipe sweep churn_pipeline -p max_depth=2,4 --best min:width
```

What to do: write values that fit the parameter's type; `nb2pipe params PROJECT` lists them.
"""


def values(name: str, reason: str) -> Diagnostic:
    """The values of a parameter cannot be read."""
    return _error(
        f"-p {name}: {reason}", "a list is 2,4,8, a range is FIRST:LAST:STEP, a text with a comma is '\"a,b\"'"
    )


def nothing(project: str) -> Diagnostic:
    """No parameter was given."""
    return _error("no parameter to sweep over", f"all parameters: nb2pipe params {project}")


def too_many(count: int, most: int) -> Diagnostic:
    """More points than anybody waits for."""
    return _error(f"{count} points, which is more than {most}", "give fewer values, or several sweeps")


def no_direction(metric: str) -> Diagnostic:
    """It is not known which side of a metric is better."""
    return _error(
        f"--best {metric}: nothing says whether more of it is better, or less",
        f"say it: --best max:{metric}, or --best min:{metric}",
    )


def _error(message: str, note: str) -> Diagnostic:
    return Diagnostic(code=CODE, severity=SEVERITY, message=message, notes=(note,))
