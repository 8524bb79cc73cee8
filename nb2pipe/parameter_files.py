"""Parameter values from files: YAML or JSON mappings of names to values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nb2pipe.errors import InvalidInput
from nb2pipe.rules import nb307_parameter_file


def read(paths: Sequence[str | Path]) -> dict[str, Any]:
    """The values of all files, later files over earlier ones; raises InvalidInput (NB307)."""
    values: dict[str, Any] = {}
    for path in map(Path, paths):
        values |= _read(path)
    return values


def origins(paths: Sequence[str | Path]) -> dict[str, str]:
    """For each name, the file that :func:`read` has its value from."""
    return {name: str(path) for path in paths for name in _read(Path(path))}


def _read(path: Path) -> dict[str, Any]:
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(nb307_parameter_file.diagnostic(str(path), error.strerror or str(error))) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark is not None else ""
        raise InvalidInput(
            nb307_parameter_file.diagnostic(str(path), where + str(getattr(error, "problem", None) or error))
        ) from None
    if data is None:
        return {}
    if not isinstance(data, dict) or not all(isinstance(name, str) for name in data):
        raise InvalidInput(nb307_parameter_file.diagnostic(str(path), "it must map parameter names to values"))
    return data
