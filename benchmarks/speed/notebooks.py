"""The notebooks that are measured, written by code."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

Cells = Iterable[tuple[str, str]]  # tag ("" for none) and source of each code cell

IMPORTS = """
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
"""
HEAVY_IMPORTS = """
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pyarrow
import scipy.optimize
import scipy.stats
import sklearn.ensemble
import sklearn.linear_model
import sklearn.model_selection
import sklearn.pipeline
"""
DATA = """
rng = np.random.default_rng(seed)
df = pd.DataFrame(rng.normal(size=(rows, 12)), columns=[f"x{i}" for i in range(12)])
df["region"] = rng.choice(["north", "south", "west"], rows)
df["y"] = (df.x0 + df.x1 * df.x2 + rng.normal(size=rows) > 0).astype(int)
df.head()
"""
FEATURES = """
df = pd.concat([df.drop(columns="region"), pd.get_dummies(df.region, dtype=float)], axis=1)
for i in range(4):
    df[f"z{i}"] = df[f"x{i}"].rank(pct=True)
df.describe()
"""
SPLIT = 'X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="y"), df.y, random_state=seed)'
TRAIN = """
model = RandomForestClassifier(trees, max_depth=10, random_state=seed, n_jobs=1)
model.fit(X_train, y_train)
"""


def write(path: Path, cells: Cells) -> Path:
    """A notebook of format 4.5 with these code cells."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    written = [
        {
            "cell_type": "code",
            "id": f"cell-{at}",
            "metadata": {"tags": [tag]} if tag else {},
            "source": source.strip().splitlines(keepends=True),
            "outputs": [],
            "execution_count": None,
        }
        for at, (tag, source) in enumerate(cells)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": written, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, indent=1))
    return path


def ordinary(rows: int, trees: int) -> Cells:
    """Five steps: load, features, split, train, evaluate."""
    yield "imports", IMPORTS
    yield "parameters", f"rows = {rows}\ntrees = {trees}\nseed = 7\nthreshold = 0.5"
    yield "step:load", DATA
    yield "step:features", FEATURES
    yield "step:split", SPLIT
    yield "step:train", TRAIN
    yield "step:evaluate", "scores = model.predict_proba(X_test)[:, 1]"
    yield "metrics", "accuracy = accuracy_score(y_test, scores > threshold)"


def dominant_training(rows: int, trees: int) -> Cells:
    """Five steps; the training in the third takes nearly all the time, the last reads a parameter."""
    yield "imports", IMPORTS
    yield "parameters", f"rows = {rows}\ntrees = {trees}\nseed = 7\nthreshold = 0.5"
    yield "step:load", DATA + FEATURES
    yield "step:split", SPLIT
    yield "step:train", TRAIN
    yield "step:score", "scores = model.predict_proba(X_test)[:, 1]"
    yield "step:evaluate", "called = scores > threshold"
    yield "metrics", "accuracy = accuracy_score(y_test, called)"


def chain(steps: int, imports: str = "import math\nimport random\n", work: str = "math.sqrt(total)") -> Cells:
    """Light steps in a row."""
    yield "imports", imports
    yield "parameters", "start = 2.0"
    yield "step:s0", "total = start"
    for at in range(1, steps):
        yield f"step:s{at}", f"total = total + {at} * {work}"
    yield "metrics", "final = total"


def wide(branches: int, rows: int, trees: int, depths: bool = True) -> Cells:
    """One frame, independent forests on it, one step that compares them."""
    yield "imports", IMPORTS
    yield "parameters", f"rows = {rows}\ntrees = {trees}\nseed = 7"
    yield "step:load", DATA + FEATURES + SPLIT
    for at in range(branches):
        forest = f"RandomForestClassifier(trees, max_depth={3 + at if depths else 12}, random_state=seed, n_jobs=1)"
        yield (
            f"step:forest{at}",
            f"score{at} = accuracy_score(y_test, {forest}.fit(X_train, y_train).predict(X_test))",
        )
    yield "step:choose", f"scores = [{', '.join(f'score{at}' for at in range(branches))}]"
    yield "metrics", "best = max(scores)"


def heavy_imports() -> Cells:
    """Three steps that do little with many libraries."""
    yield "imports", HEAVY_IMPORTS
    yield "step:load", "x = pd.Series(np.linspace(0, 1, 200))\ny = 3 * x + np.sin(20 * x)"
    yield (
        "step:fit",
        "line = sklearn.linear_model.LinearRegression().fit(x.to_frame('x'), y)\n"
        "low = scipy.optimize.minimize_scalar(lambda v: (v - 1) ** 2).x\n"
        "table = pyarrow.table({'x': x})",
    )
    yield "step:plot", "plt.plot(x, y)\nplt.plot(x, line.predict(x.to_frame('x')));"
    yield "metrics", "slope = float(line.coef_[0])\nminimum = float(low)\nrows = table.num_rows"


FRAME = (
    "rng = np.random.default_rng(0)\n"
    "df = pd.DataFrame(rng.normal(size=({rows}, 25)), columns=[f'c{{i}}' for i in range(25)])"
)


def frame(rows: int, split: bool) -> Cells:
    """A frame of `rows` × 25 doubles, made and used: in two steps with `split`, else in one."""
    yield "imports", "import numpy as np\nimport pandas as pd"
    yield "step:make", FRAME.format(rows=rows)
    yield "step:use" if split else "", "total = float(df['c3'].sum())"
    yield "metrics", "shown = total"


def array(rows: int, split: bool) -> Cells:
    """An array of `rows` × 25 doubles, made and used as :func:`frame`'s."""
    yield "imports", "import numpy as np"
    yield "step:make", f"values = np.random.default_rng(0).normal(size=({rows}, 25))"
    yield "step:use" if split else "", "total = float(values[:, 3].sum())"
    yield "metrics", "shown = total"


def many_outputs(cells: int, megabytes: float) -> Cells:
    """Short cells, one of them with a large output."""
    yield "step:all", "values = []"
    for at in range(cells):
        large = f"print('x' * {int(megabytes * 1e6)})" if at == cells // 2 else f"values.append({at})\nvalues[-1]"
        yield "", large
    yield "metrics", "count = len(values)"


def long_notebook(cells: int) -> Cells:
    """Cells as people write them, in steps of twenty."""
    yield "imports", "import numpy as np\nimport pandas as pd"
    yield "parameters", "rows = 100\nseed = 7"
    yield "step:part0", "rng = np.random.default_rng(seed)\ndf = pd.DataFrame({'v0': rng.normal(size=rows)})"
    for at in range(1, cells - 3):
        tag = f"step:part{at // 20}" if at % 20 == 0 else ""
        yield (
            tag,
            f"# feature {at}\ndf['v{at}'] = df['v{at - 1}'].shift(1).fillna(0) * {at % 7} + np.sin({at})\n"
            f"limit{at} = df['v{at}'].quantile(0.9)\nif limit{at} > 1000:\n    df['v{at}'] /= limit{at}\n"
            f"df[df['v{at}'] > limit{at}].head()",
        )
    yield "metrics", "spread = float(df.std().mean())"
