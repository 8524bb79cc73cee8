"""NB423: the original's number is not one that its own notebook gives."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import MetricNoise
from nb2pipe.rules import figures

CODE = "NB423"
TITLE = "The original value is not typical of its own notebook"
SEVERITY = Severity.WARNING
EXPLAIN = """\
Repeated with other seeds, the notebook gives numbers around a mean; the original lies so far off that chance would put
it there less than once in a hundred times (of many numbers: any of them). It may be a lucky seed, picked from many; or
the number comes from other data, another version of a package, or cells that were run in another order.

Bad, because 7 was chosen for its number:

```python bad
# %% tags=["step:train"]
model = RandomForestClassifier(random_state=7)
```

Good: report the mean of several seeds, and how far they scatter. Checks compare with the mean of the repeats, not with
the original, unless the baseline was made with `--reference original`.
"""


def diagnostic(name: str, original: float, noise: MetricNoise, p: float, *, notebook: str, cell: int) -> Diagnostic:
    """``p`` is how likely such an original is among its repeats."""
    spread = f" ± {figures.number(noise.sd, 2)}" if noise.sd else ""
    mean = figures.number(noise.mean, 5)
    rare = f"p = {figures.number(p, 2)}" if p > 0 else "every repeat gave the same"
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"the original '{name}' is {figures.number(original, 5)}, but {noise.k} repeats give {mean}{spread} ({rare})",
        notebook=notebook,
        cell=cell,
        notes=(
            "a lucky seed, other data, other versions, or cells run in another order; checks compare with the mean",
        ),
    )
