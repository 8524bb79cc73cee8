"""What sort of statement a top-level statement is."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nb2pipe.dataflow.facts import Definition
from nb2pipe.dataflow.settings import changed_beside, imported_for, setting_modules
from nb2pipe.dataflow.values import NONE, Names
from nb2pipe.model import StatementKind


def kind_of(node: ast.stmt, names: Names) -> tuple[StatementKind, tuple[str, ...]]:
    """The kind of a statement, and the modules whose settings it changes."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        defines = isinstance(node.value, ast.Lambda) or renamed(node, names)
        return (StatementKind.DEFINITION if defines else StatementKind.OTHER), changed_beside(node, names)
    if isinstance(node, (ast.Import, ast.ImportFrom)) or _only_imports(node):
        return StatementKind.IMPORT, imported_for(node)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or _names_lambda(node):
        return StatementKind.DEFINITION, changed_beside(node, names)
    modules = setting_modules(node, names)
    return (StatementKind.OTHER, changed_beside(node, names)) if modules is None else (StatementKind.SETTING, modules)


def renamed(node: ast.stmt, names: Names) -> frozenset[Definition]:
    """The functions or classes that ``node`` gives another name to: ``g = f``."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
        return names.get(node.value.id).definitions
    return NONE


def _names_lambda(node: ast.stmt) -> bool:
    return isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Lambda) and isinstance(node.target, ast.Name)


def _only_imports(node: ast.stmt) -> bool:
    """``try: import x`` / ``except ImportError: x = None`` and the like: at least one import, else only constants."""
    if not isinstance(node, (ast.Try, ast.If)):
        return False
    imports = 0
    stack: list[ast.stmt] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, (ast.Import, ast.ImportFrom)):
            imports += 1
        elif isinstance(part, ast.Try):
            stack.extend([*part.body, *part.orelse, *part.finalbody])
            for handler in part.handlers:
                stack.extend(handler.body)
        elif isinstance(part, ast.If):
            stack.extend([*part.body, *part.orelse])
        elif not _harmless(part):
            return False
    return imports > 0


def _harmless(node: ast.stmt) -> bool:
    if isinstance(node, (ast.Pass, ast.Raise)):
        return True
    targets: Sequence[ast.expr] = ()
    value: ast.expr | None = None
    if isinstance(node, ast.Assign):
        targets, value = node.targets, node.value
    elif isinstance(node, ast.AnnAssign):
        targets, value = [node.target], node.value
    return isinstance(value, ast.Constant) and all(isinstance(target, ast.Name) for target in targets)
