"""The reproducibility axis: what each level varies and compares, and what a climb found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nb2pipe.checking.tolerances import allowed
from nb2pipe.model import CheckReport, Limits, MetricCheck
from nb2pipe.rules import figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level. ``acm`` is the badge of ACM's Artifact Review v1.1 that it gives evidence for, ``gundersen`` the degree of
    reproducibility by Gundersen (2021); a dash where neither has one.
    """

    code: str
    name: str
    varied: str
    compared: str
    acm: str
    gundersen: str

    @property
    def number(self) -> int:
        """4 of R4."""
        return int(self.code[1:])


LEVELS = (
    Level(
        code="R0", name="readable", varied="nothing: read only",
        compared="syntax, names, order of the saved counts, cells never run, paths, imports",
        acm="-", gundersen="documentation",
    ),
    Level(
        code="R1", name="runs", varied="fresh kernels", compared="cells that run to their end, of all",
        acm="Functional (exercisable)", gundersen="-",
    ),
    Level(
        code="R2", name="runs from declared inputs alone", varied="a clean folder that holds only what pipeline.yaml lists",
        compared="files read and written, hosts contacted", acm="Functional (complete)", gundersen="-",
    ),
    Level(
        code="R3", name="same conclusions", varied="the pipeline instead of the notebook",
        compared="ranking and signs of the metrics, and the limits they must keep",
        acm="-", gundersen="interpretation reproducible",
    ),
    Level(
        code="R4", name="metrics within tolerance", varied="the pipeline instead of the notebook",
        compared="each metric with the original's", acm="Results Reproduced (within the allowed tolerance)",
        gundersen="analysis reproducible",
    ),
    Level(
        code="R5", name="equivalent over seeds", varied="the seed",
        compared="means over new seeds with those of the baseline (two one-sided t tests)", acm="-",
        gundersen="analysis reproducible",
    ),
    Level(
        code="R6", name="deterministic at the same seed", varied="nothing: two runs with one seed",
        compared="metrics to 1e-9, values handed from step to step", acm="-", gundersen="outcome reproducible",
    ),
    Level(
        code="R7", name="the same in a fresh environment", varied="an environment built from requirements.txt",
        compared="metrics to 1e-6", acm="Results Reproduced (evidence)", gundersen="outcome reproducible",
    ),
    Level(
        code="R8", name="bit-identical artifacts", varied="an environment built from requirements.txt",
        compared="sha256 of each stored artifact and each file that a step writes, and of their contents",
        acm="-", gundersen="outcome reproducible",
    ),
)  # fmt: skip
BY_CODE: Mapping[str, Level] = {level.code: level for level in LEVELS}
SIDEWAYS = ("R5",)  # of another axis: a deep net may reach it and never R6, and the other way round


