"""A step's code as far as it decides what the step computes: comments and layout don't count."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

_PATH = re.compile(r"[^\n\r<>|\"?*{}]{0,200}(?:[/\\][^\n\r<>|\"?*{}]{0,200}|\.[A-Za-z][A-Za-z0-9]{0,9})")
_CLOCK = {
    "datetime.now", "datetime.today", "datetime.utcnow", "date.today", "Timestamp.now", "Timestamp.today",
    "Timestamp.utcnow", "time.time", "time.time_ns", "time.localtime", "time.strftime", "time.ctime", "time.gmtime",
}  # fmt: skip
_CHANCE = {"uuid.uuid1", "uuid.uuid4", "os.urandom", "random.SystemRandom"}
_ENVIRON = ("environ.get", "os.getenv", "environ.setdefault", "environ.pop")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCode:
    """``cells`` maps what a person calls a cell (``cell 5``, ``outputs``) to a digest of its code.

    ``paths`` are texts in it that look like paths, ``variables`` environment variables that it names; ``marks`` say why
    it may give something else next time. ``shell``: it has shell lines or foreign cells; ``seeds``: it names a seed.
    """

    cells: Mapping[str, str]
    paths: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    shell: bool = False
    seeds: bool = False


def read(notebook: Mapping[str, Any]) -> StepCode:
    """The code of a step's notebook (nbformat data)."""
    from nb2pipe import magics  # what is remembered needs none of it

    cells: dict[str, str] = {}
    paths: dict[str, None] = {}
    variables: dict[str, None] = {}
    marks: dict[str, None] = {}
    shell = seeds = False
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        python = magics.to_python(source)
        try:
            tree = ast.parse(python.text)
        except (SyntaxError, ValueError):
            tree = None
        label = _label(cell, number)
        own = any(not magic.transparent for magic in python.magics)
        text = source.strip() if tree is None or python.magics else ast.dump(tree, annotate_fields=False)
        cells[_free(label, cells)] = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        shell = shell or (own and any(magic.kind in ("shell", "cell") for magic in python.magics))
        generated = cell.get("metadata", {}).get("nb2pipe", {}).get("generated") not in (None, "setup")
        if tree is None or generated:
            continue
        paths.update(dict.fromkeys(_paths(tree)))
        variables.update(dict.fromkeys(_variables(tree)))
        marks.update(dict.fromkeys(_marks(tree)))
        seeds = seeds or "seed" in source
    return StepCode(
        cells=cells,
        paths=tuple(paths),
        variables=tuple(variables),
        marks=tuple(marks),
        shell=shell,
        seeds=seeds,
    )


def is_path(text: str) -> bool:
    """Whether a text looks like a path: it has a slash or a suffix."""
    return len(text) < 400 and "://" not in text and _PATH.fullmatch(text) is not None


def _label(cell: Mapping[str, Any], number: int) -> str:
    ours = cell.get("metadata", {}).get("nb2pipe", {})
    if ours.get("cell") is not None:
        return f"cell {ours['cell']}"
    return str(ours.get("generated") or f"cell at {number + 1}")


def _free(label: str, taken: Mapping[str, str]) -> str:
    return label if label not in taken else f"{label} ({sum(1 for name in taken if name.startswith(label)) + 1})"


def _paths(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_path(node.value):
            yield node.value


def _variables(tree: ast.AST) -> Iterator[str]:
    """``os.environ["X"]``, ``os.environ.get("X")``, ``os.getenv("X")``."""
    for node in ast.walk(tree):
        name: ast.expr | None = None
        if isinstance(node, ast.Subscript) and _dotted(node.value).endswith("environ"):
            name = node.slice if isinstance(node.ctx, ast.Load) else None
        elif isinstance(node, ast.Call) and node.args and _dotted(node.func).endswith(_ENVIRON):
            name = node.args[0]
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield name.value


def _marks(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ".".join(_dotted(node.func).split(".")[-2:])
        if called in _CLOCK:
            yield f"reads the clock ({called})"
        elif called in _CHANCE or called.startswith("secrets."):
            yield f"draws from the system ({called})"
        elif called.endswith("default_rng") and not node.args and not node.keywords:
            yield "draws random numbers without a seed"


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
