"""``clean``: make room in a project's folder of earlier runs."""

from __future__ import annotations

from pathlib import Path

from nb2pipe.running.caching import cleaning
from nb2pipe.running.caching.cleaning import Cleaned
from nb2pipe.running.projects import is_project, open_project
from nb2pipe.workflow.runs import hidden_project
from nb2pipe.workflow.storage import storage_problems


@storage_problems
def clean(path: str | Path, *, max_size: int | None = None, everything: bool = False) -> Cleaned:
    """Remove what earlier runs of a project, or of a notebook that was run directly, left.

    ``max_size`` is in bytes: the least recently used goes until that is left. ``everything`` removes all runs and all
    that the cache holds. Without both, only what is of no use goes: the files of runs that did not finish. Runs that are
    under way are left alone. Raises InvalidInput, StorageProblem.
    """
    source = Path(path)
    hidden = hidden_project(source)
    project = open_project(source if is_project(source) or not is_project(hidden) else hidden)
    return cleaning.clean(project.state, max_size=max_size, everything=everything)
