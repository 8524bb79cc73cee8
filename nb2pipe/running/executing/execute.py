"""Execute one notebook with papermill and our engine, and keep what came of it whatever happened."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nb2pipe import storing
from nb2pipe.errors import StorageProblem
from nb2pipe.notebook_formats import light_imports
from nb2pipe.parameters import literal
from nb2pipe.rules import nb506_storage
from nb2pipe.running.executing.failures import ExecutionFailure
from nb2pipe.running.executing.watching import Execution, Watcher
from nb2pipe.running.kernel.kernels import Kernel
from nb2pipe.running.kernel.process import Fork

ENGINE = "nb2pipe"
_CELL_ID_LENGTH = 64  # nbformat's limit


def execute_notebook(  # noqa: PLR0913  each is a separate wish
    source: Path | Mapping[str, Any],
    output: Path,
    *,
    kernel: Kernel,
    cwd: Path,
    parameters: Mapping[str, Any] | None = None,
    timeout: float | None = None,
    start_timeout: float = 60.0,
    watcher: Watcher | None = None,
    environment: Mapping[str, str] | None = None,
    fork: Fork | None = None,
    stop: threading.Event | None = None,
) -> Execution:
    """Run ``source`` (a path, or the notebook's dict, nbformat 4) in a fresh kernel and write it to ``output``.

    ``timeout`` is per cell, in seconds. ``parameters`` are assigned in a cell after the one tagged ``parameters``.
    ``fork`` says where the kernel is forked; without it, and where that is not possible, it is started.
    Setting ``stop`` ends the execution from another thread; Ctrl-C and SIGTERM do so where the main thread calls.

    Raises an :class:`ExecutionFailure` (with ``execution``: what was done until then), or StorageProblem. The executed
    notebook is written in any case, with the error at its top.
    """
    notebook = prepared(_read(source), parameters or {})
    executions: list[Execution] = []
    _check_folder(cwd)
    papermill = load_papermill()
    try:
        papermill.execute_notebook(
            _as_node(notebook),
            None,  # we write ourselves: whole or not at all, and papermill would fill in {braces} of a path
            engine_name=ENGINE,
            kernel_name=kernel.name,
            progress_bar=False,
            start_timeout=start_timeout,
            execution_timeout=timeout,
            kernel=kernel,
            watcher=watcher,
            working_directory=cwd,
            environment=environment,
            fork=fork,
            stop=stop,
            write=lambda executed: save(executed, output),
            report=executions.append,
        )
    except ExecutionFailure as failure:
        failure.execution = executions[-1] if executions else Execution(seconds=0.0)
        raise
    except papermill.exceptions.PapermillExecutionError:
        # Our engine raises its own; this is papermill's look at the outputs afterwards, which knows no cell that is
        # tagged ``raises-exception``.
        pass
    return executions[-1]


def prepared(notebook: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the notebook as papermill wants it: ids for all cells, tags, and the cell that assigns the parameters.

    papermill's own injection turns a tuple into text and a dict's numbers into strings, and warns about names that it
    failed to read from the parameters cell; so the cell is ours, at papermill's place and with its tag.
    """
    copy: dict[str, Any] = json.loads(json.dumps(notebook))
    seen: set[str] = set()
    for index, cell in enumerate(copy["cells"]):
        cell["id"] = _unique(cell.get("id"), index, seen)
        cell.setdefault("metadata", {}).setdefault("tags", [])
    copy["nbformat_minor"] = max(5, copy.get("nbformat_minor", 0))
    copy.setdefault("metadata", {})["papermill"] = {
        "default_parameters": {},
        "environment_variables": {},
        "parameters": {name: _plain(value) for name, value in parameters.items()},
        "version": load_papermill().__version__,
    }
    if parameters:
        _inject(copy["cells"], parameters, seen)
    return copy


def save(notebook: Any, path: Path) -> None:
    """Write an executed notebook; raises StorageProblem."""
    from nbformat.v4 import nbjson

    try:
        storing.write_text(path, nbjson.writes(notebook) + "\n")
    except OSError as error:
        raise StorageProblem(nb506_storage.diagnostic(path, error)) from error


def _inject(cells: list[dict[str, Any]], parameters: Mapping[str, Any], seen: set[str]) -> None:
    lines = ["# Parameters", *(f"{name} = {literal(value)}" for name, value in parameters.items())]
    cell: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "id": _unique("injected-parameters", len(cells), seen),
        "metadata": {"tags": ["injected-parameters"]},
        "outputs": [],
        "source": "\n".join(lines),
    }
    for index, other in enumerate(cells):
        if "injected-parameters" in other["metadata"]["tags"]:
            cells[index] = cell
            return
    tagged = (index for index, other in enumerate(cells) if "parameters" in other["metadata"]["tags"])
    cells.insert(next(tagged, -1) + 1, cell)


def _unique(cell_id: object, index: int, seen: set[str]) -> str:
    """The cell's own id if it is one and no other cell has it."""
    good = isinstance(cell_id, str) and 0 < len(cell_id) <= _CELL_ID_LENGTH and cell_id not in seen
    chosen = cell_id if isinstance(cell_id, str) and good else f"cell-{index}"
    while chosen in seen:
        chosen += "-"
    seen.add(chosen)
    return chosen


def _plain(value: Any) -> Any:
    """The value for the notebook's metadata: itself if JSON can hold it, else as Python would write it."""
    try:
        same = bool(json.loads(json.dumps(value, allow_nan=False)) == value)
    except (TypeError, ValueError):
        same = False
    return value if same else repr(value)


def _read(source: Path | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(source, Mapping):
        return source
    notebook: Mapping[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return notebook


def _as_node(notebook: dict[str, Any]) -> Any:
    from nbformat.v4 import nbjson

    return nbjson.to_notebook(notebook)


def _check_folder(cwd: Path) -> None:
    if not cwd.is_dir():
        raise StorageProblem(nb506_storage.no_folder(cwd))


def load_papermill() -> Any:
    """papermill, imported late and told to keep its remarks to itself unless the caller wants logging."""
    with light_imports():
        import papermill
        import papermill.exceptions
    logger = logging.getLogger("papermill")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return papermill
