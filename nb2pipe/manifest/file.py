"""The manifest as YAML text, written for people and validated when read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from nb2pipe.errors import InvalidInput
from nb2pipe.manifest.entries import SCHEMA_VERSION, Manifest
from nb2pipe.manifest.pipelines import parameter_of
from nb2pipe.rules import nb010_manifest

FILE_NAME = "pipeline.yaml"

_HEADER = """\
# The pipeline that nb2pipe made from {notebook}. Exporting again rewrites this file, but keeps `tolerances`.
# Cells are counted from 1. Run it: nb2pipe run .    Check it: nb2pipe check .    Without nb2pipe: see README.md
"""


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
            parameter_of(name, parameter_entry)
        except (ValueError, SyntaxError):
            yield f"the literal of parameter '{name}' is no plain value - at `$.parameters.{name}`"


def _yaml_problem(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}" if mark is not None else problem


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
