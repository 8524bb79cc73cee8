"""The reply at a step border, asked for in this process."""

import json
import os
import random
import sys
import types
import warnings

import numpy as np
import pandas as pd
import pytest

from nb2pipe.formats import FORMATS
from nb2pipe.recording import inkernel


@pytest.fixture
def notebook(monkeypatch):
    """The names of a notebook; what the probe takes for ``__main__``."""
    main = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.setattr(inkernel.namespace, "shell", lambda: None)
    return main.__dict__


def border(folder, **request):
    reply = inkernel.ask("border", {"formats": [form.request() for form in FORMATS], "folder": str(folder), **request})
    assert reply["error"] is None, reply
    json.dumps(reply)
    return reply


def test_names_are_looked_at_and_only_those_to_store_are_written(notebook, tmp_path):
    """A name that is not bound is reported as absent, not as an error."""
    notebook.update(table=pd.DataFrame({"a": [1]}), limit=3)
    reply = border(tmp_path, names=["table", "limit", "gone"], store=["table"])
    assert [reply["values"][name]["present"] for name in ("table", "limit", "gone")] == [True, True, False]
    assert reply["values"]["limit"]["format"] is None
    assert reply["values"]["limit"]["refusal"] is None
    assert [part["path"] for part in reply["values"]["table"]["outline"]] == ["", "['a']"]
    assert reply["values"]["table"] | {"fingerprint": "", "size": 0, "outline": []} == {
        "present": True,
        "type": "pandas.DataFrame",
        "size": 0,
        "fingerprint": "",
        "format": "parquet",
        "file": "table.parquet",
        "refusal": None,
        "code": [],
        "outline": [],
        "rebuilt": False,
        "reads": [],
    }
    assert os.listdir(tmp_path) == ["table.parquet"]


def test_present_are_the_names_of_the_notebook(notebook, tmp_path):
    """Names that begin with an underscore are not counted."""
    notebook.update(a=1, _b=2)
    assert border(tmp_path)["present"] == ["a"]


def test_names_that_share_objects_are_stored_together(notebook, tmp_path):
    """As a tuple under both names; a memory view cannot be kept by any file and is refused."""
    rows = [1, 2]
    array = np.zeros(4)
    notebook.update(rows=rows, table={"rows": rows}, array=array, view=array[:2], same=array)
    reply = border(tmp_path, store=[["rows", "table"], ["array", "same"], ["array", "view"]])
    values = reply["values"]
    assert (values["rows+table"]["format"], values["rows+table"]["file"]) == ("joblib", "rows+table.joblib")
    assert values["array+same"]["format"] == "pickle"  # joblib would make two arrays of it
    assert (values["array+view"]["format"], "Make a copy" in values["array+view"]["refusal"]) == (None, True)
    assert reply["aliases"] == [["rows", "table"], ["array", "same", "view"]]
    assert reply["memory"] == [["array", "same", "view"]]
    assert sorted(os.listdir(tmp_path)) == ["array+same.pickle", "rows+table.joblib"]


def test_a_format_that_fails_leaves_no_file_behind(notebook, tmp_path):
    """Only what was kept lies in the folder, half-written tries do not."""
    notebook.update(bad={"db": open(os.devnull)}, mixed=pd.DataFrame({"a": [1], 2: [3]}), f=lambda x: x)  # noqa: SIM115
    values = border(tmp_path, store=["bad", "mixed", "f"])["values"]
    assert sorted(os.listdir(tmp_path)) == ["f.cloudpickle", "mixed.joblib"]
    assert values["bad"]["refusal"].startswith("it holds a _io.TextIOWrapper: an open file lives in one process.")


def test_a_folder_that_cannot_be_written_is_an_error_not_a_refusal(notebook, tmp_path):
    """A full disk says nothing about the value."""
    notebook.update(a=1)
    request = {"store": ["a"], "formats": [form.request() for form in FORMATS], "folder": str(tmp_path / "missing")}
    assert "FileNotFoundError" in inkernel.ask("border", request)["error"]


def test_no_value_is_stored_when_the_time_is_used_up(notebook, tmp_path):
    """It says so instead of guessing a format."""
    notebook.update(a=1)
    value = border(tmp_path, store=["a"], budget=-1)["values"]["a"]
    assert value["format"] is None
    assert "was used up" in value["refusal"]


def test_random_state_is_one_digest_of_all_libraries(notebook, tmp_path):
    """A draw or a seed in any library changes it; a look from the probe does not."""
    before = border(tmp_path)
    assert border(tmp_path)["random"] == before["random"]
    random.random()
    drawn = border(tmp_path)
    np.random.seed(5)
    seeded = border(tmp_path)
    np.random.rand()
    assert len({before["random"], drawn["random"], seeded["random"], border(tmp_path)["random"]}) == 4
    assert drawn["generators"]["random"] != before["generators"]["random"]


class Drawing:
    """Draws, prints and warns while it is pickled."""

    def __getstate__(self):
        random.random()
        np.random.rand()
        print("pickled")
        warnings.warn("careful", stacklevel=1)
        return {"a": 1}


def test_the_probe_leaves_no_trace(notebook, tmp_path, capsys, monkeypatch):
    """Random state, output, warnings, recursion limit and the notebook's names are as before."""
    monkeypatch.setattr(Drawing, "__module__", "drawing_module")
    module = types.ModuleType("drawing_module")
    module.Drawing = Drawing
    monkeypatch.setitem(sys.modules, "drawing_module", module)
    notebook.update(d=Drawing())
    state = (random.getstate(), np.random.get_state()[1].tobytes(), np.random.get_state()[2])
    filters, limit, names = list(warnings.filters), sys.getrecursionlimit(), list(notebook)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("error")
        reply = border(tmp_path, names=["d"], store=["d"])
    assert reply["values"]["d"]["format"] == "joblib"
    assert caught == []
    assert (random.getstate(), np.random.get_state()[1].tobytes(), np.random.get_state()[2]) == state
    assert (list(warnings.filters), sys.getrecursionlimit(), list(notebook)) == (filters, limit, names)
    assert capsys.readouterr() == ("", "")


class Interrupting:
    def __reduce_ex__(self, protocol):
        raise KeyboardInterrupt


@pytest.mark.parametrize("entry", ["border", "metrics", "environment", "memory", "start", "nonsense"])
def test_nothing_is_raised_into_the_run(notebook, entry):
    """Wrong requests and vicious values give a reply with an error."""
    notebook.update(v=Interrupting())
    reply = inkernel.ask(entry, {"names": ["v"], "modules": 5, "store": ["v"]})
    assert (reply["error"] is None) is (entry in ("memory", "start", "metrics"))


def test_a_reply_file_is_there_whole_or_not_at_all(tmp_path):
    """Even an unreadable request raises nothing."""
    request, reply = tmp_path / "request", tmp_path / "reply"
    inkernel.call("memory", str(request), str(reply))
    assert not reply.exists()
    request.write_text("{}")
    inkernel.call("memory", str(request), str(reply))
    assert json.loads(reply.read_text())["peak"] > 10_000_000
    assert sorted(os.listdir(tmp_path)) == ["reply", "request"]
