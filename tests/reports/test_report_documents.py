"""Documents for programs: JSON, JUnit, GitHub, SARIF, Markdown, Mermaid, SVG."""

from __future__ import annotations

import json as stdlib_json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from outcomes_by_hand import PIPELINE, REPORT, RUN, VERIFICATION, measured, metric

from nb2pipe import notebook
from nb2pipe.checking.contracts import ColumnSummary, Contract, TableSummary
from nb2pipe.checking.levels import LEVELS, Ladder, Outcome, Rung
from nb2pipe.diagnostics import Diagnostic, Fix, Severity, TagEdit
from nb2pipe.model import (
    Artifact,
    Cell,
    CellKind,
    Direction,
    Notebook,
    Planned,
    Step,
    StepRecord,
    StepStatus,
    Sweep,
    SweepPoint,
    Verdict,
)
from nb2pipe.proposing import propose
from nb2pipe.recording import diagnosis
from nb2pipe.reports import (
    contracts,
    examination,
    github,
    gitlab,
    json,
    junit,
    levels,
    markdown,
    mermaid,
    sarif,
    schema,
    svg,
)
from nb2pipe.reports.layout import GAP, Size, layered
from nb2pipe.reports.page import Facts, build, document

FOUND = (
    Diagnostic(
        code="NB101",
        message="unknown tag 'setp:report', 50% <odd>\x00\x1b",
        notebook="a b/churn.ipynb",
        cell=1,
        line=2,
        column=4,
        end_column=9,
        file_line=214,
        notes=("did you mean 'step:report'?",),
        fix=Fix(description="write it", edits=(TagEdit(cell=1, old="setp:report", new="step:report"),)),
    ),
    Diagnostic(code="NB402", severity=Severity.WARNING, message="out of order", notebook="b.ipynb", cell=0),
    Diagnostic(code="NB404", severity=Severity.NOTICE, message="nothing"),
)
NOTEBOOK = Notebook(
    path=Path("a b/churn.ipynb"),
    cells=tuple(Cell(index=n, id=f"id{n}", kind=CellKind.CODE, source="x = 1") for n in range(2)),
)

MEASURED = measured()
SAMPLE = Path(__file__).parents[2] / "sample_notebooks" / "churn.ipynb"
PROPOSAL = propose(notebook.read(SAMPLE))

DOCUMENTS = {
    "lint": json.of_findings(FOUND, (NOTEBOOK,)),
    "inspect": json.of_inspection(NOTEBOOK, PIPELINE, FOUND),
    "params": json.of_parameters("churn", PIPELINE.parameters),
    "run": json.of_run(RUN),
    "plan": json.of_plan(
        (Planned(name="load", action="reuse"), Planned(name="train", action="run", reasons=("n 1 → 2",)))
    ),
    "sweep": json.of_sweep(
        Sweep(
            pipeline="churn",
            project="p",
            varied=("n",),
            metrics=("acc",),
            metric="acc",
            direction=Direction.HIGHER,
            best=0,
            points=(
                SweepPoint(
                    parameters={"n": 1, "s": {2}}, metrics={"acc": 0.5, "loss": float("nan")}, run="r", ran=("a",)
                ),
                SweepPoint(parameters={"n": 2, "s": {2}}, step="a", error="it broke"),
            ),
        )
    ),
    "check": json.of_check(REPORT, FOUND),
    "verify": json.of_verification(VERIFICATION),
    "baseline": json.of_noise(MEASURED, FOUND),
    "report": document.of_page(build(Facts(pipeline=PIPELINE, check=REPORT, checked=True, findings=FOUND))),
    "failure": json.of_failure("run", 3, FOUND),
    "tag": json.of_proposal(PROPOSAL, written=False),
    "doctor": examination.document(
        diagnosis.Examination(
            path=NOTEBOOK.path,
            notebook=NOTEBOOK,
            findings=FOUND,
            ran=True,
            verdicts=(
                diagnosis.Verdict(
                    name="acc",
                    cell=1,
                    kind=diagnosis.Kind.SEED_SENSITIVE,
                    first=0.5,
                    again=0.5,
                    other=float("nan"),
                    spread=float("nan"),
                ),
            ),
        ),
        json.of_findings(FOUND, [NOTEBOOK])["diagnostics"],
    ),
    "contract": contracts.to_json(
        Contract(
            tables={
                "load/df": TableSummary(
                    rows=3, digest="0", columns=(ColumnSummary(name="a", type="int64", nulls=0, unique=True),)
                )
            }
        )
    ),
    "levels": levels.document(
        Ladder(
            project="p",
            notebook="nb.ipynb",
            date="2026-11-25 10:00 UTC",
            machine="Linux",
            python="3.11.7",
            environment="01",
            rungs=tuple(Rung(level=level, outcome=Outcome.NOT_TRIED) for level in LEVELS),
        )
    ),
}


