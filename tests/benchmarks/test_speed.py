"""The benchmark of speed: it measures what it says it measures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.speed import table
from benchmarks.speed.cases import CASES, Row, cost_of
from benchmarks.speed.measuring import Contender, Cost, Failed, in_turns, measure

ROOT = Path(__file__).parents[2]


def python(code: str, folder: Path, **more) -> Contender:
    return Contender(command=lambda turn: [sys.executable, "-c", code, str(turn)], folder=folder, **more)


def test_contenders_run_in_turns(tmp_path):
    """Each once per round, the order turned, the preparation before each; the number of the round is told."""
    note = "import sys; open('order', 'a').write('{name}' + sys.argv[1] + ' ')"
    contenders = {name: python(note.format(name=name), tmp_path) for name in "ab"}
    costs = in_turns(contenders, 2, True, tmp_path / "logs")
    assert (tmp_path / "order").read_text() == "b0 a0 a1 b1 b2 a2 "
    assert [len(each) for each in costs.values()] == [2, 2]


def test_the_work_of_children_counts(tmp_path):
    """User and system time of the whole tree, also of a child that outlives the command."""
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    alone = measure(python("pass", tmp_path), 0, tmp_path / "log")
    waits = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    assert measure(python(waits, tmp_path), 0, tmp_path / "log").cpu > alone.cpu + 0.25
    if sys.platform == "linux":
        leaves = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {burn!r}])"
        code = (
            "import sys\nfrom pathlib import Path\nfrom benchmarks.speed.measuring import *\nadopt_orphans()\n"
            f"it = Contender(command=lambda turn: [sys.executable, '-c', {leaves!r}], folder=Path({str(tmp_path)!r}))\n"
            f"print(measure(it, 0, Path({str(tmp_path / 'log')!r})).cpu)"
        )
        said = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True).stdout
        assert float(said) > 0.3


def test_a_contender_that_fails_says_so(tmp_path):
    """An exit code, and a file that is not there."""
    with pytest.raises(Failed, match=r"exit code 3.*\n.*no such thing"):
        measure(python("print('no such thing'); exit(3)", tmp_path), 0, tmp_path / "log")
    with pytest.raises(Failed, match=r"did not write .*executed"):
        measure(python("pass", tmp_path, leaves=(tmp_path / "executed",)), 0, tmp_path / "log")


def test_ratios_are_of_the_same_round():
    """The median of the rounds' ratios, not the ratio of the medians."""
    costs = {"a": [Cost(1, 1), Cost(8, 1), Cost(2, 1)], "b": [Cost(2, 1), Cost(4, 2), Cost(1, 1)]}
    row = table.result("case", "Case", Row("b", cost_of("a"), cost_of("b"), 2.0, 1.0), costs)
    assert (row.ratio.median, row.ratio.least, row.ratio.most) == (2.0, 0.5, 2.0)
    assert (row.cpu, row.verdict) == (1.0, "yes")
    assert "2.00  1.00  2.00   0.50 to 2.00" in table.as_text([row])


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("case", CASES)
def test_each_case_runs(case):
    """End to end, small: the tools are installed, every contender does its work."""
    command = [sys.executable, "-m", "benchmarks.speed", "--quick", case]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert case in done.stdout
