"""Headings above code cells, and names of steps made from them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from unicodedata import normalize

from nb2pipe.model import CellKind, Notebook
from nb2pipe.proposing.words import words
from nb2pipe.tags.grammar import step_name_problem

_HASHES = re.compile(r"^ {0,3}(#{1,6})\s*(?!#)(\S.*?)\s*#*\s*$")
_HTML = re.compile(r"<h([1-6])[^>]*>(.*?)</h\1>", re.IGNORECASE | re.DOTALL)
_FENCE = re.compile(r"^\s*(```|~~~)")
_LONGEST = 28  # characters: names stand in tables, file names and commands
_MOST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its level (1 the highest) and its text without markup."""

    level: int
    text: str


def _title(notebook: Notebook) -> Heading | None:
    """The notebook's own title: the first heading, above all code, if no other is as high."""
    everything: list[Heading] = []
    on_top = 0
    code = False
    for cell in notebook.cells:
        code = code or (cell.kind is CellKind.CODE and bool(cell.source.strip()))
        if cell.kind is CellKind.MARKDOWN:
            everything += of_text(cell.source)
            on_top = on_top if code else len(everything)
    if not on_top or any(other.level <= everything[0].level for other in everything[1:]):
        return None
    return everything[0]


def above(notebook: Notebook, cells: Collection[int]) -> Mapping[int, tuple[Heading, ...]]:
    """For each of ``cells`` (code cells in order): the headings since the one before it, top to bottom."""
    found: dict[int, tuple[Heading, ...]] = {}
    pending: list[Heading] = []
    title = _title(notebook)
    for cell in notebook.cells:
        if cell.kind is CellKind.MARKDOWN:
            pending += [heading for heading in of_text(cell.source) if heading != title]
        elif cell.index in cells:
            found[cell.index] = tuple(pending)
            pending = []
    return found


def of_text(text: str) -> list[Heading]:
    """The headings of a Markdown cell (``#`` and HTML; what is inside fences is code)."""
    found: list[Heading] = []
    fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        match = None if fenced else _HASHES.match(line)
        if match:
            found.append(Heading(len(match[1]), _plain(match[2])))
    found += [Heading(int(level), _plain(inner)) for level, inner in _HTML.findall(text)]
    return [heading for heading in found if heading.text]


def level_for(headings: Mapping[int, tuple[Heading, ...]], fewest: int, most: int) -> int | None:
    """The deepest level that still gives no more than ``most`` parts; ``None`` where no level gives ``fewest``."""
    counts = Counter(min(h.level for h in those) for those in headings.values() if those)
    chosen: int | None = None
    parts = 0
    for level in sorted(counts):
        parts += counts[level]
        if parts > most:
            break
        if parts >= fewest:
            chosen = level
    return chosen


def _plain(text: str) -> str:
    """Without links, emphasis, code marks, HTML and formulas."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<[^>]+>|\$[^$]*\$|[*`]|&\w+;", " ", text)
    return " ".join(text.split())


# ---------------------------------------------------------------- names

_NUMBER = re.compile(
    r"^\W*(?:(?:step|part|section|chapter|task|exercise|question|lab|q|ex)\b\.?\s*[\dIVX]*\s*[:.)-]*\s*|"
    r"\(?\d+(?:\.\d+)*[.)\]:-]*\s+|[IVX]+[.)]\s+|[a-zA-Z][.)]\s+)+",
    re.IGNORECASE,
)
_FILLERS = words(
    """
    the a an of and to for in on with from by our your we us is are this that it its let lets let's s using use
    how what why when do does into at as or be can will some now here their them then than these those i if
    """
)
_EMPTY = words(
    """
    introduction overview exercise solution example examples notebook part chapter section question task lab
    code homework assignment answer note notes start end begin intro learning objectives objective goals goal
    contents outline agenda references
    """
)
_HANGING = words("via which who all every not more less no without vs versus about through into between made like per")
_PREFIX = re.compile(r"^(.{2,30}?)(?:\s+[-–—|]\s+|:\s+)(?=\S)")
_SETUP = words("import imports importing libraries library packages")
_STEMS = {
    "loading": "load", "reading": "read", "preparing": "prepare", "splitting": "split", "training": "train",
    "evaluating": "evaluate", "exploring": "explore", "cleaning": "clean", "fitting": "fit", "plotting": "plot",
    "visualizing": "visualize", "visualising": "visualise", "building": "build", "creating": "create",
    "predicting": "predict", "testing": "test", "tuning": "tune", "adding": "add", "applying": "apply",
    "calculating": "calculate", "checking": "check", "comparing": "compare", "computing": "compute",
    "defining": "define", "drawing": "draw", "dropping": "drop", "encoding": "encode", "examining": "examine",
    "extracting": "extract", "filtering": "filter", "finding": "find", "generating": "generate",
    "handling": "handle", "joining": "join", "making": "make", "merging": "merge", "normalizing": "normalize",
    "removing": "remove", "running": "run", "saving": "save", "selecting": "select", "simulating": "simulate",
    "tabulating": "tabulate", "transforming": "transform", "understanding": "understand", "using": "use",
}  # fmt: skip
_VARIANTS = {"modelling": "modeling", "eda": "explore", "exploratory": "explore"}


def prefix(text: str) -> str:
    """What stands before a dash or colon: ``pandas`` of *pandas - Cleaning data*; empty if nothing does."""
    match = _PREFIX.match(text)
    return match[1] if match else ""


def without_prefix(text: str) -> str:
    """What stands behind it."""
    return _PREFIX.sub("", text)


def name_of(text: str) -> str | None:
    """A step's name from a heading, or ``None`` if it says nothing that could be a name."""
    if text.rstrip().endswith("?"):
        return None
    text = _NUMBER.sub("", normalize("NFKC", text)).split(":")[0] if ":" in text else _NUMBER.sub("", text)
    text = text.split("(")[0] or text
    spoken = re.findall(r"[^\W_]+", re.sub(r"['’`]", "", text.lower()))
    spoken = [w for w in spoken if w not in _FILLERS] or spoken
    first = [_STEMS.get(word, word) for word in spoken[:1]]  # a verb at the front: "Loading the data"
    said = [_VARIANTS.get(word, word) for word in (*first, *spoken[1:]) if word not in _SETUP]
    if len("".join(said)) < 2:  # "Part C"
        return None
    if all(word in _EMPTY or word.isdigit() for word in said):
        return None
    if said[:2] == ["explore", "data"]:
        said = ["explore"]
    while len(said[:_MOST_WORDS]) > 1 and said[:_MOST_WORDS][-1] in _HANGING:
        del said[len(said[:_MOST_WORDS]) - 1 :]
    name = ""
    for word in said[:_MOST_WORDS]:
        longer = f"{name}_{word}" if name else word
        if len(longer) > _LONGEST and name:
            break
        name = longer[:_LONGEST]
    if not name[0].isalpha():
        name = f"part_{name}"
    return name if step_name_problem(name) is None else None


def unique(wanted: Iterable[str], name: str, taken: Collection[str]) -> str:
    """``name``, or the first of ``wanted`` that is free, or ``name`` with a number."""
    lower = {one.casefold() for one in taken}
    for one in (name, *wanted):
        if one.casefold() not in lower:
            return one
    number = 2
    while f"{name}_{number}".casefold() in lower:
        number += 1
    return f"{name}_{number}"
