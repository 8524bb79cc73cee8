"""Which numbers a notebook's metric cells offer, and what each is called."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nb2pipe.dataflow.logs import TRACKERS
from nb2pipe.model import (
    BindingKind,
    CellFlow,
    CellRole,
    Direction,
    Metric,
    MetricSource,
    MetricTag,
    ObservedMetric,
    Role,
)

_LONGEST_NAME = 60
PRINT = "print"  # the expression of what a cell prints
LOG = "log"  # and of what it hands to an experiment tracker
_HIGHER = re.compile(
    r"acc|accurac(?:y|ies)|auc|auroc|auprc|rocauc|prauc|f[12]|f1score|fbeta|r2|rsquared|precision|recall|scores?|jaccard|iou|"
    r"kappa|mcc|sensitivity|specificity|gini"
)
_RESULTS = re.compile(
    r"result|metric|coef|importance|p_?value|acc|auc|f1|r2|precision|recall|score|jaccard|kappa|mcc|sensitivity|gini|loss|"
    r"error|rmse|mse|mae|mape|rmsle|perplexity|brier|deviance|aic|bic"
)
_LOWER = re.compile(
    r"loss|losses|logloss|errors?|err|r?mse|mae|s?mape|r?msle|nll|entropy|crossentropy|perplexity|brier|deviance|aic|bic|"
    r"wer|cer|bouldin"
)
_WORD = re.compile(r"[A-Z]?[a-z]+\d*|[A-Z]+(?![a-z])\d*")  # of snake_case, camelCase and CAPITALS, with the digit of f1


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One value of a metric cell that may hold numbers; ``index`` picks an element of a shown tuple.

    A printed or logged one stands for all numbers that the cell prints or logs, unless it has the ``key`` of one. ``tied``
    are (name in the log, variable): read from the variable, as long as that still holds what was logged. ``series``: a
    list, an array or a column counts too, not just a number, a dict, a table or a matrix.
    """

    name: str
    step: str
    cell: int
    source: MetricSource
    expression: str
    index: int | None = None
    tag: MetricTag | None = None
    series: bool = True
    key: str | None = None
    tied: tuple[tuple[str, str], ...] = ()

    @property
    def many(self) -> bool:
        """Whether the run tells which numbers there are, and what they are called."""
        return self.source in (MetricSource.PRINTED, MetricSource.LOGGED) and self.key is None


def candidates(roles: Sequence[CellRole], flows: Mapping[int, CellFlow]) -> tuple[Candidate, ...]:
    """All candidates in notebook order, names made unique by ``#2``, ``#3``, ..."""
    taken: dict[str, int] = {}
    found: list[Candidate] = []
    tracks = any(
        binding.module is not None and binding.module.partition(".")[0] in TRACKERS
        for flow in flows.values()
        for statement in flow.statements
        for binding in statement.bindings
    )
    for role in roles:
        if role.role is Role.STEP and role.step and (role.metrics or role.metric_tags) and role.cell in flows:
            for candidate in _of_cell(role, role.step, flows[role.cell], tracks=tracks):
                count = taken[candidate.name] = taken.get(candidate.name, 0) + 1
                found.append(_renamed(candidate, f"{candidate.name}#{count}") if count > 1 else candidate)
    return tuple(found)


def from_candidates(found: Iterable[Candidate]) -> tuple[Metric, ...]:
    """The metrics of a pipeline that was not observed: one per candidate, as if each held a plain number."""
    return tuple(_metric(candidate, candidate.name, candidate.key or "") for candidate in found if not candidate.many)


def from_printed(found: Iterable[Candidate], named: Mapping[int, Iterable[str]]) -> tuple[Metric, ...]:
    """The metrics of cells that print them: ``named`` has the names by cell, as the stored outputs showed them."""
    printing = {candidate.cell: candidate for candidate in found if candidate.source is MetricSource.PRINTED}
    return tuple(
        _metric(printing[cell], name, name.removesuffix(f" (cell {cell + 1})"))
        for cell, names in named.items()
        if cell in printing
        for name in names
    )


