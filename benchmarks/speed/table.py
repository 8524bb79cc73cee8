"""The results as a table: in the terminal, and in docs/benchmarks.md."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed.cases import Row
from benchmarks.speed.environments import ROOT
from benchmarks.speed.measuring import Cost, Spread

PAGE = ROOT / "docs" / "benchmarks.md"
COLUMNS = ("what", "nb2pipe / …", "goal", "aim", "ratio", "spread", "CPU ratio", "nb2pipe s", "the other s", "met")


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table; with `failed`, the message stands instead of figures."""

    case: str
    what: str
    against: str
    goal: float | None = None
    aim: float | None = None
    ratio: Spread | None = None
    cpu: float | None = None
    ours: float | None = None
    theirs: float | None = None
    failed: str = ""

    @property
    def verdict(self) -> str:
        """Whether the goal was met, in a word."""
        if self.failed:
            return "failed"
        if self.goal is None or self.ratio is None or self.aim is None:
            return ""
        return "aim" if self.ratio.median <= self.aim else "yes" if self.ratio.median <= self.goal else "no"


def result(case: str, what: str, row: Row, costs: Mapping[str, Sequence[Cost]]) -> Result:
    """The ratios of each round, their median and spread."""
    rounds = [dict(zip(costs, each, strict=True)) for each in zip(*costs.values(), strict=True)]
    pairs = [(row.ours(each), row.theirs(each)) for each in rounds]
    return Result(
        case,
        what,
        row.against,
        row.goal,
        row.aim,
        Spread.of([mine.wall / theirs.wall for mine, theirs in pairs]),
        Spread.of([mine.cpu / theirs.cpu if theirs.cpu else 0.0 for mine, theirs in pairs]).median,
        Spread.of([mine.wall for mine, _ in pairs]).median,
        Spread.of([theirs.wall for _, theirs in pairs]).median,
    )


def _number(value: float | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def words(results: Sequence[Result], in_full: bool) -> list[tuple[str, ...]]:
    """The cells of the table."""
    lines = []
    for it in results:
        spread = f"{it.ratio.least:.2f} to {it.ratio.most:.2f}" if it.ratio else ""
        ratio = _number(it.ratio.median if it.ratio else None)
        figures = (
            _number(it.goal),
            _number(it.aim),
            ratio,
            spread,
            _number(it.cpu),
            _number(it.ours),
            _number(it.theirs),
        )
        lines.append((it.what if in_full else it.case, it.against, *figures, it.verdict))
    return lines


def as_text(results: Sequence[Result]) -> str:
    """Aligned columns."""
    lines = [COLUMNS, *words(results, in_full=False)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Under which the figures were taken."""

    command: str
    rounds: int
    versions: Mapping[str, str]
    load_before: float
    load_after: float


def write(results: Sequence[Result], under: Circumstances) -> Path:
    """docs/benchmarks.md: the table between the page's two marks, everything else as it stands."""
    rows = "\n".join(
        f"| {' | '.join(line)} |" for line in [COLUMNS, ("---",) * len(COLUMNS), *words(results, in_full=True)]
    )
    versions = ", ".join(f"{name} {version}" for name, version in under.versions.items())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    taken = (
        f"Taken on {datetime.datetime.now(datetime.UTC):%Y-%m-%d} with `{under.command}`: {under.rounds} rounds, on"
        f" {os.cpu_count()} cores ({_processor()}), {memory:.0f} GB, {platform.system()} {platform.release()},"
        f" CPython {platform.python_version()}; load average {under.load_before:.1f} before, {under.load_after:.1f} after.\n"
        f"Versions: {versions}."
    )
    before, _, rest = PAGE.read_text(encoding="utf-8").partition("<!-- table -->\n")
    _, _, after = rest.partition("<!-- end of table -->")
    wrapped = "\n".join(_wrapped(taken))
    PAGE.write_text(f"{before}<!-- table -->\n{rows}\n\n{wrapped}\n<!-- end of table -->{after}", encoding="utf-8")
    return PAGE


def _wrapped(text: str) -> list[str]:
    import textwrap

    return [line for part in text.splitlines() for line in textwrap.wrap(part, 110, break_long_words=False)]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
