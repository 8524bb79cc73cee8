"""Every everyday idiom gives the notebook's values, or is refused; never a wrong value, never a crash in a step."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faithful.cases import CASES, FOUND, Case
from tests.faithful.harness import outcome
from tests.faithful.libraries import LIBRARIES, missing

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
    "id counter in a class": ("detected", ()),
    "extra attribute on a frame": ("refused", ("NB204",)),
    "step continued after a seed elsewhere": ("refused", ("NB206",)),
    "step continued after a variable is set elsewhere": ("refused", ("NB206",)),
    "value takes the name of a function it holds": ("refused", ("NB204",)),
    "dict view": ("refused", ("NB204",)),
    "iterator with a functions cell in between": ("refused", ("NB204",)),
    "to_numpy shares memory, changed": ("detected", ()),
    "thread lock inside an object": ("refused", ("NB204",)),
    "formula with a function of the notebook": (
        "refused",
        ("NB204",),
    ),  # the fitted model evaluates it again when loaded
    "contextvars": ("refused", ("NB204",)),
    "threading.local": ("refused", ("NB204",)),
    "abstract base registered across steps": ("refused", ("NB214",)),
    "exception that was not raised": ("refused", ("NB204",)),  # its pickle loses what __init__ made
    "sys.modules and __main__": ("refused", ("NB201",)),
    "builtin made by setting it": ("refused", ("NB201",)),
    "own class gets a method later": ("refused", ("NB204", "NB214")),
    "read only array": ("detected", ()),
    "vectorize and frompyfunc": ("refused", ("NB204",)),
    "row of a matrix as a name": ("refused", ("NB204",)),
    "transpose kept beside its array": ("refused", ("NB204",)),
    "chunks of a csv": ("refused", ("NB204",)),
    "cursor of a database": ("refused", ("NB204",)),
    "zip file left open": ("refused", ("NB204",)),
    "TemporaryDirectory kept": ("refused", ("NB204",)),
    "progress bar kept": ("refused", ("NB204",)),
    "thread pool kept": ("refused", ("NB204",)),
    "hash object": ("refused", ("NB204",)),
    "folder of tempfile": ("detected", ()),  # another in each run
    "queue": ("refused", ("NB204",)),
    "array, memoryview and bytearray": ("refused", ("NB204",)),
    "compiled pattern and match": ("refused", ("NB204",)),
    "itertools count and cycle": ("refused", ("NB204",)),
    "zip and map kept": ("refused", ("NB204",)),
    "csv reader": ("refused", ("NB204",)),
    "weak dictionary": ("refused", ("NB204",)),
    "ElementTree": ("detected", ()),
    "splits kept as a generator": ("refused", ("NB204",)),
    "Styler": ("refused", ("NB204",)),
    "axes of a plot": ("refused", ("NB204",)),
    "current figure of pyplot": ("detected", ()),
    "two frames share a column index": ("detected", ()),
    "logging to a file": ("refused", ("NB204",)),  # each step would begin the file anew
    "logging to a list": ("refused", ("NB204",)),
    "stdout replaced": ("refused", ("NB214",)),
    "module beside the notebook, changed after import": ("detected", ()),
    "xgboost, its own way": ("refused", ("NB204",)),  # a DMatrix
    "grid of seaborn kept": ("refused", ("NB204",)),
    "torch view of a tensor": ("refused", ("NB204",)),
    "torch and numpy in one memory": ("refused", ("NB204",)),
    "torch state dict by name": ("refused", ("NB204",)),
    "torch data loader with a generator": ("refused", ("NB204",)),
    "torch gradients kept": ("refused", ("NB204",)),
}
QUICK = (*CASES[::20], *FOUND[::5])
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


@pytest.mark.slow
@pytest.mark.parametrize("case", LIBRARIES, ids=[name for name, _, _ in LIBRARIES])
def test_idioms_of_libraries(tmp_path: Path, case: Case) -> None:
    """Where the library is installed: ``make test-libraries``."""
    lacking = missing(case)
    if lacking:
        pytest.skip(f"{', '.join(lacking)} not installed")
    check(tmp_path, case)


def test_the_table_is_complete() -> None:
    """Names are unique, and each expectation belongs to a case."""
    names = [name for name, _, _ in (*CASES, *LIBRARIES)]
    assert len(names) == len(set(names))
    assert set(EXPECTED) <= set(names)


def test_the_page_of_limitations_lists_all_that_is_not_right() -> None:
    """With the verdict and the code that the table has."""
    page = (Path(__file__).parents[2] / "docs/limitations.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    told = {row[0]: row[1] for row in rows if row[0] not in ("case", "---")}
    assert told == {name: " ".join((verdict, *codes)) for name, (verdict, codes) in EXPECTED.items()}
