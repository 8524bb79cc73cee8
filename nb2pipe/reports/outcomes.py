"""Runs, checks and exports as text: a table of what came out, the verdict as the last line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nb2pipe.model import (
    FIRST_TIME,
    Baseline,
    CheckReport,
    MetricCheck,
    Planned,
    RunRecord,
    StepRecord,
    StepStatus,
    ToleranceSource,
    Verdict,
)
from nb2pipe.reports.look import Look, clean, wrap
from nb2pipe.reports.tables import Column, Row, Styled, table
from nb2pipe.rules import figures

STATUS_STYLES = {
    StepStatus.OK: "green",
    StepStatus.FAILED: "red",
    StepStatus.REUSED: "cyan",
    StepStatus.NOT_RUN: "dim",
}
VERDICTS = {
    Verdict.OK: ("ok", "green"),
    Verdict.FAILED: ("FAILED", "red"),
    Verdict.MISSING: ("MISSING", "red"),
    Verdict.NOT_CHECKED: ("not checked", "yellow"),
    Verdict.BETTER: ("better", "cyan"),
    Verdict.MOVED: ("moved", "yellow"),
}
_SAID = (Verdict.FAILED, Verdict.MISSING, Verdict.MOVED)  # in findings and notes
CHECK_COLUMNS = (
    Column("metric"),
    Column("original", right=True),
    Column("reproduced", right=True),
    Column("difference", right=True),
    Column("allowed", right=True),
    Column("verdict"),
)
PLAN_COLUMNS = (Column("step"), Column("would"), Column("why", wraps=True))
ACTIONS = {"run": "yellow", "perhaps": "yellow", "reuse": "cyan"}
LIVE_COLUMNS = (Column("status"), Column("time", right=True), Column("note", cuts=True))
RUN_COLUMNS = (Column("step"), Column("status"), Column("time", right=True), Column("note", wraps=True))


def of_run(record: RunRecord, look: Look, baseline: Baseline | None = None) -> list[str]:
    """Steps, then metrics (beside the original's, where known), then how it went."""
    lines = table(RUN_COLUMNS, [_step(step) for step in record.steps], look)
    if record.metrics:
        lines += ["", *_metrics(record.metrics, baseline, look)]
    word, style = ("finished", "green") if record.finished else ("not finished", "red")
    verdict = f"{record.pipeline}: {word} in {figures.seconds(record.seconds)}{_reused(record)}"
    return [
        *lines,
        "",
        *_wrapped(f"run {record.id} in {record.project}", look, "dim"),
        look.paint(clean(verdict), style),
    ]


def of_plan(planned: Sequence[Planned], look: Look) -> list[str]:
    """What a run would do with each step, and why."""
    words = {"run": "run", "perhaps": "run, perhaps", "reuse": "be reused"}
    rows: list[Row] = [
        (Styled(item.name, "bold"), Styled(words[item.action], ACTIONS[item.action]), "; ".join(item.reasons))
        for item in planned
    ]
    running = sum(item.action != "reuse" for item in planned)
    return [*table(PLAN_COLUMNS, rows, look), "", f"{running} of {figures.count(len(planned), 'step')} would run"]


def of_check(report: CheckReport, look: Look, page: str = "") -> list[str]:
    """Original beside reproduced; reasons; where the report ``page`` is, if anywhere; the sentence."""
    shown = [metric for metric in report.metrics if metric.gate or metric.verdict is Verdict.NOT_CHECKED]
    lines = table(CHECK_COLUMNS, [_check(metric) for metric in shown], look) if shown else []
    if any(metric.tolerance.source is ToleranceSource.DIGITS for metric in report.metrics):
        lines.append(look.paint("* from the decimals that the notebook printed", "dim"))
    if any(metric.tolerance.source is ToleranceSource.NOISE for metric in shown):
        lines.append(look.paint("differences are from the mean of the baseline's repeats, where there is noise", "dim"))
    for metric in report.metrics:
        told = (Verdict.FAILED, Verdict.MISSING, Verdict.MOVED) if metric.retests else (*_SAID, Verdict.OK)
        if metric.reason and metric.verdict not in told:
            lines += _wrapped(f"{metric.name}: {metric.reason}", look, "dim")
    for note in report.notes:
        lines += _wrapped(note, look, "yellow")
    if report.metrics and all(metric.verdict is Verdict.OK and metric.difference == 0 for metric in report.metrics):
        lines.append(look.paint("equal to the last digit", "dim"))
    ran = figures.count(len(report.run.steps), "step")
    lines += [""] if lines else []
    lines += _wrapped(f"{ran} in {figures.seconds(report.run.seconds)}{_reused(report.run)}", look, "dim")
    if page:
        lines.append(look.paint(look.plain(clean(f"report: {page}")), "dim"))  # one line: people copy it
    return [*lines, *_wrapped(report.sentence, look, "green" if report.passed else "red")]


def step_line(step: StepRecord, index: int, total: int, look: Look) -> str:
    """``2 of 4  ok  2.91 s  train``, for a log."""
    time = "" if step.status in (StepStatus.NOT_RUN, StepStatus.REUSED) else figures.seconds(step.seconds)
    status = look.paint(f"{step.status.value:<7}", STATUS_STYLES[step.status])
    why = f": {step.reason}" if step.reason and step.reason != FIRST_TIME else ""
    return f"{index:>{len(str(total))}} of {total}  {status}  {time:>12}  {look.plain(clean(step.name + why))}".rstrip()


def live_table(
    steps: Mapping[str, StepRecord | float | None],
    now: float,
    look: Look,
    *,
    most: int,
    over: bool = False,
    what: str = "step",
) -> list[str]:
    """The table of a run that is under way, of ``most`` rows: steps that ended, that run since a time, that wait.

    ``over``: it was stopped, so that nothing runs or waits any more.
    """
    states = list(steps.items())
    ended = [at for at, (_, state) in enumerate(states) if isinstance(state, StepRecord)]
    waiting = [at for at, (_, state) in enumerate(states) if state is None]
    too_many = max(0, len(states) - most)
    late = waiting[len(waiting) - max(0, min(len(waiting) - 1, too_many - max(0, len(ended) - 2))) :]
    early = ended[: max(0, too_many - len(late))]
    rows = [_live(name, state, now, over=over) for at, (name, state) in enumerate(states) if at not in {*late, *early}]
    lines = table((Column(what), *LIVE_COLUMNS), rows, look)
    if early:
        lines.insert(2, look.paint(look.plain(f"… {len(early)} more that ended"), "dim"))
    if late:
        lines.append(look.paint(look.plain(f"… {len(late)} more that {'did not run' if over else 'wait'}"), "dim"))
    return lines


def _live(name: str, state: StepRecord | float | None, now: float, *, over: bool) -> Row:
    if isinstance(state, StepRecord):
        return _step(state)
    if state is None or over:
        word = "waits" if not over else "not run" if state is None else "stopped"
        return (Styled(name, "bold"), Styled(word, "dim"), "", "")
    return (Styled(name, "bold"), Styled("running", "yellow"), figures.seconds(now - state), "")


def _step(step: StepRecord) -> Row:
    reason = "" if step.reason == FIRST_TIME else step.reason
    taken = f"from run {step.run}{f' ({reason})' if reason else ''}" if step.run else reason
    note = step.error or taken
    time = "" if step.status in (StepStatus.NOT_RUN, StepStatus.REUSED) else figures.seconds(step.seconds)
    return (Styled(step.name, "bold"), Styled(step.status.value, STATUS_STYLES[step.status]), time, note)


def _metrics(values: Mapping[str, float], baseline: Baseline | None, look: Look) -> list[str]:
    known = {metric.name: metric.value for metric in baseline.metrics} if baseline else {}
    rows: list[Row] = []
    for name, value in values.items():
        original = known.get(name)
        before, now = figures.pair(original, value)
        change = figures.difference(value - original) if original is not None else ""
        rows.append((Styled(name, "bold"), now, before if original is not None else "", change))
    heads = (
        Column("metric"), Column("value", right=True), Column("original", right=True), Column("difference", right=True)
    )  # fmt: skip
    return table(heads, rows, look)


def _check(check: MetricCheck) -> Sequence[str | Styled]:
    original, reproduced = figures.pair(check.original, check.reproduced)
    star = "*" if check.tolerance.source is ToleranceSource.DIGITS else ""
    word, style = VERDICTS[check.verdict]
    if check.retests and check.verdict is Verdict.OK:
        word = "ok (retested)"
    return (
        Styled(check.name, "bold"),
        original,
        reproduced,
        figures.difference(check.difference, check.allowed),
        figures.allowance(check.allowed) + star,
        Styled(word, style),
    )


def _reused(record: RunRecord) -> str:
    reused = sum(1 for step in record.steps if step.status is StepStatus.REUSED)
    return f", {reused} reused from an earlier run" if reused else ""


def _wrapped(text: str, look: Look, *styles: str) -> list[str]:
    return [look.paint(line, *styles) for line in wrap(look.plain(clean(text)), look.width)]
