"""Streams as a reader sees them: without colours, with what carriage returns and backspaces overwrote gone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07")
_LONGEST = 200_000  # characters of one cell's output that are looked at: its end, where results stand

_PROGRESS = re.compile(
    r"""\bit/s\b|\bs/it\b|\d\s*%\s*\||\bETA\b|[=>.]{5,}\]|^\s*\d+/\d+\s*$|━━
    |^\s*Epoch\s+\d+\s*/\s*\d+\s*$|^Fitting\s+\d+\s+folds|^\[CV|^\[Parallel|^\[\w?LightGBM\]
    |Warning\b|^\s*warnings\.warn|^Requirement\s+already|^Collecting\s|^Downloading|^\s*File\s+"
    |^\s*Elapsed|\belapsed\b|^CPU\ times|^Wall\ time|^(?:real|user|sys)\s""",
    re.VERBOSE | re.IGNORECASE,
)


def join(value: Any) -> str:
    """nbformat's multi-line texts are lists of lines."""
    return "".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)


def printed(outputs: Iterable[Mapping[str, Any]]) -> str:
    """What a cell wrote to stdout, cleaned."""
    parts = [
        join(output.get("text", ""))
        for output in outputs
        if output.get("output_type") == "stream" and output.get("name", output.get("stream")) != "stderr"
    ]
    return cleaned("".join(parts)[-_LONGEST:])


def cleaned(text: str) -> str:
    """The text without escape sequences and without what was overwritten."""
    text = _ANSI.sub("", text).replace("\r\n", "\n")
    if "\x08" not in text and "\r" not in text:
        return text
    return "\n".join(_overwritten(line) for line in text.split("\n"))


def is_progress(line: str) -> bool:
    """A line that tells how far the work is, or that something may be wrong, but no result."""
    return bool(_PROGRESS.search(line))


def _overwritten(line: str) -> str:
    if "\x08" in line:
        kept: list[str] = []
        for character in line:
            if character != "\x08":
                kept.append(character)
            elif kept:
                kept.pop()
        line = "".join(kept)
    parts = [part for part in line.split("\r") if part.strip()]
    return parts[-1] if parts else ""
