"""``pipeline.yaml``, ``baseline.json`` and ``run.json``: what is written is what is read, and nothing else is accepted."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nb2pipe import baseline as baselines
from nb2pipe import manifest as manifests
from nb2pipe.errors import InvalidInput
from nb2pipe.model import (
    Artifact,
    Baseline,
    BaselineMetric,
    Direction,
    Environment,
    Metric,
    MetricSource,
    Parameter,
    Pipeline,
    RunRecord,
    Snippet,
    Step,
    StepRecord,
    StepStatus,
    Tolerance,
    ToleranceSource,
)
from nb2pipe.running import runs

NAMES = ("load", "train", "évaluation", "on", "1", "null", "a.b", "x-y", "1e3", "2024-01-01")
VARIABLES = ("df", "X_train", "größe", "no", "y", "n")
TEXTS = st.text(max_size=12)
NUMBERS = st.floats(allow_nan=False) | st.integers(-(2**80), 2**80) | st.booleans()
PLAIN = st.recursive(
    st.none() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
# what YAML has no word for
FOREIGN = st.tuples(st.integers(), TEXTS) | st.sets(st.integers(), max_size=3) | st.binary(max_size=4) | st.just({1: 2})


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    """Small pipelines in which every field takes part."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    parameters = tuple(
        Parameter(
            name=name, type=draw(st.sampled_from(["int", "str", "any"])), default=draw(PLAIN | FOREIGN),
            cell=draw(st.integers(0, 9)), line=1, annotation=draw(st.none() | st.just("int")),
            comment=draw(st.none() | TEXTS),
        )
        for name in draw(st.lists(st.sampled_from(VARIABLES), max_size=3, unique=True))
    )  # fmt: skip
    steps: list[Step] = []
    for position, name in enumerate(names):
        joint = tuple(draw(st.lists(st.sampled_from(VARIABLES), min_size=1, max_size=3, unique=True)))
        output = Artifact(
            names=joint, step=name, format=draw(st.sampled_from(["npy", "pickle"])),
            type=draw(st.none() | st.just("list")), optional=draw(st.booleans()),
        )  # fmt: skip
        before = draw(st.sampled_from(names[:position])) if position else None
        given = next((s.outputs[0] for s in steps if s.name == before), None)
        if given is not None and len(given.names) > 1 and draw(st.booleans()):
            given = Artifact(**{**_fields(given), "wanted": given.names[:1]})
        steps.append(
            Step(
                name=name,
                cells=tuple(draw(st.lists(st.integers(0, 40), max_size=3, unique=True))),
                inputs=(given,) if given else (),
                outputs=(output,),
                early=given.names[:1] if given and draw(st.booleans()) else (),
                parameters=tuple(p.name for p in parameters),
                setup=(Snippet(cell=draw(st.integers(0, 5)), line=1, end_line=3),),
                after=(before,) if before else (),
                random_from=before if draw(st.booleans()) else None,
                saves_random=draw(st.booleans()),
                modules=("numpy",),
            )
        )
    metric = Metric(
        name=draw(st.sampled_from(["accuracy", "model.score(X, y)", "a: b # c"])), step=names[-1], cell=3,
        source=draw(st.sampled_from(MetricSource)), expression="x", key=draw(st.sampled_from(["", "0", "a.b"])),
        direction=draw(st.sampled_from(Direction)), tolerance=draw(st.none() | st.builds(_tolerance, _LIMIT, _LIMIT)),
    )  # fmt: skip
    return Pipeline(
        name=draw(TEXTS), notebook="../n b.ipynb", steps=tuple(steps), parameters=parameters, metrics=(metric,),
        kernel_name=draw(st.none() | st.just("python3")),
    )  # fmt: skip


_LIMIT = st.sampled_from([0.0, 0.02, 1e-9, 5.0])


def _tolerance(absolute: float, relative: float) -> Tolerance:
    return Tolerance(abs=absolute, rel=relative, source=ToleranceSource.TAG)


def _fields(artifact: Artifact) -> dict[str, object]:
    return {name: getattr(artifact, name) for name in Artifact.__dataclass_fields__}


