"""Digests of the files that a pipeline reads, so that a later run can say which of them changed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from nb2pipe.model import Pipeline

_CHUNK = 1 << 20


def digests(pipeline: Pipeline, folder: Path) -> dict[str, str]:
    """By path as the manifest has it, relative to ``folder``, the notebook's. Files that are gone are left out.

    What a step of the pipeline writes is no input of it.
    """
    written = {path for step in pipeline.steps for path in step.writes}
    read = dict.fromkeys(path for step in pipeline.steps for path in step.reads if path not in written)
    found = {}
    for path in read:
        try:
            found[path] = _digest(folder / path)
        except OSError:
            continue
    return found


def _digest(path: Path) -> str:
    total = sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()
