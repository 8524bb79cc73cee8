"""NB501: the kernel's process ended while a cell ran."""

from __future__ import annotations

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB501"
TITLE = "The kernel died"
SEVERITY = Severity.ERROR
EXPLAIN = """\
The process that ran the step's cells ended in the middle of one. Common causes: the system ran out of memory and killed
it (SIGKILL), a compiled extension crashed (SIGSEGV, SIGABRT), or the code called `os._exit()` or `exit()`.

```python bad
# %% tags=["step:load"]
data = pd.concat(pd.read_csv(f) for f in all_files)      # 80 GB on a machine with 16
```

```python good
# %% tags=["step:load"]
data = pd.concat(pd.read_csv(f, usecols=["y", "x1"], dtype="float32") for f in all_files)
```

What to do: if memory ran out, load less, use smaller types, or delete what is no longer needed; then run the steps one
after another (`-j 1`) so that they don't share the memory. For a crash, the lines that the process left behind name the
place; a newer or older version of the library they name often helps.
"""


def diagnostic(
    *,
    signal_name: str | None,
    exit_code: int | None,
    peak_memory: int | None = None,
    out_of_memory: bool = False,
    stderr: str = "",
    step: str | None = None,
) -> Diagnostic:
    """Either ``signal_name`` or ``exit_code`` is known. ``peak_memory`` in bytes; ``stderr`` is what the process left."""
    where = f" in step {step!r}" if step else ""
    how = f"was killed by {signal_name}" if signal_name else f"ended by itself with exit code {exit_code}"
    message = f"the kernel{where} {how}"
    if out_of_memory:
        message += ", probably because memory ran out"
    notes = []
    if peak_memory is not None:
        notes.append(f"it used {_size(peak_memory)} of memory at most")
    notes += [f"it said: {line}" for line in _telling(stderr)]
    if out_of_memory:
        notes.append("load less, use smaller types, delete what is no longer needed, or run one step at a time: -j 1")
    elif signal_name is None:
        notes.append("exit(), quit() or os._exit() in a cell does this")
    elif signal_name in {"SIGSEGV", "SIGABRT", "SIGILL", "SIGBUS", "SIGFPE"}:
        notes.append("a compiled library crashed: try another version of it")
    return Diagnostic(code=CODE, severity=SEVERITY, message=message, step=step, notes=tuple(notes))


def _telling(stderr: str) -> list[str]:
    """The lines worth showing: the fatal one and the innermost frame of the thread that crashed, or the last ones."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    fatal = next(
        (index for index, line in enumerate(lines) if line.startswith(("Fatal Python error", "terminate"))), None
    )
    if fatal is None:
        return lines[-2:]
    current = next((index for index, line in enumerate(lines) if line.startswith("Current thread")), fatal)
    frame = next((line for line in lines[current:] if line.startswith('File "')), None)
    return [lines[fatal], *([frame] if frame else [])]


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GB" if count >= 1024**3 else f"{count / 1024**2:.0f} MB"
