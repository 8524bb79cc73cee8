"""Contracts: clean data of the same kind passes, each corruption is caught and its column named first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nb2pipe.checking import contracts


def people(rows: int, seed: int) -> pd.DataFrame:
    """Numbers of several shapes, a key, categories, a flag, a time, and two columns that go together."""
    rng = np.random.default_rng(seed)
    income = rng.lognormal(3, 1, rows)
    return pd.DataFrame(
        {
            "id": rng.permutation(rows),
            "age": rng.integers(18, 90, rows),
            "income": income,
            "spent": income * rng.uniform(0.4, 0.6, rows),
            "height": rng.normal(170, 10, rows),
            "weight": rng.normal(170, 10, rows) + 0.8 * np.log(income),
            "city": rng.choice(["Bern", "Basel", "Chur"], rows, p=[0.5, 0.4, 0.1]),
            "member": rng.random(rows) < 0.3,
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 1000, rows), unit="D"),
            "rating": pd.Categorical(rng.choice(["low", "high"], rows)),
            "note": np.where(rng.random(rows) < 0.1, None, "seen"),
        }
    )


def swapped(frame: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    return frame.assign(**{first: frame[second], second: frame[first]})


CORRUPTIONS = {
    "a column is null": (lambda f: f.assign(height=np.nan), contracts.Kind.NULLS, "height"),
    "some of a column is null": (lambda f: f.assign(age=f.age.where(f.age > 22)), None, "age"),
    "two columns are swapped": (lambda f: swapped(f, "age", "income"), None, ("age", "income")),
    "the unit is another": (lambda f: f.assign(income=f.income * 1000), contracts.Kind.DISTRIBUTION, "income"),
    "a category is gone": (lambda f: f[f.city != "Chur"], contracts.Kind.VANISHED, "city"),
    "half the rows are gone": (lambda f: f.iloc[: len(f) // 2], contracts.Kind.ROWS, ""),
    "there are no rows": (lambda f: f.iloc[:0], contracts.Kind.EMPTY, ""),
    "numbers are text": (lambda f: f.assign(age=f.age.astype(str)), contracts.Kind.TYPE, "age"),
    "a column is gone": (lambda f: f.drop(columns="member"), contracts.Kind.MISSING, "member"),
    "a column is new": (lambda f: f.assign(extra=1), contracts.Kind.EXTRA, "extra"),
    "columns stand in another order": (lambda f: f[[*f.columns[1:], "id"]], contracts.Kind.ORDER, ""),
    "the key is doubled": (lambda f: pd.concat([f, f.iloc[:9]]), contracts.Kind.KEY, "id"),
    "times are another year's": (
        lambda f: f.assign(since=f.since + pd.Timedelta(days=2000)), contracts.Kind.DISTRIBUTION, "since"
    ),
    "a flag is turned round": (lambda f: f.assign(member=~f.member), contracts.Kind.VALUES, "member"),
}  # fmt: skip


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    path = tmp_path_factory.mktemp("reference") / "people.parquet"
    people(2000, 1).to_parquet(path)
    return contracts.summarise(path)


def alerts(frame: pd.DataFrame, reference: contracts.TableSummary, folder: Path, **options):
    path = folder / "new.parquet"
    frame.reset_index(drop=True).to_parquet(path)
    return contracts.alerts(contracts.compare(path, reference, **options), reference)


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_a_corruption_is_caught_and_its_column_comes_first(corruption, reference, tmp_path):
    spoil, kind, column = CORRUPTIONS[corruption]
    found = alerts(spoil(people(2000, 2)), reference, tmp_path)
    assert found, "not caught"
    assert kind in (None, found[0].breach.kind)
    assert found[0].breach.column in (column if isinstance(column, tuple) else (column,))


def test_clean_data_of_the_same_kind_raises_no_alert(reference, tmp_path):
    for seed in range(10, 18):
        assert alerts(people(1800, seed), reference, tmp_path) == ()


def test_two_columns_that_look_alike_and_are_swapped_show_in_how_they_go_with_others(tmp_path):
    frame = people(2000, 1)
    frame["other"] = np.random.default_rng(3).permutation(frame.spent.to_numpy())
    frame.to_parquet(tmp_path / "t.parquet")
    reference = contracts.summarise(tmp_path / "t.parquet")
    found = alerts(swapped(frame, "spent", "other"), reference, tmp_path)
    assert {alert.breach.column for alert in found} | set(found[0].columns) >= {"spent", "other"}
    assert "swapped" in found[0].cause


def test_two_columns_in_each_others_place_are_said_to_be_swapped(reference, tmp_path):
    found = alerts(swapped(people(2000, 2), "age", "income"), reference, tmp_path)
    assert found[0].cause == "are 'age' and 'income' swapped?" or found[0].cause == "are 'income' and 'age' swapped?"
    scaled = people(2000, 2)
    found = alerts(scaled.assign(age=scaled.age * 100, height=scaled.height * 100), reference, tmp_path)
    assert len(found) == 2
    assert not any("swapped" in alert.cause for alert in found)


def test_columns_that_go_together_are_one_alert(reference, tmp_path):
    frame = people(2000, 2)
    found = alerts(frame.assign(income=frame.income * 30, spent=frame.spent * 30), reference, tmp_path)
    assert [set(alert.columns) for alert in found] == [{"income", "spent"}]


def test_with_other_parameters_only_the_structure_counts(reference, tmp_path):
    frame = people(300, 2)
    assert alerts(frame.assign(income=frame.income * 1000), reference, tmp_path, statistics=False) == ()
    assert alerts(frame.drop(columns="age"), reference, tmp_path, statistics=False)


def test_the_same_file_is_not_looked_at_twice(reference, tmp_path):
    people(2000, 1).to_parquet(tmp_path / "same.parquet")
    assert contracts.compare(tmp_path / "same.parquet", reference) == ()


def test_what_a_person_accepted_is_normal_from_then_on(tmp_path):
    old, new = tmp_path / "old.parquet", tmp_path / "new.parquet"
    people(2000, 1).to_parquet(old)
    grown = people(8000, 2)
    grown = grown.assign(height=grown.height + 5)
    grown.to_parquet(new)
    contract = contracts.learned({"load/people": old})
    known = contract.tables["load/people"]
    assert {alert.breach.kind for alert in contracts.alerts(contracts.compare(new, known), known)} >= {
        contracts.Kind.ROWS, contracts.Kind.DISTRIBUTION
    }  # fmt: skip
    known = contracts.accepted(contract, {"load/people": new}).tables["load/people"]
    third = tmp_path / "third.parquet"
    again = people(9000, 4)
    again.assign(height=again.height + 6).to_parquet(third)
    assert contracts.alerts(contracts.compare(third, known), known) == ()


def test_an_accepted_structure_is_the_new_reference(tmp_path):
    old, new = tmp_path / "old.parquet", tmp_path / "new.parquet"
    people(500, 1).to_parquet(old)
    people(500, 2).drop(columns="age").to_parquet(new)
    contract = contracts.accepted(contracts.learned({"load/people": old}), {"load/people": new})
    known = contract.tables["load/people"]
    assert "age" not in {column.name for column in known.columns}


@pytest.mark.parametrize("array", [np.arange(100.0), np.ones((50, 3)), np.ones((5, 4, 4)), np.array(3.0)])
def test_arrays_have_contracts_too(array, tmp_path):
    np.save(tmp_path / "a.npy", array)
    reference = contracts.summarise(tmp_path / "a.npy")
    np.save(tmp_path / "b.npy", array.astype("float32"))
    found = contracts.alerts(contracts.compare(tmp_path / "b.npy", reference), reference)
    assert found[0].breach.kind is contracts.Kind.TYPE


def test_the_file_gives_back_what_was_written(reference, tmp_path):
    contract = contracts.Contract(tables={"load/people": reference})
    text = contracts.dump(contract)
    (tmp_path / contracts.FILE_NAME).write_text(text)
    assert contracts.load(tmp_path / contracts.FILE_NAME) == contract
    assert contracts.load(tmp_path / "none.json") is None
    assert max(map(len, text.splitlines())) < 4000


@pytest.mark.parametrize(
    "text", ["", "{}", '{"schema_version": 7, "tables": {}}', '{"schema_version": 1, "tables": 3}']
)
def test_a_broken_file_is_said_to_be_broken(text, tmp_path):
    from nb2pipe.errors import InvalidInput

    (tmp_path / contracts.FILE_NAME).write_text(text)
    with pytest.raises(InvalidInput, match="contracts"):
        contracts.load(tmp_path / contracts.FILE_NAME)
