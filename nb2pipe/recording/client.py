"""Puts the probe into a kernel and talks to it through files: the code to execute there, and the replies."""

from __future__ import annotations

import base64
import functools
import json
import zlib
from importlib.resources import files
from pathlib import Path
from typing import Any

from nb2pipe.errors import Nb2pipeError
from nb2pipe.rules import nb590_probe_failed

PACKAGE = "_nb2pipe_probe"

#: The probe's modules in the order in which they can be loaded.
MODULES = (
    "refusals",
    "namespace",
    "code",
    "distributions",
    "arrays",
    "tables",
    "models",
    "libraries",
    "digests",
    "state",
    "outline",
    "rebuilding",
    "reaching",
    "sharing",
    "storing",
    "metric_numbers",
    "metrics",
    "environment",
    "generators",
    "seeding",
    "settings",
    "access",
    "borders",
)

LOADER = """
import sys, types
package = types.ModuleType(NAME)
package.__path__ = []
package.__package__ = NAME
sys.modules[NAME] = package
for name, source in SOURCES:
    full = NAME + "." + name if name else NAME
    module = sys.modules.setdefault(full, types.ModuleType(full))
    module.__package__ = NAME
    exec(compile(source, "<" + full + ">", "exec"), module.__dict__)
    if name:
        setattr(package, name, module)
"""


def probe_source() -> str:
    """Python text that, executed once, makes the probe available as the module ``_nb2pipe_probe``."""
    folder = files("nb2pipe.recording").joinpath("inkernel")
    sources = [(name, folder.joinpath(name + ".py").read_text("utf-8")) for name in MODULES]
    sources.append(("", folder.joinpath("__init__.py").read_text("utf-8")))
    return f"NAME = {PACKAGE!r}\nSOURCES = {sources!r}\n{LOADER}"


@functools.cache
def install_code() -> str:
    """Code for the kernel that installs the probe: one expression, so that it leaves no name in the notebook."""
    packed = base64.b64encode(zlib.compress(probe_source().encode(), 9)).decode()
    unpacked = f"__import__('zlib').decompress(__import__('base64').b64decode({packed!r})).decode()"
    there = f"{PACKAGE!r} in __import__('sys').modules"  # then it may already know something
    return f"{there} or __import__('builtins').exec({unpacked}, {{'__name__': {PACKAGE + '_install'!r}}})"


def call_code(function: str, request: Path, reply: Path) -> str:
    """Code for the kernel that has the probe answer the request in one file with a reply in another."""
    return f"__import__({PACKAGE!r}).call({function!r}, {str(request)!r}, {str(reply)!r})"


def read_reply(path: Path) -> dict[str, Any]:
    """The probe's reply. No reply, or one that reports an error, is a bug of nb2pipe's and raised as such."""
    try:
        reply: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise _failed("it did not answer", "the kernel may have died, or cannot write to the folder") from None
    except ValueError as problem:
        raise _failed(f"its answer cannot be read: {problem}") from problem
    if reply.get("error"):
        raise _failed(reply["error"], *str(reply.get("traceback", "")).strip().splitlines()[-4:])
    return reply


def _failed(what: str, *notes: str) -> Nb2pipeError:
    return Nb2pipeError(nb590_probe_failed.diagnostic(what, notes))
