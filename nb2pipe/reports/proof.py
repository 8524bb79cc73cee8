"""Whether a pipeline computes what the notebook computes, in words."""

from __future__ import annotations

from nb2pipe.recording.parts import PartDifference
from nb2pipe.recording.verify import Difference, Verification
from nb2pipe.reports.look import Look, clean
from nb2pipe.rules import figures

SHOWN = 8


def of_verification(done: Verification, look: Look) -> list[str]:
    """The verdict, and the first values that differ: step, name, cell, and what of it."""
    values = figures.count(done.compared, "value")
    if done.verified:
        sentence = f"verified: {values} handed from step to step equal the notebook's"
        return [look.paint(f"{sentence}{_rounded(done)}", "green", "bold")]
    if done.verified is None:
        return [look.paint("not verified: there was nothing to compare", "yellow", "bold")]
    lines = [different(item) for item in done.wrong]
    if len(lines) > SHOWN:
        lines[SHOWN:] = [f"and {len(lines) - SHOWN} more"]
    wrong = sum(not (item.setting or item.definition) for item in done.wrong)
    other = "definitions or settings differ" if lines else "metrics differ"
    what = f"{wrong} of {values} differ" if wrong else other
    return [
        look.paint(f"not verified: {what}{_rounded(done)}", "red", "bold"),
        *(f"  {look.plain(clean(line))}" for line in lines),
    ]


def different(found: Difference) -> str:
    """``coef, made by step 'train' in cell 4: .coef_ (numpy.ndarray of float64) differs by 0.01``."""
    if found.setting:
        return f"step '{found.step}' ran with another setting than the notebook: {found.name}"
    if found.definition:
        return f"step '{found.step}' defines {found.name} again, but in the notebook it had changed by then"
    cell = f" in cell {found.cell + 1}" if found.cell is not None else ""
    head = f"{found.name}, made by step '{found.step}'{cell}"
    parts = [part for part in found.parts if part.path] or list(found.parts)
    if not parts:
        return f"{head}, is not what the notebook computes"
    more = f"; {len(parts) - 1} more of its parts too" if len(parts) > 1 else ""
    return f"{head}: {_part(parts[0])}{more}"


def _part(part: PartDifference) -> str:
    what = f"{part.path} ({part.type})" if part.path else f"the {part.type}"
    if part.relative is None:
        return f"{what} differs"
    return f"{what} differs by {part.relative:.1g} of its largest number"


def _rounded(done: Verification) -> str:
    """How many values are equal but for the last bits; by how much they differ."""
    if not done.rounded:
        return ""
    worst = max(part.relative or 0.0 for item in done.rounded for part in item.parts)
    return f"; {len(done.rounded)} equal up to rounding ({worst:.1g} of the largest number)"
