"""What is certainly bound, and whose objects a name may hold, at each point of a statement's control flow.

Branches are walked one after another on the same state: each is rolled back through a trail, and the results are
joined. The cost is the number of changes, not the number of names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from nb2pipe.dataflow.facts import Event, Origins, Sure
from nb2pipe.dataflow.scopes import is_global


@dataclass(slots=True)
class Outcome:
    """What a branch changed: key -> (certainly bound, origins or ``None`` for its own); ``dead`` if it never ends."""

    changes: dict[str, tuple[bool, Origins | None]] = field(default_factory=dict)
    dead: bool = False


@dataclass(slots=True)
class Jumps:
    """How far a loop's body had come at its ``break`` and ``continue`` statements."""

    mark: int
    breaks: list[Outcome] = field(default_factory=list)
    continues: list[Outcome] = field(default_factory=list)


class Flow:
    """The state of one walk. Changes of what is certain are also told as :class:`Sure` events, for the resolver."""

    def __init__(self, events: list[Event]) -> None:
        self.bound: set[str] = set()
        self.sure: set[str] = set()
        self.origins: dict[str, Origins] = {}
        self.dead = False
        self.depth = 0
        self.loops: list[Jumps] = []
        self._events = events
        self._trail: list[tuple[str, bool, Origins | None]] = []

    def set(self, key: str, bound: bool, origins: Origins | None) -> None:
        """Record that ``key`` is now bound (or not) to objects of ``origins``."""
        was = key in self.bound
        self._trail.append((key, was, self.origins.get(key)))
        if origins is None:
            self.origins.pop(key, None)
        else:
            self.origins[key] = origins
        self._mark_bound(key, was, bound)

    def _mark_bound(self, key: str, was: bool, bound: bool) -> None:
        if was != bound:
            (self.bound.add if bound else self.bound.discard)(key)
            if is_global(key):
                (self.sure.add if bound else self.sure.discard)(key)
                self._events.append(Sure(key, bound))

    def mark(self) -> int:
        """The point to which :meth:`changes` and :meth:`finish` refer."""
        return len(self._trail)

    def changes(self, mark: int) -> Outcome:
        """What has changed since ``mark``."""
        keys = {entry[0] for entry in self._trail[mark:]}
        return Outcome({key: (key in self.bound, self.origins.get(key)) for key in keys}, self.dead)

    def finish(self, mark: int) -> Outcome:
        """What has changed since ``mark``, and go back to there."""
        outcome = self.changes(mark)
        while len(self._trail) > mark:
            key, was, origins = self._trail.pop()
            if origins is None:
                self.origins.pop(key, None)
            else:
                self.origins[key] = origins
            self._mark_bound(key, key in self.bound, was)
        return outcome

    def branch(self, run: Callable[[], None]) -> Outcome:
        """Walk what may not happen, go back to before it, and say what it changed."""
        mark, was_dead = self.mark(), self.dead
        self.depth += 1
        run()
        self.depth -= 1
        outcome = self.finish(mark)
        self.dead = was_dead
        return outcome

    def optional(self, run: Callable[[], None]) -> None:
        """Walk what may not happen, and go on behind it."""
        self.join([self.branch(run), Outcome()])

    def jump(self, outcomes: list[Outcome], mark: int) -> None:
        """Leave the code at hand: ``break`` and ``continue``."""
        outcome = self.changes(mark)
        if not outcome.dead:
            outcomes.append(outcome)
        self.dead = True

    def join(self, outcomes: Iterable[Outcome]) -> None:
        """Go on behind branches that began at the present state: certain is what is certain in all that get here."""
        everything = list(outcomes)
        alive = [outcome for outcome in everything if not outcome.dead]
        if not alive:
            self.dead = True
            alive = everything
        for key in dict.fromkeys(key for outcome in alive for key in outcome.changes):
            here = (key in self.bound, self.origins.get(key))
            states = [outcome.changes.get(key, here) for outcome in alive]
            origins = self._union(key, [state[1] for state in states])
            self.set(key, all(state[0] for state in states), origins)

    def apply(self, outcome: Outcome) -> None:
        """Go on behind code that ended with ``outcome``."""
        for key, (bound, origins) in outcome.changes.items():
            self.set(key, bound, origins)
        self.dead = self.dead or outcome.dead

    @staticmethod
    def _union(key: str, states: list[Origins | None]) -> Origins | None:
        if all(state is None for state in states):
            return None
        own: Origins = frozenset({(key, True)}) if is_global(key) else frozenset()
        return frozenset().union(*(own if state is None else state for state in states))
