"""Every everyday idiom gives the notebook's values, or is refused; never a wrong value, never a crash in a step."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faithful.cases import CASES, FOUND, Case
from tests.faithful.harness import outcome

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the harness forks")

# What is not right, and why that is so. Everything else must be right.
EXPECTED = {
    "mutable default argument": ("refused", ("NB214",)),  # the list lives in the function object
    "default that is changed where the function is made": ("refused", ("NB214",)),
    "function attribute": ("refused", ("NB214",)),
    "class with class variables and globals": ("refused", ("NB214",)),
    "decorator with registry": ("refused", ("NB206",)),  # REG changes after the decorator read it
    "output history _": ("refused", ("NB201",)),
    "output history Out": ("refused", ("NB201",)),
    "view of an array": ("refused", ("NB204",)),
    "view beside an alias, changed": ("refused", ("NB204",)),
    "view beside an alias, changed through the alias": ("refused", ("NB204",)),
    "iterator half consumed": ("refused", ("NB204",)),
    "generator": ("refused", ("NB204",)),
    "open file": ("refused", ("NB204",)),
    "database connection": ("refused", ("NB204",)),
    "closure state changed where it is made": ("detected", ()),
    "list of a class changed where it is made": ("detected", ()),
    "open transaction": ("refused", ("NB204",)),
    "closed connection": ("refused", ("NB204",)),
    "held lock": ("refused", ("NB204",)),
    "GroupBy of a table that changes": ("refused", ("NB206",)),
    "exception of the notebook": ("refused", ("NB204",)),  # it carries a traceback with frames
    "figure and axes": ("refused", ("NB204",)),
    "os.environ from a computed value": ("refused", ("NB206",)),
    "option set inside a function": ("detected", ()),
    "figure size set inside a function": ("detected", ()),
    "step continued with a change": ("refused", ("NB206",)),
    "step continued that reads the middle": ("refused", ("NB203",)),
    "skip that defines something needed": ("refused", ("NB205",)),
    "skip that changes something needed": ("refused", ("NB205",)),
    "skip that changes through a function": ("refused", ("NB205",)),
    "conditional function whose global is rebound": ("refused", ("NB204",)),  # stored with its globals as they were
    "closure whose global is rebound": ("refused", ("NB204",)),
    "functions with state in a list": ("refused", ("NB204",)),
    "partial of a function that is redefined": ("refused", ("NB206",)),  # stored as a reference to the name
    "instance of a class that is redefined": ("refused", ("NB206",)),
    "state of a class": ("refused", ("NB214",)),
    "os.environ in a skipped cell": ("refused", ("NB205",)),
    "skip that rebinds between two parts of a step": ("refused", ("NB205",)),
    "step continued after another rebinds its name": ("refused", ("NB206",)),
    "step continued after a function takes its name": ("refused", ("NB206",)),
    "default list kept by an object, changed later": ("refused", ("NB204",)),
    "kwonly default kept": ("refused", ("NB204",)),
    "class attribute shared with a name": ("refused", ("NB204",)),
    "decorator with argument list": ("refused", ("NB214",)),
    "counter class as decorator": ("refused", ("NB214",)),
    "wrapper that remembers its calls": ("refused", ("NB214",)),
    "memo that counts too": ("refused", ("NB214",)),
    "deduplicating dict": ("detected", ()),
    "impure memo": ("detected", ()),
    "lru_cache info read": ("refused", ("NB214",)),
    "singledispatch": ("refused", ("NB214",)),
    "class registry with __init_subclass__": ("refused", ("NB214",)),
    "id counter in a class": ("detected", ()),
    "extra attribute on a frame": ("refused", ("NB204",)),
    "pandas option in a function, no import later": ("detected", ()),
    "warnings once in a function": ("detected", ()),
    "numpy errstate set by function": ("detected", ()),
    "locale set in a function": ("detected", ()),
    "step continued after a seed elsewhere": ("refused", ("NB206",)),
    "step continued after a variable is set elsewhere": ("refused", ("NB206",)),
    "value takes the name of a function it holds": ("refused", ("NB204",)),
    "dict view": ("refused", ("NB204",)),
    "iterator with a functions cell in between": ("refused", ("NB204",)),
    "to_numpy shares memory, changed": ("detected", ()),
    "thread lock inside an object": ("refused", ("NB204",)),
}
QUICK = (*CASES[::10], *FOUND[::3])
REST = tuple(case for case in CASES if case not in QUICK)


def check(folder: Path, case: Case) -> None:
    name, _, cells = case
    found = outcome(folder.resolve(), *cells)
    assert (found.verdict, found.codes) == EXPECTED.get(name, ("right", ())), found.detail


@pytest.mark.parametrize("case", QUICK, ids=[name for name, _, _ in QUICK])
def test_some_idioms(tmp_path: Path, case: Case) -> None:
    """A sample of the table, for every commit."""
    check(tmp_path, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", REST, ids=[name for name, _, _ in REST])
def test_all_other_idioms(tmp_path: Path, case: Case) -> None:
    """The rest of the table; ``python -m tests.faithful`` prints the whole."""
    check(tmp_path, case)


def test_the_table_is_complete() -> None:
    """Names are unique, and each expectation belongs to a case."""
    names = [name for name, _, _ in CASES]
    assert len(names) == len(set(names))
    assert set(EXPECTED) <= set(names)


def test_the_page_of_limitations_lists_all_that_is_not_right() -> None:
    """With the verdict and the code that the table has."""
    page = (Path(__file__).parents[2] / "docs/limitations.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    told = {row[0]: row[1] for row in rows if row[0] not in ("case", "---")}
    assert told == {name: " ".join((verdict, *codes)) for name, (verdict, codes) in EXPECTED.items()}
