"""What makes numbers change: hints by reading, each with its place and cure; and the verdict of three runs."""

import json
import re
from pathlib import Path

import pytest

from nb2pipe import notebook as notebooks
from nb2pipe.planning import hazards
from nb2pipe.planning.reach import upstream
from nb2pipe.rules import explain
from nb2pipe.workflow import diagnosing
from nb2pipe.workflow.analysis import analyze
from tests.main_job.calling import call

CODES = [f"NB{number}" for number in range(410, 419)]
FINE = {
    "seeded once": "import numpy as np\nnp.random.seed(0)\nfrom sklearn.model_selection import train_test_split\n"
    "a, b = train_test_split(X)\nnp.random.rand(3)",
    "measuring time": "import time\nt0 = time.time()\nwork()\nprint(time.time() - t0)\nstart = time.time()",
    "no shuffling": "KFold(5)\ntrain_test_split(X, shuffle=False)",
    "hidden in a dict": "RandomForestClassifier(**params)",
    "order does not matter": "import os\nlen(os.listdir('.'))\nset(os.listdir('.'))\n'a' in os.listdir('.')",
    "membership": "if x in {'a', 'b'}:\n    pass\nsorted({'a', 'b'})\nlen(set(names))",
    "a secret": "import os\nkey = os.environ['API_KEY']\nos.environ['X'] = '1'",
    "relative": "open('../data/x.csv')\nprint('/home is where the heart is')",
    "pinned": "!pip install -q lightgbm==4.5.0 -r requirements.txt 'numpy>=2'",
    "a generator made on the way": "import random, numpy as np\nnp.random.default_rng(seed + 1).random(3)\n"
    "np.random.RandomState(1).rand()\nrandom.Random(2).random()",
    "another random": "import random\nrandom.seed(3)\nrandom.random()\nfrom numpy.random import default_rng\ndefault_rng(3)",
}


def found(folder: Path, source: str) -> list[str]:
    """The codes of the hazards in one cell."""
    path = folder / "nb.py"
    path.write_text(source if source.startswith("# %%") else f"# %%\n{source}\n")
    return [hazard.finding.code for hazard in hazards.find(notebooks.read(path))]


@pytest.mark.parametrize("code", CODES)
def test_the_examples_of_the_rules_are_true(tmp_path: Path, code: str):
    """The bad one is found, the good one is not."""
    text = explain(code).explain
    examples = dict(re.findall(r"^```python (bad|good)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    head = "# %%\nimport numpy as np, pandas as pd, glob, os\nfrom sklearn.model_selection import train_test_split\n"
    assert code in found(tmp_path, head + examples["bad"])
    assert code not in found(tmp_path, head + examples["good"])


@pytest.mark.parametrize("source", FINE.values(), ids=list(FINE))
def test_what_is_fine_is_left_alone(tmp_path: Path, source: str):
    """No hint where the code controls it, or where it does not matter."""
    assert found(tmp_path, source) == []


def notebook(*sources: str) -> str:
    """An .ipynb with these code cells, indented as few tools do."""
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "execution_count": None, "outputs": [],
         "source": source.splitlines(keepends=True)} for n, source in enumerate(sources)
    ]  # fmt: skip
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=3)


def test_fixing_sorts_listings_and_nothing_else(tmp_path: Path):
    """Only where the order is walked through; all other bytes stay."""
    before = notebook("import os\nfor é in os.listdir('é\"x'):\n    pass\nnames = os.listdir('.')", "x = 1")
    path = tmp_path / "nb.ipynb"
    path.write_text(before, encoding="utf-8")
    done = call("doctor", "nb.ipynb", "--static", "--fix", folder=tmp_path)
    after = path.read_text(encoding="utf-8")
    assert "fixed 1 problem" in done.err
    assert json.loads(after)["cells"][0]["source"][1] == "for é in sorted(os.listdir('é\"x')):\n"
    assert after.count("sorted") == 1
    assert len(set(before.splitlines()) ^ set(after.splitlines())) == 2
    assert done.code == 1  # the other one is assigned: who knows what for


RUN = """\
# %%
import random, time
fixed = 1 / 3
# %%
luck = random.random()
print(f"luck {luck:.6f}, own {random.Random(5).random():.3f}")
# %%
clock = time.time() * 1
print("clock", clock)
# %%
fixed
"""


def test_reasons_are_ranked(tmp_path: Path):
    """What each run changes comes first; a cell that the number does not come from is no reason at all."""
    source = "# %%\nimport os, time\nnames = os.listdir()\n# %%\nnow = time.time() % 7\n# %%\nz = os.environ.get('Z')\n"
    (tmp_path / "nb.py").write_text(source + "# %%\nscore = len(names[0]) + now\n")
    analysis = analyze(tmp_path / "nb.py")
    hints = [hazard.finding for hazard in hazards.find(analysis.notebook)]
    assert upstream(analysis.flows, 3) == {0, 1, 3}
    places = {"score": upstream(analysis.flows, 3)}
    assert [hint.code for hint in diagnosing._ranked(hints, places)] == ["NB412", "NB415"]


@pytest.mark.slow
@pytest.mark.kernel
def test_three_runs_settle_the_hints(tmp_path: Path):
    """One number is deterministic, one follows the seed, one nobody controls; each hint says what the runs say of it."""
    (tmp_path / "nb.py").write_text(RUN)
    done = call("doctor", "nb.py", "--output-format", "json", folder=tmp_path)
    report = json.loads(done.out)
    verdicts = {number["name"]: number["verdict"] for number in report["numbers"]}
    assert verdicts["fixed"] == "deterministic"
    assert verdicts["luck"] == "seed-sensitive"
    assert verdicts["clock"] == "uncontrolled"
    assert done.code == 1
    codes = {found["code"]: found for found in report["diagnostics"]}
    assert set(codes) == {"NB411", "NB412", "NB419"}
    assert "luck, own changed with another seed" in str(codes["NB411"])
    assert "clock changed with the same seed: this is the likely reason" in str(codes["NB412"])
