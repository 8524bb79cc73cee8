"""From a pipeline to its manifest and back."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from nb2pipe.manifest.entries import (
    SCHEMA_VERSION,
    ArtifactEntry,
    Manifest,
    MetricEntry,
    ParameterEntry,
    StepEntry,
    ToleranceEntry,
)
from nb2pipe.model import Artifact, Metric, Parameter, Pipeline, Snippet, Step, Tolerance, ToleranceSource

_LOADED = " loaded"


def from_pipeline(
    pipeline: Pipeline,
    *,
    notebook: str,
    workdir: str,
    files: dict[str, str],
    artifact_files: dict[tuple[str, str], str],
) -> Manifest:
    """Describe a pipeline. ``files`` maps steps to notebook files, ``artifact_files`` (step, name) to artifact files."""
    return Manifest(
        schema_version=SCHEMA_VERSION,
        name=pipeline.name,
        notebook=notebook,
        workdir=workdir,
        kernel=pipeline.kernel_name,
        parameters={parameter.name: _parameter_entry(parameter) for parameter in pipeline.parameters},
        steps={step.name: _step_entry(step, files[step.name], artifact_files) for step in pipeline.steps},
        metrics={metric.name: _metric_entry(metric) for metric in pipeline.metrics},
    )


def to_pipeline(manifest: Manifest) -> Pipeline:
    """The pipeline that a manifest describes."""
    outputs = {
        (step, name): Artifact(
            names=entry.names or (name,), step=step, format=entry.format, type=entry.type or None,
            optional=entry.optional,
        )
        for step, item in manifest.steps.items()
        for name, entry in item.outputs.items()
    }  # fmt: skip
    return Pipeline(
        name=manifest.name,
        notebook=manifest.notebook,
        kernel_name=manifest.kernel,
        parameters=tuple(parameter_of(name, entry) for name, entry in manifest.parameters.items()),
        steps=tuple(
            Step(
                name=name,
                cells=tuple(cell - 1 for cell in entry.cells),
                inputs=tuple(
                    replace(outputs[provider, key], wanted=entry.wanted.get(key, ()))
                    for key, provider in entry.inputs.items()
                ),
                early=entry.early,
                outputs=tuple(outputs[name, key] for key in entry.outputs),
                parameters=entry.parameters,
                setup=tuple(map(_snippet, entry.setup)),
                after=entry.after,
                random_from=entry.random_from,
                saves_random=entry.saves_random,
                modules=entry.modules,
                reads=entry.reads,
                writes=entry.writes,
                hosts=entry.hosts,
                cache=entry.cache,
                unchanged=entry.unchanged,
                draws=entry.draws,
            )
            for name, entry in manifest.steps.items()
        ),
        metrics=tuple(_metric(name, entry) for name, entry in manifest.metrics.items()),
    )


def tolerance(entry: ToleranceEntry, source: ToleranceSource) -> Tolerance:
    """The model's tolerance of an entry."""
    return Tolerance(abs=entry.abs or 0.0, rel=entry.rel or 0.0, source=source)


def _plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(_plain(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _plain(item) for key, item in value.items())
    return value is None or type(value) in (bool, int, float, str)


def _parameter_entry(parameter: Parameter) -> ParameterEntry:
    plain = _plain(parameter.default)
    return ParameterEntry(
        type=parameter.type,
        default=parameter.default if plain else None,
        literal=None if plain else repr(parameter.default),
        cell=parameter.cell + 1,
        line=parameter.line,
        annotation=parameter.annotation,
        comment=parameter.comment,
    )


def parameter_of(name: str, entry: ParameterEntry) -> Parameter:
    """The model's parameter of an entry; raises ValueError or SyntaxError for a literal that is none."""
    default = ast.literal_eval(entry.literal) if entry.literal is not None else entry.default
    return Parameter(
        name=name, type=entry.type, default=default, cell=entry.cell - 1, line=entry.line,
        annotation=entry.annotation, comment=entry.comment,
    )  # fmt: skip


def _step_entry(step: Step, notebook: str, artifact_files: dict[tuple[str, str], str]) -> StepEntry:
    return StepEntry(
        notebook=notebook,
        cells=tuple(cell + 1 for cell in step.cells),
        parameters=step.parameters,
        inputs={artifact.name: artifact.step for artifact in step.inputs},
        wanted={artifact.name: artifact.wanted for artifact in step.inputs if artifact.wanted},
        early=step.early,
        outputs={
            artifact.name: ArtifactEntry(
                file=artifact_files[step.name, artifact.name],
                format=artifact.format or "",
                type=artifact.type or "",
                names=artifact.names if len(artifact.names) > 1 else (),
                optional=artifact.optional,
            )
            for artifact in step.outputs
        },
        after=step.after,
        random_from=step.random_from,
        saves_random=step.saves_random,
        setup=tuple(map(_lines, step.setup)),
        modules=step.modules,
        reads=step.reads,
        writes=step.writes,
        hosts=step.hosts,
        cache=step.cache,
        unchanged=step.unchanged,
        draws=step.draws,
    )


def _metric_entry(metric: Metric) -> MetricEntry:
    tolerance = metric.tolerance
    return MetricEntry(
        step=metric.step,
        cell=metric.cell + 1,
        source=metric.source,
        expression=metric.expression,
        key=metric.key,
        direction=metric.direction,
        tolerance=_tolerance_entry(tolerance) if tolerance else None,
    )


def _tolerance_entry(tolerance: Tolerance) -> ToleranceEntry:
    return ToleranceEntry(abs=tolerance.abs if tolerance.abs or not tolerance.rel else None, rel=tolerance.rel or None)


def _metric(name: str, entry: MetricEntry) -> Metric:
    return Metric(
        name=name,
        step=entry.step,
        cell=entry.cell - 1,
        source=entry.source,
        expression=entry.expression,
        key=entry.key,
        direction=entry.direction,
        tolerance=tolerance(entry.tolerance, ToleranceSource.TAG) if entry.tolerance else None,
    )


def _lines(item: Snippet) -> str:
    return f"{item.cell + 1}:{item.line}-{item.end_line}{_LOADED if item.after_loads else ''}"


def _snippet(text: str) -> Snippet:
    """The lines that ``CELL:FIRST-LAST`` names; raises ValueError."""
    cell, line, end_line = map(int, text.removesuffix(_LOADED).replace("-", ":").split(":"))
    return Snippet(cell=cell - 1, line=line, end_line=end_line, after_loads=text.endswith(_LOADED))
