"""What makes a step run again, and what does not: the facts of its key, and how differences are told."""

from __future__ import annotations

import dataclasses

import pytest

from nb2pipe.model import Artifact, Step
from nb2pipe.running import scheduling
from nb2pipe.running.caching import code, keys
from nb2pipe.running.caching.index import Entry
from tests.building import _cell

STEP = Step(name="train", cells=(4,), parameters=("n",), inputs=(Artifact(names=("x",), step="load"),))
ENVIRONMENT = {"python": "3.11.7", "pandas": "2.2.1"}


def step_notebook(*sources: str) -> dict[str, object]:
    cells = [_cell(number, [], source) for number, source in enumerate(sources)]
    for number, cell in enumerate(cells):
        cell["metadata"] = {"nb2pipe": {"cell": number + 5}}
    return {"cells": cells}


def facts(source: str = "y = x + n", **changes: object) -> dict[str, dict[str, str | None]]:
    found = keys.early(STEP, code.read(step_notebook(source)), {"n": 3}, ENVIRONMENT)
    return {**found, "inputs": {"load/x.json": "aa"}, "after": {}, **changes}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("y = x + n", "y  =  x+n   # why", True),
        ("y = x + n", "\n\n# a remark\ny = (\n  x\n  + n)\n", True),
        ("f('a')", 'f("a")', True),
        ("y = x + n", "y = n + x", False),
        ("y = 1", "y = 1.0", False),
        ("y = 1", "y = True", False),
        ("y = ' a'", "y = 'a'", False),
        ("%time y = x", "%time y = x ", True),
        ("!echo 1", "!echo 2", False),
        ("%matplotlib inline", "%matplotlib agg", False),
        ("%%bash\necho 1", "%%bash\necho 2", False),
        ("y = (", "y = ((", False),
    ],
)
def test_comments_and_layout_do_not_count(before: str, after: str, same: bool) -> None:
    """Two texts of a cell have the same key if they are the same program; shell lines count as they are."""
    assert (keys.digest(facts(before)) == keys.digest(facts(after))) is same


def entry(found: dict[str, dict[str, str | None]]) -> Entry:
    return Entry(id="1", step="train", partial="", key=keys.digest(found), ingredients=found)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"parameters": {"n": "4"}}, ["n 3 → 4"]),
        ({"parameters": {"n": "'" + "a" * 60 + "'"}}, ["n 3 → '" + "a" * 38 + "…"]),
        ({"parameters": {}}, ["it no longer reads the parameter n"]),
        ({"environment": {**ENVIRONMENT, "pandas": "2.3"}}, ["pandas 2.2.1 → 2.3"]),
        ({"environment": {**ENVIRONMENT, "python": "3.12.1"}}, ["python 3.11.7 → 3.12.1"]),
        ({"environment": {**ENVIRONMENT, "numpy": "2"}}, ["numpy 2 is new"]),
        ({"environment": {"python": "3.11.7"}}, ["pandas 2.2.1 is gone"]),
        ({"inputs": {"load/x.json": "bb"}}, ["x from load changed"]),
        ({"after": {"seed": "1"}}, ["seed, which comes before it, ran"]),
        ({"variables": {"MODE": "1"}}, ["the environment variable MODE changed"]),
        ({"salt": {"salt": "7"}}, ["other random numbers are wanted"]),
        ({}, []),
    ],
)
def test_differences_are_told(changes: dict[str, object], said: list[str]) -> None:
    """Each fact has its sentence, and another key."""
    now = facts(**changes)
    assert keys.differences(entry(facts()), now, {"load/x.json": "x from load"}) == said
    assert (keys.digest(now) == keys.digest(facts())) is (not said)


def test_the_changed_cell_is_named_and_numbers_do_not_count() -> None:
    """A cell put in above gives the cells below other numbers, and the step no other key."""
    one = code.read(step_notebook("a = 1", "b = 2"))
    moved = step_notebook("a = 1", "b = 2")
    for cell in moved["cells"]:  # type: ignore[attr-defined]
        cell["metadata"]["nb2pipe"]["cell"] += 3
    early = keys.early(STEP, one, {"n": 3}, ENVIRONMENT)
    assert keys.digest(early) == keys.digest(keys.early(STEP, code.read(moved), {"n": 3}, ENVIRONMENT))
    other = keys.early(STEP, code.read(step_notebook("a = 1", "b = 3")), {"n": 3}, ENVIRONMENT)
    assert keys.differences(entry(early), other, {}) == ["code changed (cell 6)"]


def test_environment_variables_that_the_code_names_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """By digest: an entry of the cache tells no secret."""
    source = "import os\na = os.environ['MODE']\nb = os.getenv('LEVEL')\nos.environ['SET'] = '1'"
    assert code.read(step_notebook(source)).variables == ("MODE", "LEVEL")
    monkeypatch.setenv("MODE", "fast")
    before = facts(source)
    monkeypatch.setenv("MODE", "slow")
    assert keys.differences(entry(before), facts(source), {}) == ["the environment variable MODE changed"]
    assert "slow" not in str(facts(source))


@pytest.mark.parametrize(
    ("source", "mark"),
    [
        ("import datetime\nt = datetime.datetime.now()", "reads the clock (datetime.now)"),
        ("import time\nt = time.time()", "reads the clock (time.time)"),
        ("import uuid\nt = uuid.uuid4()", "draws from the system (uuid.uuid4)"),
        ("r = np.random.default_rng()", "draws random numbers without a seed"),
        ("r = np.random.default_rng(7)", None),
        ("time.sleep(1)", None),
    ],
)
def test_marks(source: str, mark: str | None) -> None:
    """What may give something else next time is said when it is reused."""
    assert code.read(step_notebook(source)).marks == ((mark,) if mark else ())


def wide(**more: object) -> tuple[Step, ...]:
    """load -> a, b, c -> end, with what ``more`` says about a step."""
    value = Artifact(names=("x",), step="load")
    steps = [Step(name="load", cells=(0,), outputs=(value,))]
    steps += [Step(name=name, cells=(1,), inputs=(value,)) for name in "abc"]
    steps.append(Step(name="end", cells=(2,), after=("a", "b", "c")))
    return tuple(dataclasses.replace(step, **more.get(step.name, {})) for step in steps)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "load"),
        ({"a": {"writes": ("f",)}, "b": {"reads": ("f",)}}, "load a"),
        ({"a": {"reads": ("f",)}, "b": {"writes": ("f",)}}, "load a"),
        ({"a": {"writes": ("f",)}, "b": {"writes": ("f",)}}, "load a"),
        ({"a": {"reads": ("f",)}, "b": {"reads": ("f",)}}, "load"),
        ({"a": {"hosts": ("db:1",)}, "b": {"hosts": ("db:1",)}}, "load a"),
        ({"a": {"hosts": ("db:1",)}, "b": {"hosts": ("db:2",)}}, "load"),
        ({"b": {"random_from": "a"}}, "load a"),
    ],
)
def test_steps_run_at_once_only_if_none_sees_the_other(more: dict[str, object], expected: str) -> None:
    """What ``b`` waits for."""
    assert scheduling.waits_for(wide(**more), observed=True)["b"] == frozenset(expected.split())


def test_what_nobody_watched_runs_one_by_one() -> None:
    """Without an observed run, or with shell lines, files are unknown."""
    assert scheduling.waits_for(wide(), observed=False)["c"] == frozenset({"load", "a", "b"})
    waits = scheduling.waits_for(wide(), observed=True, alone=["b"])
    assert waits["c"] == frozenset({"load", "b"})
    assert waits["b"] == frozenset({"load", "a"})