def printed_in(found: Iterable[Candidate], cell: int) -> frozenset[str]:
    """The expressions of a cell whose values are read better than from what it prints."""
    return frozenset(c.expression for c in found if c.cell == cell and c.source is not MetricSource.PRINTED)


def from_observed(found: Iterable[Candidate], observed: Iterable[ObservedMetric]) -> tuple[Metric, ...]:
    """The metrics that an observed run really gave: one per number."""
    by_value: dict[tuple[int, MetricSource, str], list[ObservedMetric]] = {}
    for item in observed:
        by_value.setdefault((item.cell, item.source, item.expression), []).append(item)
    found = tuple(found)
    keyed = {(candidate.cell, candidate.key) for candidate in found if candidate.key is not None}
    given = [
        (candidate, item)
        for candidate in found
        for item in by_value.get((candidate.cell, candidate.source, candidate.expression), ())
        if (candidate.key == item.key if candidate.key is not None else (item.cell, item.key) not in keyed)
    ]
    taken = {name for candidate, item in given if (name := _own_name(candidate, item.key)) is not None}
    metrics: list[Metric] = []
    for candidate, item in given:
        name = _own_name(candidate, item.key)
        if candidate.many:
            name = f"{item.key} (cell {item.cell + 1})" if item.key in taken else item.key
            taken.add(name)
        if name is not None:
            metrics.append(_metric(candidate, name, item.key))
    return tuple(metrics)


def observed_value(metric: Metric, observed: Iterable[ObservedMetric]) -> ObservedMetric | None:
    """The recorded number of a metric made by :func:`from_observed`."""
    for item in observed:
        same_source = item.cell == metric.cell and item.source is metric.source and item.key == metric.key
        if same_source and item.expression == metric.expression:
            return item
    return None


def direction(name: str) -> Direction:
    """Whether more or less is better, by the usual names; unknown names go both ways.

    Whole words count: a wrong guess would let a worse number pass for a better one (``original``, ``cubic``, ``year2``).
    """
    words = [word.lower() for word in _WORD.findall(name)]
    words += [word.rstrip("0123456789") for word in words]
    if any(_LOWER.fullmatch(word) for word in words):
        return Direction.HIGHER if "neg" in words or "negative" in words else Direction.LOWER
    return Direction.HIGHER if any(_HIGHER.fullmatch(word) for word in words) else Direction.BOTH


def logged_in(found: Iterable[Candidate], cell: int) -> Mapping[str, str] | None:
    """What a cell logs that is read from a variable, name by name in the log; ``None`` if its log is not read."""
    for candidate in found:
        if candidate.cell == cell and candidate.source is MetricSource.LOGGED and candidate.many:
            return dict(candidate.tied)
    own = [c for c in found if c.cell == cell and c.source is MetricSource.LOGGED]
    return {} if own else None


