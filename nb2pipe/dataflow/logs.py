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
    found: dict[tuple[str, str], None] = {}
    stack: list[tuple[ast.AST, bool]] = [(node, False) for node in reversed(body)]
    while stack:
        node, again = stack.pop()
        if isinstance(node, _DEFINITIONS):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found.update(dict.fromkeys(("", "") if again else pair for pair in _of_call(node, node.func)))
        again = again or isinstance(node, _LOOPS)
        stack += [(child, again) for child in reversed(list(ast.iter_child_nodes(node)))]
    return tuple(found)


def _of_call(call: ast.Call, called: ast.Attribute) -> Iterator[tuple[str, str]]:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if called.attr in _ONE:
        names, values = _ONE[called.attr]
        name = next((given[word] for word in names if word in given), call.args[0] if call.args else None)
        value = next((given[word] for word in values if word in given), call.args[1] if len(call.args) > 1 else None)
        yield (_text(name), _source(value)) if value is not None and _text(name) else ("", "")
    elif called.attr == "log_metrics" or (called.attr == "log" and _RUN.search(_source(called.value))):
        several = call.args[0] if call.args else next((given[word] for word in _DICTS if word in given), None)
        if isinstance(several, ast.Dict):
            for key, value in zip(several.keys, several.values, strict=True):
                yield (_text(key), _source(value)) if _text(key) else ("", "")
        elif several is not None:
            yield "", ""


def _source(node: ast.expr) -> str:
    try:
        return ast.unparse(node)
    except RecursionError:  # an expression too deep to write down is none of a name
        return "..."


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
