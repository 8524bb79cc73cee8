"""The words of tags and of ``#|`` comments: one grammar, two spellings.

::

    parameters | imports | functions | metrics | skip            bare words
    step:NAME | after:NAME | in:NAME | out:NAME                  keyed words, ``=`` is read as ``:``
    metric:NAME[±0.01][±2%] | cache:off

Case and blanks of the key don't matter. A word within one slip of a known one is a :class:`Slip`, any other is foreign.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from unicodedata import normalize

from nb2pipe.model import MetricTag, Tolerance, ToleranceSource
from nb2pipe.rules.placing import source_lines
from nb2pipe.spelling import closest

BARE = {
    **{word: word for word in ("parameters", "imports", "functions", "metrics", "skip")},
    "pipeline-parameters": "parameters",
    "pipeline-metrics": "metrics",
    "skip-execution": "skip",
}
KEYED = {**{word: word for word in ("step", "after", "in", "out", "metric", "cache")}, "block": "step", "prev": "after"}

# one slip is too much for two or three letters; these are what people write instead
_SHORT = {
    **dict.fromkeys(("input", "inputs", "ni", "inn", "iin"), "in"),
    **dict.fromkeys(("output", "outputs", "ouput", "otu", "uot", "ou", "ot", "outt", "oout", "ouut"), "out"),
}
_SEPARATOR = re.compile(r"\s*[:=]\s*")
_GLUED = re.compile(r"(step|metric)\s*[\s;.,_-]\s*(\w.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word: ``key`` without aliases, ``value`` as typed (empty if bare), ``usual`` the usual spelling."""

    key: str
    value: str
    usual: str


@dataclass(frozen=True, slots=True)
class Slip:
    """A word that is most likely meant to be ``suggestion``."""

    suggestion: str


@dataclass(frozen=True, slots=True)
class CommentItem:
    """One item of a ``#|`` comment: what stands there, and (``text``) with the key whose list it continues."""

    line: int
    column: int
    end_column: int
    raw: str
    text: str


def parse(tag: str) -> Word | Slip | None:
    """The word that a tag or an item of a comment is, ``None`` if it is foreign."""
    text = normalize("NFKC", tag).strip()
    separator = _SEPARATOR.search(text)
    if separator is None:
        return _bare(text)
    key, value = text[: separator.start()].strip(), text[separator.end() :]
    known = key.casefold()
    if known in KEYED:
        return Word(KEYED[known], value, f"{known}:{value}")
    if known in BARE:
        if not value:
            return Word(BARE[known], "", known)
        return Slip(f"metric:{value}" if known == "metrics" else known)
    near = _SHORT.get(known) or closest(known, [word for word in KEYED if len(word) > 3], slips=1)
    if near is None or len(known) < 2:
        return None
    return Slip(f"{near}:{value}")


def _bare(text: str) -> Word | Slip | None:
    known = text.casefold()
    if known in BARE:
        return Word(BARE[known], "", known)
    if known in ("step", "block"):
        return Word("step", "", known)
    if known == "metric":
        return Slip("metrics")
    glued = _GLUED.fullmatch(text)
    if glued is not None:
        return Slip(f"{glued[1].lower()}:{glued[2]}")
    near = closest(known, BARE, slips=1) if len(known) > 3 else None
    return None if near is None else Slip(near)


# ---------------------------------------------------------------- lists and comments


def split_tag(tag: str) -> list[str]:
    """The items of a tag: ``in:a,b`` is ``in:a`` and ``in:b``, though Jupyter allows no comma."""
    if "," not in tag:
        return [tag]
    return [item.text for item in _items(tag, 0, 0)]


def comment_items(source: str) -> list[CommentItem]:
    """The items of the ``#|`` lines among the comments at the top of a cell (a cell magic may stand above them)."""
    items: list[CommentItem] = []
    for number, line in enumerate(source_lines(source), start=1):
        match = _COMMENT.match(line)
        if match is None:
            if line.strip() and not line.lstrip().startswith(("#", "%%")):
                break
            continue
        items += _items(line, match.end(), number)
    return items


_COMMENT = re.compile(r"\s*#\s*\|\s*")


def as_comment(tag: str) -> str:
    """The line that says in a comment what the tag says."""
    key, colon, value = tag.partition(":")
    return f"#| {key}{colon} {value}".rstrip()


def _items(text: str, start: int, line: int) -> list[CommentItem]:
    """The items between commas. One without a key continues the list before it, unless that takes one value only."""
    items: list[CommentItem] = []
    key = ""
    for part in re.finditer(r"[^,]+", text[start:]):
        raw = part[0].strip()
        if not raw:
            continue
        column = start + part.start() + part[0].index(raw)
        separator = _SEPARATOR.search(raw)
        if separator is not None:
            key = raw[: separator.start()]
        word_of_its_own = _takes_one_value(key) and _bare(raw) is not None
        continues = separator is None and key and not word_of_its_own
        items.append(CommentItem(line, column, column + len(raw), raw, f"{key}:{raw}" if continues else raw))
    return items


def _takes_one_value(key: str) -> bool:
    """Whether a comment's key is ``step``, be it misspelled."""
    known = key.strip().casefold()
    return KEYED.get(known, closest(known, ("step", "block"), slips=1)) in ("step", "block")


# ---------------------------------------------------------------- values


_NAME = re.compile(r"[^\W]([\w-]*)")
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)
_LONGEST = 80


def step_name_problem(name: str) -> tuple[str, str | None] | None:
    """What is wrong with a step's name, and a name that would do, or ``None``."""
    if not name:
        return "the name is missing", None
    if _NAME.fullmatch(name) and not _RESERVED.fullmatch(name) and len(name) <= _LONGEST:
        return None
    if _RESERVED.fullmatch(name):
        return "Windows reserves that name", f"{name}_step"
    if len(name) > _LONGEST:
        return f"it is longer than {_LONGEST} characters", name[:_LONGEST] if _NAME.fullmatch(name[:_LONGEST]) else None
    slug = re.sub(r"[^\w-]+", "_", name).strip("_-")
    good = slug if slug and step_name_problem(slug) is None else None
    return "use letters, digits, '_' and '-'", good


def metric(value: str) -> MetricTag | str:
    """The metric of ``NAME±...``, or a sentence that says what cannot be read."""
    name, *bounds = re.split(r"±|\+/?-", value)
    name = name.strip()
    if not name:
        return "the name of the metric is missing"
    if name[0].isdigit():
        return f"{name!r} is no name of a metric"
    found: dict[str, float] = {}
    for bound in bounds:
        text = bound.strip()
        relative = text.endswith("%")
        try:
            number = float(text.removesuffix("%"))
        except ValueError:
            return f"{text!r} is no number" if text else "the tolerance is missing"
        if not isfinite(number) or number < 0:
            return f"{text!r} is no tolerance"
        found["rel" if relative else "abs"] = number / 100 if relative else number
    tolerance = Tolerance(**found, source=ToleranceSource.TAG) if bounds else None
    return MetricTag(name=name, tolerance=tolerance)


def cache(value: str) -> bool | str:
    """Whether ``cache:on`` or ``cache:off`` is meant, or a sentence that says what cannot be read.

    ``enabled`` and ``disabled`` are Kale's words.
    """
    known = dict.fromkeys(("on", "yes", "true", "enabled"), True)
    known |= dict.fromkeys(("off", "no", "false", "none", "disabled"), False)
    return known.get(value.strip().casefold(), f"{value!r} is neither 'on' nor 'off'")
