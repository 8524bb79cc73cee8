"""What each name of the notebook stands for at the present point: functions, classes, modules, shared objects."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable
from dataclasses import dataclass

from nb2pipe.dataflow.effects import CONVENTIONS
from nb2pipe.dataflow.facts import Definition

BUILTINS = frozenset(dir(builtins)) | frozenset(
    [
        "display",
        "get_ipython",
        "exit",
        "quit",
        "copyright",
        "credits",
        "license",
        "help",
        "aiter",
        "anext",
        "EncodingWarning",
        "BaseExceptionGroup",
        "ExceptionGroup",
        "PythonFinalizationError",
        "WindowsError",
        "__IPYTHON__",
        "__name__",
        "__doc__",
        "__builtins__",
        "__spec__",
        "__loader__",
        "__package__",
        "__builtin__",
        "__build_class__",
        "__annotations__",
        "__class__",
        "__path__",
    ]
)
"""Names that are there without the notebook binding them."""

HISTORY = re.compile(r"_{1,3}|_\d+|_i{1,3}|_i\d+|_oh|_ih|_dh|Out|In")
MARK = "__nb2pipe_"
MAX_ALIASES = 256  # a bound on the work for one object that very many names may share; real notebooks stay far below

NONE: frozenset[Definition] = frozenset()


@dataclass(slots=True, frozen=True, eq=False)
class Value:
    """What a name may stand for.

    ``carried`` are definitions inside the value, ``shared`` tokens of possibly shared objects.
    """

    definitions: frozenset[Definition] = NONE
    carried: frozenset[Definition] = NONE
    classes: frozenset[Definition] = NONE
    module: str | None = None
    shared: frozenset[int] = frozenset()

    def union(self, other: Value) -> Value:
        """Either of two values."""
        return Value(
            self.definitions | other.definitions,
            self.carried | other.carried,
            self.classes | other.classes,
            self.module or other.module,
            self.shared | other.shared,
        )


PLAIN = Value()


class Names:
    """The notebook's names in the order of its cells. ``epoch`` grows when what functions refer to may have changed."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.epoch = 0
        self.ever: set[str] = set()
        self._holders: dict[int, dict[str, None]] = {}

    def get(self, name: str) -> Value:
        """The value of a name; plain if unknown."""
        return self.values.get(name, PLAIN)

    def set(self, name: str, value: Value) -> None:
        """Bind a name, whatever it stood for."""
        old = self.values.get(name)
        self.values[name] = value
        self.ever.add(name)
        if not _same_code(old or PLAIN, value) or (old is None and name in BUILTINS):
            self.epoch += 1
        for token in value.shared:
            self._holders[token][name] = None

    def delete(self, name: str) -> None:
        """Forget a name."""
        old = self.values.pop(name, PLAIN)
        if not _same_code(old, PLAIN) or name in BUILTINS:
            self.epoch += 1

    def ignores(self, name: str) -> bool:
        """Whether reading a name concerns no variable of the notebook."""
        return (name in BUILTINS and name not in self.values) or name.startswith(MARK)

    def is_history(self, name: str) -> bool:
        """Whether a name is IPython's own record of earlier inputs and outputs."""
        return name not in self.values and HISTORY.fullmatch(name) is not None

    def dotted(self, root: str | None, path: Iterable[str], module: str | None = None) -> str | None:
        """The full name of ``root.path`` if ``root`` is an import (or a customary name for one)."""
        if module is None and root is not None:
            value = self.values.get(root)
            module = value.module if value is not None else CONVENTIONS.get(root)
        return None if module is None else ".".join([module, *path])

    def share(self, names: Iterable[str]) -> frozenset[int]:
        """Tokens of the objects behind ``names``, for another name that may hold them too."""
        tokens: set[int] = set()
        for name in names:
            value = self.values.get(name)
            if value is None or value.module is not None:
                continue
            if not value.shared:
                token = len(self._holders)
                self._holders[token] = {name: None}
                value = Value(value.definitions, value.carried, value.classes, value.module, frozenset({token}))
                self.values[name] = value
            tokens |= value.shared
        return frozenset(tokens)

    def sharing(self, name: str) -> list[str]:
        """Other names that may hold the object of ``name``."""
        found: dict[str, None] = {}
        for token in self.get(name).shared:
            holders = self._holders[token]
            gone = [h for h in holders if token not in self.get(h).shared]
            for holder in gone:
                del holders[holder]
            while len(holders) > MAX_ALIASES:
                del holders[next(iter(holders))]
            found.update(holders)
        found.pop(name, None)
        return list(found)


def _same_code(old: Value, new: Value) -> bool:
    return old.definitions == new.definitions and old.carried == new.carried and old.module == new.module
