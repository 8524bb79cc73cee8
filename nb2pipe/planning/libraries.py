"""Which libraries load which others."""

from __future__ import annotations

from collections.abc import Iterable

# Libraries that load others: settings of the right-hand ones matter wherever a left-hand one is used.
_IMPLIES = {
    "pandas": ("numpy",),
    "sklearn": ("numpy", "scipy"),
    "seaborn": ("matplotlib", "pandas", "numpy"),
    "statsmodels": ("numpy", "scipy", "pandas"),
    "scipy": ("numpy",),
    "xgboost": ("numpy",),
    "lightgbm": ("numpy",),
    "catboost": ("numpy", "pandas"),
    "matplotlib": ("numpy",),
    "keras": ("tensorflow", "numpy"),
}


def with_implied(modules: Iterable[str]) -> frozenset[str]:
    """Root modules, and those that they load."""
    given = frozenset(modules)
    return given.union(*(_IMPLIES.get(module, ()) for module in given))
