"""The exported project: every file as text first, then written without losing what the user edited."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from nb2pipe import manifest as manifests
from nb2pipe.baseline import dump as dump_baseline
from nb2pipe.exporting import harness, steps
from nb2pipe.exporting.names import Aliases
from nb2pipe.exporting.scripts import to_script
from nb2pipe.exporting.templates import render
from nb2pipe.model import Artifact, Baseline, Environment, Notebook, Pipeline, Step
from nb2pipe.planning.metrics import Candidate
from nb2pipe.storing import write_text

ARTIFACTS = "artifacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSpec:
    """All that the files of a project are made from. ``graph`` is the pipeline as Mermaid text."""

    folder: Path
    notebook: Notebook
    pipeline: Pipeline
    aliases: Aliases
    candidates: Sequence[Candidate]
    baseline: Baseline
    graph: str
    version: str
    scripts: bool = False

    @property
    def workdir(self) -> str:
        """The notebook's folder, seen from the project."""
        return _relative(self.notebook.path.parent, self.folder)

    @property
    def artifacts(self) -> str:
        """The default folder of artifacts, seen from the notebook's folder, where steps run."""
        return _relative(self.folder / ARTIFACTS, self.notebook.path.parent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Relative paths: ``changed`` were written, ``same`` had the right content, ``kept`` hold edits of the user."""

    changed: tuple[str, ...]
    same: tuple[str, ...]
    kept: tuple[str, ...]


def write(spec: ProjectSpec, *, force: bool = False) -> Written:
    """Write the project. Files that the user edited stay, unless ``force``; tolerances are always carried over."""
    old = _existing(spec.folder)
    files = _files(spec)
    changed: list[str] = []
    same: list[str] = []
    kept: list[str] = []
    digests: dict[str, str] = {}
    for name, text in files.items():
        path = spec.folder / name
        on_disk = path.read_text(encoding="utf-8") if path.is_file() else None
        recorded = old.generated.get(name) if old else None
        digests[name] = digest(text)
        if on_disk == text:
            same.append(name)
        elif on_disk is not None and recorded != digest(on_disk) and not force:
            kept.append(name)
            if recorded is not None:
                digests[name] = recorded
        else:
            write_text(path, text)
            changed.append(name)
    for name in _stale(old, files):
        path = spec.folder / name
        if path.is_file() and old is not None and digest(path.read_text(encoding="utf-8")) == old.generated[name]:
            path.unlink()
            changed.append(name)
    text = manifests.dump(_manifest(spec, old, digests))
    target = spec.folder / manifests.FILE_NAME
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        same.append(manifests.FILE_NAME)
    else:
        write_text(target, text)
        changed.append(manifests.FILE_NAME)
    return Written(changed=tuple(changed), same=tuple(same), kept=tuple(kept))


def digest(text: str) -> str:
    """Short digest of a generated file's text."""
    return sha256(text.encode()).hexdigest()[:16]


def step_file(step: str, *, scripts: bool) -> str:
    """Where a step's notebook lies in the project."""
    return f"steps/{step}.{'py' if scripts else 'ipynb'}"


def _files(spec: ProjectSpec) -> dict[str, str]:
    context = steps.StepContext(
        notebook=spec.notebook,
        pipeline=spec.pipeline,
        aliases=spec.aliases,
        candidates=spec.candidates,
        artifacts=spec.artifacts,
        source=_relative(spec.notebook.path, spec.folder),
    )
    files: dict[str, str] = {}
    for step in spec.pipeline.steps:
        data = steps.build(step, context)
        text = to_script(data) if spec.scripts else json.dumps(data, indent=1, ensure_ascii=False) + "\n"
        files[step_file(step.name, scripts=spec.scripts)] = text
    files["baseline.json"] = dump_baseline(spec.baseline)
    files["requirements.txt"] = _requirements(spec.baseline.environment, spec.notebook.path.name)
    files["README.md"] = _readme(spec)
    files[".github/workflows/reproduce.yml"] = _workflow(spec)
    files[".gitignore"] = f"{ARTIFACTS}/\n.nb2pipe/\n"
    return files


def _manifest(spec: ProjectSpec, old: manifests.Manifest | None, digests: Mapping[str, str]) -> manifests.Manifest:
    manifest = manifests.from_pipeline(
        spec.pipeline,
        notebook=_relative(spec.notebook.path, spec.folder),
        workdir=spec.workdir,
        files={step.name: step_file(step.name, scripts=spec.scripts) for step in spec.pipeline.steps},
        artifact_files={
            (step.name, artifact.name): harness.artifact_file(artifact)
            for step in spec.pipeline.steps
            for artifact in step.outputs
        },
    )
    tolerances = old.tolerances if old else {}
    return msgspec.structs.replace(manifest, tolerances=tolerances, generated=dict(digests))


def _existing(folder: Path) -> manifests.Manifest | None:
    path = folder / manifests.FILE_NAME
    return manifests.load(path) if path.is_file() else None


def _stale(old: manifests.Manifest | None, files: Mapping[str, str]) -> list[str]:
    return [name for name in old.generated if name not in files and name.startswith("steps/")] if old else []


def _relative(path: Path, start: Path) -> str:
    return Path(os.path.relpath(path.resolve(), start.resolve())).as_posix()


def _requirements(environment: Environment | None, notebook: str) -> str:
    lines = [f"# What {notebook} ran with. Directly imported first, then what these need."]
    if environment is None:
        return lines[0] + "\n# Not known: the notebook was exported with --static.\npapermill\nipykernel\n"
    direct = sorted(set(environment.imported) & set(environment.packages), key=str.lower)
    rest = sorted(set(environment.packages) - set(direct), key=str.lower)
    lines += [f"# Python {environment.python}"]
    lines += [f"{name}=={environment.packages[name]}" for name in direct]
    lines += ["", "# needed by these, by the kernel and by papermill"]
    lines += [f"{name}=={environment.packages[name]}" for name in rest]
    if not any(name.lower() == "papermill" for name in environment.packages):
        lines.append("papermill")
    return "\n".join(lines) + "\n"


def _readme(spec: ProjectSpec) -> str:
    here = _relative(spec.folder, spec.folder)
    rows = [_row(step, spec) for step in spec.pipeline.steps]
    shown = [{"name": m.name, "value": repr(m.value)} for m in spec.baseline.metrics]
    parameters = [
        {"name": p.name, "type": p.type, "default": harness.literal(p.default)} for p in spec.pipeline.parameters
    ]
    origin = (
        "The original was run once and observed; its numbers are in `baseline.json`."
        if spec.baseline.origin == "recorded"
        else "The original was not run: `baseline.json` holds the numbers stored in the notebook."
    )
    return render(
        "project/README.md.j2",
        pipeline=spec.pipeline,
        source=_relative(spec.notebook.path, spec.folder),
        origin=origin,
        graph=spec.graph.rstrip(),
        rows=rows,
        parameters=parameters,
        metrics=shown,
        here=here,
        workdir=shlex.quote(spec.workdir),
        artifacts=f"{ARTIFACTS}/",
    )


def _row(step: Step, spec: ProjectSpec) -> dict[str, Any]:
    notebook = step_file(step.name, scripts=spec.scripts)
    base = Path(spec.artifacts).parent
    return {
        "name": step.name,
        "notebook": notebook,
        "cells": harness.cell_range(step.cells),
        "reads": _names(step.inputs),
        "writes": _names(step.outputs),
        "from_workdir": shlex.quote((base / notebook).as_posix()),
        "output": shlex.quote((base / ARTIFACTS / f"{step.name}.ipynb").as_posix()),
    }


def _names(artifacts: Sequence[Artifact]) -> str:
    return ", ".join(f"`{artifact.name}`" for artifact in artifacts) or "–"


def _workflow(spec: ProjectSpec) -> str:
    environment = spec.baseline.environment
    python = ".".join(environment.python.split(".")[:2]) if environment else "3.11"
    slug = "".join(c if c.isalnum() and c.isascii() else "-" for c in spec.pipeline.name.lower()).strip("-")
    name = json.dumps(spec.pipeline.name, ensure_ascii=False)[1:-1].replace(":", " ")
    return render(
        "project/reproduce.yml.j2", title=name, slug=slug or "pipeline", python=python, version=spec.version
    )  # fmt: skip
