"""Names in texts that are put together at run time: ``eval`` of a sum, ``df.query(condition)``, ``"{n}".format(**locals())``.

No analysis can tell which names such a cell reads, but they nearly always stand in some string of the notebook.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d]\w*")
_NAMESPACES = frozenset({"globals", "locals", "vars"})
_RUNS = frozenset({"eval", "exec", "sqldf"})
_SCRIPT = "__nb2pipe_run__"
#: What takes a formula whose names it looks up where it is called: statsmodels, patsy, formulaic. The others mean something
#: else without a table of data: ``rng.poisson(mu)``.
_FORMULAS = frozenset(["ols", "mixedlm", "mnlogit", "quantreg", "dmatrix", "dmatrices", "model_matrix", "from_formula"])
_WITH_DATA = frozenset(["wls", "gls", "glm", "rlm", "gee", "logit", "probit", "poisson", "phreg", "negativebinomial"])


def texts(nodes: Iterable[ast.stmt]) -> tuple[frozenset[str], bool]:
    """The words in a cell's strings, and whether the cell may read names that stand in a string."""
    words: set[str] = set()
    reads = False
    for node in (part for tree in nodes for part in ast.walk(tree)):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                words.update(_WORD.findall(node.value))
        elif isinstance(node, ast.Call):
            reads = reads or _reads(node)
        elif isinstance(node, ast.Attribute):
            reads = reads or node.attr == "user_ns"
    return frozenset(words), reads


def _reads(node: ast.Call) -> bool:
    first = node.args[0] if node.args else None
    computed = first is not None and not isinstance(first, ast.Constant)
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    words = {keyword.arg: keyword.value for keyword in node.keywords}
    if (called or name) in _FORMULAS or ((called or name) in _WITH_DATA and "data" in words):
        given = [words["formula"]] if "formula" in words else []
        return any(not isinstance(text, ast.Constant) for text in (given or node.args[:1]))
    if called:
        return called in ("query", "eval", "sql") and computed
    return (name in _NAMESPACES and first is None) or (name in _RUNS and computed) or name == _SCRIPT
