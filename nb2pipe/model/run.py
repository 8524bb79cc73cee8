"""What a run of the pipeline would do, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nb2pipe.model.recording import Environment


class StepStatus(StrEnum):
    """How a step of a run ended."""

    OK = "ok"
    FAILED = "failed"
    REUSED = "reused"  # taken from an earlier run
    NOT_RUN = "not run"


FIRST_TIME = "it has not run before"  # the reason to run that needs no words


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """``notebook`` is the executed notebook, ``seconds`` wall time; ``error`` one line if the step failed.

    ``began`` is when it began, in seconds after the run did, ``None`` if nothing ran. ``reason`` says why the step ran, or
    what to know about outputs that were reused.
    """

    name: str
    status: StepStatus
    seconds: float = 0.0
    notebook: str | None = None
    error: str | None = None
    run: str | None = None  # the run that the outputs were taken from, if reused
    reason: str = ""
    key: str | None = None  # digest of code, parameters and upstream keys
    peak_memory: int | None = None  # bytes
    began: float | None = None
    fingerprints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a run would do with a step: ``run``, ``reuse``, or ``perhaps`` run, if steps above give other values."""

    name: str
    action: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run of a pipeline. ``metrics`` holds the numbers at full precision, NaN included."""

    id: str
    project: str
    pipeline: str
    steps: tuple[StepRecord, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    environment: Environment | None = None
    started: str = ""
    seconds: float = 0.0
    finished: bool = False
