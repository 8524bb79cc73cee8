"""NB302: a parameter that the notebook does not have."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB302"
TITLE = "Unknown parameter"
SEVERITY = Severity.ERROR
EXPLAIN = """\
Only names that the `parameters` cell sets to a plain value can be given another one. This name is not among them, so
the value would have no effect.

```python bad
# %% tags=["parameters"]
n_trees = 100   # then: nb2pipe run ... -p n_tree=200

# %% tags=["step:train"]
x = n_trees
```

```python good
# %% tags=["parameters"]
n_trees = 100   # then: nb2pipe run ... -p n_trees=200

# %% tags=["step:train"]
x = n_trees
```

What to do: correct the name; `nb2pipe params` lists them all. A variable set elsewhere becomes a parameter by moving
its line into the `parameters` cell.
"""


def diagnostic(
    name: str, known: tuple[str, ...], suggestion: str | None = None, notebook: str | None = None
) -> Diagnostic:
    """``name`` is none of ``known``; ``suggestion`` is one that is spelled nearly so."""
    if not known:
        note = "the notebook has no parameters: tag a cell that sets them 'parameters'"
    elif suggestion is not None:
        note = f"did you mean {suggestion!r}?"
    else:
        note = f"there are: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}"
    return Diagnostic(code=CODE, severity=SEVERITY, message=f"no parameter {name!r}", notebook=notebook, notes=(note,))
