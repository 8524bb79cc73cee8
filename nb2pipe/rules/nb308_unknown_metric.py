"""NB308: a tolerance for a metric that the notebook does not have."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB308"
TITLE = "There is no metric of that name"
SEVERITY = Severity.ERROR
EXPLAIN = """\
`--tolerance NAME=...` is for one metric of the original; `--tolerance all=...` is for all of them. So it is with
`tolerances` in `pipeline.yaml`. A tolerance with a mistyped name would loosen nothing, so it is refused before anything
runs. A name in `pipeline.yaml` that is spelled like none of the metrics is what a removed metric left behind: the check
goes on, and a note says so.

```console bad
$ nb2pipe check churn_pipeline --tolerance acuracy=1%
```

```console good
$ nb2pipe check churn_pipeline --tolerance accuracy=1%
```

What to do: correct the name; `metrics` in `pipeline.yaml` has them all.
"""


def diagnostic(
    name: str, known: tuple[str, ...], suggestion: str | None = None, project: str | None = None
) -> Diagnostic:
    """``name`` is none of ``known``; ``suggestion`` is one that is spelled nearly so."""
    if not known:
        note = "the notebook has no metrics: tag a cell that computes numbers 'metrics'"
    elif suggestion is not None:
        note = f"did you mean {suggestion!r}?"
    else:
        note = f"there are: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}"
    return Diagnostic(code=CODE, severity=SEVERITY, message=f"no metric {name!r}", notebook=project, notes=(note,))
