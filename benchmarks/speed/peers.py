"""The same step notebooks under nb2pipe and under the tools people would use instead."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.speed.environments import program, python
from benchmarks.speed.measuring import Contender, surroundings

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an exported project: its notebook, the steps it needs, the files it writes below the artifacts folder."""

    name: str
    notebook: Path
    needs: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """A notebook and the project that nb2pipe made of it, once, before anything is measured."""

    notebook: Path
    project: Path
    pristine: Path
    steps: tuple[Step, ...]

    @property
    def workdir(self) -> Path:
        """Where the notebook runs."""
        return self.notebook.parent

    def fresh(self) -> None:
        """The project as it was after the export: no runs, nothing in the cache."""
        shutil.rmtree(self.project, ignore_errors=True)
        shutil.copytree(self.pristine, self.project)


def export(notebook: Path) -> Exported:
    """Export as a user does; the run that it makes to watch the notebook is not part of any figure."""
    project, pristine = notebook.with_name(f"{notebook.stem}_pipeline"), notebook.with_name(f"{notebook.stem}_pristine")
    for folder in (project, pristine):
        shutil.rmtree(folder, ignore_errors=True)
    _must([program("nb2pipe", "nb2pipe"), "export", notebook.name, "-o", project.name, "--no-verify"], notebook.parent)
    manifest = _manifest(project / "pipeline.yaml")
    steps = []
    for name, entry in manifest["steps"].items():
        needs = dict.fromkeys([*entry.get("inputs", {}).values(), *entry.get("after", [])])
        files = tuple(output["file"] for output in entry.get("outputs", {}).values())
        steps.append(Step(name, project / entry["notebook"], tuple(needs), files))
    project.rename(pristine)
    exported = Exported(notebook, project, pristine, tuple(steps))
    exported.fresh()
    return exported


