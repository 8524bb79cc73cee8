"""What repeats of a run gave, as text: a line a metric, then what follows for checks."""

from __future__ import annotations

import math

from nb2pipe.checking.noise import Measured
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import BaselineMetric, Gate, MetricNoise, NoiseKind
from nb2pipe.reports.look import Look, clean, wrap
from nb2pipe.reports.tables import Column, Row, Styled, table
from nb2pipe.rules import figures, nb422_uncontrolled_metric, nb423_atypical_original

SHOWN = 25
STYLES = {
    NoiseKind.DETERMINISTIC: "green",
    NoiseKind.SEED_SENSITIVE: "cyan",
    NoiseKind.UNCONTROLLED: "yellow",
    NoiseKind.UNDEFINED: "red",
}
COLUMNS = (
    Column("metric"),
    Column("original", right=True),
    Column("mean", right=True),
    Column("s", right=True),
    Column("allowed", right=True),
    Column("class", wraps=True),
)


def findings(done: Measured) -> tuple[Diagnostic, ...]:
    """A warning per metric that no seed controls, and per original that its notebook does not give."""
    found = []
    for metric in done.baseline.metrics:
        noise = done.noise.metrics[metric.name]
        if noise.kind is NoiseKind.UNCONTROLLED and noise.again is not None:
            found.append(
                nb422_uncontrolled_metric.diagnostic(
                    metric.name, values=(noise.values[0], noise.again), notebook=done.notebook, cell=metric.cell,
                    step=metric.step,
                )
            )  # fmt: skip
        if metric.name in done.lucky:
            found.append(
                nb423_atypical_original.diagnostic(
                    metric.name, metric.value, noise, done.lucky[metric.name], notebook=done.notebook, cell=metric.cell
                )
            )
    return tuple(found)


def of_noise(done: Measured, look: Look, path: str) -> list[str]:
    """The table (gates first, watched ones only as far as there is room), how it was measured, what to do next."""
    order = sorted(done.baseline.metrics, key=lambda metric: not done.noise.metrics[metric.name].gate)
    rows = [_row(metric, done.noise.metrics[metric.name]) for metric in order]
    lines = table(COLUMNS, rows[:SHOWN], look)
    if len(rows) > SHOWN:
        lines.append(look.paint(f"and {len(rows) - SHOWN} more, in baseline.json", "dim"))
    lines += ["", *_wrapped(_how(done), look, "dim")]
    for sentence, style in _verdict(done, path):
        lines += _wrapped(sentence, look, style)
    return lines


def _row(metric: BaselineMetric, noise: MetricNoise) -> Row:
    allowed = "-" if math.isnan(noise.tolerance) else figures.allowance(noise.tolerance)
    known = noise.kind is not NoiseKind.UNDEFINED
    return (
        Styled(metric.name, "bold"),
        figures.number(metric.value, 6),
        figures.number(noise.mean, 6) if known else "-",
        figures.number(noise.sd, 3) if noise.sd and known else "0" if known else "-",
        allowed,
        Styled(noise.kind.value + ("" if noise.gate else ", watched"), STYLES[noise.kind]),
    )


def _how(done: Measured) -> str:
    noise = done.noise
    what = {"injected": "seeds given from outside", "seeds": "every seed in the code changed"}.get(
        noise.varied, f"parameter '{noise.varied}' changed"
    )
    steps = ", ".join(noise.repeated)
    again = f"; steps run again: {steps}" if noise.repeated else ""
    return f"{figures.count(len(noise.seeds), 'repeat')} in {figures.seconds(done.seconds)}, {what}{again}"


def _verdict(done: Measured, path: str) -> list[tuple[str, str]]:
    kinds = [item.kind for item in done.noise.metrics.values()]
    if done.seeded and done.noise.varied == "injected":
        names = [*done.seed_parameters, "seeds"]
        tries = " or ".join(f"nb2pipe baseline {path} --vary {name}" for name in names[:2])
        return [
            ("deterministic: the notebook sets its seeds itself, so checks allow a relative 1e-6", "green"),
            (f"how far would another seed of its own move them? {tries}", ""),
        ]
    if all(kind is NoiseKind.DETERMINISTIC for kind in kinds):
        return [("deterministic: every seed gives the same numbers, so checks allow a relative 1e-6", "green")]
    counted = ", ".join(f"{kinds.count(kind)} {kind.value}" for kind in NoiseKind if kind in kinds)
    lines = [(f"{counted}; written to baseline.json: commit it, then nb2pipe check {path}", "green")]
    if done.noise.rule.gate is Gate.TOLERANCE:
        lines.append(
            ("gate 'tolerance': few false alarms for months, but at 5 runs it sees only every second change of 5 s", "")
        )
    return lines


def _wrapped(text: str, look: Look, *styles: str) -> list[str]:
    return [look.paint(line, *(s for s in styles if s)) for line in wrap(look.plain(clean(text)), look.width)]
