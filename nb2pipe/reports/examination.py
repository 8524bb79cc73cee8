"""What ``doctor`` found, as text and JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from nb2pipe.recording.diagnosis import Examination, Kind, Verdict
from nb2pipe.reports.look import Look, clean, cut
from nb2pipe.rules import figures

SCHEMA_VERSION = 1
STYLES = {Kind.DETERMINISTIC: "green", Kind.SEED_SENSITIVE: "yellow", Kind.UNCONTROLLED: "red"}
LONGEST = 36


def table(done: Examination, look: Look) -> list[str]:
    """A line a number, those that changed first, and the verdict."""
    lines = []
    if done.verdicts:
        order = {kind: at for at, kind in enumerate(reversed(Kind))}
        rows = sorted(done.verdicts, key=lambda v: (order[v.kind], v.cell))
        names = [cut(clean(v.name), LONGEST) for v in rows]
        numbers = [figures.number(v.first, 6) for v in rows]
        wide = max(map(len, (*names, "number")))
        broad = max(map(len, (*numbers, "value")))
        lines += [f"{'number'.ljust(wide)}  cell  {'value'.rjust(broad)}  verdict"]
        lines += [f"{'─' * wide}  ────  {'─' * broad}  {'─' * 14}"]
        for verdict, name, value in zip(rows, names, numbers, strict=True):
            told = look.paint(verdict.kind.value, STYLES[verdict.kind])
            spread = f" (± {figures.number(verdict.spread, 2)})" if verdict.spread else ""
            lines.append(f"{name.ljust(wide)}  {verdict.cell + 1:>4}  {value.rjust(broad)}  {told}{spread}")
        lines.append("")
    time = f" in {figures.seconds(done.seconds)}" if done.ran else ""
    lines.append(look.paint(done.sentence, "bold") + time)
    return [look.plain(line) for line in lines]


def document(done: Examination, findings: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """For programs; ``findings`` are the diagnostics as other documents have them."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "doctor",
        "notebook": str(done.path),
        "ran": done.ran,
        "healthy": done.healthy,
        "sentence": done.sentence,
        "numbers": [_verdict(verdict) for verdict in done.verdicts],
        "diagnostics": list(findings),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "name": verdict.name,
        "cell": verdict.cell + 1,
        "verdict": verdict.kind.value,
        "first": _plain(verdict.first),
        "again": _plain(verdict.again),
        "other_seed": _plain(verdict.other),
        "spread": _plain(verdict.spread),
    }


def _plain(value: float) -> float | None:
    """JSON has no NaN."""
    return value if math.isfinite(value) else None
