"""What the editor is told of a notebook that is in no file."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from nb2pipe import workflow
from nb2pipe.jupyter.analysis import analyse
from tests.jupyter.test_labextension import ROOT

SAMPLE = ROOT / "sample_notebooks" / "churn.ipynb"


def told(content: object, path: str = "a folder/churn.ipynb") -> dict[str, Any]:
    return json.loads(analyse(path, content))


def test_an_editor_is_told_what_inspect_tells() -> None:
    """Steps, parameters, metrics and findings are those of the file, though the outputs were left out."""
    content = json.loads(SAMPLE.read_text())
    for cell in content["cells"]:
        cell.pop("outputs", None)
    found = told(content)
    seen = workflow.inspect(SAMPLE)
    assert [(step["name"], step["cells"]) for step in found["steps"]] == [
        (step.name, [cell + 1 for cell in step.cells]) for step in seen.pipeline.steps
    ]
    assert [metric["name"] for metric in found["metrics"]] == [metric.name for metric in seen.pipeline.metrics]
    assert found["notebook"] == "churn.ipynb"
    assert [role["step"] for role in found["roles"]] == [role.step for role in seen.roles]


def test_the_graph_has_a_box_for_each_step_and_they_do_not_overlap() -> None:
    graph = told(json.loads(SAMPLE.read_text()))["graph"]
    boxes = {node["step"]: node for node in graph["nodes"]}
    assert list(boxes) == ["load", "features", "split", "train", "evaluate"]
    assert {(edge["from"], edge["to"]) for edge in graph["edges"]} >= {("load", "features"), ("train", "evaluate")}
    for a in boxes.values():
        assert 0 <= a["x"] - a["width"] / 2 <= a["x"] + a["width"] / 2 <= graph["width"] + 0.1
        for b in boxes.values():
            apart = (
                abs(a["x"] - b["x"]) >= (a["width"] + b["width"]) / 2
                or abs(a["y"] - b["y"]) >= (a["height"] + b["height"]) / 2
            )
            assert a is b or apart


def test_values_that_json_lacks_are_told_as_text() -> None:
    """A page that reads strict JSON must not stumble over a default of infinity."""
    cells = [
        {
            "cell_type": "code",
            "metadata": {"tags": ["parameters"]},
            "source": "a = float('inf')\nb = {1, 2}\nc = b'x'\nd = 1e999",
        },
        {"cell_type": "code", "metadata": {"tags": ["step:s"]}, "source": "print(a, b, c, d)"},
    ]
    text = analyse("n.ipynb", {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    json.loads(text, parse_constant=lambda constant: pytest.fail(constant))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "NB003"),
        ([], "NB003"),
        ({"nbformat": 4, "cells": [{"cell_type": "code", "source": "\ud800"}]}, "NB003"),
        ({"nbformat": 4, "cells": []}, "NB005"),
        ({"nbformat": 4, "metadata": {"language_info": {"name": "R"}}, "cells": []}, "NB004"),
        ({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": []}]}, "NB005"),
    ],
)
def test_what_cannot_be_a_pipeline_is_told_in_the_same_form(content: object, code: str) -> None:
    found = told(content)
    assert [each["code"] for each in found["diagnostics"]] == [code]
    assert found["steps"] == []
    assert found["graph"] is None


def test_nb2pipe_does_not_import_jupyter_server() -> None:
    """Neither the package nor what Jupyter asks it first; the kernel's part needs no server either."""
    heavy = {"jupyter_server", "tornado", "IPython", "nbformat", "papermill", "pandas"}
    code = (
        "import sys, nb2pipe; nb2pipe._jupyter_server_extension_points(); nb2pipe._jupyter_labextension_paths();"
        "import nb2pipe.jupyter.analysis, nb2pipe.jupyter.session;"
        f"print([name for name in sys.modules if name.split('.')[0] in {heavy}])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
