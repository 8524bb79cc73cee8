"""Print the table of all cases with their verdicts: ``python -m tests.faithful [--kernels [PYTHON]] [WORD ...]``.

The cases run in forked children of this process, one IPython shell per step. With ``--kernels`` they are exported, run and
verified in real kernels, some three seconds each; ``PYTHON`` is the interpreter of another environment to run them in.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.faithful.cases import CASES, Case
from tests.faithful.harness import OriginalFailed, Outcome, outcome
from tests.faithful.kernels import in_kernels
from tests.faithful.libraries import LIBRARIES, missing

Judge = Callable[..., Outcome]


def main(*words: str, judge: Judge = outcome, elsewhere: bool = False) -> int:
    """Run the cases whose name or family holds one of the words; 1 if one is silently wrong or fails in a step.

    ``elsewhere``: the cases run in another environment, so what is missing in this one does not count.
    """
    counts: Counter[str] = Counter()
    for case in (*CASES, *LIBRARIES):
        name, family, _ = case
        if words and not any(word in name or word in family for word in words):
            continue
        lacking = () if elsewhere else missing(case)
        found = Outcome(verdict="skipped", detail=f"no {', '.join(lacking)}") if lacking else judged(case, judge)
        counts[found.verdict] += 1
        detail = " ".join(found.codes) + (" " if found.codes else "") + found.detail.replace("\n", " ")
        print(f"{family:9} {name:52} {found.verdict:8} {detail if found.verdict != 'right' else ''}", flush=True)
    print(", ".join(f"{verdict}: {count}" for verdict, count in counts.most_common()))
    return 1 if any(verdict not in ("right", "refused", "detected", "skipped") for verdict in counts) else 0


def judged(case: Case, judge: Judge) -> Outcome:
    """The outcome of one case, whatever happens."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return judge(Path(folder).resolve(), *case[2])
        except OriginalFailed as problem:
            return Outcome(verdict="no case", detail=str(problem).strip().splitlines()[-1])
        except Exception as problem:
            return Outcome(verdict="CRASH", detail=f"{type(problem).__name__}: {problem}")


def _in_kernels(words: list[str]) -> int:
    python = words.pop(0) if words and Path(words[0]).is_file() else None
    return main(*words, judge=lambda *case: in_kernels(*case, python=python), elsewhere=python is not None)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["--kernels"]:
        raise SystemExit(_in_kernels(arguments[1:]))
    import joblib
    import numpy
    import pandas
    import pyarrow.parquet
    import scipy.sparse
    import sklearn.linear_model

    del joblib, numpy, pandas, pyarrow, scipy, sklearn
    raise SystemExit(main(*arguments))
