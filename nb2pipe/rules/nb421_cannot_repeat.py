"""NB421: there is nothing to repeat."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB421"
TITLE = "The noise of the metrics cannot be measured"
SEVERITY = Severity.ERROR
EXPLAIN = """\
`nb2pipe baseline` repeats a project's run with other seeds to learn how far each metric scatters. That needs a metric,
and with `--vary NAME` a parameter that is a whole number: the notebook's seed.

Bad, because a repeat cannot give `test_size` another seed:

```console bad
$ nb2pipe baseline churn_pipeline --vary test_size
```

Good; `seeds` stands for every seed in the notebook's code:

```console good
$ nb2pipe baseline churn_pipeline --vary seed
$ nb2pipe baseline churn_pipeline --vary seeds
```
"""


def no_metrics(path: str) -> Diagnostic:
    """The baseline is empty."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"{path} has no metrics: there is no noise to measure",
        notes=("tag the cell that computes the numbers that matter with metrics, then export again",),
    )


def no_seed(name: str, seeds: tuple[str, ...]) -> Diagnostic:
    """The parameter is not a whole number."""
    better = " or ".join(f"--vary {seed}" for seed in (*seeds, "seeds"))
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"parameter '{name}' cannot be varied: a seed is a whole number",
        notes=(f"try {better} (seeds: those that stand in the code)",),
    )
