"""What a report says, as plain data: nothing here knows of HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nb2pipe.checking.contracts import Compared
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import Baseline, CheckReport, MetricCheck, Pipeline, RunRecord

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a run, as it is read from disk.

    ``checked``: the verdicts are those of a check, not made for this report. ``linted`` are findings about the notebook as
    it is now, notices left out. ``levels`` is the document of the last climb. ``earlier`` are older runs, newest first.
    ``notebooks`` (step -> nbformat data) are the executed ones; ``original`` is that of the notebook, ``original_is`` where
    it comes from: ``recorded`` or ``saved`` outputs.
    """

    pipeline: Pipeline
    check: CheckReport
    checked: bool
    baseline: Baseline | None = None
    findings: tuple[Diagnostic, ...] = ()
    linted: tuple[Diagnostic, ...] = ()
    contracts: tuple[Compared, ...] = ()
    levels: Json | None = None
    earlier: tuple[RunRecord, ...] = ()
    notebooks: Mapping[str, Json] = field(default_factory=dict)
    original: Json | None = None
    original_is: str = "recorded"
    path: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Where a value lies, in percent of the drawing's width; the reference is in the middle.

    ``low`` and ``high`` are the edges of what is allowed, 0 or 100 where a side is open. ``repeats`` are the baseline's,
    from which the noise is known. ``sentence`` says it in words.
    """

    low: float
    high: float
    value: float
    original: float | None
    retests: tuple[float, ...]
    sentence: str
    repeats: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric's verdict with its band, ``None`` where there is nothing to draw."""

    check: MetricCheck
    band: Band | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A metric in one run. ``usual``: with the notebook's own parameters."""

    run: str
    started: str
    value: float
    usual: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A metric over runs, oldest first; the last is this run."""

    name: str
    points: tuple[Point, ...]
    reference: float | None
    allowed: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A parameter: as the notebook has it, and as this run had it."""

    name: str
    default: Any
    value: Any
    changed: bool
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A distribution's version when the original ran and now; empty where it was not there."""

    name: str
    before: str
    now: str
    imported: bool

    @property
    def differs(self) -> bool:
        """Whether the versions differ; what only one of both loaded is no difference unless the notebook imports it."""
        return self.before != self.now and (self.imported or bool(self.before and self.now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture of a cell beside the original's: base64 PNG. ``verdict`` is identical, differs, new or missing.

    ``share`` is how many of the pixels differ (0 to 1), if it could be measured; ``marked`` a picture of where.
    """

    step: str
    cell: int
    number: int
    original: str | None
    reproduced: str | None
    verdict: str
    share: float | None = None
    marked: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A report, from the conclusion to the history of each metric."""

    facts: Facts
    title: str
    conclusion: str
    passed: bool
    metrics: tuple[Metric, ...]
    parameters: tuple[Value, ...]
    packages: tuple[Package, ...]
    figures: tuple[Figure, ...]
    history: tuple[History, ...]
