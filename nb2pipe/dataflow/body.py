"""The walk over one piece of code: scopes, flow, and the events found so far."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from nb2pipe.dataflow.facts import (
    NO_ORIGINS,
    Bind,
    Call,
    Definition,
    Delete,
    Event,
    Load,
    Mutate,
    Note,
    Origins,
    Position,
    Read,
)
from nb2pipe.dataflow.flow import Flow
from nb2pipe.dataflow.scopes import Scope, ScopeKind, is_global
from nb2pipe.model import BindingKind

MISPLACED = "misplaced"
NOTHING: frozenset[str] = frozenset()


class Body:
    """Code that runs in one go: a top-level statement or a function's body, with its comprehensions and classes."""

    def __init__(self, scope: Scope, parent: Body | None = None) -> None:
        self.scope = scope
        self.parent = parent
        self.events: list[Event] = []
        self.flow = Flow(self.events)
        self.loads: list[Load] = []
        self.modules: dict[str, str] = {}
        self.parts: list[dict[str, Definition]] = []
        self.lines: Sequence[str] = parent.lines if parent else ()
        self.override: Position | None = parent.override if parent else None
        self.lazy_annotations: bool = parent.lazy_annotations if parent else False
        self.lazy = False
        self.returns: Origins = NO_ORIGINS
        self.returns_value = False
        self.consuming = 0
        self.local_functions: set[str] = set()

    @property
    def is_module(self) -> bool:
        """Whether this is a top-level statement."""
        return self.parent is None

    def position(self, node: ast.AST) -> Position:
        """Where a node stands; code in a string stands where the string does."""
        if self.override is not None:
            return self.override
        line: int = getattr(node, "lineno", 1)
        start: int = getattr(node, "col_offset", 0)
        if getattr(node, "end_lineno", line) != line:
            return (line, start, start + 1)
        return (line, start, node.end_col_offset)  # type: ignore[attr-defined]

    # ------------------------------------------------------------ names

    def read(self, name: str, node: ast.AST, *, called: bool = False, optional: bool = False) -> None:
        """A name is loaded."""
        if self.scope.parent is None:
            self.read_global(name, self.position(node), called=called, optional=optional)
            return
        key = self.scope.find(name)
        if not is_global(key):
            if key in self.local_functions and not called and not self.consuming:
                self.lazy = True  # a closure may leave the function
            if self.scope.kind is not ScopeKind.CLASS or key in self.flow.bound:
                return
            key = self.scope.find_outside(name)
            if not is_global(key):
                return
        self.read_global(key, self.position(node), called=called, optional=optional)

    def read_global(self, name: str, at: Position, *, called: bool = False, optional: bool = False) -> None:
        """A name of the notebook is loaded."""
        bound = self.flow.sure
        hidden = frozenset(bound) if bound and self.parent is not None else NOTHING
        self.events.append(Read(name, at, name not in bound, called, optional, hidden))
        self.loads.append((name, called or self.consuming > 0))

    def bind(self, bind: Bind) -> Bind | None:
        """A name is bound; the event to emit if it is one of the notebook's."""
        key = self.scope.find(bind.name)
        if bind.module is not None and not is_global(key):
            self.modules[key] = bind.module
        self._set(key, bind.origins)
        if not is_global(key):
            if bind.definition is not None and self.scope.kind is ScopeKind.CLASS and self.parts:
                self.add_part(bind.name, bind.definition)
            return None
        bind.strong = self.flow.depth == 0
        return bind

    def add_part(self, name: str, definition: Definition) -> None:
        """A method or lambda of the class at hand; all of those with one name count (a property and its setter)."""
        parts = self.parts[-1]
        parts[name if name not in parts else f"{name} {len(parts)}"] = definition

    def emit_bind(self, bind: Bind) -> None:
        """Bind a name and tell."""
        event = self.bind(bind)
        if event is not None:
            self.events.append(event)

    def bind_plain(self, name: str, node: ast.AST, origins: Origins = NO_ORIGINS, mark: int | None = None) -> None:
        """Bind a name to data made from what was loaded since ``mark``."""
        loads = tuple(self.loads[mark:]) if mark is not None else ()
        self.emit_bind(Bind(name, self.position(node), BindingKind.DATA, origins=origins, loads=loads))

    def delete(self, name: str, node: ast.AST) -> None:
        """A name is deleted."""
        key = self.scope.find(name)
        self.flow.set(key, False, None)
        if is_global(key):
            self.flow.set(deletion(key), True, None)
            self.events.append(Delete(key, self.position(node)))

    def bind_global(self, bind: Bind) -> None:
        """Bind a name of the notebook, whatever the scope: ``globals()["x"] = ...``."""
        self._set(bind.name, bind.origins)
        bind.strong = self.flow.depth == 0
        self.events.append(bind)

    def _set(self, key: str, origins: Origins) -> None:
        self.flow.set(key, True, origins)
        if deletion(key) in self.flow.bound:
            self.flow.set(deletion(key), False, None)

    # ------------------------------------------------------------ objects

    def origins_of(self, name: str) -> Origins:
        """Whose objects a name may hold here."""
        return self._origins_of_key(self.scope.find(name))

    def _origins_of_key(self, key: str) -> Origins:
        found = self.flow.origins.get(key)
        if found is not None:
            return found
        if is_global(key):
            return frozenset({(key, True)})
        return self.parent._origins_of_key(key) if self.parent is not None else NO_ORIGINS

    def mutate(self, origins: Origins, node: ast.AST, *, certain: bool = True, loads: Sequence[Load] = ()) -> None:
        """The objects of ``origins`` are changed."""
        at = self.position(node)
        for base, keeps in origins:
            self.events.append(Mutate(base, at, certain and keeps, certain, tuple(loads)))

    def root(self, name: str) -> tuple[str | None, str | None]:
        """How a callee that starts with ``name`` is known outside: (base, local import)."""
        key = self.scope.find(name)
        if is_global(key):
            return key, None
        if (module := self._module_of(key)) is not None:
            return None, module
        origins = self._origins_of_key(key)
        if len(origins) == 1:
            (base, keeps) = next(iter(origins))
            if base.startswith(":") and keeps:
                return base, None
        return None, None

    def _module_of(self, key: str) -> str | None:
        found = self.modules.get(key)
        return found if found is not None or self.parent is None else self.parent._module_of(key)

    # ------------------------------------------------------------ others

    def call(self, call: Call) -> None:
        """Something is called."""
        self.events.append(call)

    def note(self, kind: str, message: str, node: ast.AST) -> None:
        """Tell the user about something that cannot be seen through."""
        self.events.append(Note(kind, message, self.position(node)))

    def inline(self, definition: Definition) -> None:
        """Code that may run from here on (a lambda, a nested function) counts as if it ran here."""
        bound = self.flow.sure
        hidden = frozenset(bound) if bound and not self.is_module else frozenset()
        for event in definition.events:
            if isinstance(event, Read):
                exposed = event.exposed and event.name not in bound
                self.loads.append((event.name, event.called))
                self.events.append(replace(event, exposed=exposed, hidden=event.hidden | hidden))
            elif isinstance(event, Bind):
                self.events.append(replace(event, strong=False))
            elif not (isinstance(event, Mutate) and self.is_module and event.base.startswith(":")):
                self.events.append(event)


def deletion(key: str) -> str:
    """The key under which the flow tracks that a name is certainly deleted."""
    return f"{key}.deleted"
