"""The formats: lines of code for exported steps."""

import ast

import pytest

from nb2pipe.formats import FORMATS, by_name, needed, render_load, render_save


def test_formats_are_found_by_name_in_their_order():
    """Open files first, pickles last."""
    names = [
        "parquet", "parquet-rows", "parquet-series", "npy", "json", "npz-sparse", "distribution", "logger", "joblib",
        "joblib-rows", "pickle", "cloudpickle",
    ]  # fmt: skip
    assert [form.name for form in FORMATS] == names
    assert by_name("npy").suffix == ".npy"
    with pytest.raises(KeyError):
        by_name("xlsx")


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_save_and_load_are_one_statement_and_one_expression_without_new_names(form):
    """A step that saves or loads binds no helper name that could be one of the user's."""
    save = ast.parse(render_save(form, "value", "path"))
    assert [type(node) for node in save.body] == [ast.Expr]
    load = ast.parse(render_load(form, "path"), mode="eval")
    bound = [n for tree in (save, load) for n in ast.walk(tree) if isinstance(n, ast.NamedExpr)]
    assert bound == []
    read = {n.id for tree in (save, load) for n in ast.walk(tree) if isinstance(n, ast.Name)}
    own = {n.arg for tree in (save, load) for n in ast.walk(tree) if isinstance(n, ast.arg)}
    assert read - own == {"value", "path"} | {alias for _, alias in form.imports}
    assert form.describe


def test_the_lines_are_those_a_reader_would_write():
    """Finished expressions go in as they are, modules under the names that the step has for them."""
    assert render_save(by_name("parquet"), "X_train", '"out/X.parquet"') == 'X_train.to_parquet("out/X.parquet")'
    assert render_load(by_name("parquet"), "f'{p}/X'", {"pd": "pandas"}) == "pandas.read_parquet(f'{p}/X')"
    assert render_save(by_name("json"), "{'a': {}}", "p") == "pathlib.Path(p).write_text(json.dumps({'a': {}}))"
    assert render_load(by_name("joblib"), "p") == "joblib.load(p)"
    assert render_load(by_name("npz-sparse"), "p", {"sparse": "sp", "unused": "x"}) == "sp.load_npz(p)"


def test_only_the_imports_that_a_line_uses_are_asked_for():
    """A table saves itself; pandas is needed to read it."""
    form = by_name("parquet")
    assert needed(form, form.save) == ()
    assert needed(form, form.load) == (("pandas", "pd"),)
