"""What a check said, kept beside its run (``check.json``), so that it can be shown again without judging anew."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from nb2pipe.model import CheckReport, RunRecord
from nb2pipe.running import runs
from nb2pipe.storing import write_text

FILE_NAME = "check.json"
_NUMBER = "$number"  # JSON has no NaN, and a text "NaN" may be a parameter's value


def save(report: CheckReport) -> Path:
    """Write the report without its run, which has a file of its own; raises OSError."""
    data = msgspec.to_builtins(report)
    del data["run"]
    path = runs.folder_of(report.run) / FILE_NAME
    write_text(path, json.dumps(_plain(data), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return path


def load(record: RunRecord) -> CheckReport | None:
    """What was said about this run; ``None`` if it was not checked, or by another version of nb2pipe."""
    try:
        data = _special(json.loads((runs.folder_of(record) / FILE_NAME).read_text(encoding="utf-8")))
        empty = {"id": "", "project": "", "pipeline": "", "steps": []}
        return replace(msgspec.convert({**data, "run": empty}, CheckReport), run=record)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {_NUMBER: repr(value)}
    return value


def _special(value: Any) -> Any:
    if isinstance(value, dict):
        return float(value[_NUMBER]) if set(value) == {_NUMBER} else {k: _special(item) for k, item in value.items()}
    return [_special(item) for item in value] if isinstance(value, list) else value
