# ruff: noqa: E501  one line a module
"""Numbers that a notebook hands to an experiment tracker: read from its calls, whether or not a server answers."""

import ast
import importlib
import json
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest

from nb2pipe.dataflow.logs import logged
from nb2pipe.running.inkernel.logged import Logged
from tests.building import notebook
from tests.main_job.calling import call

#: Stand-ins with the signatures of the libraries that are wrapped.
LIBRARIES = {
    "mlflow/__init__.py": "from .tracking.client import MlflowClient\nfrom .fluent import log_metric, sent\n"
    "def log_metrics(metrics, step=None):\n    raise ConnectionError('no server')\n",
    "mlflow/fluent.py": "sent = []\ndef log_metric(key, value, step=None):\n    sent.append((key, value))\n",
    "mlflow/tracking/__init__.py": "",
    "mlflow/tracking/client.py": "class MlflowClient:\n    def log_metric(self, run_id, key, value, step=None):\n        return run_id\n",
    "wandb/__init__.py": "",
    "wandb/sdk/__init__.py": "",
    "wandb/sdk/wandb_run.py": "class Run:\n    def log(self, data, step=None):\n        return data\n",
    "dvclive/__init__.py": "from .live import Live\n",
    "dvclive/live.py": "class Live:\n    def log_metric(self, name, val, plot=True):\n        pass\n",
    "scrapbook/__init__.py": "def glue(name, data, encoder=None, display=None):\n    pass\n",
}


def libraries(folder: Path) -> None:
    """Write the stand-ins."""
    for name, text in LIBRARIES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('mlflow.log_metric("auc", auc)', [("auc", "auc")]),
        ('mlflow.log_metric(key="auc", value=f(x))', [("auc", "f(x)")]),
        ('with mlflow.start_run():\n    mlflow.log_metric("auc", f(x))', [("auc", "f(x)")]),
        ('mlflow.log_metrics({"auc": a, "f1": f(b)}, step=3)', [("auc", "a"), ("f1", "f(b)")]),
        ("mlflow.log_metrics(metrics)", [("", "")]),
        ('for e in range(3):\n    mlflow.log_metric("loss", loss, step=e)', [("", "")]),
        ('wandb.log({"auc": a, name: b})', [("auc", "a"), ("", "")]),
        ('run.log(data={"auc": a})', [("auc", "a")]),
        ('live.log_metric("acc", acc)', [("acc", "acc")]),
        ('sb.glue("auc", f(x))', [("auc", "f(x)")]),
        ('def report(m):\n    mlflow.log_metric("auc", m)', []),
        ("np.log(x)\nlogger.log(10, 'text')", []),
    ],
)
def test_what_the_code_says(source: str, expected: list[tuple[str, str]]) -> None:
    """Name and expression of each number, empty where only a run can tell."""
    assert list(logged(ast.parse(source).body)) == expected


def test_what_is_handed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loaded before or after: names and numbers are noted, the calls do what they did, and fail as they failed."""
    libraries(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] in ("mlflow", "wandb", "dvclive", "scrapbook")]:
        monkeypatch.delitem(sys.modules, name)
    early = importlib.import_module("mlflow")
    before = list(sys.meta_path)
    listening = Logged()
    try:
        run = importlib.import_module("wandb.sdk.wandb_run").Run()
        live = importlib.import_module("dvclive").Live()
        scrapbook = importlib.import_module("scrapbook")
        early.log_metric("auc", np.float32(0.5))
        pickle.loads(pickle.dumps(early.log_metric))(key="f1", value=0.25)
        with pytest.raises(ConnectionError):
            early.log_metrics({"mse": 2, "name": "rf", "ok": True})
        with pytest.raises(TypeError):
            early.log_metric()
        assert early.MlflowClient().log_metric("run", "client", 4) == "run"
        data = {"train": {"loss": np.array(0.125)}, "epoch": 3, "picture": object(), "auc": 0.75}
        assert run.log(data) is data
        live.log_metric("acc", val=0.9)
        scrapbook.glue("pi", 3.14)
        listening.write(str(tmp_path / "reply.json"))
    finally:
        sys.meta_path[:] = before
        for name in [
            name for name in sys.modules if name.partition(".")[0] in ("mlflow", "wandb", "dvclive", "scrapbook")
        ]:
            del sys.modules[name]
    assert early.sent == [("auc", 0.5), ("f1", 0.25)]
    assert json.loads((tmp_path / "reply.json").read_text()) == {
        "f1": 0.25, "mse": 2.0, "client": 4.0, "train.loss": 0.125, "epoch": 3.0, "auc": 0.75, "acc": 0.9, "pi": 3.14,
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.kernel
def test_a_tracked_notebook(tmp_path: Path) -> None:
    """What no variable holds is a metric, at full precision, in the original's run and in the pipeline's."""
    libraries(tmp_path)
    quiet = "sent = []\ndef log_metric(key, value, step=None):\n    pass\n"  # state of a module would be looked at, too
    (tmp_path / "mlflow" / "fluent.py").write_text(quiet)
    notebook(
        tmp_path,
        ("imports", "import mlflow\nfrom wandb.sdk.wandb_run import Run"),
        ("functions", "def report(x):\n    for step in range(3):\n        mlflow.log_metric('loss', x / (step + 3))"),
        ("step:data", "x = 0.1 + 0.2\nmlflow.log_metric('early', x)"),
        ("step:score metrics", "auc = x * 2\nmlflow.log_metric('test_auc', auc)\nmlflow.log_metric('third', auc / 3)\nreport(x)"),
        ("metric:f1±1%", "run = Run()\nrun.log({'f1': x / 7, 'epoch': 4, 'other': 1.5})"),
    )  # fmt: skip
    done = call("export", "nb.ipynb", "-q", folder=tmp_path)
    assert done.code == 0, done.err
    x = 0.1 + 0.2
    expected = {"auc": x * 2, "third": x * 2 / 3, "loss": x / 5, "f1": x / 7}
    baseline = json.loads((tmp_path / "nb_pipeline" / "baseline.json").read_text())
    assert {name: item["value"] for name, item in baseline["metrics"].items()} == expected
    checked = call("check", "nb_pipeline", "--output-format", "json", folder=tmp_path)
    assert checked.code == 0, checked.out
    assert {item["name"]: item["reproduced"] for item in json.loads(checked.out)["metrics"]} == expected
