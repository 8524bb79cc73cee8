"""Give the notebook's random numbers a seed from outside, and tell whether it drew any. The user's code stays as it is.

What a cell seeds itself wins, as it comes later; with ``vary`` the numbers that stand as seeds in the code
(``random_state=42``, ``np.random.seed(0)``, ``SEED = 1``) are replaced too, each by another one made from it, in the
code as it runs, not in any file. Not reached: the clock, ``os.urandom``, ``uuid``, worker processes, a GPU's order of sums.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import ast
import builtins
import importlib.abc
import importlib.util
import random
import re
import sys
from typing import Any, Callable

from .namespace import shell
from .state import random_state

KEYWORDS = frozenset(("random_state", "seed", "random_seed", "np_seed", "bagging_seed", "feature_fraction_seed"))
CALLS = frozenset(("seed", "manual_seed", "manual_seed_all", "set_seed", "default_rng", "RandomState", "Random",
                   "PRNGKey", "seed_everything", "set_random_seed", "SeedSequence"))  # fmt: skip
NAMES = re.compile(r"(?i)^((np|torch|tf|global|rng|model|split|random)_?)?seed$|^random_?state$")


class Seeding:
    """What was set up in this kernel, and what came of it."""

    def __init__(self) -> None:
        self.seed: int | None = None
        self.vary: int | None = None
        self.entropy = 0
        self.importing = False
        self.varied = 0
        self.before: dict[str, str | None] = {}


SEEDING = Seeding()


def seed(request: dict[str, Any]) -> dict[str, Any]:
    """Seed what is loaded, and libraries once they are: ``{"seed": int, "vary": int or null, "numpy": bool}``.

    ``vary``: seeds in the code become others made from it. ``numpy``: the cells to come use it, so it is loaded now.
    """
    SEEDING.seed = int(request["seed"])
    random.seed(SEEDING.seed)
    if request.get("numpy"):
        try:
            __import__("numpy.random")
        except ImportError:
            pass
    for name, set_seed in LIBRARIES.items():
        if name in sys.modules:
            set_seed(sys.modules[name])
    sys.meta_path.insert(0, _WhenImported())
    builtins.__import__ = _import_of(builtins.__import__)
    running = shell()
    SEEDING.vary = request.get("vary")
    if SEEDING.vary is not None and running is not None:
        running.ast_transformers.append(_Varied())
    SEEDING.before = random_state()
    return {"seeded": SEEDING.seed}


def draws(request: dict[str, Any]) -> dict[str, Any]:
    """Whether the cells used what was seeded: ``moved`` generators, requests for ``entropy``, seeds ``varied``.

    ``states`` are digests of the generators that moved: equal after another seed, if the cells set one themselves.
    """
    now = random_state()
    before = SEEDING.before
    moved = {name: digest for name, digest in now.items() if digest and digest != before.get(name)}
    return {"states": moved, "entropy": SEEDING.entropy, "varied": SEEDING.varied}


def _import_of(original: Callable[..., Any]) -> Callable[..., Any]:
    """``__import__`` that does not take what libraries draw while they are loaded for draws of the notebook."""

    def load(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:  # noqa: A002
        if level or SEEDING.importing or not _is_new(name, fromlist or ()):
            return original(name, globals, locals, fromlist, level)
        SEEDING.importing = True
        untouched = {key for key, digest in random_state().items() if digest == SEEDING.before.get(key)}
        entropy = SEEDING.entropy
        try:
            return original(name, globals, locals, fromlist, level)
        finally:
            SEEDING.importing = False
            if _is_library(name):
                SEEDING.entropy = entropy
                SEEDING.before.update({key: digest for key, digest in random_state().items() if key in untouched})

    return load


def _is_new(name: str, fromlist: Any) -> bool:
    module = sys.modules.get(name)
    if module is None:
        return True
    return any(not hasattr(module, item) and name + "." + item not in sys.modules for item in fromlist)


def _is_library(name: str) -> bool:
    """Whether a module is none of the user's."""
    path = str(getattr(sys.modules.get(name.partition(".")[0]), "__file__", None) or "")
    return not path or "site-packages" in path or "dist-packages" in path or path.startswith(sys.base_prefix)


