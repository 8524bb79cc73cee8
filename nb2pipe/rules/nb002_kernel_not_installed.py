"""NB002: the kernel that the notebook or the user asks for cannot be used here."""

from __future__ import annotations

from collections.abc import Sequence

from nb2pipe.diagnostics import Diagnostic, Severity

CODE = "NB002"
TITLE = "The kernel cannot be used"
SEVERITY = Severity.ERROR
EXPLAIN = """\
A notebook names the kernel that it was written with (`metadata.kernelspec.name`). nb2pipe runs it with the installed
kernel of that name, since another one may have other packages. The names `python3` and `python` say nothing about the
packages: they mean the interpreter that runs nb2pipe.

```json bad
{"kernelspec": {"name": "my-old-laptop", "display_name": "Old", "language": "python"}}
```

```json good
{"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
```

What to do: choose an installed kernel (`-k NAME`; `jupyter kernelspec list` shows them) or an interpreter
(`--python path/to/venv/bin/python`), or install the kernel from the environment that has the notebook's packages:
`python -m ipykernel install --user --name my-old-laptop`. The kernel's environment needs ipykernel and what the
notebook imports; it does not need nb2pipe.
"""

_SHOWN = 8
_CURRENT = "to use the interpreter that runs nb2pipe: -k python3; to use another: --python PATH"


def diagnostic(
    notebook: str | None, kernel: str, installed: Sequence[str], suggestion: str | None = None, *, chosen: bool = False
) -> Diagnostic:
    """``installed`` are the names of the kernels there; ``chosen`` tells the user's ``-k`` from the notebook's."""
    more = f" and {len(installed) - _SHOWN} more" if len(installed) > _SHOWN else ""
    notes = [f"installed: {', '.join(installed[:_SHOWN])}{more}" if installed else "no kernel is installed"]
    if suggestion:
        notes.insert(0, f"did you mean {suggestion!r}? -k {suggestion}")
    notes.append(_CURRENT)
    notes.append(f"to install it: path/to/its/python -m ipykernel install --user --name {kernel}")
    whose = "kernel" if chosen else "the notebook's kernel"
    return _error(f"{whose} {kernel!r} is not installed", notes, notebook)


def unreadable(kernel: str, reason: str) -> Diagnostic:
    """The kernel is there, but its kernel.json cannot be read."""
    return _error(f"kernel {kernel!r} has an unreadable kernel.json: {reason}", [_CURRENT])


def interpreter_gone(kernel: str, program: str) -> Diagnostic:
    """The kernel is installed, the program that it starts is not there any more."""
    notes = [_CURRENT, f"to remove the kernel: jupyter kernelspec remove {kernel}"]
    return _error(f"kernel {kernel!r} starts {program}, which does not exist", notes)


def other_language(kernel: str, language: str) -> Diagnostic:
    """The kernel does not run Python."""
    return _error(f"kernel {kernel!r} runs {language}; nb2pipe runs Python notebooks only", [_CURRENT])


def interpreter_missing(python: str) -> Diagnostic:
    """``--python`` names no program."""
    return _error(f"there is no Python interpreter {python!r}", ["--python takes the path of a python program"])


def no_ipykernel(python: str, command: str) -> Diagnostic:
    """The interpreter cannot run notebooks yet; ``command`` changes that."""
    return _error(f"{python} cannot run notebooks: it has no ipykernel", [f"to install it: {command}"])


def _error(message: str, notes: Sequence[str], notebook: str | None = None) -> Diagnostic:
    return Diagnostic(code=CODE, severity=SEVERITY, message=message, notebook=notebook, notes=tuple(notes))
