"""NB410: a split or an estimator without a seed."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.rules import doctor

CODE = "NB410"
TITLE = "A split or an estimator without a seed"
SEVERITY = Severity.WARNING
EXPLAIN = (
    """\
`train_test_split`, `KFold(shuffle=True)`, forests, boosting, neural nets, k-means, t-SNE and others draw random
numbers. Without `random_state` (or `seed`) and without `np.random.seed`, each run splits and fits differently.

```python bad
# %%
X_train, X_test, y_train, y_test = train_test_split(X, y)
```

```python good
# %%
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
```
"""
    + doctor.SETTLES
)


def diagnostic(what: str, argument: str = "") -> Diagnostic:
    """The finding; its place is filled in by the caller."""
    return Diagnostic(
        code=CODE,
        severity=SEVERITY,
        message=f"'{what}' draws random numbers without a seed",
        notes=(f"give it {argument}=0, or seed once at the top: np.random.seed(0)",),
    )
