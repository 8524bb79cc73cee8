"""``pipeline.yaml``: the pipeline on disk, readable by people, validated when read, the same bytes for the same pipeline.

Cells are counted from 1 here, as people see them. ``tolerances`` is the user's own section: exporting again keeps it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import msgspec

from nb2pipe.errors import InvalidInput
from nb2pipe.model import (
    Artifact,
    Direction,
    Limits,
    Metric,
    MetricSource,
    Parameter,
    Pipeline,
    Snippet,
    Step,
    Tolerance,
    ToleranceSource,
)
from nb2pipe.rules import nb010_manifest

SCHEMA_VERSION = 1
FILE_NAME = "pipeline.yaml"
_HEADER = """\
# The pipeline that nb2pipe made from {notebook}. Exporting again rewrites this file, but keeps `tolerances`.
# Cells are counted from 1. Run it: nb2pipe run .    Check it: nb2pipe check .    Without nb2pipe: see README.md
"""

_LOADED = " loaded"


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
        parameters=tuple(_parameter(name, entry) for name, entry in manifest.parameters.items()),
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
            )
            for name, entry in manifest.steps.items()
        ),
        metrics=tuple(_metric(name, entry) for name, entry in manifest.metrics.items()),
    )


def dump(manifest: Manifest) -> str:
    """The manifest as YAML text."""
    import yaml

    data = msgspec.to_builtins(manifest, str_keys=True)
    text = yaml.dump(data, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=120, default_flow_style=False)
    return _HEADER.format(notebook="".join(c if c.isprintable() else "?" for c in manifest.notebook)) + text


def load(path: Path) -> Manifest:
    """Read and validate ``pipeline.yaml``; raises InvalidInput (NB010) that names the field."""
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput(nb010_manifest.unreadable(str(path), _yaml_problem(error))) from None
    version = data.get("schema_version") if isinstance(data, dict) else None
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise InvalidInput(nb010_manifest.other_version(str(path), version, SCHEMA_VERSION))
    try:
        manifest = msgspec.convert(data, Manifest)
    except msgspec.ValidationError as error:
        raise InvalidInput(nb010_manifest.invalid(str(path), str(error))) from None
    problem = next(_problems(manifest), None)
    if problem is not None:
        raise InvalidInput(nb010_manifest.invalid(str(path), problem))
    return manifest


def json_schema() -> dict[str, Any]:
    """JSON Schema of ``pipeline.yaml``."""
    return msgspec.json.schema(Manifest)


def decided(manifest: Manifest) -> tuple[dict[str, Tolerance], dict[str, Direction]]:
    """The tolerances and the directions that the user wrote into the file, by metric."""
    entries = manifest.tolerances
    allowed = {
        name: tolerance(entry, ToleranceSource.FILE)
        for name, entry in entries.items()
        if entry.abs is not None or entry.rel is not None
    }
    return allowed, {name: entry.direction for name, entry in entries.items() if entry.direction}


def limits(manifest: Manifest) -> dict[str, Limits]:
    """The limits that the user wrote into the file, by metric."""
    return {
        name: Limits(min=entry.min, max=entry.max)
        for name, entry in manifest.tolerances.items()
        if entry.min is not None or entry.max is not None
    }


def gates(manifest: Manifest) -> dict[str, bool]:
    """Which metrics the user said are to fail checks, or only to be watched."""
    return {name: entry.gate for name, entry in manifest.tolerances.items() if entry.gate is not None}


def tolerance(entry: ToleranceEntry, source: ToleranceSource) -> Tolerance:
    """The model's tolerance of an entry."""
    return Tolerance(abs=entry.abs or 0.0, rel=entry.rel or 0.0, source=source)


def _problems(manifest: Manifest) -> Iterator[str]:
    """What one entry says about another and is not so; steps stand in an order in which they can run."""
    before: set[str] = set()
    for name, entry in manifest.steps.items():
        where = f"at `$.steps.{name}`"
        for key, provider in entry.inputs.items():
            if provider not in manifest.steps or key not in manifest.steps[provider].outputs:
                yield f"step '{name}' reads '{key}' from '{provider}', which has no such output - {where}"
        first = (*entry.inputs.values(), *entry.after, *([entry.random_from] if entry.random_from else []))
        for other in first:
            if other not in before:
                what = "stands below it" if other in manifest.steps else "does not exist"
                yield f"step '{name}' comes after '{other}', which {what} - {where}"
        for parameter in entry.parameters:
            if parameter not in manifest.parameters:
                yield f"step '{name}' reads the parameter '{parameter}', which does not exist - {where}"
        before.add(name)
    for name, metric in manifest.metrics.items():
        if metric.step not in manifest.steps:
            yield f"metric '{name}' comes from step '{metric.step}', which does not exist - at `$.metrics.{name}`"
    for name, parameter_entry in manifest.parameters.items():
        try:
            _parameter(name, parameter_entry)
        except (ValueError, SyntaxError):
            yield f"the literal of parameter '{name}' is no plain value - at `$.parameters.{name}`"


def _yaml_problem(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}" if mark is not None else problem


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


def _parameter(name: str, entry: ParameterEntry) -> Parameter:
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


def _dumper() -> Any:
    """A dumper that writes short lists of plain values on one line, as a person would."""
    import yaml

    class Readable(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    def sequence(dumper: Any, data: Any) -> Any:
        flat = not any(isinstance(item, (list, tuple, dict)) for item in data)
        return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=flat)

    def mapping(dumper: Any, data: Any) -> Any:
        flat = 0 < len(data) <= 4 and not any(isinstance(item, (list, tuple, dict)) for item in data.values())
        short = flat and sum(len(str(key)) + len(str(value)) for key, value in data.items()) < 90
        return dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=short)

    def text(dumper: Any, data: str) -> Any:
        # YAML folds these line ends into spaces unless they are escaped
        style = '"' if any(c in data for c in "\x85\u2028\u2029") else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)

    Readable.add_representer(str, text)
    Readable.add_representer(list, sequence)
    Readable.add_representer(tuple, sequence)
    Readable.add_representer(dict, mapping)
    return Readable


def _lines(item: Snippet) -> str:
    return f"{item.cell + 1}:{item.line}-{item.end_line}{_LOADED if item.after_loads else ''}"


def _snippet(text: str) -> Snippet:
    """The lines that ``CELL:FIRST-LAST`` names; raises ValueError."""
    cell, line, end_line = map(int, text.removesuffix(_LOADED).replace("-", ":").split(":"))
    return Snippet(cell=cell - 1, line=line, end_line=end_line, after_loads=text.endswith(_LOADED))
