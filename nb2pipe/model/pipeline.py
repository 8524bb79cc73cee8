"""The waist: steps, what they hand over, parameters and metrics."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nb2pipe.model.tags import Tolerance

_LONGEST = 60  # characters of a joint artifact's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A literal of the ``parameters`` cell. ``type`` is a name in ``parameters.TYPES``; ``default`` is plain data."""

    name: str
    type: str
    default: Any
    cell: int
    line: int
    annotation: str | None = None
    comment: str | None = None


class Direction(StrEnum):
    """Which side of the original is better."""

    HIGHER = "higher"
    LOWER = "lower"
    BOTH = "both"


class MetricSource(StrEnum):
    """Where in its cell a metric's value stands."""

    VARIABLE = "variable"  # a name that a metrics cell assigns
    SHOWN = "shown"  # the value of the cell's last expression
    PRINTED = "printed"  # a number in what the cell prints; ``key`` is what it is called there
    LOGGED = "logged"  # a number that the cell hands to an experiment tracker, under the name ``key``


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number to reproduce. ``expression`` is the variable's name or the source of the shown expression.

    One source may give several numbers (a dict, a tuple, a one-row frame): ``key`` is the path to this one, ``""`` if plain.
    """

    name: str
    step: str
    cell: int
    source: MetricSource
    expression: str
    key: str = ""
    tolerance: Tolerance | None = None
    direction: Direction = Direction.BOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A stored value (or several that share objects, then ``names`` has more than one), written by ``step``.

    ``optional``: a path through the code may leave it undefined. ``format`` is ``None`` until an observed run chose it.
    ``wanted``: as an input of a step, the names that the step takes from it; empty for all.
    """

    names: tuple[str, ...]
    step: str
    format: str | None = None
    type: str | None = None
    size: int | None = None
    optional: bool = False
    wanted: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name, or all of them joined by ``+`` (shortened if there are many)."""
        joined = "+".join(self.names)
        return joined if len(joined) <= _LONGEST else f"{self.names[0]}+{len(self.names) - 1}_more"

    @property
    def taken(self) -> tuple[str, ...]:
        """The names that a step which has this as an input gets from it."""
        return self.wanted or self.names


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """Whole lines of an original cell that a step replays in its setup (imports, definitions, settings).

    ``after_loads``: the first that reads one of the step's ``early`` inputs.
    """

    cell: int
    line: int
    end_line: int
    after_loads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the pipeline, in notebook order of its first cell.

    ``inputs`` are artifacts of earlier steps, ``early`` the names among them that the setup itself reads.
    ``setup`` are replayed lines in notebook order: imports, definitions, settings, and lines of the parameters cell that
    compute from parameters. ``after`` are steps that must come first without handing data over. ``random_from`` is the
    step whose random state this one continues. ``modules`` are the root modules that the step imports; ``reads`` and
    ``writes`` (files) and ``hosts`` are what the observed run saw it touch. ``cache`` is false after ``cache:off``.

    ``unchanged`` are names that the step may change, but did not in the observed run, so that later steps take them as
    they were before. ``draws`` is false if it drew no random numbers there, though the notebook seeds them.
    """

    name: str
    cells: tuple[int, ...]
    inputs: tuple[Artifact, ...] = ()
    outputs: tuple[Artifact, ...] = ()
    early: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    setup: tuple[Snippet, ...] = ()
    after: tuple[str, ...] = ()
    random_from: str | None = None
    saves_random: bool = False
    modules: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    cache: bool = True
    unchanged: tuple[str, ...] = ()
    draws: bool = True

    @property
    def above(self) -> tuple[str, ...]:
        """Steps that must run before this one, each once."""
        names = dict.fromkeys(artifact.step for artifact in self.inputs)
        names.update(dict.fromkeys(self.after))
        if self.random_from:
            names[self.random_from] = None
        return tuple(names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The waist: steps in an order in which they can run, their parameters and metrics."""

    name: str
    notebook: str
    steps: tuple[Step, ...]
    parameters: tuple[Parameter, ...] = ()
    metrics: tuple[Metric, ...] = ()
    kernel_name: str | None = None

    def step(self, name: str) -> Step:
        """The step of that name; raises KeyError."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)
