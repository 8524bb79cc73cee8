"""Print the table of all cases with their verdicts: ``python -m tests.faithful [WORD]``."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.faithful.cases import CASES
from tests.faithful.harness import OriginalFailed, Outcome, outcome


def main(word: str = "") -> int:
    """Run the cases whose name or family holds the word; exit code 1 if one is silently wrong or fails in a step."""
    counts: Counter[str] = Counter()
    for name, family, cells in CASES:
        if word and word not in name and word not in family:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                found = outcome(Path(folder).resolve(), *cells)
            except OriginalFailed as problem:
                found = Outcome(verdict="no case", detail=str(problem).strip().splitlines()[-1])
            except Exception as problem:
                found = Outcome(verdict="CRASH", detail=f"{type(problem).__name__}: {problem}")
        counts[found.verdict] += 1
        detail = " ".join(found.codes) + (" " if found.codes else "") + found.detail.replace("\n", " ")
        print(f"{family:8} {name:52} {found.verdict:8} {detail if found.verdict != 'right' else ''}", flush=True)
    print(", ".join(f"{verdict}: {count}" for verdict, count in counts.most_common()))
    return 1 if any(verdict not in ("right", "refused", "detected") for verdict in counts) else 0


if __name__ == "__main__":
    import joblib
    import numpy
    import pandas
    import pyarrow.parquet
    import scipy.sparse
    import sklearn.linear_model

    del joblib, numpy, pandas, pyarrow, scipy, sklearn
    raise SystemExit(main(*sys.argv[1:2]))
