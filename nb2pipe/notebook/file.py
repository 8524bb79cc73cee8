"""From a path to text and from text to JSON, with a clear sentence for everything that can be in the way."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from nb2pipe.errors import InvalidInput
from nb2pipe.rules import nb001_not_json, nb006_unreadable_file
from nb2pipe.spelling import closest

NOTEBOOK_SUFFIXES = (".ipynb", ".py", ".md", ".Rmd")
_CONFLICT = r"(?m)^(<{7} .*|={7}|>{7} .*)\r?$"


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, with or without byte order mark; raises InvalidInput (NB006)."""
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        missing = None if path.parent.is_dir() else str(path.parent)
        raise InvalidInput(nb006_unreadable_file.absent(str(path), _similar(path), missing)) from None
    except IsADirectoryError:
        project = (path / "pipeline.yaml").is_file()
        raise InvalidInput(nb006_unreadable_file.folder(str(path), _notebooks(path), project=project)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        raise InvalidInput(nb006_unreadable_file.diagnostic(str(path), reason)) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise InvalidInput(nb006_unreadable_file.not_utf8(str(path), None, "UTF-16")) from None
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(nb006_unreadable_file.not_utf8(str(path), line, f"byte 0x{data[error.start]:02x}")) from None


def parse_json(path: Path, text: str) -> Any:
    """The JSON value of a notebook's text; raises InvalidInput (NB001)."""
    try:
        return json.loads(text)
    except RecursionError:
        raise InvalidInput(nb001_not_json.diagnostic(str(path), "it is nested too deeply")) from None
    except json.JSONDecodeError as error:
        raise InvalidInput(_why_not_json(str(path), text, error)) from None


def _why_not_json(path: str, text: str, error: json.JSONDecodeError) -> Any:
    start = text.lstrip()[:100]
    if not start:
        return nb001_not_json.diagnostic(path, "the file is empty")
    conflict = re.search(_CONFLICT, text)
    if conflict is not None and conflict[1].startswith("<"):
        line = text.count("\n", 0, conflict.start()) + 1
        return nb001_not_json.conflict(path, line, conflict[1].rstrip("\r"))
    if start.startswith("version https://git-lfs"):
        return nb001_not_json.diagnostic(
            path, "it is a Git LFS pointer, not the notebook itself", remedy="git lfs pull"
        )
    if start.lower().startswith(("<!doctype html", "<html")):
        return nb001_not_json.diagnostic(
            path, "it is a web page, not the notebook itself", remedy="download the file in its raw form"
        )
    source = text.split("\n")[error.lineno - 1].rstrip("\r")
    return nb001_not_json.diagnostic(
        path,
        f"{error.msg.removesuffix(' at')} at line {error.lineno}, column {error.colno}",
        line=error.lineno,
        source=source,
    )


def _notebooks(folder: Path) -> list[str]:
    try:
        return sorted(p.name for p in folder.iterdir() if p.suffix == ".ipynb")
    except OSError:
        return []


def _similar(path: Path) -> str | None:
    """A notebook in the same folder whose name is close to that of the absent file."""
    try:
        names = sorted(p.name for p in path.parent.iterdir() if p.suffix in NOTEBOOK_SUFFIXES and p.is_file())
    except OSError:
        return None
    by_stem = next((n for n in names if Path(n).stem.casefold() == path.stem.casefold()), None)
    found = by_stem or closest(path.name, names)
    return None if found is None else str(path.with_name(found))
