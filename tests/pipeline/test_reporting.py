"""The page that a check leaves, and that of any other run: real kernels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nb2pipe import report
from tests.building import notebook
from tests.main_job.calling import call

pytestmark = [pytest.mark.slow, pytest.mark.kernel]

DRAW = """\
import struct, zlib
from IPython.display import Image, display
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
rows = b"".join(b"\\0" + bytes([level if x == y else 0 for x in range(10)]) for y in range(10))
png = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 10, 10, 8, 0, 0, 0, 0))
display(Image(data=png + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")))"""
CELLS = (
    ("parameters", "level = 3"),
    ("step:draw", DRAW),
    ("step:score", "share = level / 10"),
    ("metrics", "m = share"),
)


def test_each_check_leaves_a_page_and_any_run_can_have_one(tmp_path: Path) -> None:
    """A check that passes, one with another parameter that does not, and a run that stops."""
    source = notebook(tmp_path, *CELLS)
    assert call("export", "nb.ipynb", "-q", "--no-verify", folder=tmp_path).code == 0
    first = call("check", "nb_pipeline", folder=tmp_path)
    assert first.code == 0, first.err
    (place,) = [line.removeprefix("report: ") for line in first.out.splitlines() if line.startswith("report: ")]
    page = (tmp_path / place).read_text(encoding="utf-8")
    assert "Reproduced: 1 of 1 metric within tolerance" in page
    assert "identical" in page
    assert page.count("<iframe") == 2

    assert call("check", "nb_pipeline", "-q", "-p", "level=4", folder=tmp_path).code == 1
    told = json.loads(call("report", "nb_pipeline", "--format", "json", folder=tmp_path).out)
    assert (told["passed"], told["checked"], told["metrics"][0]["verdict"]) == (False, True, "failed")
    assert [(item["verdict"], item["share"]) for item in told["figures"]] == [("differs", 0.1)]
    assert [item["value"] for item in told["history"]["m"]] == [0.3, 0.4]
    assert told["parameters"] == [{"name": "level", "value": 4, "default": 3, "changed": True}]
    total = told["run"]["seconds"]
    assert all(0 < step["began"] < step["began"] + step["seconds"] <= total for step in told["run"]["steps"])

    step = tmp_path / "nb_pipeline" / "steps" / "score.ipynb"
    step.write_text(step.read_text().replace("level / 10", "level / 0"))
    assert call("run", "nb_pipeline", "-q", folder=tmp_path).code == 3
    target = report(tmp_path / "nb_pipeline", output=tmp_path / "stopped.html")
    page = target.read_text(encoding="utf-8")
    assert "Not finished: step &#39;score&#39; failed" in page
    assert "ZeroDivisionError" in page
    earlier = call("report", "nb_pipeline", "--run", Path(place).parent.name, "--format", "markdown", folder=tmp_path)
    assert "reproduced: 1 of 1" in earlier.out
    for wrong in (("nb_pipeline", "--run", "nope"), ("nb.ipynb",), ("nothing.ipynb",)):
        assert call("report", *wrong, folder=tmp_path).code == 2
    assert source.is_file()
