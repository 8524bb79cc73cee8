"""The probe: what nb2pipe asks of the kernel in which the user's notebook runs.

These modules are sent to the kernel as text and live there as the package ``_nb2pipe_probe`` (see ``client.py``).
They need nothing but Python 3.8 or later; libraries are used where the user has loaded them. Every entry answers with
a dict, and says in its ``error`` what went wrong: nothing is ever raised into the user's run.
"""

from __future__ import annotations

import json
import os
import traceback
from typing import Any, Callable

from . import access, borders, digests, environment, generators, metrics, namespace, seeding, settings, state

VERSION = 1


def start(request: dict[str, Any]) -> dict[str, Any]:
    """Say that the probe is there, and which names are bound before the first cell."""
    return {"version": VERSION, "present": namespace.user_names(), "process": os.getpid()}


ENTRIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "start": start,
    "border": borders.border,
    "metrics": metrics.metrics,
    "environment": environment.environment,
    "memory": lambda request: state.memory(),
    "keep_random": generators.keep_random,
    "watch": access.watch,
    "accesses": access.accesses,
    "draws": seeding.draws,
    "lengths": metrics.lengths,
    "types": borders.types_of,
}
#: Entries that look at, or are meant to change, what is otherwise put back.
BARE: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "restore_random": generators.restore_random,
    "seed": seeding.seed,
    "remember": settings.remember,
    "settings": settings.settings,
}
fingerprint = digests.fingerprint


def ask(entry: str, request: dict[str, Any]) -> dict[str, Any]:
    """The reply to a request: never raises, and leaves the process as it was unless the entry is there to change it."""
    try:
        if entry in BARE:
            return {"error": None, **BARE[entry](request)}
        with state.undisturbed():
            return {"error": None, **ENTRIES[entry](request)}
    except BaseException as problem:  # the user's run goes on, whatever happens here
        where = traceback.format_exc(limit=-6)
        return {"error": "{}: {}".format(type(problem).__name__, problem), "traceback": where}


def call(entry: str, request_path: str, reply_path: str) -> None:
    """Answer the request in one file with a reply in another, which appears there complete or not at all."""
    access.LOG.paused = True
    try:
        with open(request_path, encoding="utf-8") as file:
            request = json.load(file)
        reply = json.dumps(ask(entry, request))
        with open(reply_path + ".part", "w", encoding="utf-8") as file:
            file.write(reply)
        os.replace(reply_path + ".part", reply_path)
    except BaseException:  # whoever waits for the reply finds none and says so
        return
    finally:
        access.LOG.paused = not access.LOG.start
