"""The report of a run, rendered from hand-built facts: what it says, and that it asks nothing of anybody."""

from __future__ import annotations

import base64
import json as stdlib_json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import jsonschema
import pytest
from outcomes_by_hand import PIPELINE, REPORT, RUN, metric

from nb2pipe.checking import kept
from nb2pipe.checking.contracts import Compared, read_compared, write_compared
from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.model import Direction, Environment, RunRecord, StepRecord, StepStatus, ToleranceSource, Verdict
from nb2pipe.reports import json, schema
from nb2pipe.reports.page import Facts, bands, build, document, html
from nb2pipe.reports.page import text as markdown

NASTY = "</script><img src=x onerror=alert(1)> & \"quotes\" 'too'"
VOID = {"meta", "img", "br", "link", "input", "hr"}


def notebook(*cells):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def code(source, *pictures, cell=None):
    outputs = [{"output_type": "display_data", "metadata": {}, "data": {"image/png": data}} for data in pictures]
    metadata = {"nb2pipe": {"cell": cell}} if cell else {}
    return {"cell_type": "code", "id": "a", "metadata": metadata, "source": [source], "outputs": outputs,
            "execution_count": 1}  # fmt: skip


def picture(*reds):
    """A PNG of one row with these values of red, in base64."""
    image = pytest.importorskip("PIL.Image")
    import io

    made = image.new("RGB", (len(reds), 1))
    made.putdata([(red, 0, 0) for red in reds])
    target = io.BytesIO()
    made.save(target, "PNG")
    return base64.b64encode(target.getvalue()).decode()


def facts(**changed):
    run = replace(
        RUN,
        steps=(
            replace(RUN.steps[0], began=0.4, reason=NASTY, peak_memory=2**28),
            RUN.steps[1],
            StepRecord(name="evaluate", status=StepStatus.OK, seconds=2.0, began=1.5),
        ),
        environment=Environment(
            python="3.12.1", implementation="CPython", platform=NASTY, packages={"numpy": "2.0"}, imported=("numpy",)
        ),
    )
    given = {
        "pipeline": PIPELINE,
        "check": replace(REPORT, run=run, pipeline=NASTY, command=f"nb2pipe check '{NASTY}'"),
        "checked": True,
        "findings": (Diagnostic(code="NB401", message=NASTY, notebook="churn.ipynb", cell=8, notes=(NASTY,)),),
        "linted": (
            Diagnostic(
                code="NB410", severity=Severity.WARNING, message=NASTY, notebook="churn.ipynb", cell=7, notes=(NASTY,)
            ),
        ),
        "contracts": (Compared(table="load/df", rows=1200, columns=3, notes=(NASTY,)),),
        "earlier": (replace(RUN, id="20261122-1", metrics={"accuracy": 0.9, "log_loss": math.nan}),),
        "path": "churn_pipeline",
        "version": "0.1.0",
        "notebooks": {"load": notebook(code(f"x = '{NASTY}'"))},
    }
    return Facts(**{**given, **changed})


