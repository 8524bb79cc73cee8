"""The original's numbers as the author saved them: read from the notebook's stored outputs, with the decimals shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nb2pipe.model import BaselineMetric, Cell, MetricSource, Notebook
from nb2pipe.planning.metrics import Candidate

_NUMBER = r"[-+]?(?:\d[\d,_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf)"
_WRAPPED = re.compile(rf"^(?:np|numpy)\.float\d+\((?P<number>{_NUMBER})\)$|^(?P<plain>{_NUMBER})$", re.IGNORECASE)
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_BETWEEN_WORDS = r"[\s_-]*"
_FULL_PRECISION = 12  # a float printed with that many decimals was not rounded for reading


def read(notebook: Notebook, candidates: Iterable[Candidate]) -> Mapping[str, BaselineMetric]:
    """The stored number of each candidate that shows one."""
    found: dict[str, BaselineMetric] = {}
    for candidate in candidates:
        cell = notebook.cells[candidate.cell]
        text = _shown(cell, candidate) if candidate.source is MetricSource.SHOWN else _printed(cell, candidate)
        number = _parse(text) if text is not None else None
        if number is not None:
            value, decimals = number
            found[candidate.name] = BaselineMetric(
                name=candidate.name, value=value, step=candidate.step, cell=candidate.cell, decimals=decimals
            )
    return found


def _shown(cell: Cell, candidate: Candidate) -> str | None:
    """The text of the cell's result; for a tuple, that of one element."""
    for output in reversed(cell.outputs):
        if output.get("output_type") in ("execute_result", "pyout"):
            text = _text(output.get("data", {}).get("text/plain", "")).strip()
            if candidate.index is None:
                return text
            parts = text[1:-1].split(",") if text.startswith("(") and text.endswith(")") else []
            return parts[candidate.index].strip() if candidate.index < len(parts) else None
    return None


def _printed(cell: Cell, candidate: Candidate) -> str | None:
    """The number behind the variable's name in what the cell printed; or its result, if that is the variable."""
    words = [re.escape(word) for word in re.split(r"[_\W]+", candidate.expression) if word]
    spelled = _BETWEEN_WORDS.join(words)
    label = re.compile(
        rf"(?<![A-Za-z0-9]){spelled}\b[^\d\n+-]{{0,20}}?(?P<number>{_NUMBER})\s*(?P<percent>%?)", re.IGNORECASE
    )
    for output in cell.outputs:
        if output.get("output_type") != "stream":
            continue
        match = label.search(_ANSI.sub("", _text(output.get("text", ""))))
        if match:
            return match["number"] + match["percent"]
    last = cell.source.strip().splitlines()[-1:] or [""]
    return _shown(cell, candidate) if last[0].strip() == candidate.expression else None


def _parse(text: str) -> tuple[float, int | None] | None:
    """A value and how many decimals it was rounded to (``None``: full precision)."""
    percent = text.endswith("%")
    match = _WRAPPED.match(text.rstrip("%").strip())
    if match is None:
        return None
    number = (match["number"] or match["plain"]).replace(",", "").replace("_", "")
    try:
        value = float(number)
    except ValueError:
        return None
    _, _, fraction = number.partition(".")
    digits = len(re.split("[eE]", fraction)[0])
    if "e" in number.lower() or digits >= _FULL_PRECISION:
        return value, None
    return (value / 100, digits + 2) if percent else (value, digits)


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)
