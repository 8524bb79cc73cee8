"""The analysis over real code that we did not write: Python's own library."""

from __future__ import annotations

import ast
import builtins
import symtable
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from nb2pipe.dataflow import analyze
from nb2pipe.magics import PythonCode

LIBRARY = Path(sysconfig.get_path("stdlib"))
FILES = sorted(f for f in LIBRARY.rglob("*.py") if "site-packages" not in f.parts and "lib2to3" not in f.parts)
SAMPLE = FILES[:: len(FILES) // 40]
BUILTINS = set(dir(builtins))
IMPLICIT = {
    "__class__",
    "__name__",
    "__doc__",
    "__spec__",
    "__loader__",
    "__package__",
    "__path__",
    "__builtins__",
    "__annotations__",
}
EXTRA = {
    "display",
    "get_ipython",
    "WindowsError",
    "__qualname__",
    "__module__",
    "aiter",
    "anext",
    "ExceptionGroup",
    "__IPYTHON__",
}


def source_of(path: Path) -> str | None:
    """The text of a file that this Python can compile."""
    try:
        text = path.read_bytes().decode("utf-8")
        compile(text, str(path), "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, UnicodeDecodeError):
        return None
    return text


def tables_below(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from tables_below(child)


def compare_with_symtable(path: Path) -> None:
    """Per top-level statement: the global names that CPython sees read anywhere are those that we see."""
    text = source_of(path)
    if text is None:
        return
    for node in ast.parse(text).body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or _is_special(node):
            continue
        segment = ast.unparse(_NoLocalAnnotations().visit(node))
        (flow,) = analyze([(0, PythonCode(segment))])
        (statement,) = flow.statements
        ours = {use.name for use in statement.uses} | {use.name for use in statement.later_uses}
        theirs, written, in_class = set(), set(), set()
        top = symtable.symtable(segment, "x", "exec")
        for table in [top, *tables_below(top)]:
            for symbol in table.get_symbols():
                if symbol.is_global() or table is top:
                    written |= {symbol.get_name()} if symbol.is_assigned() or symbol.is_imported() else set()
                    theirs |= {symbol.get_name()} if symbol.is_referenced() else set()
                elif table.get_type() == "class" and symbol.is_referenced():
                    in_class.add(symbol.get_name())  # ``x = x`` in a class body reads the global
        ignored = BUILTINS | IMPLICIT | EXTRA | {node.name}
        # a name that the statement itself binds first (``global x; x = 1; x``) needs nothing from outside
        assert ours - ignored <= theirs | in_class | written, f"{path}:{node.lineno}"
        assert {n for n in theirs if not n.startswith("_")} - ignored - written <= ours, f"{path}:{node.lineno}"


class _NoLocalAnnotations(ast.NodeTransformer):
    """Annotations of a function's variables are never evaluated, but ``symtable`` counts their names."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        for part in ast.walk(node):
            if isinstance(part, ast.AnnAssign):
                part.annotation = ast.Constant(0)
        return node

    visit_AsyncFunctionDef = visit_FunctionDef


def _is_special(node: ast.AST) -> bool:
    """Dynamic code, IPython's own names, and functions called ``top``, which ``symtable`` takes for the module."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in {"exec", "eval", "globals", "_", "__"}:
            return True
        if isinstance(part, (ast.FunctionDef, ast.ClassDef)) and part.name == "top":
            return True
    return False


def analyze_file(path: Path) -> None:
    text = source_of(path)
    if text is None:
        return
    (flow,) = analyze([(0, PythonCode(text))])
    assert len(flow.statements) == len(ast.parse(text).body)
    assert not [p for p in flow.problems if p.kind == "syntax"]


@pytest.mark.parametrize("path", SAMPLE, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_no_crash_on_a_sample_of_the_library(path: Path) -> None:
    """Any valid Python gets one answer per statement."""
    analyze_file(path)


@pytest.mark.parametrize("path", SAMPLE, ids=lambda p: str(p.relative_to(LIBRARY)))
def test_free_names_are_those_of_symtable(path: Path) -> None:
    """CPython's compiler and we agree on which names of a definition are global."""
    compare_with_symtable(path)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_no_crash_on_the_whole_library() -> None:
    """The same for every file."""
    for path in FILES:
        analyze_file(path)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_free_names_are_those_of_symtable_in_the_whole_library() -> None:
    """The same for every file."""
    for path in FILES:
        compare_with_symtable(path)