def _numpy(numpy_random: Any) -> None:
    """The global generator, and whatever asks the system for entropy: ``default_rng()``, ``RandomState()``."""
    assert SEEDING.seed is not None
    numpy_random.seed(SEEDING.seed)
    source = random.Random(SEEDING.seed ^ 0x5EED)  # noqa: S311

    def entropy(bits: int) -> int:
        SEEDING.entropy += 1
        return source.getrandbits(bits)

    bit_generator = sys.modules.get("numpy.random.bit_generator")
    if hasattr(bit_generator, "randbits"):
        bit_generator.randbits = entropy  # type: ignore[union-attr]
        return
    original = numpy_random.default_rng  # an old numpy keeps the source to itself
    numpy_random.default_rng = lambda seed=None: original(entropy(128) if seed is None else seed)


def _torch(torch: Any) -> None:
    if hasattr(torch, "manual_seed"):
        torch.manual_seed(SEEDING.seed)


def _tensorflow(tensorflow: Any) -> None:
    tensorflow.random.set_seed(SEEDING.seed)


LIBRARIES: dict[str, Callable[[Any], None]] = {"numpy.random": _numpy, "torch": _torch, "tensorflow": _tensorflow}


class _WhenImported(importlib.abc.MetaPathFinder):
    """Seeds a library right after it is imported for the first time."""

    def __init__(self) -> None:
        self.busy = False

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """The usual spec, whose loader seeds when it is done."""
        if self.busy or name not in LIBRARIES:
            return None
        self.busy = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self.busy = False
        if spec is None or spec.loader is None or not hasattr(spec.loader, "exec_module"):
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            LIBRARIES[name](module)
            root = name.partition(".")[0]
            SEEDING.before.update({key: digest for key, digest in random_state().items() if key == root})

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


class _Varied(ast.NodeTransformer):
    """Replaces the literal seeds in a cell."""

    def _other(self, node: Any) -> Any:
        """Another seed, made from this one: cells that share a seed go on sharing one."""
        value = getattr(node, "value", None)
        if not isinstance(node, ast.Constant) or type(value) is not int:
            return node
        SEEDING.varied += 1
        new = random.Random("{}/{}".format(SEEDING.vary, value)).getrandbits(31)  # noqa: S311
        return ast.copy_location(ast.Constant(new), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """``f(random_state=42)``, ``np.random.seed(42)``."""
        self.generic_visit(node)
        called = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
        if called in CALLS and node.args:
            node.args[0] = self._other(node.args[0])
        for keyword in node.keywords:
            if keyword.arg in KEYWORDS:
                keyword.value = self._other(keyword.value)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """``SEED = 42``."""
        self.generic_visit(node)
        if any(isinstance(target, ast.Name) and NAMES.match(target.id) for target in node.targets):
            node.value = self._other(node.value)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """``SEED: int = 42``."""
        self.generic_visit(node)
        if isinstance(node.target, ast.Name) and NAMES.match(node.target.id) and node.value is not None:
            node.value = self._other(node.value)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """``def split(data, seed=42)``."""
        self.generic_visit(node)
        names = [item.arg for item in node.args.args][-len(node.args.defaults) :] if node.args.defaults else []
        for at, name in enumerate(names):
            if NAMES.match(name):
                node.args.defaults[at] = self._other(node.args.defaults[at])
        for item, default in zip(node.args.kwonlyargs, list(node.args.kw_defaults)):
            if NAMES.match(item.arg) and default is not None:
                node.args.kw_defaults[node.args.kwonlyargs.index(item)] = self._other(default)
        return node
