"""Run cells with ``exec`` in forked children: no IPython, the probe already loaded; some ten notebooks a second.

What is compared at the end is written down here independently of the probe's digests, sharing of objects included. Steps
run in a folder of their own, so that no file which the original left behind can help them.
"""

from __future__ import annotations

import ast
import os
import random
import sys
import tempfile
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nb2pipe.recording.client import PACKAGE, install_code, probe_source
from nb2pipe.running.executing.watching import Execution, RunningCell, Watcher
from tests.faithful.harness import CellError, Outcome, Shell, in_child, outcome

_ENVIRONMENT = {"python": "3", "implementation": "CPython", "platform": "here", "packages": {}, "imported": []}


def judged(*cells: tuple[str, str]) -> Outcome:
    """The outcome of exporting these cells and running the pipeline."""
    load()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        return outcome(Path(folder).resolve(), *cells, shell=PLAIN)


def try_out(*cells: tuple[str, str]) -> None:
    """Run the cells in a child; raises OriginalFailed if one of them raises."""
    sources = [
        {"cell_type": "code", "id": "", "metadata": {"nb2pipe": {"cell": 1}}, "source": source} for _, source in cells
    ]
    with tempfile.TemporaryDirectory() as folder:
        in_child(lambda: run({"cells": sources}, Path(folder), Watcher()), Path(folder))


def load() -> None:
    """Have the probe and the libraries in this process, and so in its forks."""
    if PACKAGE in sys.modules:
        return
    import joblib
    import numpy
    import pandas
    import pyarrow.parquet
    import scipy.sparse

    del joblib, numpy, pandas, pyarrow, scipy
    exec(compile(probe_source(), "<probe>", "exec"), {"__name__": PACKAGE + "_install"})
    entries = sys.modules[PACKAGE].ENTRIES
    entries["environment"] = lambda request: dict(_ENVIRONMENT)  # asking for distributions takes longer than all else


def run(data: dict[str, Any], cwd: Path, watcher: Watcher, at_end: Callable[[Any], None] = lambda _: None) -> Execution:
    """Execute a notebook's cells as plain Python in a fresh ``__main__``."""
    import numpy as np

    os.chdir(cwd)
    random.seed()
    np.random.seed(None)
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    session = _Session()
    watcher.started(session)
    artifacts = str(cwd.parent / "pipe" / "artifacts")
    for index, cell in enumerate(data["cells"]):
        if cell["cell_type"] != "code":
            continue
        number = cell["metadata"].get("nb2pipe", {}).get("cell")
        source = cell["source"]
        running = RunningCell(
            id=cell["id"], index=index, source_index=index, source=source,
            original=None if number is None else number - 1,
        )  # fmt: skip
        watcher.before_cell(session, running)
        if number is None and "parameters" in cell["metadata"].get("tags", []):
            source = source.replace("'pipe/artifacts'", repr(artifacts))
        try:
            for statement in ast.parse(
                source
            ).body:  # one by one, as IPython does: the compiler looks at its neighbours
                part = ast.Module([statement], type_ignores=[])
                exec(compile(part, f"<cell {index + 1}>", "exec", dont_inherit=True), main.__dict__)
        except BaseException as problem:
            raise CellError(f"cell {index + 1}: {type(problem).__name__}: {problem}\n{source}") from problem
        watcher.after_cell(session, running, 0.0)
    watcher.finished(session)
    at_end(main)
    return Execution(seconds=0.0)


class _Session:
    def execute(self, code: str, *, timeout: float | None = None) -> None:
        if code != _INSTALL:
            exec(code, {})


def _look(main: Any, folder: Path, results: tuple[str, ...]) -> dict[str, str | None]:
    namespace = vars(sys.modules["__main__"])
    return {name: repr(written(namespace[name], {})) if name in namespace else None for name in results}


def written(value: Any, seen: dict[int, tuple[int, Any]]) -> Any:
    """A value as plain data: types, contents, and which objects are one and the same."""
    import numpy as np
    import pandas as pd

    if value is None or isinstance(value, (bool, int, float, str, np.generic)):
        return type(value).__name__, repr(value)
    if id(value) in seen:
        return "same as", seen[id(value)][0]
    seen[id(value)] = len(seen), value  # an id is only good for as long as its object lives
    name = type(value).__name__

    def items(values: Any) -> list[Any]:
        return [written(item, seen) for item in values.tolist()]

    if isinstance(value, (list, tuple)):
        return name, [written(item, seen) for item in value]
    if isinstance(value, dict):
        return name, [(written(key, seen), written(item, seen)) for key, item in value.items()]
    if isinstance(value, np.ndarray):
        return name, str(value.dtype), value.shape, items(value.ravel())
    if isinstance(value, pd.Series):
        return name, value.name, str(value.dtype), items(value), value.index.tolist(), repr(value.attrs)
    if isinstance(value, pd.DataFrame):
        columns = [(label, str(value[label].dtype), items(value[label])) for label in value.columns]
        return name, columns, value.index.tolist(), repr(value.attrs)
    return name, [(key, written(item, seen)) for key, item in getattr(value, "__dict__", {}).items()]


def _again(folder: Path) -> Path:
    (folder / "again").mkdir(exist_ok=True)
    return folder / "again"


_INSTALL = install_code()
PLAIN = Shell(run=run, look=_look, folder=_again)
