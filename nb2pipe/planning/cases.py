"""How many cases a metric may count: the lengths of the data that the notebook computes it from."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from nb2pipe.model import Metric, MetricSource


def arguments(metric: Metric, sources: list[str]) -> tuple[str, ...]:
    """The names in calls that make the metric's value: ``accuracy_score(y_test, predicted)``, ``model.score(X, y)``.

    ``sources`` are the code cells of the metric's step. Empty if the value is not made in plain sight.
    """
    names: dict[str, None] = {}
    for expression in _expressions(metric, sources):
        for node in ast.walk(expression):
            if isinstance(node, ast.Call):
                names.update(dict.fromkeys(item.id for item in node.args if isinstance(item, ast.Name)))
    return tuple(names)


def number(names: tuple[str, ...], lengths: Mapping[str, int]) -> int | None:
    """The length that all of these have, as far as it is known; ``None`` if they differ, or none has one."""
    found = {lengths[name] for name in names if name in lengths}
    return found.pop() if len(found) == 1 else None


def _expressions(metric: Metric, sources: list[str]) -> list[ast.AST]:
    if metric.source is MetricSource.SHOWN:
        tree = _parsed(metric.expression)
        return [tree] if tree is not None else []
    found: list[ast.AST] = []
    for source in sources:
        tree = _parsed(source)
        for node in ast.walk(tree) if tree is not None else ():
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            value = getattr(node, "value", None)
            if value is not None and any(isinstance(t, ast.Name) and t.id == metric.expression for t in targets):
                found.append(value)
    return found


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):  # magics: no metric is computed by them
        return None
