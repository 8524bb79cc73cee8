"""How far a stored output can be trusted to come from the code that stands in the notebook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise

from nb2pipe.model import CellKind, Environment, Notebook
from nb2pipe.outputs.plain import join

_PINNED = re.compile(r"(?:pip3?|conda|uv)\s+(?:pip\s+)?install\b(?P<rest>.*)")
_PIN = re.compile(r"(?<![\w.-])(?P<name>[A-Za-z][\w.-]*)\s*={1,2}\s*(?P<version>\d[\w.]*)")
_ASKED = re.compile(r"(?P<module>[A-Za-z_]\w*)\.__version__")
_VERSION = re.compile(r"(?<![\d.])\d+\.\d+(?:\.\d+)?(?:[a-z]+\d+)?(?![\d.])")
_DISTRIBUTIONS = {"sklearn": "scikit-learn", "np": "numpy", "pd": "pandas", "tf": "tensorflow", "cv2": "opencv-python",
                  "sns": "seaborn", "xgb": "xgboost", "lgb": "lightgbm", "sm": "statsmodels"}  # fmt: skip


class Trust(StrEnum):
    """What speaks against a stored output."""

    ORDER = "out of order"
    ERROR = "error in notebook"
    UNRUN = "cells never run"
    CLEARED = "run without a count"
    PYTHON = "other Python"
    PACKAGES = "other package versions"


def trust(notebook: Notebook, cell: int, environment: Environment | None = None) -> tuple[Trust, ...]:
    """The doubts about the outputs of one cell; none: they look as after running all cells once."""
    code = [c for c in notebook.cells if c.kind is CellKind.CODE and c.source.strip()]
    above = [c for c in code if c.index < cell]
    own = notebook.cells[cell].execution_count
    doubts: list[Trust] = []
    counts = [c.execution_count for c in above if c.execution_count]
    if own is None and any(c.execution_count for c in code):
        doubts.append(Trust.CLEARED)
    if (own and any(count > own for count in counts)) or any(a >= b for a, b in pairwise(counts)):
        doubts.append(Trust.ORDER)
    if any(o.get("output_type") in ("error", "pyerr") for c in (*above, notebook.cells[cell]) for o in c.outputs):
        doubts.append(Trust.ERROR)
    if counts and any(c.execution_count is None and not c.outputs for c in above):
        doubts.append(Trust.UNRUN)
    if environment is not None:
        if _minor(notebook.python_version) and _minor(notebook.python_version) != _minor(environment.python):
            doubts.append(Trust.PYTHON)
        if other_versions(notebook, environment):
            doubts.append(Trust.PACKAGES)
    return tuple(doubts)


def named_versions(notebook: Notebook) -> dict[str, str]:
    """Versions of packages that the notebook names: pinned in an install line, or printed as ``sklearn.__version__``."""
    found: dict[str, str] = {}
    for cell in notebook.cells:
        if cell.kind is CellKind.CODE:
            found |= dict(_pins(cell.source))
            asked = [_DISTRIBUTIONS.get(name, name) for name in _ASKED.findall(cell.source)]
            shown = _VERSION.findall(" ".join(_texts(cell.outputs))) if asked else []
            if len(shown) == len(asked):
                found |= dict(zip(asked, shown, strict=True))
    return found


def other_versions(notebook: Notebook, environment: Environment) -> tuple[str, ...]:
    """``scikit-learn 0.24.2, here 1.5.0`` for each package that the notebook names with another version."""
    here = {_normal(name): version for name, version in environment.packages.items()}
    return tuple(
        f"{name} {version}, here {here[_normal(name)]}"
        for name, version in named_versions(notebook).items()
        if _normal(name) in here and not _same(version, here[_normal(name)])
    )


def _pins(source: str) -> Iterator[tuple[str, str]]:
    for line in source.splitlines():
        install = _PINNED.search(line)
        if install and line.lstrip().startswith(("!", "%")):
            for pin in _PIN.finditer(install["rest"]):
                yield pin["name"], pin["version"]


def _texts(outputs: tuple[object, ...]) -> Iterator[str]:
    for output in outputs:
        if isinstance(output, dict):
            yield join(output.get("text", ""))
            data = output.get("data")
            if isinstance(data, dict):
                yield join(data.get("text/plain", ""))


def _same(one: str, other: str) -> bool:
    return one == other or other.startswith(f"{one}.")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _minor(version: str | None) -> tuple[str, ...]:
    return tuple((version or "").split(".")[:2]) if version and "." in version else ()
