"""The sections of ``pipeline.yaml``, as they are validated."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from nb2pipe.model import Direction, MetricSource

SCHEMA_VERSION = 1


class ArtifactEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One output of a step: its file below the artifacts folder, and how it is written."""

    file: str
    format: str
    type: str = ""
    names: tuple[str, ...] = ()
    optional: bool = False


class StepEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One step: its notebook, the original cells in it, what it reads and writes.

    ``inputs`` maps artifacts to the steps that made them; ``wanted`` says which names of a joint artifact are taken.
    ``setup`` are the lines of other cells that the step replays, as ``CELL:FIRST-LAST``; the first that reads a loaded
    value is followed by the word ``loaded``. ``cache: false`` runs the step each time.
    ``unchanged`` are names that the step may change and did not when it was exported, ``draws: false`` says that it drew no
    random numbers: runs with other parameters see to it that it stays so.
    """

    notebook: str
    cells: tuple[int, ...] = ()
    parameters: tuple[str, ...] = ()
    inputs: dict[str, str] = {}
    wanted: dict[str, tuple[str, ...]] = {}
    early: tuple[str, ...] = ()
    outputs: dict[str, ArtifactEntry] = {}
    after: tuple[str, ...] = ()
    random_from: str | None = None
    saves_random: bool = False
    setup: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    cache: bool = True
    unchanged: tuple[str, ...] = ()
    draws: bool = True


class ParameterEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One parameter: type, default (``repr`` for what YAML cannot hold), and where it stands."""

    type: str
    cell: int
    line: int
    default: Any = None
    annotation: str | None = None
    comment: str | None = None
    literal: str | None = None


Limit = Annotated[float, msgspec.Meta(ge=0)]


class ToleranceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Allowed difference (0 is none at all); ``direction`` overrules which side is better.

    ``min`` and ``max`` are limits of the value itself. ``gate`` false: the metric is watched, and never fails a check.
    """

    abs: Limit | None = None
    rel: Limit | None = None
    direction: Direction | None = None
    min: float | None = None
    max: float | None = None
    gate: bool | None = None


class MetricEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One metric: where it comes from in the notebook, and the tolerance that its tag gave."""

    step: str
    cell: int
    source: MetricSource
    expression: str
    key: str = ""
    direction: Direction = Direction.BOTH
    tolerance: ToleranceEntry | None = None


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The whole file. ``workdir`` is where steps run: the notebook's folder, relative to this file's."""

    schema_version: int
    name: str
    notebook: str
    workdir: str
    kernel: str | None = None
    parameters: dict[str, ParameterEntry] = {}
    steps: dict[str, StepEntry]
    metrics: dict[str, MetricEntry] = {}
    tolerances: dict[str, ToleranceEntry] = {}
    generated: dict[str, str] = {}


def json_schema() -> dict[str, Any]:
    """JSON Schema of ``pipeline.yaml``."""
    return msgspec.json.schema(Manifest)
