"""JUnit XML, which every CI service shows: a test case per metric, or per finding."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import CheckReport, MetricCheck, StepStatus, Verdict
from nb2pipe.reports.look import Look
from nb2pipe.reports.text import place, render
from nb2pipe.rules import figures

PLAIN = Look(width=100)


def of_check(report: CheckReport, found: Sequence[Diagnostic] = ()) -> str:
    """A test case ``step.metric`` per metric; a step that failed is an error, a metric without original is skipped.

    ``found`` are the check's findings: each stands in the failure of its metric.
    """
    suite = ET.Element("testsuite", name=_text(report.pipeline), timestamp=_stamp(report.run.started))
    seconds = {step.name: step.seconds for step in report.run.steps}
    left = dict(seconds)
    for metric in report.metrics:
        # A step's time is told once, on its first metric, so that the sum is the time that was taken.
        _metric(suite, metric, left.pop(metric.step, 0.0), _detail(metric, found))
    for step in report.run.steps:
        if step.status is StepStatus.FAILED:
            case = _case(suite, step.name, "runs", step.seconds if step.name in left else 0.0)
            ET.SubElement(case, "error", message=_text(step.error or "failed"), type="StepFailed")
    if not report.metrics:
        case = _case(suite, report.pipeline, "metrics", 0.0)
        ET.SubElement(case, "failure", message=_text(report.sentence), type="NB404")
    return _document(suite, report.run.seconds)


def of_findings(found: Sequence[Diagnostic], notebooks: Sequence[str]) -> str:
    """A test case per finding, and one that passes for each notebook without any; only errors fail."""
    suite = ET.Element("testsuite", name="nb2pipe lint")
    for diagnostic in found:
        case = _case(suite, diagnostic.notebook or "nb2pipe", f"{diagnostic.code} {place(diagnostic)}", 0.0)
        detail = "\n".join(render(diagnostic, PLAIN))
        if diagnostic.severity is Severity.ERROR:
            failure = ET.SubElement(case, "failure", message=_text(diagnostic.message), type=_text(diagnostic.code))
            failure.text = _text(detail)
        else:
            ET.SubElement(case, "system-out").text = _text(detail)
    named = {diagnostic.notebook for diagnostic in found}
    for notebook in notebooks:
        if notebook not in named:
            _case(suite, notebook, "lint", 0.0)
    return _document(suite, 0.0)


def of_failure(command: str, found: Sequence[Diagnostic]) -> str:
    """A test case with an error per finding, of a command that could not give an answer."""
    suite = ET.Element("testsuite", name=f"nb2pipe {_text(command)}")
    for diagnostic in found:
        case = _case(suite, diagnostic.step or diagnostic.notebook or "nb2pipe", place(diagnostic) or command, 0.0)
        error = ET.SubElement(case, "error", message=_text(diagnostic.message), type=_text(diagnostic.code or "error"))
        error.text = _text("\n".join(render(diagnostic, PLAIN)))
    return _document(suite, 0.0)


def _detail(metric: MetricCheck, found: Sequence[Diagnostic]) -> str:
    """The finding about this metric: its message begins with the name."""
    own = (item for item in found if item.cell == metric.cell and f"'{metric.name}'" in item.message)
    return "\n".join(line for item in own for line in render(item, PLAIN))


def _metric(suite: ET.Element, metric: MetricCheck, seconds: float, detail: str) -> None:
    case = _case(suite, metric.step, metric.name, seconds)
    original, reproduced = figures.pair(metric.original, metric.reproduced)
    told = (
        f"original {original}, reproduced {reproduced}, "
        f"difference {figures.difference(metric.difference, metric.allowed)}, "
        f"allowed {figures.allowance(metric.allowed)}"
    )
    if metric.verdict in (Verdict.FAILED, Verdict.MISSING):
        code = "NB401" if metric.verdict is Verdict.FAILED else "NB403"
        failure = ET.SubElement(case, "failure", message=_text(f"{metric.name}: {told}"), type=code)
        failure.text = _text(detail or metric.reason) or None
    elif metric.verdict is Verdict.NOT_CHECKED:
        ET.SubElement(case, "skipped", message=_text(metric.reason or "no original value to compare with"))
    ET.SubElement(case, "system-out").text = _text(told)


def _case(suite: ET.Element, classname: str, name: str, seconds: float) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=_text(classname), name=_text(name), time=f"{seconds:.3f}")


def _document(suite: ET.Element, seconds: float) -> str:
    counts = {
        "tests": len(suite.findall("testcase")),
        "failures": len(suite.findall("testcase/failure")),
        "errors": len(suite.findall("testcase/error")),
        "skipped": len(suite.findall("testcase/skipped")),
    }
    for element in (suite, root := ET.Element("testsuites", name="nb2pipe")):
        for name, several in counts.items():
            if name != "skipped" or element is suite:
                element.set(name, str(several))
        element.set("time", f"{seconds:.3f}")
    root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _stamp(started: str) -> str:
    """ISO 8601 to the second, as the schema wants it."""
    return started[:19] or "1970-01-01T00:00:00"


def _text(text: str) -> str:
    """``text`` without the characters that XML 1.0 cannot hold."""
    return "".join(c if _allowed(c) else "?" for c in text)


def _allowed(c: str) -> bool:
    return c in "\t\n\r" or " " <= c < "\ud800" or "\ue000" <= c < "\ufffe" or c > "\uffff"
