"""Look for programs that come out wrong: ``python -m tests.faithful.hunt [FIRST [COUNT]]``, each made smaller and printed."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

from tests.faithful.harness import DETECTED, REFUSED, RIGHT, OriginalFailed, Outcome
from tests.faithful.plain import judged, try_out
from tests.faithful.programs import Cells, Program, cells_of, drawn

NO_CASE = Outcome(verdict="no case")


def judge(cells: Cells) -> Outcome:
    """The outcome; a program that does not run is no case."""
    try:
        found = judged(*cells)
        if found.verdict == REFUSED:
            try_out(*cells)
        return found
    except OriginalFailed as problem:
        return replace(NO_CASE, detail=str(problem).strip().splitlines()[-1])
    except Exception as problem:
        return Outcome(verdict="CRASH", detail=f"{type(problem).__name__}: {problem}")


def smaller(program: Program, found: Outcome) -> Cells:
    """The cells of the program with as few moves, then lines, as still lead to the verdict."""

    def same(cells: Cells) -> bool:
        now = judge(cells)
        return now.verdict == found.verdict and now.codes == found.codes

    best = _without(list(program.moves), lambda rest: same(cells_of(replace(program, moves=tuple(rest)))))
    cells = cells_of(replace(program, moves=tuple(best)))
    lines = [(number, line) for number, (_, source) in enumerate(cells) for line in source.split("\n")]

    def joined(rest: list[tuple[int, str]]) -> Cells:
        parts = [(tags, "\n".join(line for at, line in rest if at == n)) for n, (tags, _) in enumerate(cells)]
        return tuple((tags, source) for tags, source in parts if source)

    return joined(_without(lines, lambda rest: same(joined(rest))))


def _without(items: list[Any], holds: Callable[[list[Any]], bool]) -> list[Any]:
    size = max(len(items) // 2, 1)
    while size:
        at = 0
        while at < len(items):
            rest = items[:at] + items[at + size :]
            if rest and holds(rest):
                items = rest
            else:
                at += size
        size //= 2
    return items


def show(cells: Cells) -> Iterator[str]:
    """The cells, ready to be pasted into ``cases``."""
    for tags, source in cells:
        yield f"  [{tags}]"
        yield from ("    " + line for line in source.split("\n"))


def main(first: int = 0, count: int = 100, *wanted: str) -> int:
    """Judge the programs with these numbers; 1 if one is silently wrong or fails in a step."""
    counts: Counter[str] = Counter()
    began = time.monotonic()
    for number in range(first, first + count):
        program = drawn(Random(number))
        cells = cells_of(program)
        found = judge(cells)
        counts[found.verdict] += 1
        counts.update(found.codes)
        bad = found.verdict not in (RIGHT, REFUSED, DETECTED, "no case")
        if bad or found.verdict in wanted or set(found.codes) & set(wanted):
            small = smaller(program, found)
            print(f"== {number}: {found.verdict} {' '.join(found.codes)} {judge(small).detail}", flush=True)
            print("\n".join(show(small)), flush=True)
        if number % 50 == 49 or number == first + count - 1:
            print(dict(counts), f"{(number - first + 1) / (time.monotonic() - began):.1f}/s", flush=True)
    return 1 if {"WRONG", "FAILED", "CRASH"} & set(counts) else 0


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:3]), *sys.argv[3:]))