def describe(pipeline: Pipeline) -> manifests.Manifest:
    return manifests.from_pipeline(
        pipeline,
        notebook=pipeline.notebook,
        workdir="..",
        files={step.name: f"steps/{step.name}.ipynb" for step in pipeline.steps},
        artifact_files={(s.name, a.name): f"{s.name}/{a.name}" for s in pipeline.steps for a in s.outputs},
    )


@given(pipelines())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_round_trip(tmp_path: Path, pipeline: Pipeline) -> None:
    """Any pipeline comes back from its file as it was, and gives the same bytes again."""
    text = manifests.dump(describe(pipeline))
    path = tmp_path / "pipeline.yaml"
    path.write_text(text, encoding="utf-8")
    read = manifests.load(path)
    assert manifests.to_pipeline(read) == pipeline
    assert manifests.dump(read) == text


GOOD = """\
schema_version: 1
name: p
notebook: ../p.ipynb
workdir: ..
parameters:
  n: {type: int, cell: 1, line: 1, default: 3}
steps:
  load:
    notebook: steps/load.ipynb
    cells: [1]
    outputs:
      df: {file: load/df.parquet, format: parquet}
  train:
    notebook: steps/train.ipynb
    parameters: [n]
    inputs: {df: load}
metrics:
  acc: {step: train, cell: 2, source: variable, expression: acc}
tolerances:
  acc: {abs: 0.01}
"""


def test_a_good_manifest_is_accepted(tmp_path: Path) -> None:
    """The text from which the broken ones below are made is not broken itself."""
    path = tmp_path / "pipeline.yaml"
    path.write_text(GOOD)
    assert manifests.to_pipeline(manifests.load(path)).step("train").inputs[0].format == "parquet"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("abs: 0.01", "absolute: 0.01", "unknown field `absolute` - at `$.tolerances[...]`"),
        ("abs: 0.01", "abs: -1", ">= 0"),
        ("abs: 0.01", "abs: 1%", "Expected `float | null`, got `str`"),
        ("abs: 0.01", "direction: up", "Invalid enum value 'up'"),
        ("workdir: ..", "work_dir: ..", "unknown field `work_dir`"),
        ("name: p\n", "name: p\nnmae: q\n", "unknown field `nmae`"),
        ("{df: load}", "{dg: load}", "'dg' from 'load', which has no such output - at `$.steps.train`"),
        ("{df: load}", "{df: lod}", "'df' from 'lod', which has no such output"),
        ("inputs: {df: load}", "after: [tune]", "comes after 'tune', which does not exist"),
        ("cells: [1]", "after: [train]", "step 'load' comes after 'train', which stands below it"),
        ("parameters: [n]", "parameters: [m]", "reads the parameter 'm', which does not exist"),
        ("step: train", "step: trian", "metric 'acc' comes from step 'trian', which does not exist"),
        ("default: 3", "literal: os.getcwd()", "the literal of parameter 'n' is no plain value"),
        ("source: variable", "source: painted", "Invalid enum value 'painted'"),
        ("schema_version: 1", "schema_version: 99", "has schema_version 99, this nb2pipe reads 1"),
        ("schema_version: 1\n", "", "has no schema_version: it is not a pipeline of nb2pipe"),
        ("cells: [1]", "cells: [1", "is not valid YAML: line 11, column"),
        (GOOD, "[1, 2]\n", "has no schema_version"),
        (GOOD, "", "has no schema_version"),
        (GOOD, "a: !!python/object:os.system {}\n", "is not valid YAML: line 1"),
    ],
)
def test_broken_manifests(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Whatever is wrong with the file is NB010 and names the field, the line or the entry."""
    assert old in GOOD
    path = tmp_path / "pipeline.yaml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(InvalidInput) as caught:
        manifests.load(path)
    (found,) = caught.value.diagnostics
    assert found.code == "NB010"
    assert said in found.message
    assert str(path) in found.message


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A file in another encoding is NB010 too."""
    path = tmp_path / "pipeline.yaml"
    path.write_bytes(b"name: \xff\xfe")
    with pytest.raises(InvalidInput, match="not valid YAML"):
        manifests.load(path)


def test_schema_describes_the_file() -> None:
    """The published JSON Schema accepts what we write and refuses a mistyped field."""
    import jsonschema

    schema = manifests.json_schema()
    jsonschema.validate(yaml.safe_load(GOOD), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(GOOD.replace("workdir", "wrkdir")), schema)


SPECIAL = {"nan": math.nan, "inf": math.inf, "minus": -math.inf, "plain": 0.1 + 0.2, "tiny": 5e-324}


def strict(text: str) -> object:
    """JSON as the standard has it: NaN and Infinity are none."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_baseline_round_trip(tmp_path: Path) -> None:
    """The original's numbers survive to the last bit, NaN and infinities too, in JSON that any tool reads."""
    baseline = Baseline(
        origin="recorded",
        metrics=tuple(
            BaselineMetric(name=name, value=value, step="s", cell=3, decimals=2, stored=value)
            for name, value in SPECIAL.items()
        ),
        fingerprints={"s/b": "1", "s/a": "2"},
        environment=Environment(
            python="3.11.7", implementation="CPython", platform="Linux", packages={"b": "1", "A": "2"}, imported=("b",)
        ),
    )
    path = tmp_path / "baseline.json"
    path.write_text(baselines.dump(baseline), encoding="utf-8")
    strict(path.read_text())
    again = baselines.load(path)
    assert repr({m.name: (m.value, m.stored) for m in again.metrics}) == repr({n: (v, v) for n, v in SPECIAL.items()})
    assert again.environment == baseline.environment
    assert again.fingerprints == baseline.fingerprints
    assert baselines.dump(again) == path.read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "does not exist"),
        ("{", "cannot be used"),
        ('{"schema_version": 1, "origin": "recorded"}', "`metrics`"),
        ('{"schema_version": 2, "origin": "recorded", "metrics": {}}', "schema_version is 2"),
        ('{"schema_version": 1, "origin": "r", "metrics": {"a": {"value": "x", "step": "s", "cell": 1}}}', "'x'"),
        ('{"schema_version": 1, "origin": "r", "metrics": {}, "extra": 1}', "unknown field `extra`"),
    ],
)
def test_broken_baselines(tmp_path: Path, text: str | None, said: str) -> None:
    """A baseline that is missing or was tampered with is NB011."""
    path = tmp_path / "baseline.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InvalidInput, match="baseline") as caught:
        baselines.load(path)
    (found,) = caught.value.diagnostics
    assert found.code == "NB011"
    assert said in found.message


