"""Names that a cell binds as variables of its loops, and in no other way."""

from __future__ import annotations

import ast
from collections.abc import Sequence

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def loop_variables(body: Sequence[ast.stmt]) -> frozenset[str]:
    """``epoch`` of ``for epoch in range(3)``, unless something else assigns it."""
    looped: set[str] = set()
    assigned: set[str] = set()
    stack: list[tuple[ast.AST, bool]] = [(node, False) for node in body]
    while stack:
        node, target = stack.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            (looped if target else assigned).add(node.id)
        if isinstance(node, _DEFINITIONS):
            continue
        for name, value in ast.iter_fields(node):
            own = target or (isinstance(node, ast.For | ast.AsyncFor) and name == "target")
            stack += [
                (child, own) for child in (value if isinstance(value, list) else [value]) if isinstance(child, ast.AST)
            ]
    return frozenset(looped - assigned)
