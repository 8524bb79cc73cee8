"""Which expression a cell displays, by IPython's rule: the last one, unless a semicolon follows or it is ``None``."""

from __future__ import annotations

import ast
import re

from nb2pipe.dataflow.effects import NO_RESULT_CALLS, NO_RESULT_METHODS
from nb2pipe.dataflow.settings import setting_modules
from nb2pipe.dataflow.values import MARK, Names

_HIDDEN = re.compile(r"(?:[\s)]|#[^\n]*\n)*;")


def shown_expression(node: ast.stmt, text: str, names: Names) -> str | None:
    """The source of the expression that the cell shows, on one line, or ``None``."""
    if not isinstance(node, ast.Expr) or _is_nothing(node, names):
        return None
    lines = text.split("\n")
    end_line, end = node.value.end_lineno or 1, node.value.end_col_offset or 0
    rest = "\n".join([lines[end_line - 1].encode()[end:].decode(), *lines[end_line:]])
    if _HIDDEN.match(rest):
        return None
    if node.value.lineno == end_line:
        line = lines[end_line - 1].encode()
        return line[node.value.col_offset : end].decode()
    try:
        return ast.unparse(node.value)
    except RecursionError:
        return " ".join((ast.get_source_segment(text, node.value) or "").split())


def _is_nothing(node: ast.Expr, names: Names) -> bool:
    value = node.value
    if isinstance(value, ast.Constant) and value.value is None:
        return True
    if not isinstance(value, ast.Call):
        return False
    if setting_modules(node, names) is not None:
        return True
    if any(k.arg == "inplace" and isinstance(k.value, ast.Constant) and k.value.value is True for k in value.keywords):
        return True
    func = value.func
    if isinstance(func, ast.Attribute):
        return func.attr in NO_RESULT_METHODS
    return isinstance(func, ast.Name) and _function_gives_nothing(func.id, names)


def _function_gives_nothing(name: str, names: Names) -> bool:
    definitions = names.get(name).definitions
    if definitions:
        return not any(definition.returns_value for definition in definitions)
    return name.startswith(MARK) or (name in NO_RESULT_CALLS and name not in names.values)
