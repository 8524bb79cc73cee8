"""Training logs: only what the last line of one says is a result."""

from __future__ import annotations

import re

from nb2pipe.outputs.numerals import PLAIN, Number, parse

_PAIR = re.compile(
    rf"(?P<name>[A-Za-z][\w@'./-]*(?: [a-z][\w@']*)?)\s*[:=]\s*(?P<number>-?(?:{PLAIN}|nan|inf))(?P<percent>\s?%)?"
)
_KERAS = re.compile(
    r"(?:\d+(?:us|ms|s)(?:/\w+)?|ETA: \S+|\]|━+)\s*-\s*[\w@]+: |^\s*-?\s*[\w@]*loss: .* - [\w@]+: | - \d+s - "
)
_BOOSTING = re.compile(r"^\s*(?:\[\d+\]|\d+:)\s+\S")
_COUNTED = re.compile(
    r"^\W*(?:epoch|step|iter\w*|round|fold|batch|trial|episode)\b\W*\d+|\bepoch\b\W*\d+", re.IGNORECASE
)
_UNITS = ("eta", "total", "remaining", "time", "lr", "epoch", "step", "learning_rate")


def find(lines: list[str]) -> tuple[list[tuple[str, Number]], set[int]]:
    """Names and numbers of each log's last line, and all lines that belong to a log."""
    found: list[tuple[str, Number]] = []
    used: set[int] = set()
    for kind in (_KERAS, _BOOSTING, _COUNTED):
        numbered = [at for at, line in enumerate(lines) if at not in used and kind.search(line)]
        for run in _runs(numbered, lines, kind):
            pairs = next((p for at in reversed(run) if (p := _pairs(lines[at], kind))), [])
            if pairs:
                found += pairs
                used |= set(run)
    return found, used


def _runs(numbered: list[int], lines: list[str], kind: re.Pattern[str]) -> list[list[int]]:
    """Neighbouring lines of one log; an evaluation after it has other names, or no validation."""
    runs: list[list[int]] = []
    for at in numbered:
        names = [name for name, _ in _pairs(lines[at], kind)]
        if runs:
            before = [name for name, _ in _pairs(lines[runs[-1][-1]], kind)]
            if kind is not _KERAS or names == before or not names:
                runs[-1].append(at)
                continue
        runs.append([at])
    return runs


def _pairs(line: str, kind: re.Pattern[str]) -> list[tuple[str, Number]]:
    if kind is _BOOSTING:
        line = re.sub(r"^\s*(?:\[\d+\]|\d+:)\s+", "", line)
    found = []
    for match in _PAIR.finditer(line):
        number = parse(match["number"], percent=bool(match["percent"]))
        if number is not None and match["name"].lower() not in _UNITS:
            found.append((match["name"].strip(), number))
    return found
