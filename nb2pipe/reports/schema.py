"""JSON Schemas (draft 2020-12) of the documents in :mod:`nb2pipe.reports.json`, by command."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TEXTS: Schema = {"type": "array", "items": TEXT}
BOOLEAN: Schema = {"type": "boolean"}
POSITION: Schema = {"type": "integer", "minimum": 1}
NUMBER: Schema = {"anyOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]}
ANY: Schema = {}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(**properties: Schema) -> Schema:
    """An object with exactly these properties; ``from_`` is written ``from``."""
    named = {name.rstrip("_"): schema for name, schema in properties.items()}
    return {"type": "object", "properties": named, "required": list(named), "additionalProperties": False}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _map(schema: Schema) -> Schema:
    return {"type": "object", "additionalProperties": schema}


EDIT = _object(cell=POSITION, old=TEXT, new=_or_null(TEXT))
DIAGNOSTIC = _object(
    code=TEXT,
    severity={"enum": ["error", "warning", "notice"]},
    message=TEXT,
    notebook=_or_null(TEXT),
    cell=_or_null(POSITION),
    cell_id=_or_null(TEXT),
    line=_or_null(POSITION),
    col=_or_null(POSITION),
    end_col=_or_null(POSITION),
    file_line=_or_null(POSITION),
    step=_or_null(TEXT),
    notes=TEXTS,
    fix=_or_null(_object(description=TEXT, edits=_list(EDIT))),
)
DIAGNOSTICS = _list(DIAGNOSTIC)
DIRECTION: Schema = {"enum": ["higher", "lower", "both"]}
TOLERANCE = _object(abs=NUMBER, rel=NUMBER, source=TEXT)
PARAMETER = _object(
    name=TEXT,
    type=TEXT,
    default=ANY,
    annotation=_or_null(TEXT),
    comment=_or_null(TEXT),
    cell=POSITION,
    line=POSITION,
)
METRIC = _object(
    name=TEXT,
    step=TEXT,
    cell=POSITION,
    source={"enum": ["variable", "shown", "printed", "logged"]},
    expression=TEXT,
    key=TEXT,
    direction=DIRECTION,
    tolerance=_or_null(TOLERANCE),
)
OUTPUT = _object(
    names=TEXTS, format=_or_null(TEXT), type=_or_null(TEXT), size=_or_null({"type": "integer"}), optional=BOOLEAN
)
STEP = _object(
    name=TEXT,
    cells=_list(POSITION),
    inputs=_list(_object(names=TEXTS, from_=TEXT)),
    outputs=_list(OUTPUT),
    parameters=TEXTS,
    after=TEXTS,
    random_from=_or_null(TEXT),
    modules=TEXTS,
    reads=TEXTS,
    writes=TEXTS,
    hosts=TEXTS,
)
PROPOSED_PART = _object(
    role={"enum": ["parameters", "imports", "functions", "step", "skip"]},
    name=_or_null(TEXT),
    cells=_list(POSITION),
    why=TEXT,
    kept=BOOLEAN,
    reads=TEXTS,
    hands_over=TEXTS,
    metrics=_list(POSITION),
)
STEP_RECORD = _object(
    name=TEXT,
    status={"enum": ["ok", "failed", "reused", "not run"]},
    seconds={"type": "number"},
    notebook=_or_null(TEXT),
    error=_or_null(TEXT),
    reused_from=_or_null(TEXT),
    reason=TEXT,
    peak_memory=_or_null({"type": "integer"}),
    began=_or_null({"type": "number"}),
)
SWEEP_POINT = _object(
    point=POSITION,
    parameters=_map(ANY),
    metrics=_map(NUMBER),
    seconds={"type": "number"},
    run=_or_null(TEXT),
    ran=TEXTS,
    step=_or_null(TEXT),
    error=_or_null(TEXT),
)
ENVIRONMENT = _object(python=TEXT, implementation=TEXT, platform=TEXT, packages=_map(TEXT), imported=TEXTS)
RUN: Schema = {
    "run": TEXT,
    "project": TEXT,
    "pipeline": TEXT,
    "finished": BOOLEAN,
    "started": TEXT,
    "seconds": {"type": "number"},
    "parameters": _map(ANY),
    "metrics": _map(NUMBER),
    "steps": _list(STEP_RECORD),
    "environment": _or_null(ENVIRONMENT),
}
NOISE = _object(
    class_={"enum": ["deterministic", "seed-sensitive", "uncontrolled", "undefined"]},
    k={"type": "integer"},
    values=_list(NUMBER),
    mean=NUMBER,
    sd=NUMBER,
    reference=NUMBER,
    tolerance=NUMBER,
    origin=TEXT,
    gate=BOOLEAN,
    cases=_or_null({"type": "integer"}),
)
CHANGE = _object(
    kind={"enum": ["input", "code", "parameter", "package", "random", "value"]}, name=TEXT, before=TEXT, now=TEXT
)
CHECK = _object(
    name=TEXT,
    step=TEXT,
    cell=POSITION,
    verdict={"enum": ["ok", "failed", "missing", "not checked", "better", "moved"]},
    original=_or_null(NUMBER),
    reproduced=_or_null(NUMBER),
    difference=_or_null(NUMBER),
    allowed=_or_null(NUMBER),
    tolerance=TOLERANCE,
    direction=DIRECTION,
    reason=TEXT,
    reference=_or_null(NUMBER),
    why=TEXT,
    retests=_list(NUMBER),
    noise=_or_null(NOISE),
    gate=BOOLEAN,
)

CHECKED: Schema = {
    "pipeline": TEXT,
    "notebook": TEXT,
    "passed": BOOLEAN,
    "sentence": TEXT,
    "metrics": _list(CHECK),
    "notes": TEXTS,
    "changes": _list(CHANGE),
    "command_again": TEXT,
    "seeds": _list({"type": "integer"}),
    "run": _object(**RUN),
    "diagnostics": DIAGNOSTICS,
}
PICTURE: Schema = {"enum": ["identical", "differs", "new", "missing", "not compared"]}

RUNG = _object(
    level={"enum": [f"R{number}" for number in range(9)]},
    name=TEXT,
    outcome={"enum": ["reached", "blocked", "not tried"]},
    varied=TEXT,
    compared=TEXT,
    found=TEXTS,
    blocks=TEXTS,
    cure=TEXT,
    seconds={"type": "number"},
    acm=TEXT,
    gundersen=TEXT,
)
VERDICT = _object(
    name=TEXT,
    cell=POSITION,
    verdict={"enum": ["deterministic", "seed-sensitive", "uncontrolled"]},
    first=_or_null({"type": "number"}),
    again=_or_null({"type": "number"}),
    other_seed=_or_null({"type": "number"}),
    spread=_or_null({"type": "number"}),
)
EXPECTED_COLUMN = _object(name=TEXT, type=TEXT, nulls={"type": "integer"}, unique=BOOLEAN, usually=TEXT)
EXPECTED_TABLE = _object(rows={"type": "integer"}, accepted_runs={"type": "integer"}, columns=_list(EXPECTED_COLUMN))
DIFFERENCE = _object(
    step=TEXT,
    name=TEXT,
    kind={"enum": ["value", "setting", "definition"]},
    cell=_or_null(POSITION),
    rounding=BOOLEAN,
    parts=_list(_object(path=TEXT, type=TEXT, relative=_or_null(NUMBER))),
)


def _document(command: Schema, **properties: Schema) -> Schema:
    inner = _object(schema_version={"const": 1}, command=command, **properties)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **inner}


def _with_optional(schema: Schema, **properties: Schema) -> Schema:
    return {**schema, "properties": {**schema["properties"], **properties}}


DOCUMENTS: dict[str, Schema] = {
    "lint": _document({"const": "lint"}, diagnostics=DIAGNOSTICS),
    "inspect": _document(
        {"const": "inspect"},
        notebook=TEXT,
        kernel=_or_null(TEXT),
        cells={"type": "integer"},
        steps=_list(STEP),
        parameters=_list(PARAMETER),
        metrics=_list(METRIC),
        diagnostics=DIAGNOSTICS,
    ),
    "tag": _document(
        {"const": "tag"},
        notebook=TEXT,
        written=BOOLEAN,
        parts=_list(PROPOSED_PART),
        edits=_list(EDIT),
        metrics=_list(METRIC),
        notes=TEXTS,
        diagnostics=DIAGNOSTICS,
    ),
    "params": _document({"const": "params"}, pipeline=TEXT, parameters=_list(PARAMETER)),
    "run": _with_optional(_document({"const": "run"}, **RUN), baseline=_map(NUMBER)),
    "sweep": _document(
        {"const": "sweep"},
        pipeline=TEXT,
        project=TEXT,
        varied=TEXTS,
        metric=_or_null(TEXT),
        direction={"enum": ["higher", "lower", None]},
        best=_or_null(POSITION),
        failed={"type": "integer"},
        seconds={"type": "number"},
        files=TEXTS,
        points=_list(SWEEP_POINT),
    ),
    "plan": _document(
        {"const": "plan"},
        steps=_list(_object(name=TEXT, action={"enum": ["run", "perhaps", "reuse"]}, reasons=TEXTS)),
    ),
    "check": _document({"const": "check"}, **CHECKED),
    "report": _document(
        {"const": "report"},
        **CHECKED,
        checked=BOOLEAN,
        notebook_diagnostics=DIAGNOSTICS,
        parameters=_list(_object(name=TEXT, value=ANY, default=ANY, changed=BOOLEAN)),
        packages=_list(_object(name=TEXT, original=_or_null(TEXT), now=_or_null(TEXT), differs=BOOLEAN)),
        contracts=_list(_object(table=TEXT, rows={"type": "integer"}, columns={"type": "integer"}, notes=TEXTS)),
        levels=_or_null(_object(reached=_or_null(TEXT), date=TEXT)),
        figures=_list(
            _object(step=TEXT, cell=POSITION, number=POSITION, verdict=PICTURE, share=_or_null({"type": "number"}))
        ),
        history=_map(_list(_object(run=TEXT, started=TEXT, value=NUMBER))),
    ),
    "baseline": _document(
        {"const": "baseline"},
        project=TEXT,
        varied=TEXT,
        seeds=_list({"type": "integer"}),
        repeated=TEXTS,
        seconds={"type": "number"},
        gate={"enum": ["prediction", "tolerance"]},
        reference={"enum": ["calibrated", "original"]},
        seeded_by_notebook=BOOLEAN,
        metrics=_map(NOISE),
        diagnostics=DIAGNOSTICS,
    ),
    "verify": _document(
        {"const": "verify"},
        pipeline=TEXT,
        notebook=TEXT,
        verified=_or_null(BOOLEAN),
        compared={"type": "integer"},
        rounded={"type": "integer"},
        differences=_list(DIFFERENCE),
        metrics=_list(CHECK),
        run=_object(**RUN),
    ),
    "levels": _document(
        {"const": "check --level"},
        notebook=TEXT,
        project=TEXT,
        reached=_or_null(TEXT),
        sentence=TEXT,
        date=TEXT,
        machine=TEXT,
        python=TEXT,
        environment=TEXT,
        levels=_list(RUNG),
    ),
    "doctor": _document(
        {"const": "doctor"},
        notebook=TEXT,
        ran=BOOLEAN,
        healthy=BOOLEAN,
        sentence=TEXT,
        numbers=_list(VERDICT),
        diagnostics=DIAGNOSTICS,
    ),
    "contract": _document({"const": "contract"}, tables=_map(EXPECTED_TABLE)),
    "failure": _document(TEXT, exit_code={"type": "integer"}, diagnostics=DIAGNOSTICS),
}
