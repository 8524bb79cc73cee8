"""Run the steps of ``steps.json`` under Kubeflow Pipelines' local runner (with the interpreter of its environment)."""

import json
from pathlib import Path

from kfp import dsl, local


@dsl.component(install_kfp_package=False)
def run_step(notebook: str, executed: str, cwd: str, inputs: str, outputs: str):
    """Papermill on one step."""
    import os

    import papermill

    os.makedirs(os.path.dirname(executed), exist_ok=True)
    papermill.execute_notebook(
        notebook, executed, parameters={"inputs": inputs, "outputs": outputs}, cwd=cwd, progress_bar=False
    )


STEPS = json.loads(Path("steps.json").read_text())


@dsl.pipeline(name="steps")
def pipeline():
    """The steps in order."""
    tasks = {}
    for step in STEPS:
        executed = str(Path("executed", step["name"] + ".ipynb").resolve())
        task = run_step(
            notebook=step["notebook"],
            executed=executed,
            cwd=step["cwd"],
            inputs=step["inputs"],
            outputs=step["outputs"],
        )
        task.set_caching_options(False)
        tasks[step["name"]] = task.after(*(tasks[need] for need in step["needs"]))


if __name__ == "__main__":
    local.init(runner=local.SubprocessRunner(use_venv=False), raise_on_error=True)
    pipeline()
