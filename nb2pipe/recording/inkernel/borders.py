"""What the names of the notebook hold at a step border, and how each can be handed over.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
import time
import types
from typing import Any, Iterator

from .code import MEMOS, names_read
from .digests import Fingerprinter, fingerprint
from .namespace import user_names, user_namespace
from .outline import LARGEST, outline
from .rebuilding import can_be_rebuilt, is_made_again
from .refusals import EXTRA, VIEWS, Unfingerprintable, refusal, type_name
from .sharing import alias_groups
from .state import random_state
from .storing import Storage
from .tables import extra_attributes

#: The format that stores functions with their code, and with the names that they read as these are then.
BY_VALUE = "cloudpickle"
#: Values that the caller carries as source, not as data.
SOURCE = ((types.FunctionType, "function"), (type, "class"), (types.ModuleType, "module"))


def border(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to a request for fingerprints (``names``) and stored files (``store``, ``formats``, ``folder``).

    ``definitions`` are functions and classes, which are replayed and not stored. Names in ``outlines`` get an outline too.
    ``known`` are fingerprints of values that need no storing again. An entry of ``store`` may be a list of names that
    share objects: they are stored together, as a tuple, under the name ``a+b``. ``budget`` seconds after the start no
    further value is stored, and its entry says so. ``memos`` are the memories of functions that are no content.
    """
    began = time.monotonic()
    MEMOS.clear()
    MEMOS.update((owner, name) for owner, name in request.get("memos", ()))
    namespace = user_namespace()
    together = [list(entry) for entry in request.get("store", ()) if not isinstance(entry, str)]
    single = [entry for entry in request.get("store", ()) if isinstance(entry, str)]
    flat = [name for names in together for name in names]
    wanted = [*request.get("names", ()), *request.get("outlines", ()), *single, *flat]
    values = {name: Observed(name, namespace) for name in dict.fromkeys(wanted)}
    code = {name: Observed(name, namespace) for name in request.get("definitions", ())}
    storage = Storage(request.get("folder", "."), request.get("formats", []))
    if single or together:
        storage.check()
    deadline = began + request["budget"] if request.get("budget") is not None else float("inf")
    known = request.get("known", {})
    single = [
        name for name in single if values[name].fingerprint is None or values[name].fingerprint != known.get(name)
    ]
    for name in request.get("outlines", ()):
        values[name].take_apart()
    for name in single:
        values[name].take_apart()
        values[name].store(storage, deadline)
    for names in together:
        values["+".join(names)] = group = Observed.group(names, namespace)
        group.store(storage, deadline, together=True)
    parts = random_state()
    present = {name: namespace[name] for name in values if name in namespace and not values[name].rebuilt}
    return {
        "values": {name: value.reply() for name, value in values.items()},
        "random": fingerprint(parts),
        "generators": parts,
        "definitions": {name: value.reply() for name, value in code.items() if value.present},
        **alias_groups(present, {name: value.value for name, value in code.items() if value.is_code()}),
        "present": user_names(),
        "seconds": time.monotonic() - began,
    }


def types_of(request: dict[str, Any]) -> dict[str, Any]:
    """The types of what ``names`` hold, and groups of names that share ``objects``, as :func:`border` tells them."""
    namespace = user_namespace()
    present = {name: namespace[name] for name in request["names"] if name in namespace}
    types = {name: _type(value) for name, value in present.items()}
    return {"types": types, "objects": alias_groups(present)["objects"]}


