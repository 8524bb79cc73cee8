"""Which imports of a notebook can be done before it begins, without anybody noticing."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nb2pipe.running.kernel.kernels import Kernel, complete_environment
from nb2pipe.running.kernel.kernelserver import KernelServer
from nb2pipe.running.kernel.process import Fork, ipykernel_arguments

_MOST = 200  # imports of one notebook; more are a generated file
# Lines that change nothing for imports after them.
_PLAIN_MAGIC = re.compile(
    r"^\s*%(matplotlib\s+inline|config\s+InlineBackend\..*)\s*$|^%%(time|capture)\b.*$", re.MULTILINE
)
# What a later import may depend on: the environment, where modules are found, settings, warnings, random numbers ...
_DECIDES = re.compile(
    r"environ|putenv|getenv|dotenv|sys\.|chdir|\.use\b|rcParams|set_theme|\bset\(|style|warnings|seed|import_module|importlib"
    r"|__import__|\bexec\b|\beval\b|reload|patch|mock|set_option|options\b|config|locale|signal|thread|logging|getLogger"
    r"|open\(|subprocess|os\.system|get_ipython|install|register|enable"
)
# ... except for imports of nb2pipe's own loads and saves, where only these count.
_DECIDES_MUCH = re.compile(
    r"environ|putenv|dotenv|sys\.|chdir|importlib|__import__|\bexec\b|\beval\b|patch|mock|install"
)
_OWN = frozenset({"os", "json", "joblib", "numpy", "pandas", "pyarrow", "scipy", "pickle", "cloudpickle"})
_IGNORED = re.compile(
    r"warnings\.(filterwarnings|simplefilter)\(['\"]ignore['\"][^()]*\)"
)  # those that warn stay out anyway
_HARMLESS = re.compile(r"(np|numpy)\.random\.seed\(|(pd|pandas)\.set_option\('display\.")
_PLAIN = (
    ast.Assign, ast.AnnAssign, ast.Expr, ast.Name, ast.expr_context, ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict,
    ast.BinOp, ast.operator, ast.UnaryOp, ast.unaryop,
)  # fmt: skip


def preloads(notebook: Mapping[str, Any]) -> tuple[str, ...]:
    """The modules (``a.b``, or ``a.b:name`` for ``from a.b import name``) that a notebook surely imports, as they come.

    Only imports at the top level of a cell, and none after a statement that may decide what they do.
    """
    found: dict[str, None] = {}
    decided = much = False
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        if "sys.modules" in source:
            return ()  # it looks at what is imported
        own = "generated" in (cell.get("metadata", {}).get("nb2pipe") or {})
        try:
            tree = ast.parse(_PLAIN_MAGIC.sub("", source))
        except (SyntaxError, ValueError):  # a magic, a command: it may install or configure anything
            break
        for statement in tree.body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                for entry in _entries(statement):
                    if not decided or (own and not much and entry.partition(":")[0].partition(".")[0] in _OWN):
                        found[entry] = None
            elif not _decides_nothing(statement):
                text = _IGNORED.sub("", ast.unparse(statement))
                decided = decided or bool(_DECIDES.search(text))
                much = much or bool(_DECIDES_MUCH.search(text))
    return tuple(found)[:_MOST]


def _decides_nothing(statement: ast.stmt) -> bool:
    """Names for values that stand there, as in a parameters cell (``seed = 7``), numpy's seed, a setting of pandas' display.

    A library whose import draws numpy's random numbers is left to the kernels, so the others may come before the seed.
    Python's ``random`` is another matter: rich, for one, draws from it (and scikit-learn imports rich).
    """
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        parts: list[ast.expr] = statement.value.args
        return bool(_HARMLESS.match(ast.unparse(statement))) and not statement.value.keywords and _plain(parts)
    return isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr) and _plain([statement])


def _plain(parts: Sequence[ast.AST]) -> bool:
    return all(isinstance(node, _PLAIN) for part in parts for node in ast.walk(part))


def _entries(statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
    elif not statement.level and statement.module and statement.module != "__future__":
        yield from (f"{statement.module}:{alias.name}" for alias in statement.names if alias.name != "*")


@contextmanager
def forks(
    kernel: Kernel,
    notebooks: Mapping[str, Mapping[str, Any]],
    cwd: Path,
    *,
    environment: Mapping[str, str] | None = None,
    message: Callable[[str], None] = lambda _text: None,
    again: Sequence[str] = (),
    ready: int = 1,
) -> Iterator[Callable[[str], Fork | None]]:
    """For the time of a run: where each of these notebooks gets its kernel. ``None``: start an ordinary one.

    ``notebooks`` are in the order in which they will run; the kernel of the next one is made ready while one runs.
    Those in ``again`` run again and again after that, up to ``ready`` of them at the same time.
    """
    if not cwd.is_dir():
        yield lambda _name: None  # the run says so
        return
    names = list(notebooks)
    lists = {name: preloads(notebook) for name, notebook in notebooks.items()}
    complete = complete_environment(kernel, environment or {})
    wanted: Sequence[tuple[str | Path, Collection[str]]] = [(cwd, lists[name]) for name in names]
    with KernelServer.open(kernel, environment=complete, preloads=wanted, message=message) as server:
        if server is not None and names:
            arguments = [*server.arguments, *ipykernel_arguments(kernel)]
            server.ahead(cwd=cwd, preload=lists[names[0]], environment=complete, arguments=arguments)
            for _ in range(ready if again else 0):
                server.ahead(cwd=cwd, preload=lists[again[0]], environment=complete, arguments=arguments)

        def fork(name: str) -> Fork | None:
            if server is None:
                return None
            row = again if name in again else names
            following = [*row[row.index(name) + 1 :], *again]
            return Fork(server, lists[name], lists[following[0]] if following else None)

        yield fork
