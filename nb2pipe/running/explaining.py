"""From a failed execution to the finding that the user sees, in the original notebook's cells and lines."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeGuard

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.errors import EnvironmentProblem, Interrupted, Nb2pipeError, StepFailed, StorageProblem
from nb2pipe.model import CellKind, Notebook
from nb2pipe.rules import (
    nb501_kernel_died,
    nb502_cell_failed,
    nb503_timeout,
    nb504_interrupted,
    nb505_kernel_did_not_start,
    nb506_storage,
    nb507_unserialisable,
)
from nb2pipe.rules.placing import placed, source_lines
from nb2pipe.running.executing.failures import (
    CellFailed,
    CellTimeout,
    ExecutionFailure,
    ExecutionInterrupted,
    KernelDied,
    KernelStartFailed,
    UnlikeObserved,
)
from nb2pipe.running.executing.watching import RunningCell
from nb2pipe.running.kernel.kernels import Kernel, install_command

_ORIGIN = re.compile(r"# from cell (?P<cell>\d+)")
_SAVED = re.compile(r"/(?P<name>[^/\"']+)\.\w+[\"']")  # the file's name in a line of the outputs cell
_ERRNO = re.compile(r"^\[Errno (?P<number>\d+)\] (?P<text>[^:]*)(?:: '(?P<path>[^']*)')?")
_NOT_ABOUT_THE_VALUE = ("NameError", "ImportError", "ModuleNotFoundError", "MemoryError")
_KIND = re.compile(r"(?:cannot|can't) pickle '?(?P<type>[\w.]+)'?")


def original_cells(notebook: Mapping[str, Any]) -> dict[str, int]:
    """Cell id -> index in the original notebook, from the metadata that exported steps carry."""
    cells: dict[str, int] = {}
    for cell in notebook["cells"]:
        number = cell.get("metadata", {}).get("nb2pipe", {}).get("cell")
        if number is not None:
            cells[cell.get("id", "")] = number - 1
    return cells


def explained(
    failure: ExecutionFailure,
    *,
    kernel: Kernel,
    step: str | None,
    cells: Mapping[str, int],
    notebook: Notebook | None,
    name: str,
    resume: str | None = None,
    executed: str | None = None,
) -> Nb2pipeError:
    """The error to raise. ``cells`` maps executed cells' ids to original indexes, ``notebook`` is the original, if at hand."""
    if isinstance(failure, UnlikeObserved):
        return StepFailed(_where_changed(replace(failure.finding, notebook=name), failure.name, cells, notebook))
    finding = _finding(failure, kernel=kernel, step=step, cells=cells, resume=resume)
    finding = _placed(finding, failure, cells, notebook, name)
    if isinstance(failure, CellFailed) and failure.ename in ("NameError", "KeyError") and notebook is not None:
        from nb2pipe.running.missing_names import with_hint

        finding = with_hint(finding, failure.ename, failure.evalue, notebook)
    if executed:
        finding = _with_note(finding, f"the executed notebook, error at its top: {executed}")
    if isinstance(failure, ExecutionInterrupted):
        return Interrupted(finding)
    if isinstance(failure, KernelStartFailed) or getattr(failure, "ename", "") == "ModuleNotFoundError":
        return EnvironmentProblem(finding)
    if finding.code == nb506_storage.CODE:
        return StorageProblem(finding)
    return StepFailed(finding)


def _where_changed(
    finding: Diagnostic, changed: str | None, cells: Mapping[str, int], notebook: Notebook | None
) -> Diagnostic:
    """The finding at the first line of the step that may change the name."""
    if notebook is None or changed is None:
        return finding
    from nb2pipe import dataflow, magics

    own = set(cells.values())
    code = [(item.index, magics.to_python(item.source)) for item in notebook.cells if item.kind is CellKind.CODE]
    for flow in dataflow.analyze(code):
        for mutation in (one for statement in flow.statements for one in statement.mutations):
            if flow.cell in own and mutation.name == changed:
                at = mutation.place
                return placed(finding, notebook, flow.cell, at.line, at.column, at.end_column)
    return finding


