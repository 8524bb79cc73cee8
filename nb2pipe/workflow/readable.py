"""What R0 looks at beside the rules: cells that never ran, and imports that the kernel's environment does not have."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
from collections.abc import Collection, Iterator, Sequence

from nb2pipe import magics
from nb2pipe.model import CellKind, Notebook
from nb2pipe.rules import figures
from nb2pipe.running.kernel.kernels import Kernel

PATIENCE = 60  # seconds for finding modules: nothing is imported
ELSEWHERE = re.compile(r"\bsys\.path\b|\b(?:pip3?|conda|mamba)\s+install\b")
# Runs in the kernel's interpreter, with the notebook's folder in front of the path. Only top-level names: looking for a
# submodule would import its package.
FIND = """\
import importlib.util, json, sys
def there(name):
    try:
        return name in sys.builtin_module_names or importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False
print(json.dumps([name for name in json.loads(sys.argv[1]) if not there(name)]))
"""


def never_run(notebook: Notebook, skipped: Collection[int] = ()) -> str | None:
    """The code cells without an execution count in a notebook of which others have one; ``None`` if there are none."""
    code = [
        cell
        for cell in notebook.cells
        if cell.kind is CellKind.CODE and cell.source.strip() and cell.index not in skipped
    ]
    if not any(cell.execution_count for cell in code):
        return None  # saved without outputs: that says nothing
    found = [str(cell.index + 1) for cell in code if cell.execution_count is None and not cell.outputs]
    if not found:
        return None
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    which = f"cell {found[0]} was" if len(found) == 1 else f"cells {', '.join(found[:5])}{more} were"
    return f"{which} not run before the notebook was saved, others were"


def unresolved(notebook: Notebook, kernel: Kernel, skipped: Collection[int] = ()) -> Sequence[tuple[str, int]] | None:
    """Modules that cells import at their top level and that the kernel's environment lacks, with the cell.

    ``None`` if that cannot be known: no interpreter, or the notebook installs packages or changes the path itself.
    """
    cells = [cell for cell in notebook.cells if cell.kind is CellKind.CODE and cell.index not in skipped]
    if kernel.python is None or any(ELSEWHERE.search(cell.source) for cell in cells):
        return None
    where: dict[str, int] = {}
    for cell in cells:
        for name in _imported(cell.source):
            where.setdefault(name, cell.index)
    try:
        done = subprocess.run(  # noqa: S603  the kernel's own interpreter
            [kernel.python, "-c", FIND, json.dumps(list(where))], cwd=notebook.path.resolve().parent,
            env={**os.environ, **kernel.env}, capture_output=True, text=True, timeout=PATIENCE, check=True,
        )  # fmt: skip
        return [(name, where[name]) for name in json.loads(done.stdout)]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        return None


def told(missing: Sequence[tuple[str, int]], kernel: Kernel) -> tuple[tuple[str, ...], str]:
    """What stands in the way, and the cure."""
    blocks = tuple(f"cell {cell + 1} imports {name}, which the kernel's Python does not have" for name, cell in missing)
    what = figures.count(len(missing), "package")
    return blocks, f"install the {what} for {kernel.python}, or choose another Python: --python FILE or -k NAME"


def _imported(source: str) -> Iterator[str]:
    """The packages that surely are imported: not those of a ``try``, a condition or a function."""
    try:
        tree = ast.parse(magics.to_python(source).text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
