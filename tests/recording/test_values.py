"""The table of values: how each is handed over, and that another process reads back the same."""

import pytest

from nb2pipe.formats import by_name, render_load

BOTH = pytest.mark.parametrize("which", ["here", pytest.param("old", marks=pytest.mark.slow)])
WITHOUT = {"parquet": "joblib", "parquet-series": "joblib", "cloudpickle": None}


class Asked:
    """The table in one Python: stored by one process, made again and loaded by another with another hash seed."""

    def __init__(self, python, folder, ask):
        self.stored = ask(python, folder, seed="1")
        self.values = self.stored["values"]
        other = ask(python, load=self.loads(folder), seed="2")
        self.again, self.loaded = other["values"], other["loaded"]

    def loads(self, folder):
        return {
            name: (form.imports, render_load(form, repr(str(folder / value["file"]))))
            for name, value in self.values.items()
            if value["format"] and (form := by_name(value["format"]))
        }


@pytest.fixture(scope="module")
def here(this_python, ask_cases, tmp_path_factory):
    return Asked(this_python, tmp_path_factory.mktemp("stored"), ask_cases)


@pytest.fixture(scope="module")
def old(old_data_python, ask_cases, tmp_path_factory):
    return Asked(old_data_python, tmp_path_factory.mktemp("stored"), ask_cases)


def wrong_formats(asked, without=()):
    found = {}
    for name, value in asked.values.items():
        expected = asked.stored["expected"][name]
        options = [expected] if isinstance(expected, str) else expected
        options = [without.get(option, option) if without else option for option in options]
        told = value["format"] or value["refusal"]
        if value["format"] not in options and not any(
            option is None or option in (value["refusal"] or "") for option in options
        ):
            found[name] = (options, told)
    return found


def test_every_value_goes_into_the_first_format_that_keeps_it_or_is_refused_with_a_remedy(here):
    """A frame into parquet, plain data into JSON, a connection into none: as the table says."""
    assert here.stored["missing"] == {}
    assert len(here.values) > 200
    assert wrong_formats(here) == {}


@pytest.mark.slow
def test_an_old_python_without_pyarrow_and_cloudpickle_finds_its_own_formats(old):
    """On Python 3.8 with pandas 1.3 frames go into joblib, lambdas nowhere, everything else as usual."""
    assert set(old.stored["missing"]) <= {
        "csr_array",
        "least_squares",
        "arima",
        "design_table",
        "design_in_a_model",
        "design",
    }
    assert wrong_formats(old, WITHOUT) == {}


@BOTH
def test_another_process_reads_the_same_content_from_the_file(which, request):
    """The fingerprint of what a second process loads is the fingerprint of what the first one had."""
    asked = request.getfixturevalue(which)
    stored = {name: value["fingerprint"] for name, value in asked.values.items() if value["format"]}
    assert {n: (asked.loaded[n], f) for n, f in stored.items() if asked.loaded[n] != f} == {}
    assert len(stored) > 150


@BOTH
def test_a_value_made_again_in_another_process_has_the_same_fingerprint(which, request):
    """Neither addresses, hash seeds nor measured times count: trained models and searches included."""
    asked = request.getfixturevalue(which)
    assert {n for n, value in asked.values.items() if value["fingerprint"] != asked.again[n]["fingerprint"]} == set()


@BOTH
def test_different_values_have_different_fingerprints(which, request):
    """No two values of the table are taken for one another, however alike: 1, 1.0, True, np.int8(1), "1"."""
    asked = request.getfixturevalue(which)
    by_digest = {}
    for name, value in asked.values.items():
        if value["fingerprint"]:
            by_digest.setdefault(value["fingerprint"], []).append(name)
    assert [names for names in by_digest.values() if len(names) > 1] == [["v_shared_rows", "v_unshared_rows"]]


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("v_point", ["Point"]),
        ("v_points", ["Point"]),
        ("v_enum_list", ["Colour"]),
        ("v_named_tuple", ["Row"]),
        ("v_pipeline_of_notebook", ["Doubler"]),
        ("v_pipeline_function", ["double"]),
        ("v_partial_of_notebook", ["double"]),
        ("v_bound_method", ["Point"]),
        ("v_cached_function", ["cached"]),
        ("v_frame_subclass", ["Table"]),
        ("v_forest", []),
        ("v_lambda", []),
        ("v_frame", []),
    ],
)
def test_the_definitions_of_the_notebook_that_a_value_needs_are_listed(here, name, needs):
    """Whoever loads the value must run these definitions first."""
    assert here.values[name]["code"] == needs
