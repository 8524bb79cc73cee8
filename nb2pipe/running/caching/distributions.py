"""The interpreter of a kernel, and the versions of the distributions that a step's imports come from."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from nb2pipe.running.caching.index import Index

# Run by the kernel's interpreter (Python 3.8 and later): where it looks for distributions, and which each of these lists
# of modules needs.
_ASKED = r"""
import json, re, sys
from importlib import metadata
def normal(name): return re.sub(r"[-_.]+", "-", name).lower()
lists = json.loads(sys.argv[1])
wanted = set(sum(lists, []))
known, owners = {}, {}
for item in metadata.distributions() if wanted else ():
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
def needed(modules):
    todo = [name for module in modules for name in owners.get(module, [normal(module)])]
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
    return dict(sorted(text.split("\n") for text in found.values()))
where = [sys.version.split()[0], sys.implementation.name, sys.path[1:]]
print(json.dumps([where, [needed(modules) for modules in lists]]))
"""

Versions = Mapping[str, str | None]


def of_modules(python: str | None, lists: Sequence[Sequence[str]], index: Index) -> list[Versions | None]:
    """For each list of root modules: ``python`` and their distributions, with all that they require, and the versions.

    Slow to find out, so it is asked for all lists at once, and remembered for as long as the interpreter and its folders
    of packages stay as they are. ``None`` if nobody can tell: ``python`` is ``None`` for a kernel that is started by some
    other program.
    """
    if python is None:
        return [None] * len(lists)
    outside = [tuple(sorted(set(modules) - set(sys.stdlib_module_names))) for modules in lists]
    place = f"interpreter:{python}:{_stamp(python)}:{_stamp(str(Path(python).parent.parent / 'pyvenv.cfg'))}"
    where = index.note(place)
    found = {modules: index.note(_key(python, where, modules)) for modules in outside} if where is not None else {}
    todo = [modules for modules in dict.fromkeys(outside) if found.get(modules) is None]
    if todo:
        answer = _ask(python, _ASKED, json.dumps(todo))
        if answer is None:
            return [None] * len(lists)
        where = answer[0]
        index.keep_note(place, where)
        for modules, versions in zip(todo, answer[1], strict=True):
            found[modules] = versions
            index.keep_note(_key(python, where, modules), versions)
    name = f"{where[1]} {where[0]}".replace("cpython ", "")
    return [{"python": name, **found[modules]} for modules in outside]


def _key(python: str, where: Any, modules: Sequence[str]) -> str:
    stamp = [where[0], *(_stamp(folder) for folder in where[2])]
    return "distributions:" + sha256(json.dumps([python, stamp, modules]).encode()).hexdigest()


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
