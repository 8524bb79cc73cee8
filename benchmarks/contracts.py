"""How often contracts at step borders cry wolf on clean data, and which corruptions they catch.

    python -m benchmarks.contracts [REDRAWS]

Public data sets that come with scikit-learn and statsmodels. Each is cut at random into two halves, many times: a contract
is learned from one, the other is clean data of the same kind. Then the other half is corrupted in six ways. Beside ours:
exact minima and maxima with the categories seen, as schemas inferred by tools have them, and Kolmogorov-Smirnov at
5 % per column.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nb2pipe.checking import contracts


def data_sets() -> dict[str, pd.DataFrame]:
    """Sizes from 569 to 20,190 rows; measurements, counts, flags and categories."""
    import statsmodels.api as sm
    from sklearn.datasets import load_breast_cancer

    fair = sm.datasets.fair.load_pandas().data
    fair["occupation"] = fair["occupation"].map(lambda number: f"job {int(number)}")
    return {
        "breast_cancer": load_breast_cancer(as_frame=True).frame,
        "fair": fair,
        "randhie": sm.datasets.randhie.load_pandas().data,
    }


def corruptions(clean: pd.DataFrame, rng: np.random.Generator) -> Iterator[tuple[str, pd.DataFrame, set[str]]]:
    """Name, corrupted table, columns that are to be named first (none: the table as a whole)."""
    numeric = [name for name in clean if pd.api.types.is_numeric_dtype(clean[name])]

    def pick(names: list[Any]) -> str:
        return str(rng.choice(names))

    column = pick(list(clean))
    yield "column null", clean.assign(**{column: None}), {column}
    first, second = map(str, rng.choice(numeric, 2, replace=False))
    yield "two swapped", clean.assign(**{first: clean[second], second: clean[first]}), {first, second}
    column = pick([name for name in numeric if clean[name].abs().max() > 0])
    yield "unit x 1000", clean.assign(**{column: clean[column] * 1000}), {column}
    column = pick([name for name in clean if clean[name].nunique() <= 10])
    counts = clean[column].value_counts()
    gone = rng.choice(counts[counts >= 0.03 * len(clean)].index.to_numpy())
    yield "category gone", clean[clean[column] != gone], {column}
    yield "half the rows", clean.iloc[: len(clean) // 2], set()
    column = pick(numeric)
    yield "turned to text", clean.assign(**{column: clean[column].astype(str)}), {column}


def ours(reference: pd.DataFrame, folder: Path) -> Callable[[pd.DataFrame], list[str] | None]:
    """The columns of the first alert; an empty list where the table is meant, None without an alert."""
    path = folder / "table.parquet"
    reference.to_parquet(path)
    summary = contracts.summarise(path)

    def judge(frame: pd.DataFrame) -> list[str] | None:
        frame.to_parquet(path)
        found = contracts.alerts(contracts.compare(path, summary), summary)
        return list(found[0].columns) if found else None

    return judge


def exact_ranges(reference: pd.DataFrame, _folder: Path) -> Callable[[pd.DataFrame], list[str] | None]:
    """Types, nulls, minimum and maximum, categories: as an inferred schema has them."""

    def judge(frame: pd.DataFrame) -> list[str] | None:
        for name in reference:
            old, new = reference[name], frame[name]
            if old.dtype != new.dtype or (new.isna().any() and not old.isna().any()):
                return [name]
            if pd.api.types.is_numeric_dtype(old):
                if new.min() < old.min() or new.max() > old.max():
                    return [name]
            elif set(new) - set(old):
                return [name]
        return None

    return judge


def ks_per_column(reference: pd.DataFrame, _folder: Path) -> Callable[[pd.DataFrame], list[str] | None]:
    """Kolmogorov-Smirnov at 5 % for each column of numbers, without correction: a usual drift monitor."""
    from scipy.stats import ks_2samp

    def judge(frame: pd.DataFrame) -> list[str] | None:
        worst: tuple[float, str] | None = None
        for name in reference:
            if pd.api.types.is_numeric_dtype(reference[name]):
                if not pd.api.types.is_numeric_dtype(frame[name]) or frame[name].isna().all():
                    return [name]
                p = float(ks_2samp(reference[name], frame[name].dropna()).pvalue)
                if p < 0.05 and (worst is None or p < worst[0]):
                    worst = p, name
        return None if worst is None else [worst[1]]

    return judge


METHODS = {"nb2pipe": ours, "exact ranges": exact_ranges, "KS 5 % a column": ks_per_column}


def main(redraws: int) -> None:
    """Print one row per data set and method."""
    names = ("column null", "two swapped", "unit x 1000", "category gone", "half the rows", "turned to text")
    print(f"{redraws} re-draws of each; caught / right column named first, in per cent\n")
    print("| data set | method | false alarms | " + " | ".join(names) + " |")
    print("|" + " --- |" * (3 + len(names)))
    with tempfile.TemporaryDirectory() as folder:
        for data_set, frame in data_sets().items():
            for method, learn in METHODS.items():
                rng = np.random.default_rng(0)
                false, caught, right = 0, Counter[str](), Counter[str]()
                for _ in range(redraws):
                    order = rng.permutation(len(frame))
                    half = len(frame) // 2
                    judge = learn(frame.iloc[order[:half]].reset_index(drop=True), Path(folder))
                    clean = frame.iloc[order[half : 2 * half]].reset_index(drop=True)
                    false += judge(clean) is not None
                    for name, broken, columns in corruptions(clean, rng):
                        first = judge(broken.reset_index(drop=True))
                        caught[name] += first is not None
                        right[name] += first is not None and (not columns or bool(columns & set(first[:1])))
                shown = " | ".join(f"{caught[name] / redraws:.0%} / {right[name] / redraws:.0%}" for name in names)
                print(f"| {data_set} | {method} | {false / redraws:.1%} | {shown} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