def _finding(
    failure: ExecutionFailure, *, kernel: Kernel, step: str | None, cells: Mapping[str, int], resume: str | None
) -> Diagnostic:
    match failure:
        case CellFailed():
            return _cell_failed(failure, kernel, step, cells)
        case CellTimeout():
            return nb503_timeout.diagnostic(failure.seconds, step=step)
        case KernelDied():
            return nb501_kernel_died.diagnostic(
                signal_name=failure.signal_name,
                exit_code=failure.exit_code,
                peak_memory=failure.peak_memory,
                out_of_memory=failure.out_of_memory,
                stderr=failure.stderr,
                step=step,
            )
        case KernelStartFailed():
            command = " ".join(word for word in kernel.argv if word not in ("-f", "{connection_file}"))
            return nb505_kernel_did_not_start.diagnostic(
                str(failure), kernel=kernel.display, command=command, stderr=failure.stderr
            )
        case ExecutionInterrupted():
            return nb504_interrupted.diagnostic(failure.by, step=step, resume=resume)
        case _:
            return nb502_cell_failed.diagnostic(type(failure).__name__, str(failure), step=step)


def _cell_failed(failure: CellFailed, kernel: Kernel, step: str | None, cells: Mapping[str, int]) -> Diagnostic:
    ran = failure.cell
    saving = ran is not None and step is not None and ran.id == "nb2pipe-outputs"
    refused = _ERRNO.search(failure.evalue) if saving else None
    if refused is not None:
        path = Path(refused["path"]) if refused["path"] else Path(f"the outputs of step '{step}'")
        return nb506_storage.diagnostic(path, OSError(int(refused["number"]), refused["text"]))
    if saving and failure.ename not in _NOT_ABOUT_THE_VALUE:
        line = failure.place.text if failure.place else ""
        name, kind = _SAVED.search(line), _KIND.search(failure.evalue)
        reason = f"{failure.ename}: {failure.evalue}"
        return nb507_unserialisable.diagnostic(
            name["name"] if name else "a value", kind["type"] if kind else "value", reason, step=step
        )
    run_by = None
    if ran is not None and failure.place is not None and failure.place.cell.id != ran.id:
        run_by = cells.get(ran.id)
    module = nb502_cell_failed.missing_module(failure.ename, failure.evalue)
    install = install_command(kernel.python or sys.executable, module) if module else None
    return nb502_cell_failed.diagnostic(failure.ename, failure.evalue, step=step, run_by=run_by, install=install)


def _placed(
    finding: Diagnostic, failure: ExecutionFailure, cells: Mapping[str, int], notebook: Notebook | None, name: str
) -> Diagnostic:
    where: RunningCell | None = failure.place.cell if failure.place else failure.cell
    line = failure.place.line if failure.place else None
    if where is not None and where.id == "nb2pipe-setup" and line is not None:
        found = _in_setup(finding, where.source, line, notebook, name)
        return nb502_cell_failed.with_caret(found, failure.ename, failure.evalue) if _raised(failure) else found
    if where is None or where.id not in cells:
        return replace(finding, notebook=name)
    index = cells[where.id]
    if notebook is None or index >= len(notebook.cells) or notebook.cells[index].source != where.source:
        text = failure.place.text if failure.place else None
        found = replace(finding, notebook=name, cell=index, line=line, source=text)
    else:
        found = replace(placed(finding, notebook, index, line), notebook=name)
    return nb502_cell_failed.with_caret(found, failure.ename, failure.evalue) if _raised(failure) else found


def _raised(failure: ExecutionFailure) -> TypeGuard[CellFailed]:
    return isinstance(failure, CellFailed)


def _in_setup(finding: Diagnostic, setup: str, line: int, notebook: Notebook | None, name: str) -> Diagnostic:
    """A line of a step's setup was copied from a cell that a comment above it names."""
    lines = source_lines(setup)[:line]
    text = lines[-1]
    origins = [match for match in map(_ORIGIN.fullmatch, lines) if match]
    index = int(origins[-1]["cell"]) - 1 if origins else None
    if index is None or notebook is None or index >= len(notebook.cells):
        return replace(finding, notebook=name, cell=index, source=text)
    original = source_lines(notebook.cells[index].source)
    at = original.index(text) + 1 if text in original else None
    return replace(placed(finding, notebook, index, at), notebook=name)


def _with_note(finding: Diagnostic, note: str) -> Diagnostic:
    return replace(finding, notes=(*finding.notes, note))