def test_every_schema_has_a_document():
    """The table of documents in this file is complete."""
    assert set(DOCUMENTS) == set(schema.DOCUMENTS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_json_keeps_to_its_schema(name):
    """Each document is strict JSON (no NaN) and valid against the published schema."""

    def refuse(constant):
        raise AssertionError(constant)

    document = stdlib_json.loads(json.text(DOCUMENTS[name]), parse_constant=refuse)
    jsonschema.Draft202012Validator.check_schema(schema.DOCUMENTS[name])
    jsonschema.Draft202012Validator(schema.DOCUMENTS[name]).validate(document)


def test_schema_refuses_what_is_not_promised():
    """The schemas are closed: a field that nobody described, or one that is gone, fails."""
    validator = jsonschema.Draft202012Validator(schema.DOCUMENTS["run"])
    document = stdlib_json.loads(json.text(DOCUMENTS["run"]))
    assert not validator.is_valid({**document, "surprise": 1})
    assert not validator.is_valid({key: value for key, value in document.items() if key != "metrics"})


def test_json_counts_from_one_and_names_cells():
    """Cells, lines and columns are what an editor shows; the cell's id is there to find it."""
    first = stdlib_json.loads(json.text(DOCUMENTS["lint"]))["diagnostics"][0]
    assert (first["cell"], first["cell_id"], first["line"], first["col"], first["end_col"]) == (2, "id1", 2, 5, 10)
    assert first["fix"]["edits"] == [{"cell": 2, "old": "setp:report", "new": "step:report"}]


def test_json_keeps_every_digit():
    """Metrics survive JSON exactly, and NaN says what it is."""
    metrics = stdlib_json.loads(json.text(DOCUMENTS["run"]))["metrics"]
    assert metrics == {"accuracy": 0.958041958041958, "log_loss": 0.1391, "auc": "NaN"}


def assert_junit(text):
    """The shape of the usual XSD (Jenkins, Ant): elements, attributes, counts."""
    root = ET.fromstring(text)
    assert root.tag == "testsuites"
    numbers = ("tests", "failures", "errors", "time")
    for element in (root, *root):
        assert element.tag in ("testsuites", "testsuite")
        assert element.get("name")
        assert all(re.fullmatch(r"\d+(\.\d+)?", element.get(name)) for name in numbers)
        assert int(element.get("tests")) == len(list(element.iter("testcase")))
        assert int(element.get("failures")) == len(list(element.iter("failure")))
        assert int(element.get("errors")) == len(list(element.iter("error")))
    for case in root.iter("testcase"):
        assert set(case.attrib) == {"classname", "name", "time"}
        allowed = ["skipped", "error", "failure", "system-out"]
        tags = [child.tag for child in case]
        assert tags == sorted(tags, key=allowed.index)
        for problem in case.findall("failure") + case.findall("error"):
            assert problem.get("message")
            assert problem.get("type")
    return root


def test_junit_of_a_check():
    """A test case is step.metric; failed, missing and unchecked metrics can be told apart."""
    root = assert_junit(junit.of_check(REPORT))
    cases = {f"{case.get('classname')}.{case.get('name')}": case for case in root.iter("testcase")}
    assert list(cases) == [f"evaluate.{name}" for name in ("accuracy", "log_loss", "rmse", "mae", "auc")]
    kinds = {name: case[0].get("type", case[0].tag) for name, case in cases.items()}
    assert list(kinds.values()) == ["system-out", "NB401", "system-out", "NB403", "skipped"]
    message = cases["evaluate.log_loss"].find("failure").get("message")
    assert message == "log_loss: original 0.1123, reproduced 0.1391, difference +0.0268, allowed ±0.02"
    assert root.find("testsuite").get("timestamp") == "2026-11-23T14:45:12"


def test_junit_of_a_broken_run_and_of_nothing():
    """A step that failed is an error; a check of nothing is a failure, never an empty success."""
    failed = StepRecord(name="load", status=StepStatus.FAILED, seconds=1.0, error="ValueError: \x1b[31m<no>\x00")
    root = assert_junit(junit.of_check(replace(REPORT, run=replace(RUN, steps=(failed,)))))
    assert [case.get("name") for case in root.iter("testcase") if case.find("error") is not None] == ["runs"]
    root = assert_junit(junit.of_check(replace(REPORT, metrics=())))
    assert root.get("failures") == "1"


def test_junit_of_findings():
    """Errors fail, warnings do not, and a clean notebook passes."""
    root = assert_junit(junit.of_findings(FOUND, ["a b/churn.ipynb", "b.ipynb", "clean.ipynb"]))
    assert root.get("failures") == "1"
    assert [case.get("classname") for case in root.iter("testcase")][-1] == "clean.ipynb"


def test_github_escapes():
    """File and title cannot end the command early; the message may hold anything."""
    odd = replace(FOUND[0], notebook="a,b:c%.ipynb", message="50%\nof: x, y\r")
    line = github.command(odd, root=Path.cwd())
    assert line == (
        "::error file=a%2Cb%3Ac%25.ipynb,line=214,title=NB101 in cell 2::"
        "50%25 of: x, y\N{REPLACEMENT CHARACTER}%0Adid you mean 'step:report'?"
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/repo/sub/a.ipynb", "sub/a.ipynb"),
        ("/elsewhere/a.ipynb", "/elsewhere/a.ipynb"),
    ],
)
def test_github_names_files_from_the_checkout(path, expected):
    """The annotation lands on the diff only if the path is the repository's."""
    assert github.relative(path, Path("/repo")) == expected


