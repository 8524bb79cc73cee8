"""What decides the outputs of a step, as named facts: equal facts, equal key; and in words, what differs."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256

from nb2pipe.model import Step
from nb2pipe.parameters import literal
from nb2pipe.running.caching import code as codes
from nb2pipe.running.caching import distributions
from nb2pipe.running.caching.index import Entry

Facts = Mapping[str, Mapping[str, str | None]]
EARLY = ("code", "parameters", "environment", "variables", "salt")  # known before any step has run
LATE = ("inputs", "after")
RANDOM_FILE = "random_state.json"
_LONGEST = 40
_GENERATED = {
    "setup": "its imports, functions or settings changed",
    "parameters": "its parameters cell changed",
    "inputs": "it takes other values from earlier steps",
    "outputs": "it hands on other values",
    "numbers": "the reading of its metrics changed",
}


def early(
    step: Step,
    code: codes.StepCode,
    parameters: Mapping[str, object],
    environment: Mapping[str, str | None],
    salt: str | None = None,
) -> dict[str, Mapping[str, str | None]]:
    """The facts of a step that no other step decides."""
    hashing = os.environ.get("PYTHONHASHSEED", "0")
    variables = {name: _of_variable(name) for name in code.variables}
    return {
        "code": dict(code.cells),
        "parameters": {name: literal(parameters[name]) for name in step.parameters},
        "environment": dict(environment),
        "variables": {**variables, **({"PYTHONHASHSEED": hashing} if hashing != "0" else {})},
        "salt": {"salt": salt} if salt else {},
    }


def digest(facts: Facts) -> str:
    """The key. A cell's number does not count, its place among the cells does."""
    data = {name: list(found.values()) if name == "code" else sorted(found.items()) for name, found in facts.items()}
    return sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:32]


def input_files(step: Step, files: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """The files below the artifacts folder that a step loads -> what a person calls them."""
    found = {files[item.step, item.name]: f"{', '.join(item.taken)} from {item.step}" for item in step.inputs}
    if step.random_from:
        found[f"{step.random_from}/{RANDOM_FILE}"] = f"the random state after {step.random_from}"
    return found


def told_after(step: Step, steps: Mapping[str, Step]) -> tuple[str, ...]:
    """Steps that this one comes after because the user said so, not because of a value or a file."""
    given = {item.step for item in step.inputs} | {step.random_from}
    touched = {*step.reads, *step.writes}
    return tuple(
        name for name in step.above
        if name not in given and not touched & {*steps[name].reads, *steps[name].writes}
    )  # fmt: skip


def differences(before: Entry, now: Facts, labels: Mapping[str, str]) -> list[str]:
    """Why a step runs although it ran before, in words; most telling first."""
    old = before.ingredients
    found = _parameters(old.get("parameters", {}), now["parameters"])
    found += _code(old.get("code", {}), now["code"])
    found += distributions.changes(old.get("environment", {}), now["environment"])
    found += [
        f"the environment variable {name} changed" for name in _unequal(old.get("variables", {}), now["variables"])
    ]
    if old.get("salt", {}) != now["salt"]:
        found.append("other random numbers are wanted")
    if "inputs" in now:
        found += [f"{labels.get(name, name)} changed" for name in _unequal(old.get("inputs", {}), now["inputs"])]
        found += [f"{name}, which comes before it, ran" for name in _unequal(old.get("after", {}), now["after"])]
    return found


def _of_variable(name: str) -> str | None:
    value = os.environ.get(name)
    return None if value is None else sha256(value.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _parameters(before: Mapping[str, str | None], now: Mapping[str, str | None]) -> list[str]:
    found = []
    for name in _unequal(before, now):
        if name in before and name in now:
            found.append(f"{name} {_short(before[name])} → {_short(now[name])}")
        else:
            found.append(f"it {'reads' if name in now else 'no longer reads'} the parameter {name}")
    return found


def _code(before: Mapping[str, str | None], now: Mapping[str, str | None]) -> list[str]:
    left = Counter(before.values())
    new = []
    for label, mark in now.items():
        if left[mark] > 0:
            left[mark] -= 1
        else:
            new.append(label)
    if new:
        cells = [label.removeprefix("cell ") for label in new if label.startswith("cell ")]
        found = [f"code changed ({'cell' if len(cells) == 1 else 'cells'} {', '.join(cells)})"] if cells else []
        return found or [_GENERATED.get(new[0], "the reading of its metrics changed")]
    if +left:
        return ["code changed (a cell is gone)"]
    return ["its cells changed places"] if list(before.values()) != list(now.values()) else []


def _unequal(before: Mapping[str, str | None], now: Mapping[str, str | None]) -> list[str]:
    return [
        name for name in {**now, **before} if before.get(name) != now.get(name) or (name in before) != (name in now)
    ]


def _short(text: str | None) -> str:
    return str(text) if len(str(text)) <= _LONGEST else f"{str(text)[: _LONGEST - 1]}…"
