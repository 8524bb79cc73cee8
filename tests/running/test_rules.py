"""What the diagnostics of running say."""

import errno
from pathlib import Path

import pytest

from nb2pipe import rules
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.rules import (
    nb501_kernel_died,
    nb502_cell_failed,
    nb503_timeout,
    nb504_interrupted,
    nb505_kernel_did_not_start,
    nb506_storage,
    nb507_unserialisable,
)


@pytest.mark.parametrize("code", ["NB002", *(f"NB50{number}" for number in range(1, 8))])
def test_each_can_be_explained(code):
    """Title, and a bad and a good example."""
    rule = rules.explain(code)
    assert rule.code == code
    assert " bad\n" in rule.explain
    assert " good\n" in rule.explain


def test_a_dead_kernel():
    """Memory is blamed only when it is plausible; a crash shows the innermost frame of the thread that crashed."""
    killed = nb501_kernel_died.diagnostic(
        signal_name="SIGKILL", exit_code=None, peak_memory=14 * 1024**3, out_of_memory=True, step="train"
    )
    assert killed.message == "the kernel in step 'train' was killed by SIGKILL, probably because memory ran out"
    assert killed.notes[0] == "it used 14.0 GB of memory at most"
    other = nb501_kernel_died.diagnostic(signal_name="SIGKILL", exit_code=None, peak_memory=50 * 1024**2)
    assert other.message == "the kernel was killed by SIGKILL"
    other_thread = 'Thread 0x2:\n  File "poller.py", line 62 in run\n'
    stack = f"noise\nFatal Python error: Segmentation fault\n\n{other_thread}\nCurrent thread 0x1:\n" + "".join(
        f'  File "f{number}.py", line 1 in f\n' for number in range(9)
    )
    crash = nb501_kernel_died.diagnostic(signal_name="SIGSEGV", exit_code=None, stderr=stack)
    assert [note for note in crash.notes if note.startswith("it said")] == [
        "it said: Fatal Python error: Segmentation fault",
        'it said: File "f0.py", line 1 in f',
    ]
    assert "exit code 7" in nb501_kernel_died.diagnostic(signal_name=None, exit_code=7).message


CARETS = [
    ("NameError", "name 'df' is not defined", "x = df.mean()", "df"),
    ("KeyError", "'agee'", "y = data['agee'] + 1", "agee"),
    ("AttributeError", "'DataFrame' object has no attribute 'append'", "df.append(x)", "append"),
    ("ModuleNotFoundError", "No module named 'xgboost'", "import xgboost as xgb", "xgboost"),
    ("NameError", "name 'x' is not defined", "x = x + 1", None),
    ("ValueError", "could not convert", "float('a')", None),
    ("KeyError", "7", "d[7]", None),
]


@pytest.mark.parametrize(("ename", "evalue", "source", "marked"), CARETS)
def test_the_caret_of_a_failed_cell(ename, evalue, source, marked):
    """It stands under what the error is about, if that is clear from the line."""
    found = Diagnostic(code="NB502", message="m", source=source)
    found = nb502_cell_failed.with_caret(found, ename, evalue)
    assert (source[found.column : found.end_column] if found.column is not None else None) == marked


def test_a_failed_cell():
    """One line says what was raised and where; the name that IPython gives the cell is left out."""
    found = nb502_cell_failed.diagnostic("SyntaxError", "invalid syntax (690748229.py, line 2)", step="load")
    assert found.message == "SyntaxError in step 'load': invalid syntax"
    found = nb502_cell_failed.diagnostic("ValueError", "bad\nsecond\nthird\nfourth", run_by=8)
    assert found.notes == ("second", "third", "called from cell 9")
    assert len(nb502_cell_failed.diagnostic("E", "x" * 5000).message) < 400
    found = nb502_cell_failed.diagnostic("ModuleNotFoundError", "No module named 'x'", install="pip install x")
    assert "pip install x" in found.notes[-1]


MISSING = [
    ("ModuleNotFoundError", "No module named 'statsmodels.api'", "statsmodels"),
    ("ImportError", "Missing optional dependency 'openpyxl'.  Use pip or conda to install openpyxl.", "openpyxl"),
    ("ImportError", "`Import openpyxl` failed.  Use pip or conda to install the openpyxl package.", "openpyxl"),
    ("ImportError", "lxml not found, please install it", "lxml"),
    ("ImportError", "Unable to find a usable engine; tried using: 'pyarrow', 'fastparquet'.\nA ...", "pyarrow"),
    ("AttributeError", "The '.style' accessor requires jinja2", "jinja2"),
    ("ImportError", "IProgress not found. Please pip install -U 'ipywidgets'", "ipywidgets"),
    ("ImportError", "cannot import name 'a' from 'b' (/x/b.py)", None),
    ("AttributeError", "'DataFrame' object has no attribute 'append'", None),
    ("ValueError", "No module named 'x' in the list", None),
]


@pytest.mark.parametrize(("ename", "evalue", "module"), MISSING)
def test_the_module_that_is_not_installed(ename, evalue, module):
    """As Python, pandas and others say it; the finding then tells how to install it."""
    assert nb502_cell_failed.missing_module(ename, evalue) == module


STORAGE = [
    (errno.ENOSPC, "the disk is full"),
    (errno.EDQUOT, "your disk quota is used up"),
    (errno.EACCES, "no permission to write in /data"),
    (errno.EROFS, "the disk is read-only"),
    (errno.ENOTDIR, "/data is not a folder"),
    (errno.EIO, "input/output error"),
]


@pytest.mark.parametrize(("number", "reason"), STORAGE)
def test_storage(number, reason):
    """Each refusal of the system has its sentence."""
    error = OSError(number, __import__("os").strerror(number))
    assert nb506_storage.diagnostic(Path("/data/x.ipynb"), error).message == f"cannot write /data/x.ipynb: {reason}"


def test_the_others():
    """Timeout, interruption, start and unserialisable values."""
    assert nb503_timeout.diagnostic(60.0, step="a").message == "the cell in step 'a' was still running after 60 s"
    found = nb504_interrupted.diagnostic("SIGINT", resume="nb2pipe run x --resume")
    assert "(Ctrl-C)" in found.message
    assert found.notes == ("to go on from here: nb2pipe run x --resume",)
    found = nb505_kernel_did_not_start.diagnostic("it ended", kernel="k", command="python -m x", stderr="a\nb\nc\nd")
    assert found.notes == ("it said: b", "it said: c", "it said: d", "to see more, start it by hand: python -m x")
    found = nb507_unserialisable.diagnostic("rows", "builtins.generator", "cannot pickle", needed_by="train")
    assert found.notes[-1] == "make it a list: list(...)"
