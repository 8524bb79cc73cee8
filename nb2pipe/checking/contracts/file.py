"""``contracts.json`` in an exported project: one summary per table that crosses a step border."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from nb2pipe.checking.contracts.summary import TableSummary
from nb2pipe.errors import InvalidInput
from nb2pipe.rules import nb011_baseline

FILE_NAME = "contracts.json"
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Summaries by ``step/artifact``."""

    tables: Mapping[str, TableSummary] = field(default_factory=dict)


def dump(contract: Contract) -> str:
    """The file's text; a line per column, so that a review sees which one moved."""
    data = {"schema_version": SCHEMA_VERSION, "tables": msgspec.to_builtins(contract.tables)}
    return _lines(data) + "\n"


def load(path: Path) -> Contract | None:
    """The contract, or None if the project has none; raises InvalidInput (NB011) if the file is broken."""
    try:
        data = json.loads(path.read_bytes())
        if data["schema_version"] != SCHEMA_VERSION:
            raise InvalidInput(nb011_baseline.invalid(str(path), f"schema_version is {data['schema_version']}, not 1"))
        return Contract(tables=msgspec.convert(data["tables"], dict[str, TableSummary]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, msgspec.ValidationError) as error:
        raise InvalidInput(nb011_baseline.invalid(str(path), str(error))) from None


def _lines(value: object, depth: int = 0) -> str:
    """JSON, indented down to the columns, whose summaries stand on one line each."""
    if depth >= 4 or not isinstance(value, dict | list | tuple) or not value:
        return json.dumps(value, ensure_ascii=False)
    inner, outer = " " * (depth + 1), " " * depth
    if isinstance(value, dict):
        parts = [f"{json.dumps(key, ensure_ascii=False)}: {_lines(item, depth + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(inner + part for part in parts) + f"\n{outer}}}"
    if not any(isinstance(item, dict) for item in value):
        return json.dumps(value, ensure_ascii=False)
    return "[\n" + ",\n".join(inner + _lines(item, depth + 1) for item in value) + f"\n{outer}]"
