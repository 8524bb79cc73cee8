"""From the notebook to a defended tolerance: export, baseline, check, and a change for the worse. Real kernels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nb2pipe import baseline as baselines
from nb2pipe.model import NoiseKind
from tests.building import notebook
from tests.main_job.calling import call

pytestmark = [pytest.mark.slow, pytest.mark.kernel]

CELLS = (
    ("step:data", "import numpy as np\nbase = np.arange(200.0)"),
    (
        "step:draw",
        "import os\nsample = np.random.normal(0.9, 0.01, 50)\nown = np.random.default_rng().normal(0, 0.01)\n"
        "drawn, read = sample.mean() + own, os.urandom(4)[0] / 256",
    ),
    ("metrics", "score = float(drawn)\nrows = len(base)\nuncontrolled = read"),
)


def test_noise_is_learned_and_judged(tmp_path: Path) -> None:
    """Three seeds, the first step run twice only; then a check passes, and a worse notebook fails with its reasons."""
    notebook(tmp_path, *CELLS)
    assert call("export", "nb.ipynb", "-q", "--no-verify", folder=tmp_path).code == 0
    done = call("baseline", "nb_pipeline", "--runs", "3", "--output-format", "json", folder=tmp_path)
    assert done.code == 0, done.err
    assert "starting anew" not in done.err
    answer = json.loads(done.out)
    assert {name: item["class"] for name, item in answer["metrics"].items()} == {
        "score": "seed-sensitive", "rows": "deterministic", "uncontrolled": "uncontrolled",
    }  # fmt: skip
    assert [item["code"] for item in answer["diagnostics"]] == ["NB422"]
    project = tmp_path / "nb_pipeline"
    known = baselines.load(project / "baseline.json")
    assert known.noise is not None
    assert known.noise.metrics["score"].kind is NoiseKind.SEED_SENSITIVE
    assert known.noise.repeated == ("data", "draw")  # something no seed controls: nothing is taken over
    assert not (project / ".nb2pipe" / "noise").exists() or not list((project / ".nb2pipe" / "noise").iterdir())
    passed = call("check", "nb_pipeline", "-q", "--tolerance", "uncontrolled=1", folder=tmp_path)
    assert passed.code == 0, passed.out
    step = project / "steps" / "draw.ipynb"
    step.write_text(step.read_text().replace("0.9, 0.01, 50", "0.1, 0.01, 50"))
    worse = call("check", "nb_pipeline", "-q", "--seed", "7", "--tolerance", "uncontrolled=1", folder=tmp_path)
    assert worse.code == 1, worse.out
    said = " ".join(worse.out.split())
    for part in ("'score' is 0.", "the mean of 3 repeats", "2 fresh seeds gave", "prediction interval of 3 repeats",
                 "steps edited since the export: steps/draw.ipynb", "nb2pipe check nb_pipeline --seed 7"):  # fmt: skip
        assert part in said
