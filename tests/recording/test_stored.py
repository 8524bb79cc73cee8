"""What the author saved beside what the code computes, on a real run: read, tied, compared, and said."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nb2pipe import dataflow
from nb2pipe.magics import to_python
from nb2pipe.model import CellRole, Environment, Role
from nb2pipe.planning import hazards
from nb2pipe.planning.metrics import candidates
from nb2pipe.recording import stored
from nb2pipe.rules import nb409_not_reproducing_itself
from nb2pipe.workflow.analysis import analyze
from tests.main_job.calling import call


def code(source, count, output=None, tags=()):
    """A code cell with one output: printed text, or a result."""
    outputs = []
    if isinstance(output, str):
        outputs = [{"output_type": "stream", "name": "stdout", "text": output}]
    elif output is not None:
        data = {"text/plain": repr(output)}
        outputs = [{"output_type": "execute_result", "execution_count": count, "metadata": {}, "data": data}]
    return {
        "cell_type": "code", "id": f"c{count}", "metadata": {"tags": list(tags)}, "execution_count": count,
        "source": source, "outputs": outputs,
    }  # fmt: skip


PRINTS = """print(f'Total: {total:.2f}, share {total / 10:.1%}')
print('worst', min(rows) / 3)
for k in ('a', 'b'):
    print(f'{k}: {len(k) / 7:.3f}')
print('took 0.31 seconds')"""
PRINTED = "Total: 2.75, share 25.0%\nworst 0.3333333333333333\na: 0.143\nb: 0.200\ntook 0.31 seconds\n"


@pytest.fixture
def stale(tmp_path: Path) -> Path:
    """A notebook whose saved numbers are older than its code: 2.75 and 0.9166 where it gives 2.5 and 0.8333."""
    cells = [
        code("rows = [1, 2, 3, 4]", 1, tags=["step:load"]),
        code("total = sum(rows) / 4", 5, tags=["step:train"]),
        code(PRINTS, 3, PRINTED, tags=["metrics"]),
        code("accuracy = total / 3\naccuracy", 4, 0.9166666666666666, tags=["metrics"]),
    ]
    kernel = {"name": "python3", "display_name": "Python", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "nb.ipynb").write_text(json.dumps(notebook))
    return tmp_path


def test_saved_numbers_are_the_baseline_without_a_run(stale: Path):
    """``--static``: tied through the AST, with decimals and doubts; printed ones are metrics of the pipeline too."""
    assert call("export", "nb.ipynb", "-o", "p", "--static", folder=stale).code == 0
    metrics = json.loads((stale / "p" / "baseline.json").read_text())["metrics"]
    assert {name: (m["value"], m.get("decimals")) for name, m in metrics.items()} == {
        "total": (2.75, 2), "share": (0.25, 3), "worst": (0.3333333333333333, None), "a": (0.143, 3), "b": (0.2, 3),
        "accuracy": (0.9166666666666666, None),
    }  # fmt: skip
    assert metrics["total"]["evidence"]["doubts"] == ["out of order"]


@pytest.mark.slow
@pytest.mark.kernel
def test_a_notebook_that_does_not_reproduce_itself_is_said_to(stale: Path):
    """Both numbers are kept; the message names cell, numbers and the likely reason; the check compares with the fresh."""
    done = call("export", "nb.ipynb", "-o", "p", "--no-verify", folder=stale)
    assert done.code == 0
    assert "NB409" in " ".join(done.err.split())
    assert "stored total 2.75, run 2.5" in " ".join(done.err.split())
    assert "another order" in " ".join(done.err.split())
    metrics = json.loads((stale / "p" / "baseline.json").read_text())["metrics"]
    assert (metrics["total"]["value"], metrics["total"]["stored"]) == (2.5, 2.75)
    assert (metrics["b"]["value"], metrics["b"]["stored"], metrics["b"]["decimals"]) == (0.143, 0.2, 3)
    assert (metrics["share"]["value"], metrics["share"]["stored"]) == (0.25, 0.25)
    checked = call("check", "p", "--output-format", "json", folder=stale)
    report = json.loads(checked.out)
    assert checked.code == 0
    assert [m["verdict"] for m in report["metrics"]] == ["ok"] * 6
    assert sum(d["code"] == "NB409" for d in report["diagnostics"]) == 2


def test_likely_reasons_name_cells_and_versions(tmp_path: Path):
    """A saved number that is another now: draws without a seed by their cells, packages by both versions."""
    cells = [
        code("!pip install scikit-learn==0.24.2\nimport numpy as np", 1),
        code("score = np.random.normal()\nscore", 2, 0.75, tags=["metrics"]),
    ]
    (tmp_path / "nb.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    analysis = analyze(tmp_path / "nb.ipynb")
    here = Environment(python="3.11.7", implementation="cpython", platform="x", packages={"scikit_learn": "1.5.0"})
    doubts = hazards.unseeded(analysis.notebook)
    found = stored.read(analysis.notebook, analysis.plan().candidates, here, doubts)
    [score] = [replace(metric, value=0.5, stored=metric.value) for metric in found.values()]
    [finding] = nb409_not_reproducing_itself.find([score], "nb.ipynb")
    assert finding.notes[0] == (
        "likely reason: it names other package versions than are installed here (scikit-learn 0.24.2, here 1.5.0); "
        "the notebook draws random numbers without a seed (cell 2)"
    )


TRACKED = """\
import mlflow, wandb
mlflow.log_metric("test_auc", auc, step=1)
mlflow.log_metrics({"f1": f1, "n": len(y)})
wandb.log({"loss": loss})
live.log_metric("mae", val=mae)
print(auc)
"""


def test_what_goes_to_a_tracker_is_a_metric():
    """Variables handed to MLflow, Weights & Biases and DVCLive are read from the kernel, wherever they were computed."""
    flow = dataflow.analyze([(0, to_python(TRACKED))])[0]
    roles = [CellRole(cell=0, role=Role.STEP, step="s", metrics=True)]
    found = candidates(roles, {0: flow})
    variables = [(n, "variable") for n in ("auc", "f1", "loss", "mae")]
    assert [(c.name, c.source.value) for c in found] == [*variables, ("logged", "logged")]
