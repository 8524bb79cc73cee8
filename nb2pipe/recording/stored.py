"""The original's numbers as the author saved them, tied to the metrics that the pipeline has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from nb2pipe import magics
from nb2pipe.model import BaselineMetric, Environment, MetricSource, Notebook, StoredEvidence
from nb2pipe.outputs.cells import outcomes, read_cell
from nb2pipe.outputs.reading import Confidence, Reading, Source
from nb2pipe.outputs.trust import Trust, other_versions, trust
from nb2pipe.planning.metrics import Candidate, printed_in

_BETWEEN_WORDS = r"[\s_-]*"


def read(
    notebook: Notebook,
    candidates: Iterable[Candidate],
    environment: Environment | None = None,
    doubts: Sequence[str] = (),
) -> Mapping[str, BaselineMetric]:
    """The stored numbers of the candidates that show some: one of a plain number, one a key of something else.

    ``environment``, in which the notebook ran now, and ``doubts`` about the whole notebook tell why a number may be another.
    """
    cells: dict[int, tuple[Reading, ...]] = {}
    found: dict[str, BaselineMetric] = {}
    several = tuple(candidates)
    others = {candidate.name for candidate in several if not candidate.many}
    for candidate in several:
        cell = candidate.cell
        if cell not in cells:
            source = magics.to_python(notebook.cells[cell].source).text
            cells[cell] = read_cell(notebook.cells[cell], source)
        reasons = (*(_reason(doubt, notebook, environment) for doubt in trust(notebook, cell, environment)), *doubts)
        for key, reading in _of(candidate, cells[cell], printed_in(several, cell)):
            name = f"{candidate.name}.{key}" if key else candidate.name
            if candidate.source is MetricSource.PRINTED:
                name = f"{key} (cell {cell + 1})" if key in found or key in others else key
            found[name] = BaselineMetric(
                name=name,
                value=reading.value,
                step=candidate.step,
                cell=cell,
                decimals=reading.decimals,
                evidence=StoredEvidence(
                    value=reading.value,
                    decimals=reading.decimals,
                    source=reading.source.value,
                    confidence=reading.confidence.value,
                    percent=reading.percent,
                    doubts=reasons,
                ),
            )
    return found


def _reason(doubt: Trust, notebook: Notebook, environment: Environment | None) -> str:
    """The doubt, with both versions if it is about versions: ``other Python: 3.8.1, here 3.11.7``."""
    if environment is not None and doubt is Trust.PYTHON:
        return f"{doubt}: {notebook.python_version}, here {environment.python}"
    if environment is not None and doubt is Trust.PACKAGES:
        return f"{doubt}: {'; '.join(other_versions(notebook, environment))}"
    return doubt.value


def scaled(evidence: StoredEvidence, recorded: float) -> float:
    """The stored number as the variable counts: in percent, if the recorded one does and a percent sign stood there."""
    if evidence.percent and abs(recorded) > 1 and abs(recorded - 100 * evidence.value) < abs(recorded - evidence.value):
        return 100 * evidence.value
    return evidence.value


def _of(candidate: Candidate, readings: Sequence[Reading], known: frozenset[str]) -> list[tuple[str, Reading]]:
    """The readings of a candidate by key; the surest kind that there is."""
    if candidate.source is MetricSource.LOGGED:
        return []
    if candidate.source is MetricSource.PRINTED:
        return [(item.name, item) for item in outcomes(readings) if item.expression not in known]
    exact = [item for item in readings if item.expression == candidate.expression and item.source is not Source.RECORD]
    shown = [item for item in exact if item.source in (Source.RESULT, Source.TABLE, Source.REPORT)]
    if candidate.source is MetricSource.SHOWN:
        return _keyed(candidate, shown)
    recorded = [item for item in readings if item.source is Source.RECORD and item.expression == candidate.name]
    printed = [item for item in exact if item.source is Source.PRINT and item.confidence is Confidence.EXACT]
    several = [item for item in exact if item.confidence is Confidence.NAMED]
    last = _last(several)
    return _keyed(candidate, recorded or shown or printed or last) or _labelled(candidate, readings)


def _keyed(candidate: Candidate, readings: Sequence[Reading]) -> list[tuple[str, Reading]]:
    """By key; of a number shown several times, the most precise."""
    best: dict[str, Reading] = {}
    for item in readings:
        key = item.key
        if candidate.index is not None:
            first, _, key = key.partition(".")
            if first != str(candidate.index):
                continue
        if key not in best or _precision(item) > _precision(best[key]):
            best[key] = item
    return list(best.items())


def _last(readings: Sequence[Reading]) -> list[Reading]:
    """What a loop printed last is what the variable holds when the cell ends."""
    last = {item.key: item for item in readings}
    return list(last.values())


def _precision(reading: Reading) -> float:
    return float("inf") if reading.decimals is None else reading.decimals


def _labelled(candidate: Candidate, readings: Sequence[Reading]) -> list[tuple[str, Reading]]:
    """A number whose label spells the variable's name: ``test accuracy: 0.93`` of ``test_accuracy``."""
    words = [re.escape(word) for word in re.split(r"[_\W]+", candidate.expression) if word]
    if not words:
        return []
    label = re.compile(rf"(?<![A-Za-z0-9]){_BETWEEN_WORDS.join(words)}(?![A-Za-z0-9])", re.IGNORECASE)
    kinds = (Source.LABEL, Source.LOG)
    return next(([("", r)] for r in readings if r.source in kinds and not r.key and label.search(r.name)), [])
