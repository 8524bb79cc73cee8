"""Writing the files that make a CI system check notebooks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from nb2pipe import manifest, storing
from nb2pipe.errors import InvalidInput
from nb2pipe.exporting import ci

DEEPEST = 3  # folders below the repository's in which projects are looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What :func:`init` did: files written, files kept because they say something else, and the projects found."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    projects: tuple[str, ...]


def init(folder: Path, kinds: Sequence[str] = tuple(ci.FILES), *, force: bool = False) -> Written:
    """Write the CI files of ``kinds`` into the repository at ``folder``; those that differ are kept without ``force``.

    Raises OSError where the folder cannot be written to.
    """
    projects = tuple(sorted(_projects(folder)))
    texts = ci.files(kinds, projects, version=version("nb2pipe"), python=_python(folder, projects))
    written: list[Path] = []
    kept: list[Path] = []
    for name, text in texts.items():
        path = folder / name
        if path.exists() and not force and path.read_text(encoding="utf-8") != text:
            kept.append(path)
            continue
        storing.write_text(path, text)
        written.append(path)
    return Written(written=tuple(written), kept=tuple(kept), projects=projects)


def _projects(folder: Path) -> Iterator[str]:
    """Folders with a manifest of ours, with ``/``."""
    for where, folders, names in os.walk(folder):
        here = Path(where).relative_to(folder)
        folders[:] = [n for n in folders if not n.startswith(".") and len(here.parts) < DEEPEST and n != "node_modules"]
        if manifest.FILE_NAME in names and _is_ours(Path(where)):
            folders.clear()
            yield here.as_posix()


def _is_ours(project: Path) -> bool:
    try:
        manifest.load(project / manifest.FILE_NAME)
    except (InvalidInput, OSError):
        return False
    return True


def _python(folder: Path, projects: Sequence[str]) -> str:
    """The Python that the first project's notebook ran with, as far as nb2pipe runs on it."""
    from nb2pipe import baseline

    for project in projects:
        path = folder / project / baseline.FILE_NAME
        if path.is_file():
            environment = baseline.load(path).environment
            found = ".".join(environment.python.split(".")[:2]) if environment else ""
            if found in ("3.11", "3.12", "3.13"):
                return found
    return "3.11"
