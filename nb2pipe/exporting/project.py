"""The exported project: every file as text first, then written without losing what the user edited."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from nb2pipe import manifest as manifests
from nb2pipe.baseline import FILE_NAME as BASELINE
from nb2pipe.baseline import dump as dump_baseline
from nb2pipe.baseline import load as load_baseline
from nb2pipe.errors import InvalidInput
from nb2pipe.exporting import harness, steps
from nb2pipe.exporting.names import Aliases
from nb2pipe.exporting.scripts import to_script
from nb2pipe.exporting.templates import render
from nb2pipe.model import Artifact, Baseline, Environment, Notebook, Pipeline, Step
from nb2pipe.planning.metrics import Candidate
from nb2pipe.storing import write_text

ARTIFACTS = "artifacts"
_LONGEST_DEFAULT = 60  # characters of a default in the README's table


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
    old = existing(spec.folder, force=force)
    files = _files(spec)
    if not force:
        files[BASELINE] = _with_noise(spec, old, files)
    changed: list[str] = []
    same: list[str] = []
    kept: list[str] = []
    digests: dict[str, str] = {}
    for name, text in files.items():
        path = spec.folder / name
        on_disk = _text_of(path)
        recorded = old.generated.get(name) if old else None
        if name == BASELINE and on_disk is not None and digest(_without_noise(path) or on_disk) == recorded:
            recorded = digest(on_disk)  # ``nb2pipe baseline`` wrote it, nobody edited it
        digests[name] = digest(dump_baseline(spec.baseline)) if name == BASELINE else digest(text)
        if on_disk == text:
            same.append(name)
        elif on_disk is not None and recorded != digest(on_disk) and not force:
            kept.append(name)
            if recorded is not None:
                digests[name] = recorded
        else:
            write_text(path, text)
            changed.append(name)
    for name, recorded in _stale(old, files):
        on_disk = _text_of(spec.folder / name)
        if on_disk is not None and (force or digest(on_disk) == recorded):
            (spec.folder / name).unlink()
            changed.append(name)
        elif on_disk is not None:
            kept.append(name)
    text = manifests.dump(_manifest(spec, old, digests))
    target = spec.folder / manifests.FILE_NAME
    if _text_of(target) == text:
        same.append(manifests.FILE_NAME)
    else:
        write_text(target, text)
        changed.append(manifests.FILE_NAME)
    return Written(changed=tuple(changed), same=tuple(same), kept=tuple(kept))


def _with_noise(spec: ProjectSpec, old: manifests.Manifest | None, files: Mapping[str, str]) -> str:
    """The baseline's text; noise that was measured stays as long as the steps are the same."""
    before = _baseline_of(spec.folder / BASELINE)
    known = {name: text for name, text in files.items() if name.startswith("steps/")}
    same = old is not None and all(old.generated.get(name) == digest(text) for name, text in known.items())
    if before is None or before.noise is None or not same:
        return files[BASELINE]
    return dump_baseline(replace(spec.baseline, noise=before.noise))


def _without_noise(path: Path) -> str | None:
    """The text of a baseline as the export wrote it, before its noise was measured."""
    before = _baseline_of(path)
    return dump_baseline(replace(before, noise=None)) if before is not None else None


def _baseline_of(path: Path) -> Baseline | None:
    try:
        return load_baseline(path)
    except InvalidInput:
        return None


def digest(text: str) -> str:
    """Short digest of a generated file's text."""
    return sha256(text.replace("\r\n", "\n").encode()).hexdigest()[:16]  # git may have changed the line ends


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
    files[BASELINE] = dump_baseline(spec.baseline)
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


def existing(folder: Path, *, force: bool = False) -> manifests.Manifest | None:
    """The manifest of the project that is already there; a broken one is an error, or nothing with ``force``."""
    path = folder / manifests.FILE_NAME
    if not path.is_file():
        return None
    try:
        return manifests.load(path)
    except InvalidInput:
        if force:
            return None
        raise


def _text_of(path: Path) -> str | None:
    """A file's text, its line ends as they are; what is no text was not written by us, but is there."""
    if not path.is_file():
        return None
    return path.read_bytes().decode("utf-8", "backslashreplace")


def _stale(old: manifests.Manifest | None, files: Mapping[str, str]) -> list[tuple[str, str]]:
    """Steps of an earlier export that this one does not have, with the digests of what was written then."""
    generated = old.generated if old else {}
    return [(name, text) for name, text in generated.items() if name not in files and name.startswith("steps/")]


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
    shown = [{"name": _in_table(m.name), "value": repr(m.value)} for m in spec.baseline.metrics]
    parameters = [
        {"name": p.name, "type": p.type, "default": _in_table(harness.literal(p.default))}
        for p in spec.pipeline.parameters
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
        example=_example(spec.pipeline),
        here=here,
        workdir=shlex.quote(spec.workdir),
        artifacts=f"{ARTIFACTS}/",
        artifacts_from_workdir=shlex.quote(spec.artifacts),
    )


def _in_table(text: str) -> str:
    """Text that stays in its cell of a Markdown table, and in its backticks."""
    short = text if len(text) <= _LONGEST_DEFAULT else text[: _LONGEST_DEFAULT - 3] + "..."
    return short.replace("|", "\\|").replace("`", "'").replace("\n", " ")


def _example(pipeline: Pipeline) -> str:
    """How to set the first parameter, for a shell."""
    for parameter in pipeline.parameters[:1]:
        value = parameter.default if isinstance(parameter.default, str) else harness.literal(parameter.default)
        return f" -p {shlex.quote(f'{parameter.name}={value}')}"
    return ""


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
    title = json.dumps(f"reproduce {spec.pipeline.name}".replace("${{", "$ {{"))  # YAML reads JSON's texts
    return render(
        "project/reproduce.yml.j2", title=title, slug=slug or "pipeline", python=python, version=spec.version
    )  # fmt: skip
