"""NB508: two steps that ran at the same time touched the same file."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB508"
TITLE = "Two steps that ran at the same time touched one file"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Steps run at the same time only if the notebook's observed run showed that none sees what the other does. With other
parameters a step may open other files. Here one step wrote a file while another that ran at the same time read or wrote
it, so what came out depends on which was faster. Nothing is made of such a run.

```python bad
# %% tags=["step:report"]
open(target, "w").write("...")     # with -p target=data.csv
# %% tags=["step:load"]
rows = open("data.csv").read()
```

```python good
# %% tags=["step:report"]
open(target, "w").write("...")
# %% tags=["step:load", "after:report"]
rows = open("data.csv").read()
```

What to do: say the order with `after:NAME` and export again, or run the steps one by one with `-j 1`.
"""


def diagnostic(path: str, first: str, second: str) -> Diagnostic:
    """``first`` comes before ``second`` in the notebook."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"steps '{first}' and '{second}' ran at the same time and both touched {path}, one of them writing",
        step=second,
        notes=(
            f"say the order in the notebook: tag the first cell of '{second}' with after:{first}, and export again",
            "or run the steps one by one: -j 1",
        ),
    )