class Observed:
    """One name of the notebook, what it holds, and what came of storing it."""

    def __init__(self, name: str, namespace: dict[str, Any]) -> None:
        self.name = name
        self.present = name in namespace
        self.value = namespace.get(name)
        self.fingerprint: str | None = None
        self.format: str | None = None
        self.file: str | None = None
        self.refusal: str | None = None
        self.culprit: type | None = None
        self.code: list[str] = []
        self.outline: list[Any] = []
        self.functions: list[Any] = []
        self.reads: list[str] = []
        self.own = False
        self.size = 0
        self.rebuilt = False
        if self.present:
            if not is_made_again(self.value):
                self._look(namespace)
            self.rebuilt = self.fingerprint is None and can_be_rebuilt(self.value)

    @classmethod
    def group(cls, names: list[str], namespace: dict[str, Any]) -> Observed:
        """Several names as one value, a tuple."""
        name = "+".join(names)
        there = all(part in namespace for part in names)
        joint = {name: tuple(namespace[part] for part in names)} if there else {}
        return cls(name, {**namespace, **joint} if there else {})

    def _look(self, namespace: dict[str, Any]) -> None:
        out = Fingerprinter()
        try:
            self.fingerprint = out.fingerprint(self.value)
        except Unfingerprintable as problem:
            self.culprit = problem.culprit_type
        except Exception:  # any class of the user's may raise anything while it is asked for its state
            self.culprit = type(self.value)
        self.size = out.size if self.fingerprint else sys.getsizeof(self.value, 0)
        if out.unnamed and self.fingerprint and importlib.util.find_spec("cloudpickle") is None:
            self.culprit = types.FunctionType  # in case no format takes the value
        self.code = [name for name, used in out.definitions.items() if _defined(name, used, namespace)]
        if self.name in self.code and namespace.get(self.name) is self.value:
            self.code.remove(self.name)
            self.own = True  # found under the name that is yet to be loaded
        self.functions = out.functions

    def take_apart(self) -> None:
        """Add the outline, unless the value is too large, or cannot be compared anyway."""
        if self.present and self.fingerprint is not None and self.size <= LARGEST:
            try:
                self.outline = outline(self.value)
            except Exception:  # any class may raise anything; without an outline it is compared as a whole
                self.outline = []

    def store(self, storage: Storage, deadline: float, together: bool = False) -> None:
        """Find the format for the value, or the sentence that says why there is none."""
        if not self.present:
            return
        if self.fingerprint is not None and time.monotonic() > deadline:
            self.refusal = "{}: not tried, because the time for storing values was used up.".format(_type(self.value))
            return
        if isinstance(self.value, types.ModuleType):
            self.refusal = refusal(types.ModuleType, None)
            return
        with _hidden(self.name if self.own else ""):
            stored = storage.store(self.name, self.value, self.fingerprint, together) if self.fingerprint else None
        if stored is not None:
            self.format, self.file = stored
            if self.format == BY_VALUE:
                self.reads = [*self.code, *names_read(self.functions, user_namespace())]
        elif self.fingerprint and self._extra():
            self.refusal = EXTRA.format(_type(self.value), self._extra()[0])
        else:
            self.refusal = VIEWS if together and self.culprit is None else refusal(type(self.value), self.culprit)

    def is_code(self) -> bool:
        """Whether a function or class stands under the name now; before its definition, data may."""
        return self.present and isinstance(self.value, (types.FunctionType, type))

    def _extra(self) -> list[str]:
        """Attributes on a table that no file keeps."""
        pd = sys.modules.get("pandas")
        tables = (getattr(pd, "DataFrame", ()), getattr(pd, "Series", ()))
        extra = extra_attributes(self.value) if pd is not None and isinstance(self.value, tables) else {}
        return sorted(name for name, part in extra.items() if fingerprint(part) is not None)

    def reply(self) -> dict[str, Any]:
        """The entry for this name; everything but ``present`` is empty where the name is not bound."""
        return {
            "present": self.present,
            "type": _type(self.value) if self.present else None,
            "size": self.size,
            "fingerprint": self.fingerprint,
            "format": self.format,
            "file": self.file,
            "refusal": self.refusal,
            "code": self.code,
            "outline": self.outline,
            "rebuilt": self.rebuilt,
            "reads": self.reads,
        }


@contextlib.contextmanager
def _hidden(name: str) -> Iterator[None]:
    """Takes a name away from the notebook for a moment: a function stored as a mere reference to it is no good."""
    namespace = user_namespace()
    value = namespace.pop(name, None)
    try:
        yield
    finally:
        if value is not None:
            namespace[name] = value


def _type(value: Any) -> str:
    for kind, name in SOURCE:
        if issubclass(type(value), kind):
            return name
    return type_name(type(value))


def _defined(name: str, used: Any, namespace: dict[str, Any]) -> bool:
    """Whether the notebook's name still leads to the definition that a value uses (or to what encloses it)."""
    return name in namespace and (namespace[name] is used or used.__qualname__ != name)
