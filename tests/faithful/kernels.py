"""Judge a case as a user would: exported, run and verified in real kernels, of another environment if need be."""

from __future__ import annotations

from pathlib import Path

from nb2pipe import workflow
from nb2pipe.errors import Refused, StepFailed
from nb2pipe.running.kernel.kernels import KernelChoice
from tests.building import notebook
from tests.faithful.harness import DETECTED, FAILED, REFUSED, RIGHT, WRONG, OriginalFailed, Outcome


def in_kernels(folder: Path, *cells: tuple[str, str], python: str | None = None) -> Outcome:
    """The outcome; ``python`` is the interpreter of the kernels' environment. The result is compared as it is printed."""
    shown = folder / "results.txt"
    look = f"with open({str(shown)!r}, 'a') as shown_results:\n    print(ascii(repr(result)), file=shown_results)"
    path = notebook(folder, *cells, ("", look))
    choice = KernelChoice(python=python) if python else None
    try:
        exported = workflow.export(path, kernel=choice)
    except Refused as refused:
        found = refused.diagnostics
        codes = tuple(sorted({item.code for item in found}))
        return Outcome(verdict=REFUSED, codes=codes, detail=found[0].message, notes=found[0].notes)
    except StepFailed as problem:
        if not shown.exists():
            raise OriginalFailed(str(problem)) from None
        return Outcome(verdict=FAILED, detail=str(problem))
    verification = exported.verification
    assert verification is not None
    if verification.differences:
        first = verification.differences[0]
        return Outcome(verdict=DETECTED, detail=f"{first.name} in {first.step}")
    *original, pipeline = shown.read_text().splitlines()
    if set(original) != {pipeline}:
        return Outcome(verdict=WRONG, detail=f"{original[0]} != {pipeline}")
    return Outcome(verdict=RIGHT)
