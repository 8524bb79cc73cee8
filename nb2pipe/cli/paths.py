"""Which notebooks are meant by files, folders, globs and ``-``."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from nb2pipe.cli.app import MANIFEST

PASSED_BY = {".ipynb_checkpoints", "node_modules", "__pycache__"}


def notebooks(arguments: Iterable[str]) -> list[Path]:
    """The files, each once, in the order given; folders give their ``.ipynb`` files, sorted."""
    found: dict[Path, None] = {}
    for argument in arguments:
        found.update(dict.fromkeys(_expanded(argument)))
    return list(found)


def _expanded(argument: str) -> Iterator[Path]:
    path = Path(argument)
    if path.is_dir():
        yield from _below(path)
    elif path.exists() or not glob.has_magic(argument):
        yield path  # whether it is there is for the reader to say
    else:
        matches = sorted(glob.glob(argument, recursive=True))  # noqa: PTH207  Path.glob takes no absolute pattern
        if not matches:
            raise click.UsageError(f"nothing matches '{argument}'")
        for match in matches:
            if Path(match).is_file():
                yield Path(match)


def _below(folder: Path) -> Iterator[Path]:
    """Hidden folders (``.git``, ``.venv``, checkpoints) and exported projects hold copies, not work."""
    if (folder / MANIFEST).is_file():
        return
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.name in PASSED_BY:
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _below(entry)
        elif entry.suffix == ".ipynb":
            yield entry