@pytest.mark.parametrize(
    ("diagnostic", "expected"),
    [
        (FOUND[1], "::warning file=b.ipynb,title=NB402 in cell 1::out of order"),
        (FOUND[2], "::notice title=NB404::nothing"),
    ],
)
def test_github_levels(diagnostic, expected):
    """Severity gives the command; what is unknown is left out."""
    assert github.command(diagnostic, root=Path.cwd()) == expected


def test_sarif():
    """Version 2.1.0: rules once each, results that point to them, paths as URIs, lines of the file."""
    document = sarif.document((*FOUND, FOUND[0]), version="1.2", titles={"NB101": "unknown tag"}, root=Path.cwd())
    assert document["version"] == "2.1.0"
    run = document["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["NB101", "NB402", "NB404"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "error"]
    physical = run["results"][0]["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": "a%20b/churn.ipynb"}, "region": {"startLine": 214}}
    assert "locations" not in run["results"][2]


def test_gitlab():
    """A Code Quality report: what GitLab asks for of each finding, and no two with one fingerprint."""
    entries = stdlib_json.loads(gitlab.document((*FOUND, FOUND[0]), root=Path.cwd()))
    assert [entry["severity"] for entry in entries] == ["major", "minor", "info", "major"]
    assert entries[0]["location"] == {"path": "a b/churn.ipynb", "lines": {"begin": 214}}
    assert entries[2]["location"] == {"path": ".", "lines": {"begin": 1}}
    assert len({entry["fingerprint"] for entry in entries}) == 4
    assert all(set(entry) == {"description", "check_name", "fingerprint", "severity", "location"} for entry in entries)
    moved = stdlib_json.loads(gitlab.document([replace(FOUND[0], file_line=9)], root=Path.cwd()))
    assert moved[0]["fingerprint"] == entries[0]["fingerprint"]


