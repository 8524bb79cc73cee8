"""Random programs give the notebook's values in their pipeline, or are refused; never a wrong value, never a failing step."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from nb2pipe import workflow
from nb2pipe.errors import Refused
from tests.building import notebook
from tests.faithful.harness import DETECTED, REFUSED, RIGHT
from tests.faithful.hunt import NO_CASE, judge, show, smaller
from tests.faithful.plain import load
from tests.faithful.programs import Program, cells_of, drawn, programs

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the harness forks")

MOST_REFUSED, MOST_DETECTED = 0.30, 0.04


def check_programs(count: int, part: int) -> Counter[str]:
    """Judge so many programs; ``part`` tells apart what workers do side by side. Returns how many had which verdict."""
    counts: Counter[str] = Counter()

    @given(programs)
    @settings(
        max_examples=count,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # made smaller by ``smaller``, which knows programs
    )
    def each(program: Program) -> None:
        found = judge(cells_of(program))
        counts[found.verdict] += 1
        if found.verdict not in (RIGHT, REFUSED, DETECTED, NO_CASE.verdict):
            small = smaller(program, found)
            text = "\n".join(show(small))
            raise AssertionError(f"{found.verdict} {' '.join(found.codes)}\n{text}\n{judge(small).detail}")

    load()
    (seed(part)(each) if settings().derandomize else each)()
    return counts


def check_shares(counts: Counter[str]) -> None:
    """Refusing is no way out: most programs are right."""
    judged = counts[RIGHT] + counts[REFUSED] + counts[DETECTED]
    assert judged > 0.7 * counts.total(), f"too many programs do not run: {counts}"
    assert counts[REFUSED] <= MOST_REFUSED * judged, f"too many are refused: {counts}"
    assert counts[DETECTED] <= MOST_DETECTED * judged, f"too many are found out only by comparing values: {counts}"


@pytest.mark.parametrize("part", range(2))
def test_random_programs(part: int) -> None:
    """Each is right, refused or, rarely, found out when the values are compared."""
    check_shares(check_programs(100, part))


@pytest.mark.nightly
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", range(10, 14))
def test_many_random_programs(part: int) -> None:
    """The same, for longer; HYPOTHESIS_PROFILE=random draws new ones."""
    check_shares(check_programs(1000, part))


@pytest.mark.slow
@pytest.mark.kernel
@pytest.mark.parametrize("number", range(1, 6))
def test_random_programs_in_kernels(tmp_path: Path, number: int) -> None:
    """What holds for ``exec`` in forked children holds for real kernels: same verdict, same result at the end."""
    cells = cells_of(drawn(Random(number)))
    found = judge(cells)
    assert found.verdict in (RIGHT, REFUSED), found.detail
    file = tmp_path / "results.txt"
    look = f"with open({str(file)!r}, 'a') as shown_results:\n    print(ascii(repr(result)), file=shown_results)"
    path = notebook(tmp_path, *cells, ("", look))
    if found.verdict == REFUSED:
        with pytest.raises(Refused):
            workflow.export(path)
        return
    exported = workflow.export(path)
    assert exported.verification is not None
    assert not exported.verification.differences
    *original, pipeline = file.read_text().splitlines()  # the original is sometimes looked at twice
    assert set(original) == {pipeline}
