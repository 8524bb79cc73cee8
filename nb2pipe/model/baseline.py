"""What the original computed, and how far its numbers are off when nothing changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from nb2pipe.model.recording import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvidence:
    """A number in the notebook's stored outputs: how it was read, and what speaks against it.

    ``source`` is the kind of output (``result``, ``print``, ``report``, ...), ``confidence`` how sure it is that the metric is
    meant (``exact``: the code says so, ``named``, ``position``). ``percent``: a percent sign stood behind it. ``doubts`` are
    reasons why it may not come from the code (``out of order``, ``cells never run``, ...).
    """

    value: float
    decimals: int | None
    source: str
    confidence: str
    percent: bool = False
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineMetric:
    """The original's number. ``decimals`` is how many the stored output showed, ``None`` for full precision.

    ``stored`` is the number in the stored outputs beside a recorded one, ``evidence`` where it was read.
    """

    name: str
    value: float
    step: str
    cell: int
    decimals: int | None = None
    stored: float | None = None
    evidence: StoredEvidence | None = None


class NoiseKind(StrEnum):
    """What repeats with other seeds say about a metric."""

    DETERMINISTIC = "deterministic"  # the same number whatever the seed
    SEED_SENSITIVE = "seed-sensitive"
    UNCONTROLLED = "uncontrolled"  # another number with the same seed
    UNDEFINED = "undefined"  # missing or no number in a repeat


class Gate(StrEnum):
    """Which interval a gate metric has to stay in."""

    PREDICTION = "prediction"  # that of the next value; outside of it, fresh seeds decide
    TOLERANCE = "tolerance"  # that of nearly all future values; outside of it fails at once


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseRule:
    """How later runs are judged, fixed before they run.

    ``alpha`` is the rate of false alarms of one look; ``coverage`` and ``confidence`` are the tolerance interval's;
    ``retest`` fresh seeds decide where one look alarms; ``reference`` is ``calibrated`` (the repeats' mean) or ``original``.
    """

    gate: Gate = Gate.PREDICTION
    alpha: float = 0.05
    coverage: float = 0.95
    confidence: float = 0.95
    retest: int = 2
    reference: str = "calibrated"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricNoise:
    """What k repeats gave: ``values`` in the order of the seeds, their ``mean`` and standard deviation ``sd``.

    ``tolerance`` is how far the next value may be from ``reference``, ``origin`` a sentence on where that comes from.
    ``cases``: the metric counts that many. ``gate``: it fails checks; others are watched. ``again`` is the value of the
    first seed's second run.
    """

    kind: NoiseKind
    k: int
    values: tuple[float, ...]
    mean: float
    sd: float
    reference: float
    tolerance: float
    origin: str
    gate: bool = True
    cases: int | None = None
    again: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What ``nb2pipe baseline`` learned. ``varied``: ``injected``, ``seeds`` (those in the code) or a parameter's name.

    ``repeated`` are the steps that ran with every seed; ``environment`` is a digest of Python and packages.
    """

    rule: NoiseRule
    seeds: tuple[int, ...]
    varied: str
    repeated: tuple[str, ...]
    metrics: Mapping[str, MetricNoise]
    measured: str = ""
    environment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What the original computed: ``origin`` is ``recorded`` (an observed run) or ``stored`` (outputs in the file).

    ``inputs`` are digests of the files that the steps read, by path from the notebook's folder.
    """

    origin: str
    metrics: tuple[BaselineMetric, ...]
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    environment: Environment | None = None
    seconds: float | None = None
    noise: Noise | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
