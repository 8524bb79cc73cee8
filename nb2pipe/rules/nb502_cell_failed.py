"""NB502: the notebook's own code raised an error."""

from __future__ import annotations

import re
from dataclasses import replace

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB502"
TITLE = "A cell failed"
SEVERITY = Severity.ERROR
EXPLAIN = """\
A cell raised an error, so the step stopped there and the steps that need it did not run. The message names the innermost
line of the notebook that the error passed through: inside a function of yours it is the line in the function, in whatever
cell that stands. The executed notebook, with the error at its top, is kept.

```python bad
# %% tags=["step:load"]
data = pd.read_csv("/home/me/data.csv")
```

```python good
# %% tags=["step:load"]
data = pd.read_csv("data.csv")
```

What to do: run the original notebook from the top (Restart and Run All). If it fails in the same way, mend it there and
export again. If it works there and not here, the cell needs something that only its session had: a variable from a
deleted cell, another folder, another environment (`--python`).
"""

_SPANS = {
    "NameError": re.compile(r"name '(?P<word>\w+)' is not defined"),
    "UnboundLocalError": re.compile(r"variable '(?P<word>\w+)'"),
    "AttributeError": re.compile(r"has no attribute '(?P<word>\w+)'"),
    "ModuleNotFoundError": re.compile(r"No module named '(?P<word>[\w.]+)'"),
    "ImportError": re.compile(r"cannot import name '(?P<word>\w+)'"),
    "KeyError": re.compile(r"""^['"](?P<word>[^'"]+)['"]$"""),
    "TypeError": re.compile(r"^(?:\w+\.)*(?P<word>\w+)\(\) "),
}
#: How Python and libraries say that a module is not installed; errors of other kinds than these may quote such words.
_IMPORT_ERRORS = ("ModuleNotFoundError", "ImportError", "AttributeError")
_MISSING = tuple(
    re.compile(pattern)
    for pattern in (
        r"No module named '(?P<module>[\w.]+)'",
        r"Missing optional dependency '(?P<module>[\w.-]+)'",  # pandas before 3
        r"`Import (?P<module>[\w.-]+)` failed",  # pandas 3
        r"(?P<module>[\w-]+) not found, please install it",  # pandas: lxml, html5lib
        r"tried using: '(?P<module>[\w-]+)'",  # pandas: pyarrow or fastparquet
        r"accessor requires (?P<module>[\w-]+)",  # pandas: df.style
        r"pip install (?:-\S+ )*[\"'`]?(?P<module>[A-Za-z][\w-]*)",
    )
)
_LONGEST = 300
_OF_SYNTAX_ERROR = re.compile(r" \([^()]*, line \d+\)$")  # names the cell in a way that says nothing


def diagnostic(
    ename: str, evalue: str, *, step: str | None = None, run_by: int | None = None, install: str | None = None
) -> Diagnostic:
    """``run_by`` is the cell (from 0) that was being run, if the error's line is in another one.

    ``install`` is the command that would install a missing module.
    """
    where = f" in step {step!r}" if step else ""
    first, _, rest = _OF_SYNTAX_ERROR.sub("", evalue.strip()).partition("\n")
    said = first if len(first) <= _LONGEST else first[:_LONGEST] + "…"
    message = f"{ename}{where}: {said}" if said else f"{ename}{where}"
    notes = [line.strip() for line in rest.splitlines() if line.strip()][:2]
    if run_by is not None:
        notes.append(f"called from cell {run_by + 1}")
    if ename == "SystemExit":
        notes.append("the cells after it did not run; to leave cells out of the pipeline, tag them with skip")
    if ename == "StdinNotImplementedError":
        notes.append("nobody is there to answer input(): make the answer a parameter, or tag the cell with skip")
    if install:
        notes.append(f"to install it for the notebook's kernel: {install}")
    return Diagnostic(code=CODE, severity=SEVERITY, message=message, step=step, notes=tuple(notes))


def missing_module(ename: str, evalue: str) -> str | None:
    """The module (or distribution) that the error says is not installed."""
    if ename not in _IMPORT_ERRORS:
        return None
    found = next((match for pattern in _MISSING if (match := pattern.search(evalue))), None)
    return found["module"].split(".")[0] if found else None


def with_caret(found: Diagnostic, ename: str, evalue: str) -> Diagnostic:
    """The diagnostic, which has its ``source`` line by now, with the columns of what the error is about, if that is clear."""
    pattern = _SPANS.get(ename)
    match = pattern.search(evalue) if pattern else None
    if match is None or not found.source:
        return found
    word = match["word"]
    places = [place.start() for place in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", found.source)]
    if len(places) != 1:
        return found
    return replace(found, column=places[0], end_column=places[0] + len(word))
