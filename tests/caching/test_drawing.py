"""Whether a step drew global random numbers: outputs made with the notebook's own must not pass for ordinary ones."""

from __future__ import annotations

import ast
import pickle
import random
import subprocess
import sys
from pathlib import Path

import numpy as np

from nb2pipe.recording.inkernel import generators
from nb2pipe.running.inkernel import seen

CASES = {
    "import numpy": False,
    "import numpy.random": False,
    "random.Random(1).random()": False,
    "random.random()": True,
    "random.gauss(0, 1)": True,
    "import numpy; numpy.random.randint(10)": True,
    "import numpy; numpy.random.rand(312)": True,  # 624 words: the generator stands where it began
    "[random.random() for _ in range(312)]": True,
    "restore()": False,
    "restore(); restore()": False,
    "random.random(); restore()": True,
    "restore(); random.random(); restore()": True,
    "restore(); import numpy; numpy.random.rand(312)": True,
}
# Each case in a fork of one process that has loaded neither numpy nor what a case loads.
CODE = """
import builtins, os, sys
sys.path[:0] = [{seen!r}, {generators!r}]
import random, generators, seen
def restore():
    generators.restore_random({{"file": {state!r}}})
for case in {cases!r}:
    sys.stdout.flush()
    if os.fork() == 0:
        builtins.__nb2pipe_seen__ = it = seen.Seen()
        exec(case)
        print((case, it.drew or seen.drew(it.before)), flush=True)
        os._exit(0)
    os.wait()
"""


def test_drawing_is_seen_and_putting_a_state_back_is_not_drawing(tmp_path: Path) -> None:
    """Whatever the number of draws, and whether the library was there before."""
    mine = random.Random(5)
    mine.random()
    states = {"random": mine.getstate(), "numpy.random": np.random.RandomState(7).get_state()}
    (tmp_path / "state").write_bytes(pickle.dumps(states))
    code = CODE.format(
        seen=str(Path(seen.__file__).parent), generators=str(Path(generators.__file__).parent),
        state=str(tmp_path / "state"), cases=list(CASES),
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    assert dict(map(ast.literal_eval, done.stdout.splitlines())) == CASES
