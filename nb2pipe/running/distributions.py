"""The interpreter of a kernel, and the versions of the distributions that a step's imports come from."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from nb2pipe.running.index import Index

# Run by the kernel's interpreter (Python 3.8 and later): where it looks for distributions, and which these modules need.
_WHERE = "import json, sys; print(json.dumps([sys.version.split()[0], sys.implementation.name, sys.path[1:]]))"
_OWNERS = r"""
import json, re, sys
from importlib import metadata
def normal(name): return re.sub(r"[-_.]+", "-", name).lower()
wanted = set(json.loads(sys.argv[1]))
known, owners = {}, {}
for item in metadata.distributions():
    name = item.metadata["Name"] if item.metadata is not None else None
    if name and normal(name) not in known:
        known[normal(name)] = item
for name, item in known.items():
    modules = set((item.read_text("top_level.txt") or "").split())
    if not modules:
        for line in (item.read_text("RECORD") or "").splitlines():
            first, _, rest = line.partition("/")
            modules.add(first if rest else first.split(",")[0].split(".")[0])
    for module in modules & wanted:
        owners.setdefault(module, set()).add(name)
todo = [name for module in wanted for name in owners.get(module, [normal(module)])]
found = {}
while todo:
    name = todo.pop()
    if name in found or name not in known:
        continue
    found[name] = known[name].metadata["Name"] + "\n" + str(known[name].version)
    for text in known[name].requires or ():
        match = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", text)
        if match and not re.search(r"\bextra\s*==", text):
            todo.append(normal(match.group()))
print(json.dumps(dict(sorted(text.split("\n") for text in found.values()))))
"""


def of_modules(python: str | None, modules: Sequence[str], index: Index) -> dict[str, str | None] | None:
    """``python`` and the distributions of these root modules, with all that they require, and their versions.

    Slow to find out, so remembered for as long as the interpreter and its folders of packages stay as they are.
    ``None`` if nobody can tell: ``python`` is ``None`` for a kernel that is started by some other program.
    """
    where = _place(python, index) if python is not None else None
    if python is None or where is None:
        return None
    stamp = [where[0], *(_stamp(folder) for folder in where[2])]
    outside = sorted(set(modules) - set(sys.stdlib_module_names))
    key = "distributions:" + sha256(json.dumps([python, stamp, outside]).encode()).hexdigest()
    found = index.note(key)
    if found is None:
        found = _ask(python, _OWNERS, json.dumps(outside)) if outside else {}
        if found is None:
            return None
        index.keep_note(key, found)
    return {"python": f"{where[1]} {where[0]}".replace("cpython ", ""), **found}


def _place(python: str, index: Index) -> Any:
    """Version, implementation and search path of an interpreter."""
    key = f"interpreter:{python}:{_stamp(python)}:{_stamp(str(Path(python).parent.parent / 'pyvenv.cfg'))}"
    found = index.note(key)
    if found is None:
        found = _ask(python, _WHERE)
        if found is not None:
            index.keep_note(key, found)
    return found


def _stamp(path: str) -> str:
    try:
        return f"{path}:{Path(path).stat().st_mtime_ns}"
    except OSError:
        return f"{path}:"


def _ask(python: str, code: str, *arguments: str) -> Any:
    try:
        done = subprocess.run(  # noqa: S603
            [python, "-c", code, *arguments], capture_output=True, text=True, timeout=120, check=True
        )  # fmt: skip
        return json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None  # the run itself says what is wrong with the interpreter


def changes(before: Mapping[str, str | None], now: Mapping[str, str | None]) -> list[str]:
    """``pandas 2.2.1 → 2.3.0`` for each that differs."""
    found = []
    for name in sorted({*before, *now}, key=lambda name: (name != "python", name.lower())):
        old, new = before.get(name), now.get(name)
        if old is None:
            found.append(f"{name} {new} is new")
        elif new is None:
            found.append(f"{name} {old} is gone")
        elif old != new:
            found.append(f"{name} {old} → {new}")
    return found