class Outcome(StrEnum):
    """How far a level was proven."""

    REACHED = "reached"
    BLOCKED = "blocked"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One level of a climb: ``found`` is the evidence, ``blocks`` what stands in the way, ``cure`` what to do about it."""

    level: Level
    outcome: Outcome
    found: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    cure: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """A climb: when, where, and each level. ``environment`` is a digest of Python and all package versions."""

    project: str
    notebook: str
    rungs: tuple[Rung, ...]
    date: str
    machine: str
    python: str
    environment: str
    report: CheckReport | None = None

    @property
    def reached(self) -> Level | None:
        """The highest level that is reached with all below it."""
        found: Level | None = None
        for rung in self.rungs:
            if rung.outcome is Outcome.REACHED:
                found = rung.level
            elif rung.level.code not in SIDEWAYS:
                break
        return found

    @property
    def stopped(self) -> Rung | None:
        """The first level that is not reached, those of another axis aside."""
        for rung in self.rungs:
            if rung.outcome is not Outcome.REACHED and rung.level.code not in SIDEWAYS:
                return rung
        return None

    def rung(self, code: str) -> Rung | None:
        """The level of that code, if the climb tried to go there."""
        return next((rung for rung in self.rungs if rung.level.code == code), None)

    @property
    def sentence(self) -> str:
        """``R4, metrics within tolerance``."""
        level = self.reached
        beside = "".join(
            f", and {rung.level.code}"
            if rung.outcome is Outcome.REACHED and level and rung.level.number > level.number
            else ""
            for rung in self.rungs
            if rung.level.code in SIDEWAYS
        )
        return f"{level.code}: {level.name}{beside}" if level else "not readable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusions:
    """``same`` are sentences on what held, ``changed`` on what did not."""

    same: tuple[str, ...]
    changed: tuple[str, ...]


def conclusions(checks: Sequence[MetricCheck], limits: Mapping[str, Limits] | None = None) -> Conclusions:
    """Whether the ranking of metrics of one kind, and the sign of each, are as in the original, and ``limits`` are kept.

    Metrics are of one kind if their names end in the same word for a metric (``rf.accuracy``, ``accuracy_lr``). Two that
    differ by less than their tolerances were never ranked; a sign counts only if the number is further from zero.
    """
    compared = [c for c in checks if c.original is not None and c.reproduced is not None]
    changed: list[str] = []
    ranked = 0
    for at, one in enumerate(compared):
        for other in compared[at + 1 :]:
            if _kind(one.name) is None or _kind(one.name) != _kind(other.name):
                continue
            before, now = _order(one, other)
            if before == 0:
                continue
            ranked += 1
            if now == -before:
                better, worse = (one, other) if before > 0 else (other, one)
                changed.append(f"'{better.name}' was above '{worse.name}', and is below it now")
    signs = 0
    for check in compared:
        if check.original and check.reproduced is not None and abs(check.original) > (check.allowed or 0.0):
            signs += 1
            if check.original * check.reproduced < 0:
                changed.append(f"the sign of '{check.name}' changed")
    kept = 0
    for check in checks:
        limit = (limits or {}).get(check.name)
        broken = _broken(check.reproduced, limit) if limit is not None else ""
        kept += limit is not None and not broken
        changed += [f"'{check.name}' {broken}"] if broken else []
    ranks = f"{figures.count(ranked, 'ranking')} of two metrics" if ranked else "no two metrics to rank"
    same = (ranks, figures.count(signs, "sign")) if compared else ()
    if kept:
        same = (*same, f"{figures.count(kept, 'limit')} kept")
    return Conclusions(same=same, changed=tuple(changed))


def _broken(value: float | None, limits: Limits) -> str:
    """What a number has done that its limits forbid."""
    if value is None or math.isnan(value):
        return "has a limit, and no value"
    told = figures.number(value, 6)
    if limits.min is not None and value < limits.min:
        return f"is {told}, the limit is at least {figures.number(limits.min)}"
    if limits.max is not None and value > limits.max:
        return f"is {told}, the limit is at most {figures.number(limits.max)}"
    return ""


def _order(one: MetricCheck, other: MetricCheck) -> tuple[int, int]:
    """Which is larger, in the original and now; 0 where the tolerances cover the difference."""
    assert one.original is not None
    assert other.original is not None
    assert one.reproduced is not None
    assert other.reproduced is not None
    reach = max(
        allowed(one.tolerance, one.original, one.reproduced), allowed(other.tolerance, other.original, other.reproduced)
    )
    before, now = one.original - other.original, one.reproduced - other.reproduced
    return (0 if abs(before) <= reach else _sign(before)), (0 if abs(now) <= reach else _sign(now))


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


_WORDS = ("rmse", "rmsle", "mape", "mae", "mse", "logloss", "log_loss", "loss", "accuracy", "acc", "auc", "f1", "precision",
          "recall", "r2", "score", "error", "kappa", "mcc")  # fmt: skip


def _kind(name: str) -> str | None:
    """The metric that a name speaks of."""
    words = name.lower()
    return next((word for word in _WORDS if word in words), None)
