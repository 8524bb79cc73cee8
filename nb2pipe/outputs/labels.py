"""Words and numbers on a line, where no code tells what was printed."""

from __future__ import annotations

import re

from nb2pipe.outputs.numerals import FREE, Number, parse, unwrapped
from nb2pipe.outputs.plain import is_progress

WORDS = re.compile(
    r"acc|auc|f1|f-?score|f-?measure|r2|r\^2|r²|r-?squared?|precis|recall|score|loss|error|rmse|mse|mae|mape|kappa|"
    r"silhouette|variance|sensitiv|specific|jaccard|likelihood|deviation|std|mean|average|logloss|perplex|inertia|"
    r"gini|brier|mcc|bic|aic|coef|p-?val|accura|genau|precisi|erreur|точност|准确|精度|正解",
    re.IGNORECASE,
)
SPREAD = re.compile(r"±|\+/?-")  # between a mean and its deviation
LONGEST = 80
MOST = 12  # numbers on a line; more is data
_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_COUNT = re.compile(r"^\W*\d+\s*/\s*\d+(?!\w)")  # how far a loop or a progress bar has come


def clean(text: str) -> str:
    """A label without the signs around it; ``""`` if it holds no letter."""
    last = re.split(r"\s{3,}|[|;\t]|,\s", text.strip().rstrip(":=,;|- \t"))[-1]
    label = _EDGE.sub("", _COUNT.sub("", last)).strip()
    label = re.sub(r"\s+", " ", label)
    label += ")" if label.count("(") == label.count(")") + 1 else ""
    return label[-LONGEST:] if re.search(r"[^\W\d_]", label) else ""


def read(line: str, before: str = "") -> list[tuple[str, Number]]:
    """Labels and numbers of a line; ``before`` is the line above, which may be the label of a number that stands alone."""
    line = unwrapped(line)
    if is_progress(line):
        return []
    matches = list(FREE.finditer(line))
    if not 0 < len(matches) <= MOST:
        return []
    if len(matches) == 1 and not line[: matches[0].start()].strip() and not line[matches[0].end() :].strip("% .\t"):
        number = parse(matches[0]["number"], percent=bool(matches[0]["percent"]))
        heading = before.strip()
        named = heading if heading and not FREE.search(heading) and not is_progress(heading) else ""
        return [(clean(named), number)] if number else []
    found: list[tuple[str, Number]] = []
    at, label = 0, ""
    for match in matches:
        text = line[at : match.start()]
        label = clean(text) or ("" if SPREAD.search(text) else label)
        at = match.end()
        number = parse(match["number"], percent=bool(match["percent"]))
        if number is None or not label:
            continue
        if number.decimals != 0 or match["percent"] or WORDS.search(label):
            found.append((label, number))
    return found