def _manifest(path: Path) -> dict[str, Any]:
    code = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1], encoding='utf-8'))))"
    command = [str(python("nb2pipe")), "-c", code, str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # type: ignore[no-any-return]


def _must(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, check=False, cwd=folder, env=surroundings(), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(
            f"{shlex.join(command)}: exit code {done.returncode}\n{done.stdout[-800:]}{done.stderr[-2000:]}"
        )


def ours(exported: Exported, *options: str, cold: bool = True) -> Contender:
    """``nb2pipe run PROJECT``; `cold`: from a project that never ran."""
    return Contender(
        command=lambda _: [program("nb2pipe", "nb2pipe"), "-q", "run", exported.project.name, *options],
        folder=exported.workdir,
        prepare=exported.fresh if cold else lambda: None,
    )


def unsplit(exported: Exported, *options: str) -> Contender:
    """Papermill on the notebook as it is."""
    name = exported.notebook.name
    command = [program("papermill", "papermill"), "--no-progress-bar", name, f"executed-{name}", *options]
    return Contender(command=lambda _: command, folder=exported.workdir)


def papermill_per_step(exported: Exported) -> Contender:
    """A shell script with one papermill command per step."""
    folder = _place(exported, "shell")
    lines = [shlex.join(_papermill("papermill", exported, step, folder)) for step in exported.steps]
    script = folder / "run.sh"
    script.write_text("set -e\nmkdir -p executed\n" + "\n".join(lines) + "\n")
    return Contender(
        command=lambda _: ["sh", str(script)], folder=folder, prepare=_empty(folder), leaves=_executed(exported, folder)
    )


def dvc(exported: Exported, cold: bool = True) -> Contender:
    """``dvc repro`` with one papermill command per stage."""
    folder = _place(exported, "dvc")
    written = {step.name: step.files for step in exported.steps}
    stages = {}
    for step in exported.steps:
        command = shlex.join(_papermill("dvc", exported, step, folder))
        inputs = [f"artifacts/{file}" for need in step.needs for file in written[need]]
        outputs: list[Any] = [f"artifacts/{file}" for file in step.files]
        outputs.append({f"executed/{step.name}.ipynb": {"cache": False}})
        stages[step.name] = {
            "cmd": f"mkdir -p executed && {command}",
            "deps": [str(step.notebook), *inputs],
            "outs": outputs,
        }
        if not inputs and step.needs:
            stages[step.name]["deps"] += [f"executed/{need}.ipynb" for need in step.needs]
    (folder / "dvc.yaml").write_text(json.dumps({"stages": stages}, indent=1))  # YAML is a superset of JSON
    _must(["git", "init", "-q"], folder)
    _must([program("dvc", "dvc"), "init", "-q"], folder)

    def forget() -> None:
        _empty(folder)()
        (folder / "dvc.lock").unlink(missing_ok=True)
        shutil.rmtree(folder / ".dvc" / "cache", ignore_errors=True)

    return Contender(
        command=lambda _: [program("dvc", "dvc"), "repro", "-q"],
        folder=folder,
        prepare=forget if cold else lambda: None,
        leaves=_executed(exported, folder),
    )


def ploomber(exported: Exported) -> Contender:
    """``ploomber build --force`` on the same notebooks."""
    folder = _place(exported, "ploomber")
    tasks = [
        {
            "name": step.name,
            "source": str(step.notebook),
            "product": {
                "nb": f"executed/{step.name}.ipynb",
                **{f"file{at}": f"artifacts/{file}" for at, file in enumerate(step.files)},
            },
            "upstream": list(step.needs) or None,
            "params": _folders(folder),
            "static_analysis": "disable",
            "papermill_params": {"cwd": str(exported.workdir), "progress_bar": False},
        }
        for step in exported.steps
    ]
    meta = {"extract_upstream": False, "extract_product": False}
    (folder / "pipeline.yaml").write_text(json.dumps({"meta": meta, "executor": "serial", "tasks": tasks}, indent=1))
    return Contender(
        command=lambda _: [program("ploomber", "ploomber"), "build", "--force"],
        folder=folder,
        prepare=_empty(folder),
        leaves=_executed(exported, folder),
    )


def kfp(exported: Exported) -> Contender:
    """Kubeflow Pipelines' local runner: one component per step that calls papermill in a process of its own."""
    folder = _place(exported, "kfp")
    steps = [
        {"name": step.name, "notebook": str(step.notebook), "needs": step.needs, "cwd": str(exported.workdir)}
        | _folders(folder)
        for step in exported.steps
    ]
    (folder / "steps.json").write_text(json.dumps(steps))
    return Contender(
        command=lambda _: [str(python("kfp")), script("kfp_local.py")],
        folder=folder,
        prepare=_empty(folder),
        leaves=_executed(exported, folder),
    )


PEERS: dict[str, Callable[[Exported], Contender]] = {
    "papermill unsplit": unsplit,
    "papermill per step": papermill_per_step,
    "ploomber": ploomber,
    "dvc": dvc,
    "kfp local": kfp,
}


def _place(exported: Exported, name: str) -> Path:
    """A folder of the peer's own, with the artifacts of each step below it."""
    folder = exported.workdir / f"{exported.notebook.stem}_{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _executed(exported: Exported, folder: Path) -> tuple[Path, ...]:
    """The executed notebooks that a peer must leave."""
    return tuple(folder / "executed" / f"{step.name}.ipynb" for step in exported.steps)


def _folders(folder: Path) -> dict[str, str]:
    return {"inputs": str(folder / "artifacts"), "outputs": str(folder / "artifacts")}


def _papermill(tool: str, exported: Exported, step: Step, folder: Path) -> list[str]:
    settings = [word for name, value in _folders(folder).items() for word in ("-p", name, value)]
    where = ["--cwd", str(exported.workdir), "--no-progress-bar"]
    return [program(tool, "papermill"), *where, str(step.notebook), f"executed/{step.name}.ipynb", *settings]


def _empty(folder: Path) -> Callable[[], None]:
    def clear() -> None:
        for name in ("artifacts", "executed", "local_outputs"):
            shutil.rmtree(folder / name, ignore_errors=True)

    return clear


def script(name: str) -> str:
    """A script of this folder, to be run by a tool's interpreter."""
    return str(HERE / name)
