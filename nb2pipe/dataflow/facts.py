"""What a piece of code does to names, before anything is known about the notebook around it.

Walking a statement (``statements``, ``expressions``) yields a list of events in the order of evaluation; ``resolve``
turns them into a :class:`nb2pipe.model.Statement` once it knows what the names stand for at that point of the notebook.

A *base* is a global name, or ``:p`` for the parameter ``p`` of the function that the event stands in. An *origin* is a
base with a flag: whether a certain change of the object at hand is also a certain change of the base's object.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nb2pipe.model import BindingKind

Position = tuple[int, int, int]
"""Line from 1, first and last column in bytes, in the text that Python sees."""

Origin = tuple[str, bool]
Origins = frozenset[Origin]
NO_ORIGINS: Origins = frozenset()


def weaken(found: Origins) -> Origins:
    """The same origins, none of them certain."""
    return frozenset((base, False) for base, _ in found) if found else found


def in_order(definitions: Iterable[Definition]) -> list[Definition]:
    """By name and place: a set's own order changes from run to run, and what is told in that order with it."""
    found = list(definitions)
    return sorted(found, key=lambda each: (each.name, each.at)) if len(found) > 1 else found


Slot = int | str | None
"""Where an argument goes: position, keyword, or ``None`` behind a star."""


@dataclass(slots=True, eq=False)
class Definition:
    """A user's function, class or lambda: what happens when it is used, as events of its body.

    ``parts`` are the methods and lambdas of a class. ``lazy`` marks code that runs after the call has returned
    (generators, coroutines, closures): the value of a call then needs the definition itself. ``kept`` are the parameters
    whose default is an object that lives as long as the function: ``to=[]``. ``sets`` are the modules whose settings a call
    changes, if it does nothing else.
    """

    name: str
    is_class: bool = False
    at: Position = (1, 0, 0)
    events: list[Event] = field(default_factory=list)
    loads: tuple[Load, ...] = ()
    parts: dict[str, Definition] = field(default_factory=dict)
    positional: tuple[str, ...] = ()
    keywords: frozenset[str] = frozenset()
    rest: tuple[str, ...] = ()
    lazy: bool = False
    returns: Origins = NO_ORIGINS
    returns_value: bool = False
    owner: Definition | None = None
    kept: frozenset[str] = frozenset()
    sets: tuple[str, ...] | None = None

    def parameter(self, slot: Slot, shift: int = 0) -> tuple[str, ...]:
        """The bases of the parameters that an argument in ``slot`` may land in."""
        if isinstance(slot, int):
            index = slot + shift
            return (":" + self.positional[index],) if index < len(self.positional) else self.rest
        if slot is not None and slot in self.keywords:
            return (":" + slot,)
        return self.rest if slot is not None else tuple(":" + name for name in self.positional) + self.rest


Load = tuple[str | Definition, bool]
"""A global name (or an anonymous definition) that a value was made from, and whether it was only called."""


@dataclass(slots=True)
class Read:
    """A global name is read; ``exposed`` unless the code certainly bound it before. ``hidden``: names bound by then.

    ``at_rest``: as the base of a class, where the code behind the name does not run. ``optional``: nothing happens if the
    name is not bound; ``in_text``: the name stands in a text, and may mean something else.
    """

    name: str
    at: Position
    exposed: bool = True
    called: bool = False
    optional: bool = False
    hidden: frozenset[str] = frozenset()
    at_rest: bool = False
    in_text: bool = False


@dataclass(slots=True)
class Bind:
    """A global name is bound: ``alias`` is the dotted path of a right side that is just a name or attribute, ``call`` the
    call that it is the result of.
    """

    name: str
    at: Position
    kind: BindingKind = BindingKind.DATA
    strong: bool = True
    module: str | None = None
    definition: Definition | None = None
    alias: tuple[str, ...] | None = None
    call: Call | None = None
    loads: tuple[Load, ...] = ()
    origins: Origins = NO_ORIGINS


@dataclass(slots=True)
class BindTogether:
    """The targets of one unpacking: all values are made before any name is bound."""

    binds: list[Bind]


@dataclass(slots=True)
class Delete:
    """A global name is deleted."""

    name: str
    at: Position


@dataclass(slots=True)
class Sure:
    """From here on the statement has certainly bound ``name`` (or no longer has)."""

    name: str
    bound: bool


@dataclass(slots=True)
class Mutate:
    """The object behind ``base`` is changed; ``loads`` are what was put into it, ``spreads`` reaches its aliases."""

    base: str
    at: Position
    certain: bool
    spreads: bool
    loads: tuple[Load, ...] = ()


@dataclass(slots=True)
class Call:
    """A call. ``root`` and ``path`` spell the callee (``df.a.b`` -> ``df``, ``(a, b)``); ``module`` of a local import.

    ``args`` are the arguments that are objects with a name, ``slots`` where all of them go.
    ``receiver`` are the origins of the object whose method is called, ``fresh`` says that it is a temporary.
    """

    at: Position
    root: str | None
    path: tuple[str, ...]
    method: str | None = None
    module: str | None = None
    receiver: Origins = NO_ORIGINS
    fresh: bool = False
    args: tuple[tuple[Slot, Origins], ...] = ()
    slots: tuple[Slot, ...] = ()
    inplace: bool = False
    loads: tuple[Load, ...] = ()


@dataclass(slots=True)
class Note:
    """Something that no analysis can see through, told to the user."""

    kind: str
    message: str
    at: Position


Event = Read | Bind | BindTogether | Delete | Sure | Mutate | Call | Note
