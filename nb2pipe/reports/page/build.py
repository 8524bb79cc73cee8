"""From what is known of a run to what its report says."""

from __future__ import annotations

from nb2pipe.model import Baseline, MetricCheck, Pipeline, RunRecord, StepStatus, ToleranceSource
from nb2pipe.reports.page.bands import band, histories
from nb2pipe.reports.page.model import Facts, Metric, Package, Page, Value
from nb2pipe.reports.page.pictures import figures
from nb2pipe.running.runs import parameter_to_json


def build(facts: Facts) -> Page:
    """The report of a run; pure but for comparing pictures, which takes some milliseconds each."""
    check, pipeline = facts.check, facts.pipeline
    failed = [step for step in check.run.steps if step.status is StepStatus.FAILED]
    conclusion = check.sentence
    if failed:
        conclusion = f"not finished: step '{failed[0].name}' failed"
    elif not check.run.finished:
        conclusion = "not finished: the run was interrupted"
    shown = [metric for metric in check.metrics if metric.gate]
    watched = [metric for metric in check.metrics if not metric.gate]
    return Page(
        facts=facts,
        title=check.pipeline,
        conclusion=conclusion,
        passed=check.passed and check.run.finished,
        metrics=tuple(
            Metric(check=metric, band=band(metric, _repeats(facts.baseline, metric))) for metric in (*shown, *watched)
        ),
        parameters=_parameters(pipeline, check.run),
        packages=_packages(facts.baseline, check.run),
        figures=figures(pipeline, facts.original, facts.notebooks),
        history=histories(pipeline, check.metrics, check.run, facts.earlier),
    )


def _repeats(baseline: Baseline | None, metric: MetricCheck) -> tuple[float, ...]:
    """What the metric was in the baseline's repeats, where they say how far it may go."""
    noise = baseline.noise.metrics.get(metric.name) if baseline is not None and baseline.noise is not None else None
    return noise.values if noise is not None and metric.tolerance.source is ToleranceSource.NOISE else ()


def _parameters(pipeline: Pipeline, run: RunRecord) -> tuple[Value, ...]:
    """Those that were changed first."""
    found = []
    for item in pipeline.parameters:
        value = run.parameters.get(item.name, item.default)
        changed = parameter_to_json(value) != parameter_to_json(item.default)
        value = value if changed else item.default  # what JSON has no word for is stored as text
        comment = (item.comment or "").lstrip("# ")
        found.append(Value(name=item.name, default=item.default, value=value, changed=changed, comment=comment))
    return tuple(sorted(found, key=lambda item: not item.changed))


def _packages(baseline: Baseline | None, run: RunRecord) -> tuple[Package, ...]:
    """Those that differ first, then those that the notebook imports; others that are equal are not worth a row."""
    now = run.environment
    if now is None:
        return ()
    before = baseline.environment if baseline else None
    old = {name.lower(): version for name, version in before.packages.items()} if before else {}
    imported = {name.lower() for name in (*now.imported, *(before.imported if before else ()))}
    names = {name.lower(): name for name in (*(before.packages if before else ()), *now.packages)}
    new = {name.lower(): version for name, version in now.packages.items()}
    found = [
        Package(
            name=names[key],
            before=old.get(key, "") if before else new.get(key, ""),
            now=new.get(key, ""),
            imported=key in imported,
        )
        for key in sorted(names)
    ]
    return tuple(
        sorted((item for item in found if item.imported or item.differs), key=lambda i: (not i.differs, not i.imported))
    )
