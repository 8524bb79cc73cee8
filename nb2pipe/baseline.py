"""``baseline.json``: the original's numbers, at full precision, with what is known about where they come from."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import msgspec

from nb2pipe.errors import InvalidInput
from nb2pipe.model import Baseline, BaselineMetric, Environment, Noise, StoredEvidence
from nb2pipe.model.numbers import exact
from nb2pipe.rules import nb011_baseline

FILE_NAME = "baseline.json"
SCHEMA_VERSION = 1


class EvidenceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the number in the stored outputs was read."""

    source: str
    confidence: str
    decimals: int | None = None
    percent: bool = False
    doubts: tuple[str, ...] = ()


class MetricEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One number. ``value`` is a number, or one of the texts NaN, Infinity, -Infinity. ``cell`` counts from 1."""

    value: int | float | str
    step: str
    cell: int
    decimals: int | None = None
    stored: int | float | str | None = None
    evidence: EvidenceEntry | None = None


class EnvironmentEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The environment in which the original ran."""

    python: str
    implementation: str
    platform: str
    packages: dict[str, str] = {}
    imported: tuple[str, ...] = ()


class BaselineFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The whole file. ``fingerprints`` are digests of every value at every step border (``step/name``).

    ``noise`` is what ``nb2pipe baseline`` learned; ``inputs`` are digests of the files that the steps read.
    """

    schema_version: int
    origin: str
    metrics: dict[str, MetricEntry]
    noise: dict[str, Any] | None = None
    inputs: dict[str, str] = {}
    fingerprints: dict[str, str] = {}
    environment: EnvironmentEntry | None = None


def dump(baseline: Baseline) -> str:
    """The file's text; the same baseline gives the same bytes."""
    environment = baseline.environment
    data = BaselineFile(
        schema_version=SCHEMA_VERSION,
        origin=baseline.origin,
        metrics={
            m.name: MetricEntry(
                value=_to_json(m.value), step=m.step, cell=m.cell + 1, decimals=m.decimals,
                stored=None if m.stored is None else _to_json(m.stored),
                evidence=_evidence_entry(m.evidence),
            )
            for m in baseline.metrics
        },
        noise=_noise_to_json(baseline.noise) if baseline.noise else None,
        inputs=dict(sorted(baseline.inputs.items())),
        fingerprints=dict(sorted(baseline.fingerprints.items())),
        environment=EnvironmentEntry(
            python=environment.python,
            implementation=environment.implementation,
            platform=environment.platform,
            packages=dict(sorted(environment.packages.items(), key=lambda item: item[0].lower())),
            imported=tuple(sorted(environment.imported, key=str.lower)),
        )
        if environment
        else None,
    )  # fmt: skip
    return json.dumps(msgspec.to_builtins(data), indent=1, ensure_ascii=False) + "\n"


def load(path: Path) -> Baseline:
    """Read the file; raises InvalidInput (NB011)."""
    try:
        data = msgspec.json.decode(path.read_bytes(), type=BaselineFile)
    except FileNotFoundError:
        raise InvalidInput(nb011_baseline.absent(str(path))) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(nb011_baseline.invalid(str(path), str(error))) from None
    if data.schema_version != SCHEMA_VERSION:
        raise InvalidInput(nb011_baseline.invalid(str(path), f"schema_version is {data.schema_version}, not 1"))
    try:
        metrics = tuple(_metric(name, entry) for name, entry in data.metrics.items())
        noise = _noise(data.noise) if data.noise else None
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidInput(nb011_baseline.invalid(str(path), str(error))) from None
    return Baseline(
        origin=data.origin,
        metrics=metrics,
        fingerprints=data.fingerprints,
        environment=_environment(data.environment) if data.environment else None,
        noise=noise,
        inputs=data.inputs,
    )


def _metric(name: str, entry: MetricEntry) -> BaselineMetric:
    return BaselineMetric(
        name=name,
        value=exact(entry.value),
        step=entry.step,
        cell=entry.cell - 1,
        decimals=entry.decimals,
        stored=None if entry.stored is None else float(entry.stored),
        evidence=_evidence(entry),
    )


def _evidence_entry(evidence: StoredEvidence | None) -> EvidenceEntry | None:
    if evidence is None:
        return None
    return EvidenceEntry(
        source=evidence.source, confidence=evidence.confidence, decimals=evidence.decimals, percent=evidence.percent,
        doubts=evidence.doubts,
    )  # fmt: skip


def _evidence(entry: MetricEntry) -> StoredEvidence | None:
    found = entry.evidence
    if found is None:
        return None
    return StoredEvidence(
        value=float(entry.value if entry.stored is None else entry.stored), source=found.source,
        confidence=found.confidence, decimals=found.decimals, percent=found.percent, doubts=found.doubts,
    )  # fmt: skip


def _environment(entry: EnvironmentEntry) -> Environment:
    return Environment(
        python=entry.python, implementation=entry.implementation, platform=entry.platform, packages=entry.packages,
        imported=entry.imported,
    )  # fmt: skip


def _noise_to_json(noise: Noise) -> dict[str, Any]:
    """As the model has it; numbers that JSON lacks are texts."""
    plain: dict[str, Any] = msgspec.to_builtins(noise)
    for entry, metric in zip(plain["metrics"].values(), noise.metrics.values(), strict=True):
        entry["values"] = [_to_json(value) for value in metric.values]
        for name in ("mean", "sd", "reference", "tolerance", "again"):
            value = getattr(metric, name)
            entry[name] = None if value is None else _to_json(value)
    return plain


def _noise(data: dict[str, Any]) -> Noise:
    """Back again; raises msgspec.ValidationError, which is a ValueError."""
    metrics = {}
    for name, entry in data.get("metrics", {}).items():
        numbers = {key: float(entry[key]) for key in ("mean", "sd", "reference", "tolerance") if key in entry}
        again = None if entry.get("again") is None else float(entry["again"])
        metrics[name] = {**entry, **numbers, "again": again, "values": [float(value) for value in entry["values"]]}
    try:
        return msgspec.convert({**data, "metrics": metrics}, Noise)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None


def _to_json(value: float) -> Any:
    """Strict JSON has no NaN and no infinity."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value
