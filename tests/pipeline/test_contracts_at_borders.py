"""Corrupt data stops at the border of the step that read it. Real kernels."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.building import notebook
from tests.main_job.calling import call

pytestmark = [pytest.mark.slow, pytest.mark.kernel]


def rows(factor: float) -> str:
    """A table of two hundred people."""
    return "name,income\n" + "".join(f"p{n},{(20_000.5 + 37 * (n * n % 211)) * factor}\n" for n in range(200))


def test_a_broken_contract_stops_the_run(tmp_path: Path) -> None:
    """Exit code 1, the column named, the next step not run; with --warn-contracts it goes on, and says so even with -q."""
    notebook(
        tmp_path,
        ("step:load", "import pandas as pd\npeople = pd.read_csv('people.csv')"),
        ("step:mean metrics", "mean = people['income'].mean()"),
    )
    (tmp_path / "people.csv").write_text(rows(1))
    assert call("export", "nb.ipynb", "-q", folder=tmp_path).code == 0
    (tmp_path / "people.csv").write_text(rows(0.001))
    broken = call("run", "nb_pipeline", "-q", folder=tmp_path)
    assert broken.code == 1
    assert "error[NB420]: load/people is not as usual: 'income': other numbers" in " ".join(broken.err.split())
    assert "--warn-contracts" in broken.err
    runs = sorted((tmp_path / "nb_pipeline" / ".nb2pipe" / "runs").iterdir())
    assert not (runs[-1] / "steps" / "mean.ipynb").exists()
    warned = call("run", "nb_pipeline", "-q", "--warn-contracts", folder=tmp_path)
    assert warned.code == 0
    assert "warning[NB420]: load/people is not as usual" in warned.err
    assert "mean" in warned.out
