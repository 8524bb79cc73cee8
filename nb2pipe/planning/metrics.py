"""Which numbers a notebook's metric cells offer, and what each is called."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

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
_HIGHER = ("acc", "auc", "f1", "r2", "precision", "recall", "score", "jaccard", "kappa", "mcc", "sensitivity", "gini")
_RESULTS = ("result", "metric", "coef", "importance", "p_value", "pvalue")
_LOWER = ("loss", "error", "rmse", "mse", "mae", "mape", "rmsle", "perplexity", "brier", "deviance", "aic", "bic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One value of a metric cell that may hold numbers; ``index`` picks an element of a shown tuple.

    ``series``: a list, an array or a column counts too, not just a number, a dict, a table or a matrix. ``passed_over`` are
    expressions whose printed numbers are none: what loops count with.
    """

    name: str
    step: str
    cell: int
    source: MetricSource
    expression: str
    index: int | None = None
    tag: MetricTag | None = None
    series: bool = True
    passed_over: frozenset[str] = frozenset()


def candidates(roles: Sequence[CellRole], flows: Mapping[int, CellFlow]) -> tuple[Candidate, ...]:
    """All candidates in notebook order, names made unique by ``#2``, ``#3``, ..."""
    taken: dict[str, int] = {}
    found: list[Candidate] = []
    for role in roles:
        if role.role is Role.STEP and role.step and (role.metrics or role.metric_tags) and role.cell in flows:
            for candidate in _of_cell(role, role.step, flows[role.cell]):
                count = taken[candidate.name] = taken.get(candidate.name, 0) + 1
                found.append(_renamed(candidate, f"{candidate.name}#{count}") if count > 1 else candidate)
    return tuple(found)


def from_candidates(found: Iterable[Candidate]) -> tuple[Metric, ...]:
    """The metrics of a pipeline that was not observed: one per candidate, as if each held a plain number."""
    return tuple(
        _metric(candidate, candidate.name, "") for candidate in found if candidate.source is not MetricSource.PRINTED
    )


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
    own = [candidate for candidate in found if candidate.cell == cell]
    better = {candidate.expression for candidate in own if candidate.source is not MetricSource.PRINTED}
    return frozenset(better.union(*(candidate.passed_over for candidate in own)))


def from_observed(found: Iterable[Candidate], observed: Iterable[ObservedMetric]) -> tuple[Metric, ...]:
    """The metrics that an observed run really gave: one per number."""
    by_value: dict[tuple[int, MetricSource, str], list[ObservedMetric]] = {}
    for item in observed:
        by_value.setdefault((item.cell, item.source, item.expression), []).append(item)
    given = [
        (candidate, item)
        for candidate in found
        for item in by_value.get((candidate.cell, candidate.source, candidate.expression), ())
    ]
    taken = {name for candidate, item in given if (name := _own_name(candidate, item.key)) is not None}
    metrics: list[Metric] = []
    for candidate, item in given:
        name = _own_name(candidate, item.key)
        if candidate.source is MetricSource.PRINTED:
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
    """Whether more or less is better, by the usual names; unknown names go both ways."""
    words = name.lower()
    if any(word in words for word in _LOWER):
        return Direction.LOWER
    return Direction.HIGHER if any(word in words for word in _HIGHER) else Direction.BOTH


def _of_cell(role: CellRole, step: str, flow: CellFlow) -> Iterator[Candidate]:
    assigned = dict.fromkeys(
        binding.name
        for statement in flow.statements
        for binding in statement.bindings
        if binding.kind is BindingKind.DATA and not binding.name.startswith("_")
    )
    named: set[str] = set()
    for tag in role.metric_tags:
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
    for name in flow.printed:
        if name not in known and name.isidentifier():
            yield Candidate(name=name, step=step, cell=role.cell, source=MetricSource.VARIABLE, expression=name)
    if flow.shown is not None and flow.shown not in named and flow.shown not in assigned:
        for name, index in _elements(flow.shown, role.cell):
            yield Candidate(
                name=name, step=step, cell=role.cell, source=MetricSource.SHOWN, expression=flow.shown, index=index
            )  # fmt: skip

    read = {*known, *(name for name in flow.printed if name.isidentifier())}
    if flow.prints_more or any(expression not in read for expression in flow.printed):
        counted = frozenset(name for name in flow.looped if not _says_result(name))
        yield Candidate(
            name="printed", step=step, cell=role.cell, source=MetricSource.PRINTED, expression=PRINT, passed_over=counted
        )  # fmt: skip


def _says_result(name: str) -> bool:
    """Whether a list of this name holds results (``cv_scores``), and not what they are made from (``alphas``, ``y_pred``)."""
    return direction(name) is not Direction.BOTH or any(word in name.lower() for word in _RESULTS)


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
    if candidate.index is None:
        return key
    first, _, rest = key.partition(".")
    return rest if first == str(candidate.index) else None


def _own_name(candidate: Candidate, key: str) -> str | None:
    """What a number of the candidate is called; ``None`` if it is printed, or belongs to another element of the tuple."""
    own = None if candidate.source is MetricSource.PRINTED else _own_key(candidate, key)
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
    return Candidate(
        name=name, step=candidate.step, cell=candidate.cell, source=candidate.source,
        expression=candidate.expression, index=candidate.index, tag=candidate.tag, series=candidate.series,
        passed_over=candidate.passed_over,
    )  # fmt: skip
