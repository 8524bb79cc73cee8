"""Names of steps, and why each is a step, in a few words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from nb2pipe.proposing.headings import Heading, name_of, prefix, unique, without_prefix
from nb2pipe.proposing.looks import Look
from nb2pipe.proposing.words import WEIGHT, Work

_TAKEN = ("setup", "metrics", "parameters", "imports", "functions", "skip")  # words of the grammar and of planning
_VAGUE = frozenset(
    ["data", "dataset", "datasets", "model", "models", "results", "result", "set", "sets", "get", "import"]
)
_VAGUE_VARIABLES = _VAGUE | frozenset(
    ["temp", "axes", "figs", "frame", "value", "values", "index", "text", "name", "names", "colors"]
)
_NOTHING = "compute"  # of a part that says nothing about itself
_VERB = {Work.PLOT: "plot"}
_ANY_DRAWING = frozenset(["figure", "subplots", "plot", "imshow"])
_SHORTEST, _LONGEST_STEM = 4, 20  # characters
_LONGEST_HEADING = 70  # characters; longer ones are sentences
_ENDS = ("Classifier", "Regressor", "CV", "Regression")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The cells of one step: what each does, and the heading above the first that speaks of it (if any)."""

    looks: tuple[Look, ...]
    heading: Heading | None
    functions: tuple[str, ...] = ()  # the notebook's own functions that it calls, the most used first
    makes: tuple[str, ...] = ()  # variables that it is the first to bind, those that later parts read first


def names(parts: Sequence[Part], taken: Collection[str] = ()) -> list[str]:
    """A name for each part, none of them twice or among ``taken``."""
    given = [*_TAKEN, *taken]
    found: list[str] = []
    said = _spoken(parts)
    texts = Counter(said)
    trainings = sum(main_work(part.looks) in (Work.TRAIN, Work.TUNE) for part in parts)
    for number, (part, text) in enumerate(zip(parts, said, strict=True)):
        headed = name_of(text) if texts[text] == 1 and len(text) <= _LONGEST_HEADING else None
        by_work, more = _by_work(part, several=trainings > 1)
        if number == 0 and main_work(part.looks) in (None, Work.EXPLORE, Work.PLOT, Work.CLEAN):
            by_work, more = "data", [by_work, *more]  # whatever it calls: the data begin here
        if headed is None or headed in _VAGUE:
            name = by_work
            more = [*more, f"{by_work}_{headed}"] if headed else more
        else:
            name = headed
            more = [f"{headed}_{by_work}", *more] if by_work != _NOTHING else more
        name = unique(more, name, given)
        given.append(name)
        found.append(name)
    return found


def _spoken(parts: Sequence[Part]) -> list[str]:
    """The headings of the parts; what several begin with says nothing about one of them."""
    texts = [part.heading.text if part.heading else "" for part in parts]
    shared = Counter(prefix(text) for text in set(texts))
    return [without_prefix(text) if prefix(text) and shared[prefix(text)] > 1 else text for text in texts]


def main_work(looks: Sequence[Look]) -> Work | None:
    """What several cells together mainly do."""
    totals: dict[Work, float] = {}
    for look in looks:
        for work, weight in look.weights.items():
            totals[work] = min(totals.get(work, 0.0) + weight, 3 * WEIGHT[work])
    return max(totals, key=lambda work: totals[work]) if totals else None


def _by_work(part: Part, *, several: bool) -> tuple[str, list[str]]:
    """A name from what the part does, and others in case it is taken."""
    work = main_work(part.looks)
    models = [snake(name) for look in part.looks for name in look.models]
    made = [name for name in part.makes if len(name) >= _SHORTEST and name.lower() not in _VAGUE_VARIABLES]
    if work in (Work.TRAIN, Work.TUNE):
        if several and models:
            return models[0], [f"{work.value}_{models[0]}", *models[1:], *(f"{work.value}_{name}" for name in made)]
        return work.value, [*models, *(f"{work.value}_{name}" for name in made)]
    if work is None:
        others = [*part.functions, *made]
        return (others[0], others[1:]) if others else (_NOTHING, [])
    return work.value, [*_particular(part, work), *(f"{_VERB.get(work, work.value)}_{name}" for name in made)]


def _particular(part: Part, work: Work) -> list[str]:
    """What tells it from other parts that do the same: the file, the kind of drawing, the score, the model."""
    looks = part.looks
    if work is Work.LOAD:
        return [f"load_{stem}" for look in looks for file in look.files if (stem := _stem(file))]
    if work is Work.PLOT:
        kinds = Counter(name for look in looks for name in look.drawings if name not in _ANY_DRAWING)
        return [f"plot_{snake(kind)}" for kind, _ in kinds.most_common(3)]
    evaluations = [name for look in looks for name in look.evaluations] if work is Work.EVALUATE else []
    models = [f"{work.value}_{snake(name)}" for look in looks for name in look.models]
    return [*evaluations, *models[:1]]


def _stem(file: str) -> str:
    """``sales_2020`` of ``data/Sales 2020.csv``."""
    stem = re.sub(r"\W+", "_", file.replace("\\", "/").rsplit("/", 1)[-1].split(".")[0]).strip("_").lower()
    return stem[:_LONGEST_STEM].rstrip("_")


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