def test_run_record_round_trip(tmp_path: Path) -> None:
    """A run's record survives in strict JSON, also if the project is moved."""
    state = tmp_path / "here" / ".nb2pipe"
    record = RunRecord(
        id=runs.new_id(),
        project=str(state.parent),
        pipeline="p",
        steps=(
            StepRecord(
                name="a", status=StepStatus.OK, seconds=1.5, notebook=str(state / "a.ipynb"), key="k", peak_memory=7
            ),
            StepRecord(name="b", status=StepStatus.FAILED, error="ValueError: é"),
        ),
        parameters={"text": "x", "many": [1, 2.5, None]},
        metrics=SPECIAL,
        seconds=2.0,
        finished=True,
    )
    runs.save(state, record)
    strict((runs.folder(state, record.id) / "run.json").read_text(encoding="utf-8"))
    assert repr(runs.load(state, record.id)) == repr(record)
    moved = state.parent.rename(tmp_path / "there") / ".nb2pipe"
    again = runs.load(moved, record.id)
    assert (again.project, again.steps[0].notebook) == (str(moved.parent), str(moved / "a.ipynb"))


@pytest.mark.parametrize("value", [math.nan, {1: 2}, {(1, 2): 3}, {1, 2}, b"x", {"a": math.inf}, 2**100, ...])
def test_run_records_hold_any_parameter(tmp_path: Path, value: object) -> None:
    """What JSON has no word for is kept as Python would write it."""
    record = RunRecord(id=runs.new_id(), project="/p", pipeline="p", steps=(), parameters={"value": value})
    runs.save(tmp_path, record)
    data = strict((runs.folder(tmp_path, record.id) / "run.json").read_text())
    assert isinstance(data, dict)
    assert data["parameters"]["value"] == (value if value == 2**100 else repr(value))
    assert runs.load(tmp_path, record.id).id == record.id
