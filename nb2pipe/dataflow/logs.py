"""What a cell hands to an experiment tracker: ``mlflow.log_metric("auc", auc)``, ``wandb.log({"auc": auc})``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

TRACKERS = frozenset({"mlflow", "wandb", "dvclive", "scrapbook"})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_ONE = {"log_metric": (("key", "name"), ("value", "val")), "glue": (("name",), ("data",))}
_RUN = re.compile(r"(?:wandb|run)$", re.IGNORECASE)
_DICTS = ("metrics", "data")


def logged(body: Sequence[ast.stmt]) -> tuple[tuple[str, str], ...]:
    """(name, expression) of each number; ``""`` for what the code does not say, or says in a loop."""
    return tuple(dict.fromkeys(pair for node in body for pair in _of(node, again=False)))


def _of(node: ast.AST, *, again: bool) -> Iterator[tuple[str, str]]:
    if isinstance(node, _DEFINITIONS):
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield from (("", "") if again else pair for pair in _of_call(node, node.func))
    for child in ast.iter_child_nodes(node):
        yield from _of(child, again=again or isinstance(node, _LOOPS))


def _of_call(call: ast.Call, called: ast.Attribute) -> Iterator[tuple[str, str]]:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if called.attr in _ONE:
        names, values = _ONE[called.attr]
        name = next((given[word] for word in names if word in given), call.args[0] if call.args else None)
        value = next((given[word] for word in values if word in given), call.args[1] if len(call.args) > 1 else None)
        yield (_text(name), ast.unparse(value)) if value is not None and _text(name) else ("", "")
    elif called.attr == "log_metrics" or (called.attr == "log" and _RUN.search(ast.unparse(called.value))):
        several = call.args[0] if call.args else next((given[word] for word in _DICTS if word in given), None)
        if isinstance(several, ast.Dict):
            for key, value in zip(several.keys, several.values, strict=True):
                yield (_text(key), ast.unparse(value)) if _text(key) else ("", "")
        elif several is not None:
            yield "", ""


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