class Reader(HTMLParser):
    """Every tag is closed; collects attributes that a browser fetches, and ids."""

    def __init__(self):
        super().__init__()
        self.open, self.fetched, self.ids, self.tags = [], [], [], []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append((tag, values))
        self.fetched += [values[name] for name in ("src", "href", "data", "action", "poster") if name in values]
        if "id" in values:
            self.ids.append(values["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(text):
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def test_the_page_asks_nothing_of_anybody_and_escapes_what_it_is_given():
    """No address of a server, no script, a policy that forbids both; names with markup stay names, in frames as well."""
    text = html.render(build(facts()))
    page = read(text)
    assert all(value.startswith("data:image/png;base64,") for value in page.fetched)
    assert not re.findall(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[\w-]+\.\w+", text)
    assert not re.findall(r"@import|url\((?!#)", text)
    assert "default-src 'none'" in text
    assert not {tag for tag, _ in page.tags} & {"script", "link", "object", "embed", "form"}
    assert "<img src=x" not in text
    assert not [name for _, values in page.tags for name in values if name.startswith("on")]
    assert len(set(page.ids)) == len(page.ids)
    frame = next(values for tag, values in page.tags if tag == "iframe")
    assert frame["sandbox"] == ""
    inner = frame["srcdoc"]
    assert "onerror" in inner
    assert not {"script", "img"} & {tag for tag, _ in read(inner).tags}


def test_the_page_says_what_is_known():
    """Conclusion first; reused steps, changed versions and parameters; scopes for readers who hear the tables."""
    text = html.render(build(facts()))
    assert text.index("2 of 5 metrics are not reproduced") < text.index(">Metrics<") < text.index(">Pipeline<")
    for words in ("✗</span>out of tolerance", "✗</span>missing", "↺</span>reused", "from run 20261122-1", "256 MB",
                  "1,200", "not as usual", "warning NB410, churn.ipynb, cell 8", "--level max", "2 runs"):  # fmt: skip
        assert words in text, words
    assert all(values.get("scope") in ("col", "row") for tag, values in read(text).tags if tag == "th")


def test_a_run_that_stopped_says_so():
    """The step that failed is the conclusion, whatever metrics are missing."""
    steps = (StepRecord(name="load", status=StepStatus.FAILED, seconds=1, error="ValueError: <b>", began=0.1),)
    run = replace(RUN, finished=False, steps=steps)
    page = build(facts(check=replace(REPORT, passed=True, run=run), notebooks={}))
    assert (page.conclusion, page.passed) == ("not finished: step 'load' failed", False)
    assert "ValueError: &lt;b&gt;" in html.render(page)


@pytest.mark.parametrize(
    ("value", "allowed", "more", "low", "high", "place"),
    [
        (10.0, 1.0, {}, 10.0, 90.0, 50.0),
        (10.5, 1.0, {}, 10.0, 90.0, 70.0),
        (12.0, 1.0, {}, 30.0, 70.0, 90.0),
        (8.0, 1.0, {"direction": Direction.HIGHER, "source": ToleranceSource.TAG}, 30.0, 100.0, 10.0),
        (8.0, 1.0, {"direction": Direction.LOWER, "source": ToleranceSource.NOISE}, 0.0, 70.0, 10.0),
        (12.0, 1.0, {"direction": Direction.HIGHER}, 30.0, 70.0, 90.0),  # there, better fails too
        (10.0, 0.0, {}, 50.0, 50.0, 50.0),
        (10.5, 1.0, {"retests": (6.0,)}, 40.0, 60.0, 55.0),
        (10.5, 1.0, {"reference": 11.0}, 10.0, 90.0, 30.0),
    ],
)
def test_a_band_has_its_reference_in_the_middle(value, allowed, more, low, high, place):
    """Positions are in percent; the band and the outermost value leave the same room."""
    band = bands.band(metric("m", Verdict.OK, 10.0, value, allowed, **more))
    assert (band.low, band.high, band.value) == pytest.approx((low, high, place))


def test_the_baseline_repeats_are_in_the_band():
    """Those that lie in the drawing."""
    band = bands.band(metric("m", Verdict.OK, 10.0, 10.0, 1.0), (9.5, 10.0, 12.0))
    assert band.repeats == pytest.approx((30.0, 50.0))


@pytest.mark.parametrize(("original", "value", "allowed"), [(None, 1.0, 0.1), (1.0, None, None), (1.0, math.nan, 0.1)])
def test_no_band_without_numbers(original, value, allowed):
    """NaN lies nowhere."""
    check = metric("m", Verdict.NOT_CHECKED, original, None, allowed)
    assert bands.band(replace(check, reproduced=value)) is None


def test_figures_are_compared_pixel_by_pixel():
    """The same bytes, the same pixels, a quarter of the pixels, no picture any more; cells are found by their number."""
    one, other = picture(0, 0, 0, 0), picture(0, 0, 0, 9)
    original = notebook(*(code("", one) if at in (2, 5, 6) else code("") for at in range(8)))
    steps = {
        "load": notebook(code("", one, cell=3)),
        "split": notebook(code("", other, cell=6)),
        "explore": notebook(code("", cell=7)),
    }
    page = build(facts(original=original, notebooks=steps))
    told = [(item.step, item.cell, item.verdict, item.share) for item in page.figures if item.step != "explore"]
    assert told == [("load", 2, "identical", 0.0), ("split", 5, "differs", 0.25), ("split", 6, "missing", None)]
    text = html.render(page)
    assert "in 25% of the pixels" in text
    assert text.count("differences, in red") == 1


def test_the_document_has_the_same_facts():
    """JSON of the page keeps to its schema."""
    found = stdlib_json.loads(json.text(document.of_page(build(facts()))))
    jsonschema.Draft202012Validator(schema.DOCUMENTS["report"]).validate(found)
    assert [point["value"] for point in found["history"]["accuracy"]] == [0.9, 0.958041958041958]


def test_the_markdown_has_the_same_facts():
    """The conclusion first, the rest folded; what has markup in it stays text."""
    page = build(facts(levels={"sentence": "reaches R4", "date": "2026-11-20"}, notebooks={}))
    told = markdown.of_page(page)
    assert told.startswith("### ❌ ")
    for words in ("2 of 5 metrics are not reproduced", "| `accuracy` |", "table `load/df`: ", "reaches R4", "flowchart TD",
                  "| `numpy` |", "| `accuracy` | 2 | 0.9 | 0.958042 | 0.958042 |", "cell 8: "):  # fmt: skip
        assert words in told, words
    assert "<img" not in told
    assert "<script" not in told
    assert told.count("<details>") == told.count("</details>") == 6
    assert (
        markdown.of_page(replace(page, passed=False, conclusion="not finished"))
        .splitlines()[0]
        .endswith("not finished")
    )


def test_a_check_is_kept_with_its_run(tmp_path):
    """What is loaded is what was said, NaN and texts that look like NaN included; another version's file is none."""
    run = RunRecord(id="1", project=str(tmp_path), pipeline="p", steps=())
    report = replace(
        REPORT, run=run, notes=("NaN",), metrics=(metric("m", Verdict.FAILED, 1.0, math.inf, 0.1, retests=(2.0,)),)
    )
    path = kept.save(report)
    assert kept.load(run) == report
    path.write_text('{"passed": 1}')
    assert kept.load(run) is None


def test_compared_tables_are_kept_with_their_run(tmp_path):
    """In the order of the steps; what is missing is left out."""
    tables = (Compared(table="b/x", rows=1, columns=2, notes=("gone",)),)
    write_compared(tmp_path, "1", "b", tables)
    write_compared(tmp_path, "1", "a", ())
    assert read_compared(tmp_path, "1", ("a", "b", "c")) == tables


def test_outputs_that_no_browser_shows_are_no_news(recwarn):
    """nbconvert would warn of scrapbook's records, on the terminal of whoever checks."""
    from nb2pipe.reports.page import notebooks

    record = {"application/scrapbook.scrap.json+json": {"name": "pi", "data": 3.14}}
    output = {"output_type": "display_data", "metadata": {}, "data": record}
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": "x = 1",
        "execution_count": 1,
        "outputs": [output],
    }
    page = notebooks.document("a", {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    assert "cannot be shown" not in page
    assert "x" in page
    assert not [w for w in recwarn if "mimetype" in str(w.message)]
