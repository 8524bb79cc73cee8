"""What a call does to the objects that take part in it, as far as can be known without running it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nb2pipe.dataflow.effects import (
    FIRST_ARGUMENT,
    FIRST_ARGUMENT_BUILTINS,
    FIRST_ARGUMENT_METHODS,
    KEEPS_ARGUMENTS,
    MUTATING_METHODS,
    PURE_BUILTINS,
    PURE_METHODS,
    PURE_MODULES,
)
from nb2pipe.dataflow.facts import Call, Definition, Mutate, Origins, weaken
from nb2pipe.dataflow.values import BUILTINS, MARK, NONE, Names, Value

Effect = tuple[str, bool, bool]
"""A base, whether its object is certainly changed, and whether the object at hand (maybe an alias) is."""

Edge = tuple[Origins, Definition, str]
"""Origins of an argument, the user's function that gets it, and the parameter it lands in."""

_PURE_PREFIXES = tuple(module + "." for module in PURE_MODULES)


def direct_effects(call: Call, names: Names) -> Iterator[Effect]:
    """Changes that the call makes by itself; those made by user functions follow from :func:`edges`."""
    if call.root is not None and call.root.startswith(MARK):
        return
    module = names.dotted(call.root, call.path, call.module)
    if module is not None:
        yield from _library(call, module)
        return
    if call.method is not None:
        yield from _method(call, names)
    elif call.root is not None:
        called = _user_code(call, names)
        for definition in called:
            yield from _defaults(call, call.root, definition, names)
        if not called:
            yield from _function(call, call.root, names)
    elif call.root is None:
        yield from _arguments(call, certain=False)


def _changed(found: Origins, *, certain: bool) -> Iterator[Effect]:
    for base, keeps in found:
        yield base, certain and keeps, certain


def _arguments(call: Call, *, certain: bool) -> Iterator[Effect]:
    for _, found in call.args:
        yield from _changed(found, certain=certain)


def _output(call: Call) -> Iterator[Effect]:
    for slot, found in call.args:
        if slot == "out":
            yield from _changed(found, certain=True)


def _first(call: Call) -> Iterator[Effect]:
    for slot, found in call.args:
        if slot == 0:
            yield from _changed(found, certain=True)


def _library(call: Call, module: str) -> Iterator[Effect]:
    if module in FIRST_ARGUMENT or (module.endswith("_") and not module.endswith("__")):  # PyTorch's mark
        yield from _first(call)
    yield from _output(call)
    if not (module + ".").startswith(_PURE_PREFIXES):
        yield from _arguments(call, certain=False)


def _method(call: Call, names: Names) -> Iterator[Effect]:
    method = call.method or ""
    yield from _output(call)
    if method in FIRST_ARGUMENT_METHODS:
        yield from _first(call)
    if call.inplace or method in MUTATING_METHODS:
        yield from _changed(call.receiver, certain=True)
    elif method not in PURE_METHODS and not call.fresh and not _known_methods(call, names):
        yield from _changed(call.receiver, certain=False)
    if method not in KEEPS_ARGUMENTS and not _known_methods(call, names):
        yield from _arguments(call, certain=False)


def _function(call: Call, name: str, names: Names) -> Iterator[Effect]:
    builtin = name in BUILTINS and name not in names.values
    yield from _output(call)
    if builtin and name in FIRST_ARGUMENT_BUILTINS:
        yield from _first(call)
    elif not (builtin and name in PURE_BUILTINS):
        yield from _arguments(call, certain=False)


def _user_code(call: Call, names: Names) -> frozenset[Definition]:
    return names.get(call.root).definitions if call.root is not None and not call.path else NONE


def _defaults(call: Call, name: str, definition: Definition, names: Names) -> Iterator[Effect]:
    """A function that changes its own default, ``to=[]``, is another one after the call."""
    kept = definition.kept.difference(base for slot in call.slots for base in definition.parameter(slot))
    for event in definition.events if kept else ():
        if isinstance(event, Mutate):
            bases = {event.base} if event.certain else set()
        elif isinstance(event, Call) and event.method is not None:
            bases = {base for base, certain, _ in _method(event, names) if certain}
        else:
            continue
        if bases & kept:
            yield name, True, False


def _known_methods(call: Call, names: Names) -> list[Definition]:
    """The user's methods that this calls, if the object is certainly an instance of the user's classes."""
    if call.root is None or len(call.path) != 1:
        return []
    value = names.get(call.root)
    found = [cls.parts.get(call.path[0]) for cls in value.classes]
    return [m for m in found if m is not None] if all(m is not None for m in found) else []


def edges(call: Call, names: Names, owner: Definition | None = None) -> Iterator[Edge]:
    """Which of the user's functions get which objects. ``owner``: the class that ``self`` is of."""
    for definition in _user_code(call, names):
        if definition.is_class:
            init = definition.parts.get("__init__")
            if init is not None:
                yield from _map_arguments(call, init, 1)
        else:
            yield from _map_arguments(call, definition, 0)
    if call.method is None or len(call.path) != 1:
        return
    for method in _methods(call, names, owner):
        if call.receiver and method.positional:
            yield call.receiver, method, ":" + method.positional[0]
        yield from _map_arguments(call, method, 1)


def _methods(call: Call, names: Names, owner: Definition | None) -> list[Definition]:
    name = call.path[0]
    if call.root is not None and call.root.startswith(":"):
        found = owner.parts.get(name) if owner is not None else None
        return [found] if found is not None else []
    value: Value = names.get(call.root) if call.root is not None else Value()
    carriers = [d for d in value.carried if d.is_class]
    return [d.parts[name] for d in carriers if name in d.parts]


def _map_arguments(call: Call, definition: Definition, shift: int) -> Iterator[Edge]:
    for slot, found in call.args:
        for parameter in definition.parameter(slot, shift):
            # what is gathered in *args or comes out of a star is changed only possibly
            exact = slot is not None and parameter not in definition.rest
            yield found if exact else weaken(found), definition, parameter


def handed_back(call: Call, definitions: Iterable[Definition]) -> list[str]:
    """The bases whose objects the result of the call may be: those of arguments that a function returns."""
    found: list[str] = []
    for definition in definitions:
        returned = {base for base, _ in definition.returns}
        for slot, origins in call.args:
            if returned.intersection(definition.parameter(slot)):
                found.extend(base for base, _ in origins)
        found.extend(base for base in returned if not base.startswith(":"))
    return found


def library_path(module: str | None, path: Sequence[str]) -> str | None:
    """The full name of ``module.path`` where it is part of a library that the tables know."""
    if module is None or not path:
        return module
    full = ".".join([module, *path])
    return full if (full + ".").startswith(_PURE_PREFIXES) else None
