"""Names in strings: ``exec``, ``eval``, ``globals()``, ``@name`` in a data frame's query, and what magics became."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import cast

from nb2pipe.dataflow.body import Body
from nb2pipe.dataflow.facts import Bind, Load, Read
from nb2pipe.dataflow.scopes import ScopeKind, is_global
from nb2pipe.dataflow.values import MARK
from nb2pipe.model import BindingKind

_AT_NAME = re.compile(r"@([^\W\d]\w*)")
_FORMULA = re.compile(r"~(?![/\\])")
_FORMULA_PART = re.compile(r"[^\W\d]\w*(?:\.\w+)*|[()]")
_DESIGNS = frozenset({"dmatrix", "dmatrices"})  # of patsy: a formula need not have a ``~``
_QUERY = re.compile(r"\b(select|with|insert|create|describe|summarize|from|pivot)\b", re.IGNORECASE)
_TABLE = re.compile(r"\b(?:from|join|describe|summarize|pivot)\s+([^\W\d]\w*)\b(?!\s*[.(])", re.IGNORECASE)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_NAMESPACES = frozenset({"globals", "locals", "vars"})
_SPECIAL = _NAMESPACES | {"exec", "eval"}
DYNAMIC = "dynamic"
OPAQUE = "opaque"


def special_call(body: Body, node: ast.Call) -> bool:
    """Handle a call that names variables in text. True if nothing of it is left to walk."""
    func = node.func
    _formulas(body, node)
    _queries(body, node)
    if isinstance(func, ast.Attribute):
        _attribute_call(body, func, node)
        return False
    if not isinstance(func, ast.Name) or not (func.id in _SPECIAL or func.id.startswith(MARK)):
        return False
    if not is_global(body.scope.find(func.id)):
        return False
    if func.id in ("exec", "eval"):
        return _run_text(body, func.id, node)
    if func.id in _NAMESPACES and not node.args:
        if func.id == "globals" or _at_top(body):
            body.note(DYNAMIC, f"{func.id}() gives access to names that cannot be seen here", node)
    elif func.id.startswith(MARK):
        _magic_call(body, func.id, node)
    return False


def _at_top(body: Body) -> bool:
    return body.is_module and body.scope.kind in (ScopeKind.MODULE, ScopeKind.COMPREHENSION)


def _text(node: ast.Call) -> str | None:
    first = node.args[0] if node.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _attribute_call(body: Body, func: ast.Attribute, node: ast.Call) -> None:
    if func.attr not in ("query", "eval"):
        return
    text = _text(node)
    if text is None:
        return
    position = body.position(node.args[0])
    for name in dict.fromkeys(_AT_NAME.findall(text)):
        _read_at(body, name, position)
    if func.attr == "eval" and isinstance(func.value, ast.Name) and func.value.id in ("pd", "pandas", "ne"):
        for name in _loaded_names(text.replace("@", "")):
            _read_at(body, name, position)


def _read_at(body: Body, name: str, position: tuple[int, int, int]) -> None:
    if is_global(body.scope.find(name)):
        body.read_global(name, position)


def _formulas(body: Body, node: ast.Call) -> None:
    """``smf.ols("y ~ np.log(x) + double(z)", data=df)``: what is no column is looked up where the call stands."""
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    for part in (*node.args, *(keyword.value for keyword in node.keywords)):
        text = part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else ""
        if _FORMULA.search(text) or (text and called in _DESIGNS):
            everything = len(node.args) + len(node.keywords) == 1  # no table: all names are variables
            for name in _names_in_formula(text, everything=everything):
                _read_if_bound(body, name, part)


def _queries(body: Body, node: ast.Call) -> None:
    """``duckdb.sql("select * from df")``, ``pl.sql``, ``sqldf``: a table that the database has not is a variable."""
    for part in (*node.args, *(keyword.value for keyword in node.keywords)):
        for text in _texts_of(part):
            if _QUERY.search(text):
                for name in dict.fromkeys(_TABLE.findall(text)):
                    _read_if_bound(body, name, part)


def _texts_of(node: ast.expr) -> list[str]:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return [" ? ".join(texts)] if texts else []


def _read_if_bound(body: Body, name: str, node: ast.expr) -> None:
    if is_global(body.scope.find(name)):
        body.read_global(name, body.position(node), optional=True)
        cast("Read", body.events[-1]).in_text = True


def _names_in_formula(text: str, *, everything: bool) -> list[str]:
    """Names that a formula calls, takes attributes of or hands to a call; bare terms are columns of the table."""
    found: dict[str, None] = {}
    depth = 0
    plain = _QUOTED.sub("''", text)
    for match in _FORMULA_PART.finditer(plain):
        part = match[0]
        if part in "()":
            depth += 1 if part == "(" else -1
        elif everything or depth > 0 or "." in part or plain[match.end() :].lstrip().startswith("("):
            found[part.partition(".")[0]] = None
    return list(found)


def _loaded_names(text: str) -> list[str]:
    try:
        tree = ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    names = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    return list(dict.fromkeys(names))


def _run_text(body: Body, name: str, node: ast.Call) -> bool:
    if len(node.args) > 1 or node.keywords:
        return False  # code with namespaces of its own
    text = _text(node)
    if text is None:
        body.note(DYNAMIC, f"{name}() of text that is only known at run time", node)
        return False
    try:
        tree = ast.parse(text if name == "exec" else text.strip(), mode="exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        body.note(DYNAMIC, f"{name}() of text that is not Python here", node)
        return False
    from nb2pipe.dataflow.statements import optional_block  # code in text is code: the cycle is in the language

    outer, body.override = body.override, body.position(node)
    optional_block(body, tree.body)
    body.override = outer
    return True


# ---------------------------------------------------------------- globals()["x"]


def _namespace_key(body: Body, node: ast.AST, key: ast.AST) -> str | None:
    if not isinstance(node, ast.Call) or node.args or node.keywords or not isinstance(node.func, ast.Name):
        return None
    name = node.func.id
    if name not in _NAMESPACES or not (name == "globals" or _at_top(body)):
        return None
    literal = key.value if isinstance(key, ast.Constant) else None
    return literal if isinstance(literal, str) and literal.isidentifier() else None


def namespace_item(body: Body, node: ast.Subscript) -> bool:
    """``globals()["x"]`` is a read (or deletion) of ``x``."""
    name = _namespace_key(body, node.value, node.slice)
    if name is None:
        return False
    body.read_global(name, body.position(node))
    return True


def namespace_store(body: Body, node: ast.Subscript, loads: Sequence[Load]) -> bool:
    """``globals()["x"] = ...`` binds ``x``."""
    name = _namespace_key(body, node.value, node.slice)
    if name is None:
        return False
    body.bind_global(Bind(name, body.position(node), BindingKind.DATA, loads=tuple(loads)))
    return True


def membership(body: Body, node: ast.Compare) -> bool:
    """``"x" in globals()`` asks whether ``x`` is there: it matters only if the notebook has bound it."""
    container = node.comparators[0]
    if not isinstance(node.ops[0], (ast.In, ast.NotIn)):
        return False
    if isinstance(container, ast.Call) and isinstance(container.func, ast.Name) and container.func.id == "dir":
        container = ast.Call(ast.Name("globals", ast.Load()), container.args, container.keywords)
    name = _namespace_key(body, container, node.left)
    if name is None:
        return False
    body.read_global(name, body.position(node.left), optional=True)
    return True


# ---------------------------------------------------------------- magics


def _magic_call(body: Body, name: str, node: ast.Call) -> None:
    if name in ("__nb2pipe_shell__", "__nb2pipe_opaque__"):
        what = _text(node)
        body.note(OPAQUE, f"%%{what} is not Python" if what else "a shell command: its effects are not known", node)
    elif name == "__nb2pipe_run__":
        body.note(DYNAMIC, "%run binds names that cannot be seen here", node)
