"""Which Python and which distributions a notebook ran with.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import platform
import re
import sys
from importlib import metadata
from typing import Any

#: Needed to run the exported steps even though no cell imports them.
RUNNERS = ("ipykernel", "papermill")


def environment(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to ``{"modules": [names of modules the notebook imports]}``.

    ``packages`` maps each distribution that is loaded, or required by one that is, to its version; ``imported`` are
    those that the notebook's own imports come from.
    """
    catalogue = {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"] if distribution.metadata is not None else None
        if name and normal(name) not in catalogue:  # the first on the path wins, as it does for imports
            catalogue[normal(name)] = distribution
    loaded = {name.split(".")[0] for name in sys.modules} | {"IPython"}
    wanted = [name.split(".")[0] for name in request.get("modules", ())]
    owners = distributions_of(catalogue, {name for name in loaded | set(wanted) if not _is_standard(name)})
    imported = sorted({owner for name in wanted for owner in owners.get(name, ())})
    used = {owner for name in loaded for owner in owners.get(name, ())} | set(imported)
    used |= {name for name in RUNNERS if name in catalogue}
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "executable": sys.executable,
        "packages": {
            _display(catalogue[name]): str(catalogue[name].version)
            for name in sorted(_with_requirements(catalogue, used))
        },
        "imported": [_display(catalogue[name]) for name in imported],
    }


def normal(name: str) -> str:
    """A distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _display(distribution: metadata.Distribution) -> str:
    return str(distribution.metadata["Name"])


def _is_standard(name: str) -> bool:
    known = getattr(sys, "stdlib_module_names", None)
    if known is not None:
        return name in known
    if name in sys.builtin_module_names:
        return True
    path = str(getattr(sys.modules.get(name), "__file__", None) or "")
    return (
        bool(path) and "site-packages" not in path and "dist-packages" not in path and path.startswith(sys.base_prefix)
    )


def distributions_of(catalogue: dict[str, metadata.Distribution], modules: set[str]) -> dict[str, list[str]]:
    """Which distributions top-level modules come from: by their lists of modules, then of files, then by name."""
    owners: dict[str, list[str]] = {}
    silent = []
    for name, distribution in catalogue.items():
        listed = (distribution.read_text("top_level.txt") or "").split()
        if not listed:
            silent.append(name)
        for module in listed:
            if module in modules:
                owners.setdefault(module, []).append(name)
    for name in silent:
        for module in _modules_in_record(catalogue[name]) & modules:
            owners.setdefault(module, []).append(name)
    for module in modules - set(owners):
        if normal(module) in catalogue:
            owners[module] = [normal(module)]
    return owners


def _modules_in_record(distribution: metadata.Distribution) -> set[str]:
    """The top-level modules among a distribution's files."""
    found = set()
    for line in (distribution.read_text("RECORD") or "").splitlines():
        first, _, rest = line.partition("/")
        if rest and not first.endswith((".dist-info", ".data")) and first not in ("..", "__pycache__"):
            found.add(first)
        elif not rest and line.split(",")[0].endswith((".py", ".so", ".pyd")):
            found.add(line.split(".")[0])
    return found


def _with_requirements(catalogue: dict[str, metadata.Distribution], names: set[str]) -> set[str]:
    """The distributions and all that they require, as far as it is installed; extras are left out."""
    found, todo = set(), [name for name in names if name in catalogue]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        for requirement in catalogue[name].requires or ():
            if re.search(r"\bextra\s*==", requirement):
                continue
            match = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
            if match and normal(match.group()) in catalogue:
                todo.append(normal(match.group()))
    return found
