"""An exported project as runs and checks see it: the folder, its manifest and the pipeline in it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from nb2pipe import manifest as manifests
from nb2pipe.errors import InvalidInput
from nb2pipe.model import Pipeline, Step
from nb2pipe.notebook_formats import UnreadableTags, read_text
from nb2pipe.rules import nb010_manifest
from nb2pipe.storing import write_text

_MEMORY = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """``state`` is where runs are kept; ``workdir`` where steps run."""

    folder: Path
    manifest: manifests.Manifest
    pipeline: Pipeline

    @property
    def workdir(self) -> Path:
        """The original notebook's folder."""
        return (self.folder / self.manifest.workdir).resolve()

    @property
    def source(self) -> Path:
        """Where the original notebook was; it need not be there any more."""
        return Path(os.path.normpath(self.folder / self.manifest.notebook))

    @property
    def state(self) -> Path:
        """nb2pipe's own folder in the project."""
        return self.folder / ".nb2pipe"

    def notebook(self, step: str) -> dict[str, Any]:
        """The step's notebook as nbformat data; raises InvalidInput (NB010) if the file is gone or broken."""
        path = self.folder / self.manifest.steps[step].notebook
        try:
            text = path.read_text(encoding="utf-8")
            data = json.loads(text) if path.suffix == ".ipynb" else read_text(text, path.suffix)
        except FileNotFoundError:
            raise InvalidInput(nb010_manifest.step_missing(str(path), step)) from None
        except (OSError, ValueError, UnreadableTags) as error:
            raise InvalidInput(nb010_manifest.step_unreadable(str(path), str(error))) from None
        if not _is_notebook(data):
            raise InvalidInput(nb010_manifest.step_unreadable(str(path), "it is no notebook of nbformat 4"))
        return dict(data) if path.suffix == ".ipynb" else _with_ids(data)

    def step_digest(self, step: str) -> str:
        """Digest of the step's file; raises InvalidInput (NB010) if it is gone."""
        path = self.folder / self.manifest.steps[step].notebook
        try:
            return sha256(path.read_bytes()).hexdigest()
        except OSError:
            raise InvalidInput(nb010_manifest.step_missing(str(path), step)) from None


def _with_ids(script: Mapping[str, Any]) -> dict[str, Any]:
    """Scripts keep no cell ids: those of our cells are put back, others get one by position, not by chance."""
    cells = []
    for number, cell in enumerate(script["cells"]):
        generated = cell.get("metadata", {}).get("nb2pipe", {}).get("generated")
        cells.append({**cell, "id": f"nb2pipe-{generated}" if generated else f"cell-{number}"})
    return {**script, "cells": cells}


def _is_notebook(data: object) -> bool:
    """As much of nbformat 4 as running needs: people edit steps, by hand too."""
    cells = data.get("cells") if isinstance(data, dict) else None
    return isinstance(cells, list) and all(
        isinstance(cell, dict)
        and isinstance(cell.get("source"), str | list)
        and isinstance(cell.get("cell_type"), str)
        and isinstance(cell.get("metadata", {}), dict)
        for cell in cells
    )


def open_project(path: Path) -> Project:
    """The project in a folder, or that of a ``pipeline.yaml``; raises InvalidInput."""
    file = path if path.is_file() else path / manifests.FILE_NAME
    if not file.is_file():
        raise InvalidInput(nb010_manifest.no_project(str(path)))
    if file.suffix not in (".yaml", ".yml"):
        raise InvalidInput(nb010_manifest.a_notebook(str(path), there=file.with_name(f"{file.stem}_pipeline").is_dir()))
    manifest = _remembered(file) or manifests.load(file)
    return Project(folder=file.parent, manifest=manifest, pipeline=manifests.to_pipeline(manifest))


def remember(project: Project) -> None:
    """Keep what was read from ``pipeline.yaml``: reading YAML takes longer than a run in which nothing changed."""
    import msgspec

    with suppress(OSError):
        digest = _stamp(project.folder / manifests.FILE_NAME)
        path = project.state / _MEMORY
        if not path.is_file() or digest not in path.read_text(encoding="utf-8")[:200]:
            write_text(path, json.dumps({"digest": digest, "manifest": msgspec.to_builtins(project.manifest)}))


def _remembered(file: Path) -> manifests.Manifest | None:
    """The manifest as it was read and found valid before, if the file is still the same."""
    import msgspec

    try:
        data = json.loads((file.parent / ".nb2pipe" / _MEMORY).read_text(encoding="utf-8"))
        if data["digest"] == _stamp(file):
            return msgspec.convert(data["manifest"], manifests.Manifest)
    except (OSError, ValueError, KeyError, TypeError, msgspec.ValidationError):
        pass
    return None


def _stamp(file: Path) -> str:
    """Of the content, and of the nb2pipe that reads it."""
    fields = ",".join(manifests.Manifest.__struct_fields__ + manifests.StepEntry.__struct_fields__)
    return sha256(file.read_bytes() + fields.encode()).hexdigest()


def is_project(path: Path) -> bool:
    """Whether the path is an exported project or its manifest."""
    return path.name == manifests.FILE_NAME or (path / manifests.FILE_NAME).is_file()


def selected(pipeline: Pipeline, selection: str | None) -> tuple[Step, ...]:
    """The steps that ``a``, ``a..``, ``..b``, ``a..b`` or a comma list of these name; raises InvalidInput (NB306)."""
    if not selection:
        return pipeline.steps
    from nb2pipe.rules import nb306_unknown_step

    names = [step.name for step in pipeline.steps]
    chosen: set[str] = set()

    def position(name: str) -> int:
        if name not in names:
            raise InvalidInput(nb306_unknown_step.diagnostic(name, tuple(names)))
        return names.index(name)

    for part in (part.strip() for part in selection.split(",") if part.strip()):
        first, dots, last = part.partition("..")
        begin = position(first) if first else 0
        end = position(last) if last else (len(names) - 1 if dots else begin)
        if begin > end:
            raise InvalidInput(nb306_unknown_step.backwards(first, last))
        chosen.update(names[begin : end + 1])
    if not chosen:
        raise InvalidInput(nb306_unknown_step.nothing(selection, tuple(names)))
    return tuple(step for step in pipeline.steps if step.name in chosen)
