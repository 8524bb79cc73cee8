"""What one observed run of the original notebook told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nb2pipe.model.pipeline import MetricSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a value: ``path`` leads to it (``['age']``, ``.coef_``); ``exact`` is a digest of what must be equal.

    ``sketch`` sums up floating-point numbers, so that a difference in the last bits can be told from a larger one.
    """

    path: str
    type: str
    exact: str | None
    sketch: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedValue:
    """A variable as it was in the kernel at the end of a segment of ``step``.

    ``fingerprint`` is a digest of the content, equal for equal values in any process. ``format`` is the first that
    round-trips exactly; ``None`` with ``refusal`` (a sentence) if none does. ``code`` are functions and classes of the
    notebook that the value refers to, ``outline`` its parts; ``reads`` are names that it carries along as they were,
    inside stored functions. ``rebuilt``: no file keeps it, but running again the statement that made it gives the same (a
    grouping, a lock, a connection to a file).
    """

    step: str
    name: str
    type: str
    size: int
    fingerprint: str | None
    format: str | None = None
    refusal: str | None = None
    code: tuple[str, ...] = ()
    outline: tuple[Part, ...] = ()
    rebuilt: bool = False
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedMetric:
    """A number that a metric cell assigned or showed in the observed run, at full precision."""

    cell: int
    source: MetricSource
    expression: str
    key: str
    value: float
    decimals: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A run of neighbouring cells of one step (``step`` is ``None`` for skipped and setup cells between steps)."""

    step: str | None
    cells: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentObservation:
    """What changed while a segment ran: names bound or whose objects changed, and whether random state moved."""

    segment: Segment
    changed: tuple[str, ...] = ()
    random_moved: bool = False
    seconds: float = 0.0
    aliases: tuple[tuple[str, ...], ...] = ()  # groups of names that share objects or memory when the segment ends
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # component -> what differs from the start
    memory: tuple[tuple[str, ...], ...] = ()  # names that share memory without sharing an object (views of arrays)
    objects: tuple[tuple[str, ...], ...] = ()  # names that share objects
    reads: tuple[str, ...] = ()  # files opened, relative to the notebook's folder where they are in it
    writes: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()  # files and folders
    makes: tuple[str, ...] = ()  # folders
    lists: tuple[str, ...] = ()  # folders
    hosts: tuple[str, ...] = ()  # host:port
    unpickled: tuple[str, ...] = ()  # the notebook's functions and classes that pickles in files refer to
    definitions: Mapping[str, str | None] = field(
        default_factory=dict
    )  # the notebook's functions and classes: fingerprints
    tied: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # function or class -> names that share its objects


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The kernel's environment. ``packages`` maps distribution names to versions, ``imported`` those really imported."""

    python: str
    implementation: str
    platform: str
    packages: Mapping[str, str] = field(default_factory=dict)
    imported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """All that one observed run of the original notebook told."""

    segments: tuple[SegmentObservation, ...]
    values: tuple[ObservedValue, ...]
    metrics: tuple[ObservedMetric, ...]
    environment: Environment
    seconds: float
