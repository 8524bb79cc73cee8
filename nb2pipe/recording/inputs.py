"""Digests of the files that a pipeline reads, so that a later run can say which of them changed."""

from __future__ import annotations

from pathlib import Path

from nb2pipe.model import Pipeline
from nb2pipe.running.caching.objects import digest_file


def digests(pipeline: Pipeline, folder: Path) -> dict[str, str]:
    """By path as the manifest has it, relative to ``folder``, the notebook's. Files that are gone are left out.

    What a step of the pipeline writes is no input of it.
    """
    written = {path for step in pipeline.steps for path in step.writes}
    read = dict.fromkeys(path for step in pipeline.steps for path in step.reads if path not in written)
    found = {}
    for path in read:
        try:
            found[path] = digest_file(folder / path)
        except OSError:
            continue
    return found
