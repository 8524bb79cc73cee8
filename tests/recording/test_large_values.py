"""Large tables and arrays are tried in part; the format must be the one that trying all of it finds."""

import numpy as np
import pandas as pd
import pytest

from nb2pipe.formats import FORMATS
from nb2pipe.recording.inkernel import storing
from nb2pipe.recording.inkernel.digests import fingerprint

ROWS = 5000
NUMBERS = np.random.default_rng(0).normal(size=(ROWS, 3))


def table(index=None, **columns):
    plain = {name: NUMBERS[:, at].copy() for at, name in enumerate("abc")}
    return pd.DataFrame({**plain, "n": np.arange(ROWS), **columns}, index=index)


def late(value, odd):
    """A column that is like all others but for its last row."""
    items = [value] * ROWS
    items[-1] = odd
    return pd.Series(items, dtype=object)


def with_attrs():
    made = table()
    made.attrs["source"] = "x"
    return made


VALUES = {
    "numbers": table,
    "missing": lambda: table(m=np.where(NUMBERS[:, 0] > 0, np.nan, 1.0)),
    "small types": lambda: table(i=np.int8(1), f=np.float32(0.1), b=True),
    "half precision": lambda: table(h=np.float16(0.1)),
    "complex": lambda: table(z=1j),
    "text": lambda: table(t="x"),
    "text, one number at the end": lambda: table(t=late("x", 3)),
    "text, None at the end": lambda: table(t=late("x", None)),
    "lists": lambda: table(t=late([1], [2, 3])),
    "dates": lambda: table(d=pd.Timestamp("2024-01-01")),
    "categories": lambda: table(c=pd.Categorical(["x", "y"] * (ROWS // 2))),
    "text as index": lambda: table(index=[f"r{at}" for at in range(ROWS)]),
    "mixed index": lambda: table(index=[*range(ROWS - 1), "last"]),
    "several levels": lambda: table(index=pd.MultiIndex.from_product([range(ROWS // 2), ["x", "y"]])),
    "duplicate names": lambda: table().rename(columns={"b": "a"}),
    "numbers as names": lambda: pd.DataFrame(NUMBERS.copy()),
    "row by row": lambda: pd.DataFrame(NUMBERS, columns=list("abc")),
    "attrs": with_attrs,
    "array": NUMBERS.copy,
    "array column by column": lambda: np.asfortranarray(NUMBERS),
    "array of dates": lambda: np.arange(ROWS).astype("M8[D]"),
    "array of objects": lambda: np.array([*range(ROWS), "x"], dtype=object),
    "series": lambda: table()["a"],
}


def choose(value, folder, monkeypatch, large):
    monkeypatch.setattr(storing, "LARGE", large)
    found = storing.Storage(str(folder), [form.request() for form in FORMATS]).store("v", value, fingerprint(value))
    return found and found[0]


@pytest.mark.parametrize("name", VALUES)
def test_a_part_tells_the_format_of_all(name, tmp_path, monkeypatch):
    """Whatever is odd in a column, an index or the last row is not missed."""
    value = VALUES[name]()
    assert choose(value, tmp_path, monkeypatch, 1) == choose(value, tmp_path, monkeypatch, 1 << 40)


def test_a_large_table_of_numbers_is_not_written_whole(tmp_path, monkeypatch):
    """That is what takes the time."""
    choose(table(), tmp_path, monkeypatch, 1)
    assert (tmp_path / "v.parquet").stat().st_size < 100_000
