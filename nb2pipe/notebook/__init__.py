"""Reading a notebook of any supported file format into the model."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from nb2pipe import notebook_formats
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.errors import InvalidInput
from nb2pipe.model import Cell, CellKind, Notebook
from nb2pipe.notebook.file import parse_json, read_text
from nb2pipe.notebook.places import Place, json_lines, text_lines
from nb2pipe.rules import (
    nb003_not_a_notebook,
    nb004_other_language,
    nb005_no_code_cells,
    nb007_repaired_while_reading,
    nb104_unreadable_tags,
)
from nb2pipe.rules.placing import line_source

__all__ = ["line_source", "of_content", "parse", "read", "remarks"]

_LANGUAGES_BY_KERNEL = {
    "ir": "R",
    "ark": "R",
    "julia": "Julia",
    "scala": "Scala",
    "sagemath": "Sage",
    "matlab": "MATLAB",
}


def read(path: Path) -> Notebook:
    """The notebook in a file; raises InvalidInput (NB0xx, NB104) if there is none that we can work with.

    An ``.ipynb`` file is read with ``json`` and a check of our own: nbformat would cost more than all the rest.
    """
    return parse(path, read_text(path))


def parse(path: Path, text: str) -> Notebook:
    """As :func:`read`, of a text that the file may have soon."""
    is_text = path.suffix.lower() in notebook_formats.TEXT_SUFFIXES
    return _usable(path, _from_text(path, text) if is_text else _from_json(path, text, parse_json(path, text)))


def of_content(path: Path, content: object) -> Notebook:
    """What an editor holds, as nbformat's JSON; it would be saved at ``path``. Raises as :func:`read`."""
    return _usable(path, _from_json(path, None, content))


def _usable(path: Path, notebook: Notebook) -> Notebook:
    """The notebook, if it is one of Python with code in it."""
    if notebook.language.lower() not in ("python", "python3", "ipython", "ipython3"):
        raise InvalidInput(nb004_other_language.diagnostic(str(path), notebook.language))
    if not any(cell.kind is CellKind.CODE and cell.source.strip() for cell in notebook.cells):
        raise InvalidInput(nb005_no_code_cells.diagnostic(str(path), len(notebook.cells)))
    return notebook


def remarks(notebook: Notebook) -> tuple[Diagnostic, ...]:
    """The reader's notices (upgraded from nbformat 3, doubled cell ids) as diagnostics."""
    return tuple(nb007_repaired_while_reading.diagnostic(str(notebook.path), notice) for notice in notebook.notices)


# ---------------------------------------------------------------- files


def _from_json(path: Path, text: str | None, content: object) -> Notebook:
    """The notebook of a parsed file; without the file's ``text``, nothing is known of lines in it."""
    check = _Check(str(path))
    if not isinstance(content, dict):
        check.fail(f"its top level is a {_kind(content)}, not an object")
    version = check.version(content)
    if version[0] > 4:
        check.fail(f"it is written in nbformat {version[0]}, which is newer than what nb2pipe reads (4)")
    if version[0] < 4:
        command = f"jupyter nbconvert --to notebook --inplace {shlex.quote(str(path))}"
        notice = f"upgraded in memory from nbformat {version[0]} to 4; to upgrade the file: {command}"
        whole = json.dumps(content) if text is None else text
        return _assemble(path, _upgraded(path, whole), (), text_format="ipynb", notices=(notice,), version=version)
    check.structure(content)
    places = () if text is None else json_lines(text)
    return _assemble(path, content, places, text_format="ipynb", version=version)


def _upgraded(path: Path, text: str) -> Mapping[str, Any]:
    try:
        content = notebook_formats.upgrade(text)
    except Exception as error:  # nbformat raises whatever the broken file makes its converters stumble over
        _Check(str(path)).fail(f"nbformat could not upgrade it: {_first_line(error)}")
    _Check(str(path)).structure(content)
    return content


def _from_text(path: Path, text: str) -> Notebook:
    check = _Check(str(path))
    try:
        content = notebook_formats.read_text(text, path.suffix)
    except notebook_formats.UnreadableTags as error:
        raise InvalidInput(nb104_unreadable_tags.in_text(str(path), str(error), error.line, error.source)) from None
    except Exception as error:  # YAML errors, validation errors, jupytext's own: their first line says it
        check.fail(f"jupytext could not read it: {_first_line(error)}")
    check.structure(content)
    representation = content["metadata"].get("jupytext", {}).get("text_representation", {})
    text_format = f"{path.suffix.lstrip('.')}:{representation.get('format_name', 'light')}"
    return _assemble(
        path, content, text_lines(text, content["cells"]), text_format=text_format, version=(4, 5), own_ids=True
    )


# ---------------------------------------------------------------- structure