def test_markdown():
    """A table that GitHub shows, whatever characters names and reasons hold."""
    odd = metric("a|b`c", Verdict.FAILED, 1.0, 2.0, 0.5, reason="see <script> | *x*")
    text = markdown.of_check(replace(REPORT, metrics=(*REPORT.metrics, odd)))
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows[0] == "| `accuracy` | `evaluate` | 0.958041958 | 0.958041958 | 0 | exact | ✅ ok |"
    assert rows[2] == "| `rmse` | `evaluate` | 12345.67 | 12345.6712 | +0.0012 | ±0.005 \\* | ✅ ok |"
    metric_rows = rows[: len(REPORT.metrics) + 1]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 8 for row in metric_rows)
    assert "<script>" not in text
    assert text.startswith("### ❌ churn: 2 of 5 metrics are not reproduced")


def test_mermaid():
    """Data on arrows with names, order alone dotted."""
    assert (
        mermaid.flowchart(PIPELINE)
        == """\
flowchart TD
    s0["<b>load</b><br/>cells 3-5"]
    s1["<b>split</b><br/>cells 6-7"]
    s2["<b>explore</b><br/>cell 8"]
    s3["<b>evaluate</b><br/>cells 13-15, 18<br/>accuracy"]
    s0 -- "df" --> s1
    s0 -- "df" --> s2
    s0 -- "df" --> s3
    s1 -- "X_test, y_test" --> s3
    s2 -.-> s3
"""
    )


def test_mermaid_escapes():
    """Nothing in a name is read as Mermaid or HTML."""
    odd = replace(PIPELINE, steps=(Step(name='a"]<b>;end', cells=(0,)),), metrics=())
    assert mermaid.flowchart(odd) == 'flowchart TD\n    s0["<b>a#34;#93;#60;b#62;#59;end</b><br/>cell 1"]\n'


def test_svg_is_one_plain_document():
    """Well-formed, dark mode by media query, nothing to fetch, nothing that runs."""
    text = svg.drawing(replace(PIPELINE, name='<&"'))
    root = ET.fromstring(text)
    namespace = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{namespace}svg"
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"<script|@import|url\((?!#)|href|https?://(?!www\.w3\.org/2000/svg)", text)
    names = [element.text for element in root.iter(f"{namespace}text") if element.get("class") == "name"]
    assert names == ["load", "split", "explore", "evaluate"]


def chain(count):
    edges = [(a, b) for b in range(1, count) for a in {b - 1, max(0, b - 3)}]
    return [Size(100, 40)] * count, edges


@pytest.mark.parametrize("count", [1, 2, 9, 40])
def test_layout_boxes_do_not_touch(count):
    """Boxes of a layer keep their distance, arrows go down, and all is inside the drawing."""
    sizes, edges = chain(count)
    layout = layered(sizes, edges, [Size(50, 17)] * len(edges))
    boxes = list(zip(layout.nodes, sizes, strict=True))
    for at, (middle, size) in enumerate(boxes):
        assert middle.x - size.width / 2 >= -0.01
        assert middle.x + size.width / 2 <= layout.width + 0.01
        for other, other_size in boxes[:at]:
            if abs(middle.y - other.y) < (size.height + other_size.height) / 2:
                assert abs(middle.x - other.x) >= (size.width + other_size.width) / 2 + GAP - 0.01
    for route in layout.routes:
        ys = [point.y for point in route.points]
        assert ys == sorted(ys)


def test_layout_labels_do_not_overlap():
    """Labels in the same row stand side by side."""
    edges = [(0, n) for n in range(1, 7)]
    layout = layered([Size(90, 40)] * 7, edges, [Size(120, 17)] * 6)
    xs = sorted(route.label.x for route in layout.routes)
    assert all(right - left >= 120 for left, right in pairwise(xs))


def test_layout_of_a_cycle_ends():
    """A pipeline that goes round, which lint reports, can still be drawn."""
    layout = layered([Size(10, 10)] * 2, [(0, 1), (1, 0)], [None, None])
    assert len(layout.routes) == 2


def test_drawing_of_a_thousand_steps_is_quick():
    """Long arrows from the first step to all others do not take quadratic room."""
    df = Artifact(names=("df",), step="s0")
    steps = tuple(
        Step(name=f"s{n}", cells=(n,), inputs=(df, Artifact(names=("x",), step=f"s{n - 1}")) if n else ())
        for n in range(1000)
    )
    text = svg.drawing(replace(PIPELINE, steps=steps))
    assert text.count('class="box"') == 1000
