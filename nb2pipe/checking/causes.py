"""What is not as it was when the original ran, the likeliest cause first; and what watched metrics say together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nb2pipe.model import Baseline, Change, CheckReport, Environment, MetricCheck, Pipeline, Verdict
from nb2pipe.rules import figures


def explained(
    pipeline: Pipeline,
    baseline: Baseline,
    report: CheckReport,
    *,
    fingerprints: Mapping[str, str | None],
    inputs: Mapping[str, str],
    edited: Sequence[str] = (),
    unseeded: Sequence[str] = (),
) -> tuple[Change, ...]:
    """Changes against the baseline: input files, edited steps, parameters, packages, then what draws without a seed, then
    the first value that differs.

    ``fingerprints`` are those of the run's values at step borders, ``inputs`` today's digests of the files that were
    read, ``edited`` the files of steps that were changed by hand since the export.
    """
    defaults = {parameter.name: parameter.default for parameter in pipeline.parameters}
    found = [
        Change(kind="input", name=path, before=before[:8], now=inputs[path][:8] if inputs.get(path) else "gone")
        for path, before in baseline.inputs.items()
        if inputs.get(path) != before
    ]
    found += [Change(kind="code", name=file, before="as exported", now="edited") for file in edited]
    found += [
        Change(kind="parameter", name=name, before=_shown(defaults[name]), now=_shown(value))
        for name, value in report.run.parameters.items()
        if name in defaults and defaults[name] != value
    ]
    found += packages(baseline.environment, report.run.environment)
    found += [Change(kind="random", name=what, before="unseeded", now="unseeded") for what in unseeded]
    first = first_difference(pipeline, baseline.fingerprints, fingerprints)
    return (*found, *([first] if first else []))


def first_difference(
    pipeline: Pipeline, before: Mapping[str, str], now: Mapping[str, str | None]
) -> Change | None:  # fmt: skip
    """The first value at a step border, in the order of the steps, that is another than the original's."""
    for step in pipeline.steps:
        for name in (name for artifact in step.outputs for name in artifact.names):
            key = f"{step.name}/{name}"
            old, new = before.get(key), now.get(key)
            if old is not None and new is not None and old != new:
                return Change(kind="value", name=f"{name} of step {step.name}", before=old[:8], now=new[:8])
    return None


def packages(before: Environment | None, now: Environment | None) -> list[Change]:
    """Python and packages of another version: first what the notebook imports, then what that requires.

    What it does not import itself may merely not have been loaded this time; that is no change.
    """
    if before is None or now is None:
        return []
    first = [name for name in before.imported if name in before.packages]
    later = sorted(name for name in before.packages if name not in first and name in now.packages)
    pairs = [("python", before.python, now.python)]
    pairs += [(name, before.packages[name], now.packages.get(name, "not installed")) for name in [*first, *later]]
    changed = [Change(kind="package", name=name, before=old, now=new) for name, old, new in pairs if old != new]
    return sorted(changed, key=lambda item: item.name not in first)


def watched_groups(report: CheckReport) -> tuple[str, ...]:
    """One sentence for all watched metrics of a step that moved."""
    by_step: dict[str, list[MetricCheck]] = {}
    for metric in report.metrics:
        if metric.verdict is Verdict.MOVED:
            by_step.setdefault(metric.step, []).append(metric)
    lines = []
    for step, moved in by_step.items():
        total = sum(not metric.gate and metric.step == step for metric in report.metrics)
        largest = max(moved, key=_size)
        known = largest.original if largest.reference is None else largest.reference
        before, now = figures.pair(known, largest.reproduced)
        cause = next((item for item in report.changes if item.kind not in ("value", "random")), None)
        why = f"; {cause}" if cause else ""
        lines.append(
            f"step '{step}': {len(moved)} of {figures.count(total, 'watched metric')} moved, most of all {largest.name}, "
            f"{before} to {now}{why}"
        )
    return tuple(lines)


def _size(metric: MetricCheck) -> float:
    if metric.difference is None:
        return 0.0
    return abs(metric.difference) / metric.noise.sd if metric.noise and metric.noise.sd else math.inf


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
