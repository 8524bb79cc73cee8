"""Names of steps, and why each is a step, in a few words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from nb2pipe.proposing.headings import Heading, name_of, unique
from nb2pipe.proposing.looks import Look
from nb2pipe.proposing.words import WEIGHT, Work

_TAKEN = ("setup", "metrics", "parameters", "imports", "functions", "skip")  # words of the grammar and of planning
_VAGUE = frozenset(
    ["data", "dataset", "datasets", "model", "models", "results", "result", "set", "sets", "get", "import"]
)
_LONGEST_HEADING = 70  # characters; longer ones are sentences
_ENDS = ("Classifier", "Regressor", "CV", "Regression")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The cells of one step: what each does, and the heading above the first that speaks of it (if any)."""

    looks: tuple[Look, ...]
    heading: Heading | None
    functions: tuple[str, ...] = ()  # the notebook's own functions that it calls, the most used first


def names(parts: Sequence[Part], taken: Collection[str] = ()) -> list[str]:
    """A name for each part, none of them twice or among ``taken``."""
    given = [*_TAKEN, *taken]
    found: list[str] = []
    texts = Counter(part.heading.text for part in parts if part.heading)
    trainings = sum(main_work(part.looks) in (Work.TRAIN, Work.TUNE) for part in parts)
    for number, part in enumerate(parts):
        said = part.heading.text if part.heading else ""
        headed = name_of(said) if texts[said] == 1 and len(said) <= _LONGEST_HEADING else None
        by_work, more = _by_work(part, several=trainings > 1)
        if number == 0 and main_work(part.looks) in (None, Work.EXPLORE, Work.PLOT, Work.CLEAN):
            by_work, more = "data", [by_work, *more]  # whatever it calls: the data begin here
        if headed is None or headed in _VAGUE:
            name = by_work
            more = [*more, f"{by_work}_{headed}"] if headed else more
        else:
            name = headed
            more = [f"{headed}_{by_work}", *more]
        name = unique(more, name, given)
        given.append(name)
        found.append(name)
    return found


def main_work(looks: Sequence[Look]) -> Work | None:
    """What several cells together mainly do."""
    totals: dict[Work, float] = {}
    for look in looks:
        for work, weight in look.weights.items():
            totals[work] = min(totals.get(work, 0.0) + weight, 3 * WEIGHT[work])
    return max(totals, key=lambda work: totals[work]) if totals else None


def _by_work(part: Part, *, several: bool) -> tuple[str, list[str]]:
    work = main_work(part.looks)
    models = [snake(name) for look in part.looks for name in look.models]
    if work in (Work.TRAIN, Work.TUNE):
        if several and models:
            return models[0], [f"{work.value}_{models[0]}", *models[1:]]
        return work.value, models
    if work is not None:
        evaluations = [name for look in part.looks for name in look.evaluations] if work is Work.EVALUATE else []
        return work.value, [*evaluations, *(f"{work.value}_{model}" for model in models[:1])]
    return (part.functions[0], list(part.functions[1:])) if part.functions else ("compute", [])


def snake(name: str) -> str:
    """``random_forest`` for ``RandomForestClassifier``."""
    for end in _ENDS:
        shorter = name.removesuffix(end)
        if len(shorter) > 3 and end != "Regression":
            name = shorter
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def why(part: Part) -> str:
    """What the part does; that a heading stands above it."""
    said = ["heading"] if part.heading else []
    files = list(dict.fromkeys(file for look in part.looks for file in look.files))
    models = list(dict.fromkeys(name for look in part.looks for name in look.models))
    works = {work for look in part.looks for work in look.weights}
    if files:
        said.append(f"reads {files[0].rsplit('/', 1)[-1]}" + (f" and {len(files) - 1} more" if len(files) > 1 else ""))
    elif Work.LOAD in works:
        said.append("loads data")
    if Work.SPLIT in works:
        said.append("splits train and test")
    fits = works & {Work.TRAIN, Work.TUNE}
    if models and fits:
        said.append(f"fits {_short(models[0])}" + (f" and {len(models) - 1} more" if len(models) > 1 else ""))
    elif fits:
        said.append("fits")
    if any(look.scores or look.shown_score or look.prints_score for look in part.looks):
        said.append("scores")
    if len(said) <= int(part.heading is not None):
        work = main_work(part.looks)
        said.append(_SAYS.get(work, "") if work else "")
    return ", ".join(word for word in said if word)


def _short(model: str) -> str:
    for end in _ENDS[:2]:
        model = model.removesuffix(end)
    return model


_SAYS = {
    Work.CLEAN: "shapes data",
    Work.FEATURES: "makes features",
    Work.EVALUATE: "predicts",
    Work.EXPLORE: "looks at data",
    Work.PLOT: "draws",
    Work.SAVE: "writes files",
}