def _of_cell(role: CellRole, step: str, flow: CellFlow, *, tracks: bool) -> Iterator[Candidate]:
    assigned = dict.fromkeys(
        binding.name
        for statement in flow.statements
        for binding in statement.bindings
        if binding.kind is BindingKind.DATA and not binding.name.startswith("_")
    )
    named: set[str] = set()
    logs = dict(flow.logged)
    for tag in role.metric_tags:
        if logs.get(tag.name, tag.name) != tag.name and tag.name not in assigned:
            named.add(tag.name)
            yield Candidate(
                name=tag.name, step=step, cell=role.cell, source=MetricSource.LOGGED, expression=LOG, tag=tag,
                key=tag.name,
            )  # fmt: skip
            continue
        shows = flow.shown is not None and tag.name not in assigned
        source = MetricSource.SHOWN if shows else MetricSource.VARIABLE
        expression = flow.shown if shows and flow.shown is not None else tag.name
        named.add(expression)
        yield Candidate(name=tag.name, step=step, cell=role.cell, source=source, expression=expression, tag=tag)
    if not role.metrics:
        return
    looked_at = {*flow.printed, flow.shown}
    for name in assigned:
        if name not in named and (name in looked_at or name not in flow.looped):
            series = name in looked_at or _says_result(name)
            yield Candidate(
                name=name, step=step, cell=role.cell, source=MetricSource.VARIABLE, expression=name, series=series
            )  # fmt: skip
    known = {*named, *assigned, flow.shown}
    for name in dict.fromkeys((*flow.printed, *logs.values())):
        if name not in known and name.isidentifier():
            yield Candidate(name=name, step=step, cell=role.cell, source=MetricSource.VARIABLE, expression=name)
    if flow.shown is not None and flow.shown not in named and flow.shown not in assigned:
        for name, index in _elements(flow.shown, role.cell):
            yield Candidate(
                name=name, step=step, cell=role.cell, source=MetricSource.SHOWN, expression=flow.shown, index=index
            )  # fmt: skip

    read = {*known, *(name for name in (*flow.printed, *logs.values()) if name.isidentifier())}
    if flow.prints_more or any(expression not in read for expression in flow.printed):
        yield Candidate(name="printed", step=step, cell=role.cell, source=MetricSource.PRINTED, expression=PRINT)
    if flow.logged or tracks:
        tied = tuple((key, value) for key, value in logs.items() if key and value in read)
        yield Candidate(
            name="logged", step=step, cell=role.cell, source=MetricSource.LOGGED, expression=LOG, tied=tied
        )  # fmt: skip


def _says_result(name: str) -> bool:
    """Whether a list of this name holds results (``cv_scores``), and not what they are made from (``alphas``, ``y_pred``)."""
    return bool(_RESULTS.search(name.lower()))


def _elements(expression: str, cell: int) -> list[tuple[str, int | None]]:
    """A shown tuple gives one candidate per element. Each is named by its source, or by its cell if that is long or a dict."""
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError:
        return [(f"cell{cell + 1}", None)]
    if isinstance(tree, ast.Tuple) and tree.elts:
        sources = [ast.unparse(element) for element in tree.elts]
        return [
            (source if _is_name(source, element) else f"cell{cell + 1}[{index}]", index)
            for index, (source, element) in enumerate(zip(sources, tree.elts, strict=True))
        ]
    return [(expression if _is_name(expression, tree) else f"cell{cell + 1}", None)]


def _is_name(source: str, tree: ast.expr) -> bool:
    """Whether an expression is short enough to name a number, and holds no dict, whose keys say more."""
    return len(source) <= _LONGEST_NAME and not any(isinstance(node, ast.Dict) for node in ast.walk(tree))


def _own_key(candidate: Candidate, key: str) -> str | None:
    """The part of an observed key below the candidate; ``None`` if it belongs to another element of the tuple."""
    if candidate.key is not None:
        return ""
    if candidate.index is None:
        return key
    first, _, rest = key.partition(".")
    return rest if first == str(candidate.index) else None


def _own_name(candidate: Candidate, key: str) -> str | None:
    """What a number of the candidate is called; ``None`` if only the run says, or if it belongs to another element of the
    tuple."""
    own = None if candidate.many else _own_key(candidate, key)
    return own if own is None else f"{candidate.name}.{own}" if own else candidate.name


def _metric(candidate: Candidate, name: str, key: str) -> Metric:
    return Metric(
        name=name,
        step=candidate.step,
        cell=candidate.cell,
        source=candidate.source,
        expression=candidate.expression,
        key=key,
        tolerance=candidate.tag.tolerance if candidate.tag else None,
        direction=direction(name),
    )


def _renamed(candidate: Candidate, name: str) -> Candidate:
    return replace(candidate, name=name)