class _Check:
    """The parts of nbformat's schema that reading relies on, each with the place in its message."""

    def __init__(self, path: str) -> None:
        self.path = path

    def fail(self, what: str, cell: int | None = None) -> NoReturn:
        raise InvalidInput(nb003_not_a_notebook.diagnostic(self.path, what, cell))

    def version(self, content: Mapping[str, Any]) -> tuple[int, int]:
        major, minor = content.get("nbformat"), content.get("nbformat_minor", 0)
        if not isinstance(major, int) or not isinstance(minor, int):
            self.fail("it has no 'nbformat' number")
        return major, minor

    def structure(self, content: Mapping[str, Any]) -> None:
        if not isinstance(content.get("cells"), list):
            self.fail("it has no list of 'cells'")
        if not isinstance(content.get("metadata", {}), dict):
            self.fail(f"its 'metadata' is a {_kind(content['metadata'])}, not an object")
        for index, cell in enumerate(content["cells"]):
            self.cell(index, cell)

    def cell(self, index: int, cell: object) -> None:
        if not isinstance(cell, dict):
            self.fail(f"it is a {_kind(cell)}, not an object", index)
        if cell.get("cell_type") not in ("code", "markdown", "raw"):
            self.fail(f"its 'cell_type' is {cell.get('cell_type')!r}, not 'code', 'markdown' or 'raw'", index)
        source = cell.get("source")
        if not isinstance(source, str) and not (isinstance(source, list) and all(isinstance(s, str) for s in source)):
            self.fail("it has no 'source' that is a text or a list of texts", index)
        if not isinstance(cell.get("metadata", {}), dict):
            self.fail(f"its 'metadata' is a {_kind(cell['metadata'])}, not an object", index)
        outputs = cell.get("outputs", [])
        if not isinstance(outputs, list) or not all(isinstance(output, dict) for output in outputs):
            self.fail("its 'outputs' are not a list of objects", index)
        try:
            "".join(source).encode()
        except UnicodeEncodeError:
            self.fail("its 'source' holds half a character (a lone surrogate, '\\ud800' to '\\udfff')", index)


def _kind(value: object) -> str:
    names = {list: "list", str: "text", bool: "truth value", int: "number", float: "number", type(None): "null"}
    return names.get(type(value), "object")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


# ---------------------------------------------------------------- model


def _assemble(
    path: Path,
    content: Mapping[str, Any],
    places: Sequence[Place],
    *,
    text_format: str,
    version: tuple[int, int],
    notices: tuple[str, ...] = (),
    own_ids: bool = False,
) -> Notebook:
    metadata: Mapping[str, Any] = content.get("metadata", {})
    raw_cells: Sequence[Mapping[str, Any]] = content["cells"]
    sources = ["".join(cell["source"]) for cell in raw_cells]
    ids, doubled = _ids(sources, [None if own_ids or version < (4, 5) else cell.get("id") for cell in raw_cells])
    if doubled:
        notices += (f"cell ids that occur twice were replaced in memory: {', '.join(doubled[:5])}",)
    at = places or [(None, False)] * len(raw_cells)
    cells = tuple(
        _cell(index, cell, source, id_, place)
        for index, (cell, source, id_, place) in enumerate(zip(raw_cells, sources, ids, at, strict=True))
    )
    kernel = _dict(metadata.get("kernelspec")).get("name")
    return Notebook(
        path=path,
        cells=cells,
        language=_language(metadata),
        kernel_name=kernel if isinstance(kernel, str) and kernel else None,
        python_version=_text(_dict(metadata.get("language_info")).get("version")),
        text_format=text_format,
        nbformat=version,
        metadata=metadata,
        notices=notices,
    )


def _cell(index: int, cell: Mapping[str, Any], source: str, id_: str, place: Place) -> Cell:
    metadata = cell.get("metadata", {})
    tags = metadata.get("tags", [])
    count = cell.get("execution_count")
    return Cell(
        index=index,
        id=id_,
        kind=CellKind(cell["cell_type"]),
        source=source,
        # a bare text or another type is left in the metadata, where rule NB104 finds it
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        execution_count=count if isinstance(count, int) else None,
        outputs=tuple(cell.get("outputs", ())),
        file_line=place[0],
        one_line=place[1],
        metadata=metadata,
    )


def _ids(sources: Sequence[str], given: Sequence[object]) -> tuple[list[str], list[str]]:
    """An id for each cell, unique, and the given ones that were doubled.

    Made-up ids depend on the source and on how often it occurred before, so they stay when cells are added elsewhere.
    """
    occurrences: Counter[str] = Counter()
    taken = {id_ for id_ in given if isinstance(id_, str) and id_}
    ids: list[str] = []
    doubled: list[str] = []
    used: set[str] = set()
    for source, id_ in zip(sources, given, strict=True):
        occurrences[source] += 1
        if isinstance(id_, str) and id_ and id_ not in used:
            new = id_
        else:
            if isinstance(id_, str) and id_:
                doubled.append(id_)
            new = _digest(source, occurrences[source])
            while new in taken or new in used:
                occurrences[source] += 1
                new = _digest(source, occurrences[source])
        used.add(new)
        ids.append(new)
    return ids, doubled


def _digest(source: str, occurrence: int) -> str:
    from hashlib import sha256  # 2 ms, which a notebook with ids does without

    return sha256(f"{occurrence}\0{source}".encode()).hexdigest()[:8]


def _language(metadata: Mapping[str, Any]) -> str:
    """The kernel's language decides, else that of the last run, else jupytext's, else the kernel's name."""
    kernel = _dict(metadata.get("kernelspec"))
    told = (
        kernel.get("language"),
        _dict(metadata.get("language_info")).get("name"),
        _dict(metadata.get("jupytext")).get("main_language"),
    )
    for language in told:
        if isinstance(language, str) and language:
            return language.lower() if language.lower() == "python" else language
    name = str(kernel.get("name", "")).lower()
    return next(
        (lang for known, lang in _LANGUAGES_BY_KERNEL.items() if name == known or name.startswith(f"{known}-")),
        "python",
    )


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
