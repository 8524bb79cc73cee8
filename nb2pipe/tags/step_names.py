"""Steps' names against each other: near-equal ones, ones that differ in case, references to none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nb2pipe.diagnostics import Diagnostic, TagEdit
from nb2pipe.model import Notebook
from nb2pipe.rules import nb103_near_equal_steps, nb110_steps_differ_in_case, nb113_after_unknown_step
from nb2pipe.spelling import closest, distance


@dataclass(frozen=True, slots=True)
class StepMention:
    """A step's name in a tag or comment (``raw``), which ``begins`` or continues it, or tells what ``of`` follows."""

    cell: int
    name: str
    raw: str
    line: int | None
    begins: bool
    of: str | None = None


def check_names(notebook: Notebook, mentions: Sequence[StepMention]) -> Iterator[Diagnostic]:
    """NB103, NB110 and NB113."""
    first: dict[str, StepMention] = {}
    for mention in mentions:
        if mention.begins:
            first.setdefault(mention.name, mention)
    by_case: dict[str, str] = {}
    for name, mention in first.items():
        other = by_case.setdefault(name.casefold(), name)
        if other != name:
            edits = tuple(
                TagEdit(cell=m.cell, old=m.raw, new=m.raw.replace(name, other))
                for m in mentions
                if m.name == name and m.raw
            )
            yield nb110_steps_differ_in_case.diagnostic(notebook, mention.cell, name, other, edits)
    used = Counter(mention.name for mention in mentions if mention.begins)
    for name, other in _near(list(first)):
        if min(used[name], used[other]) == 1:
            at = first[name]
            yield nb103_near_equal_steps.diagnostic(notebook, at.cell, name, other, first[other].cell)
    for mention in mentions:
        if not mention.begins and (mention.name not in first or mention.name == mention.of):
            others = [name for name in first if name != mention.of]
            near = closest(mention.name, others)
            near = None if near == mention.name else near
            yield nb113_after_unknown_step.diagnostic(
                notebook, mention.cell, mention.raw, mention.name, near, others, mention.line
            )


def _near(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs (later, earlier) that are one slip apart, without comparing each with each.

    Two such names have a spelling in common once at most one letter is taken out of each (a swap: either of its two).
    Names that share all but their digits are a series, not slips, and there may be thousands.
    """
    series = Counter(_without_digits(name) for name in names)
    seen: dict[str, list[str]] = {}
    for name in names:
        if len(name) < 4 or series[_without_digits(name)] > 1:
            continue
        shorter = {name, *(name[:i] + name[i + 1 :] for i in range(len(name)))}
        for other in dict.fromkeys(other for spelling in sorted(shorter) for other in seen.get(spelling, ())):
            if distance(name, other) == 1 and not _on_purpose(name, other):
                yield name, other
        for spelling in shorter:
            seen.setdefault(spelling, []).append(name)


def _without_digits(name: str) -> str:
    return re.sub(r"\d", "", name)


def _on_purpose(a: str, b: str) -> bool:
    """Whether names differ in case (another rule's matter), a one-letter part (``model_a``) or a Roman number."""
    if a.casefold() == b.casefold():
        return True
    pairs = zip(re.split("[_-]", a), re.split("[_-]", b), strict=False)
    different = [part for pair in pairs if pair[0] != pair[1] for part in pair]
    return all(len(part) == 1 or re.fullmatch("[ivx]+", part, re.IGNORECASE) for part in different)
