"""Names that generated lines may use without touching the notebook's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nb2pipe.model import BindingKind, CellFlow

# What a data scientist would write; anything else is imported under a name with an underscore.
USUAL = {"pandas": "pd", "numpy": "np", "json": "json", "joblib": "joblib", "cloudpickle": "cloudpickle"}


@dataclass(frozen=True, slots=True)
class Aliases:
    """``alias(module)`` is the name under which generated code imports a module."""

    taken: Mapping[str, frozenset[str]]

    def alias(self, module: str) -> str:
        """The usual alias if the notebook never means anything else by it, else one nobody uses."""
        usual = USUAL.get(module)
        if usual is not None and self.taken.get(usual, frozenset()) <= {f"import {module}"}:
            return usual
        return "_nb_" + (usual or module.replace(".", "_"))

    def import_line(self, module: str) -> str:
        """The import statement that goes with :meth:`alias`."""
        alias = self.alias(module)
        return f"import {module}" if alias == module else f"import {module} as {alias}"


def collect(flows: Iterable[CellFlow]) -> Aliases:
    """Look through a notebook for every name it binds or reads, and what it binds them to."""
    taken: dict[str, set[str]] = {}
    for flow in flows:
        for statement in flow.statements:
            for use in (*statement.uses, *statement.later_uses):
                taken.setdefault(use.name, set())
            for binding in statement.bindings:
                what = f"import {binding.module}" if binding.kind is BindingKind.IMPORT else "value"
                taken.setdefault(binding.name, set()).add(what)
    return Aliases({name: frozenset(kinds) for name, kinds in taken.items()})
