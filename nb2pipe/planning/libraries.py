"""Which libraries load which others, and which draw."""

from __future__ import annotations

import re
import sys
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
    **dict.fromkeys(
        ("torchvision", "torchaudio", "lightning", "pytorch_lightning", "transformers", "fastai", "skorch", "timm",
         "sentence_transformers", "diffusers", "accelerate", "torch_geometric"), ("torch", "numpy"),
    ),
    "torch": ("numpy",),
}  # fmt: skip


#: seaborn.set() is matplotlib's rcParams, tqdm.pandas() gives pandas objects a method.
_SETTINGS_OF_OTHERS = {
    "seaborn": ("matplotlib",), "tqdm": ("pandas",), "pandarallel": ("pandas",), "cufflinks": ("pandas",),
}  # fmt: skip


def concerned(modules: Iterable[str]) -> frozenset[str]:
    """The libraries whose settings a statement changes that sets those of ``modules``."""
    given = frozenset(modules)
    return given.union(*(_SETTINGS_OF_OTHERS.get(module, ()) for module in given))


def with_implied(modules: Iterable[str]) -> frozenset[str]:
    """Root modules, and those that they load."""
    given = frozenset(modules)
    return given.union(*(_IMPLIES.get(module, ()) for module in given))


# They draw with matplotlib only where a name in the code says so (``df.plot``, ``res.plot_predict``); others may anywhere.
_DRAW_BY_NAME = frozenset(
    {"numpy", "scipy", "pandas", "sklearn", "statsmodels", "xgboost", "lightgbm", "catboost", "joblib", "IPython"}
)
_DRAWING = re.compile("plot|hist|draw|chart|graph|dendrogram|heatmap|scatter|Display|visual")


def may_draw(modules: Iterable[str], texts: Iterable[str]) -> bool:
    """Whether code that uses these root modules may draw with matplotlib without importing it."""
    unknown = {*modules} - _DRAW_BY_NAME - sys.stdlib_module_names
    return bool(unknown) or any(_DRAWING.search(text) for text in texts)


SEABORN_COLOURS = "seaborn's colour maps"
_COLOURS = re.compile(r"['\"](rocket|mako|icefire|vlag|flare|crest)(_r)?['\"]")


def names_colours(texts: Iterable[str]) -> bool:
    """Whether code names a colour map that matplotlib has once seaborn is imported."""
    return any(_COLOURS.search(text) for text in texts)
