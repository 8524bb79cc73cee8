"""Run records on disk: ``.nb2pipe/runs/ID/`` holds ``run.json``, the executed notebooks and the artifacts of one run."""

from __future__ import annotations

import json
import math
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from nb2pipe.model import RunRecord, StepRecord, StepStatus
from nb2pipe.model.numbers import exact
from nb2pipe.storing import write_text

FINISHED = (StepStatus.OK, StepStatus.REUSED)
REPORT = "report.html"
_RECORD = "run.json"
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def new_id() -> str:
    """Sorts by time, unique between processes."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{secrets.token_hex(1)}"


def folder(state: Path, run: str) -> Path:
    """Where a run lives."""
    return state / "runs" / run


def folder_of(record: RunRecord) -> Path:
    """Where the run of a record lives."""
    return folder(Path(record.project) / ".nb2pipe", record.id)


def save(state: Path, record: RunRecord) -> None:
    """Write ``run.json``, whole or not at all. JSON has no NaN, so such numbers are written as text.

    Paths are written as seen from the project: it may be moved, and the next command may be given from elsewhere.
    """
    data = msgspec.to_builtins(replace(record, project=".", parameters={}))
    for step in data["steps"]:
        if step["notebook"]:
            step["notebook"] = Path(os.path.relpath(step["notebook"], state.parent)).as_posix()
    data["metrics"] = {name: number_to_json(value) for name, value in record.metrics.items()}
    data["parameters"] = {name: parameter_to_json(value) for name, value in record.parameters.items()}
    write_text(folder(state, record.id) / _RECORD, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def load(state: Path, run: str) -> RunRecord:
    """Read a record; raises OSError or msgspec.ValidationError."""
    data = json.loads((folder(state, run) / _RECORD).read_text(encoding="utf-8"))
    data["metrics"] = {name: number_from_json(value) for name, value in data["metrics"].items()}
    for step in data["steps"]:
        if step["notebook"]:
            step["notebook"] = os.path.normpath(state.parent / step["notebook"])
    return msgspec.convert({**data, "project": str(state.parent)}, RunRecord)


def newest_first(state: Path) -> Iterator[RunRecord]:
    """All readable records; one that was cut off while being written does not exist, by construction."""
    runs = state / "runs"
    names = sorted((path.name for path in runs.iterdir()), reverse=True) if runs.is_dir() else []
    for name in names:
        try:
            yield load(state, name)
        except (OSError, ValueError, LookupError, TypeError):
            continue  # not ours, or of another version


def find_run(state: Path, keys: Mapping[str, str | None]) -> RunRecord | None:
    """The newest run that holds the outputs of all these steps, made with these keys.

    One run, not the newest of each step: data files are not in the keys, so only a run agrees with itself.
    """
    for record in newest_first(state):
        if set(keys) <= set(usable(state, record, keys)):
            return record
    return None


def usable(state: Path, record: RunRecord, keys: Mapping[str, str | None]) -> dict[str, StepRecord]:
    """The steps of a run that finished with these keys and whose outputs are still there."""
    return {
        item.name: item
        for item in record.steps
        if item.status in FINISHED
        and item.key is not None
        and keys.get(item.name) == item.key
        and (folder(state, record.id) / "artifacts" / item.name).is_dir()
    }


def link_step(state: Path, source: str, target: str, step: str) -> None:
    """Give run ``target`` the artifacts of a step of run ``source``, by hard links where the disk can."""
    old, new = folder(state, source) / "artifacts" / step, folder(state, target) / "artifacts" / step
    shutil.copytree(old, new, copy_function=_link, dirs_exist_ok=True)
    notebook = folder(state, source) / "steps" / f"{step}.ipynb"
    if notebook.is_file():
        copy = folder(state, target) / "steps" / notebook.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        _link(str(notebook), str(copy))


def unlink_step(state: Path, run: str, step: str) -> None:
    """Take a step's outputs out of a run again."""
    shutil.rmtree(folder(state, run) / "artifacts" / step, ignore_errors=True)
    (folder(state, run) / "steps" / f"{step}.ipynb").unlink(missing_ok=True)


def metrics(state: Path, run: str, step: str) -> Mapping[str, float]:
    """The numbers that a step wrote."""
    path = folder(state, run) / "artifacts" / step / "metrics.json"
    if not path.is_file():
        return {}
    data = json.loads(path.read_text(encoding="utf-8"))
    return {str(name): number_from_json(value) for name, value in data.items()}


def number_to_json(value: float) -> float | str:
    """NaN and infinities as the texts ``NaN``, ``Infinity``, ``-Infinity``."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def number_from_json(value: float | str) -> float:
    """The inverse of :func:`number_to_json`."""
    return _SPECIAL[value] if isinstance(value, str) else exact(value)


def with_step(record: RunRecord, step: StepRecord) -> RunRecord:
    """The record with one step's entry replaced."""
    return replace(record, steps=tuple(step if item.name == step.name else item for item in record.steps))


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def parameter_to_json(value: object) -> object:
    """The value if JSON gives it back as it is, else its ``repr``."""
    try:
        same = bool(json.loads(json.dumps(value, allow_nan=False)) == value)
    except (TypeError, ValueError):
        same = False
    return value if same else repr(value)
