"""What in the code may make a number another one in the next run, as far as reading tells. The run is the verdict."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from nb2pipe import magics
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.magics import PythonCode
from nb2pipe.model import CellKind, Notebook
from nb2pipe.rules import (
    nb410_unseeded_estimator,
    nb411_unseeded_draws,
    nb412_wall_clock,
    nb413_network,
    nb414_absolute_path,
    nb415_unsorted_listing,
    nb416_unpinned_install,
    nb417_set_order,
    nb418_environment_variable,
)
from nb2pipe.rules.placing import placed

_RANDOM = re.compile(
    r"^(?:train_test_split|\w*ShuffleSplit|RandomForest\w+|ExtraTrees?\w*|MLP\w+|SGD(?:Classifier|Regressor|OneClassSVM)|"
    r"(?:MiniBatch)?KMeans|BisectingKMeans|Bagging\w+|AdaBoost\w+|RandomizedSearchCV|TSNE|UMAP|GaussianMixture|"
    r"BayesianGaussianMixture|IsolationForest|LatentDirichletAllocation|Perceptron|PassiveAggressive\w+|"
    r"permutation_importance|SMOTE\w*|ADASYN|Random(?:Over|Under)Sampler|make_(?:classification|regression|blobs|moons|circles))$"
)
_SHUFFLED = re.compile(r"^(?:Stratified|Group|StratifiedGroup)?KFold$")
_SAMPLED = re.compile(r"^(?:XGB|LGBM)\w+|GradientBoosting(?:Classifier|Regressor)$")
_SAMPLING = {
    "subsample",
    "colsample_bytree",
    "colsample_bylevel",
    "colsample_bynode",
    "bagging_fraction",
    "feature_fraction",
}
_SEED_WORDS = {"random_state", "seed", "random_seed", "rng", "generator"}
_SEEDING = {
    "np": ("numpy.random.seed",), "random": ("random.seed",), "torch": ("torch.manual_seed",),
    "all": ("tensorflow.random.set_seed", "tf.random.set_seed"),
}  # fmt: skip
_SEED_ALL = ("set_random_seed", "seed_everything", "set_seed", "fix_seed", "set_all_seeds")
_NO_DRAW = (
    "seed",
    "default_rng",
    "RandomState",
    "Generator",
    "SeedSequence",
    "get_state",
    "set_state",
    "PCG64",
    "Random",
)
_NOW = re.compile(
    r"(?:^|\.)(?:datetime\.(?:now|today|utcnow)|date\.today|Timestamp\.(?:now|today|utcnow)|to_datetime)$"
)
_CLOCK = ("time.time", "time.localtime", "time.gmtime", "time.ctime")
_TIMER = re.compile(
    r"^(?:t\d*|tic|toc|_?start\w*|begin\w*|end\w*|stop\w*|now|\w*_(?:start|end|begin|t|time)|t_\w+|\w*time\w*)$"
)
_URL = re.compile(r"^(?:https?|ftp|s3|gs)://")
_CONTACT = re.compile(
    r"^(?:requests\.(?:get|post|request)|urllib\.request\.\w+|urlopen|urlretrieve|httpx\.\w+|wget\.download)$"
)
_FETCH = re.compile(r"^(?:fetch_\w+|load_dataset|hf_hub_download|snapshot_download|get_data_yahoo)$")
_ABSOLUTE = re.compile(
    r"^(?:/(?:home|Users|content|kaggle|mnt|root|data|media|workspace|Volumes)/|[A-Za-z]:[\\/]|~/)[^\s:*?<>|]"
)
_LISTS = ("os.listdir", "os.scandir", "glob.glob", "glob.iglob", "listdir", "iglob")
_LIST_METHODS = ("iterdir", "rglob")
_ORDER_FREE = ("sorted", "len", "set", "frozenset", "any", "all", "max", "min", "Counter", "sum")
_WALKS = ("list", "tuple", "enumerate", "join", "array", "zip", "map", "Series", "DataFrame", "Index")
_SECRET = re.compile(r"key|token|secret|password|passwd|credential", re.IGNORECASE)
_OPTION_WITH_VALUE = {
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-i",
    "--index-url",
    "-f",
    "--find-links",
    "-t",
    "--target",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """A finding and, where it is safe to repair, where the expression stands (lines from 1, columns from 0) and how."""

    finding: Diagnostic
    span: tuple[int, int, int, int] | None = None
    replacement: str = ""


@dataclass(slots=True, kw_only=True)
class _Reader:
    """One pass over the notebook, top to bottom: what was imported, seeded and known as a set so far."""

    notebook: Notebook
    names: dict[str, str] = field(default_factory=dict)  # name in the notebook -> dotted name it stands for
    seeded: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)
    found: list[Hazard] = field(default_factory=list)


def find(notebook: Notebook) -> tuple[Hazard, ...]:
    """All hazards, in the order of the cells."""
    reader = _Reader(notebook=notebook)
    for cell in notebook.cells:
        if cell.kind is not CellKind.CODE:
            continue
        code = magics.to_python(cell.source)
        try:
            tree = ast.parse(code.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        _Cell(reader, cell.index, code).read(tree)
    return tuple(reader.found)


def draws(notebook: Notebook) -> tuple[Diagnostic, ...]:
    """What draws random numbers that nothing seeds, by reading the code."""
    codes = (nb410_unseeded_estimator.CODE, nb411_unseeded_draws.CODE)
    return tuple(hazard.finding for hazard in find(notebook) if hazard.finding.code in codes)


def unseeded(notebook: Notebook) -> tuple[str, ...]:
    """``unseeded randomness: cells 3 and 5``, or nothing: a doubt about each number that the notebook saved."""
    cells = [str(cell + 1) for cell in dict.fromkeys(finding.cell for finding in draws(notebook)) if cell is not None]
    if not cells:
        return ()
    first = ", ".join(cells[:3]) + (" and more" if len(cells) > 3 else "")
    return (f"unseeded randomness: {'cell' if len(cells) == 1 else 'cells'} {first}",)


class _Cell:
    """The hazards of one cell."""

    def __init__(self, reader: _Reader, cell: int, code: PythonCode) -> None:
        self.reader = reader
        self.cell = cell
        self.code = code
        self.parents: dict[ast.AST, ast.AST] = {}
        self.told: set[tuple[str, str]] = set()

    def read(self, tree: ast.Module) -> None:
        """Every node in the order of the text, then the magics."""
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr | ast.stmt)]
        for node in sorted(nodes, key=lambda n: (n.lineno, n.col_offset)):
            self._bindings(node)
            self._node(node)
        for magic in self.code.magics:
            self._magic(magic.line, magic.name, magic.body)

    def _bindings(self, node: ast.AST) -> None:
        """What names stand for, and which hold sets."""
        names = self.reader.names
        match node:
            case ast.Import():
                for alias in node.names:
                    root = alias.name.partition(".")[0]
                    names[alias.asname or root] = alias.name if alias.asname else root
            case ast.ImportFrom():
                for alias in node.names:
                    names[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}"
            case ast.Assign(targets=[ast.Name(id=name)]):
                (self.reader.sets.add if self._is_set(node.value) else self.reader.sets.discard)(name)

    def _node(self, node: ast.AST) -> None:
        match node:
            case ast.Call():
                self._call(node)
            case ast.Constant(value=str(text)):
                self._text(node, text)
            case ast.Subscript(value=ast.Attribute(attr="environ"), ctx=ast.Load()):
                self._environment(node)
            case ast.For() | ast.AsyncFor():
                self._walked(node.iter)
            case ast.ListComp() | ast.DictComp() | ast.GeneratorExp():
                self._walked(node.generators[0].iter)

    # ------------------------------------------------------------------ calls

    def _call(self, node: ast.Call) -> None:
        name = self._dotted(node.func)
        last = name.rpartition(".")[2]
        self._seeds(name, last, node)
        self._estimator(node, last)
        self._draws(node, name, last)
        self._clock(node, name)
        self._contact(node, name, last)
        self._listing(node, name, last)
        if last in _WALKS and node.args:
            self._walked(node.args[0])
        if name in ("os.getenv", "os.environ.get"):
            self._environment(node)

    def _seeds(self, name: str, last: str, node: ast.Call) -> None:
        for kind, calls in _SEEDING.items():
            if name in calls and node.args:
                self.reader.seeded |= {"np", "random", "torch"} if kind == "all" else {kind}
        if last in _SEED_ALL:
            self.reader.seeded |= {"np", "random", "torch"}

    def _estimator(self, node: ast.Call, last: str) -> None:
        words = {keyword.arg: keyword.value for keyword in node.keywords}
        if None in words or "np" in self.reader.seeded:
            return
        if any(not _is_none(words[word]) for word in _SEED_WORDS & set(filter(None, words))):
            return
        risky = bool(_RANDOM.match(last)) and not _is_false(words.get("shuffle"))
        risky = risky or (bool(_SHUFFLED.match(last)) and _is_true(words.get("shuffle")))
        risky = risky or (bool(_SAMPLED.match(last)) and bool(_SAMPLING & set(filter(None, words))))
        frame = (
            isinstance(node.func, ast.Attribute) and last == "sample" and bool({"n", "frac"} & set(filter(None, words)))
        )
        if risky or frame:
            self._add(node, nb410_unseeded_estimator.diagnostic(last, "random_state"), last)

    def _draws(self, node: ast.Call, name: str, last: str) -> None:
        if name.startswith("numpy.random."):
            bare = (
                last in ("default_rng", "RandomState")
                and (not node.args or _is_none(node.args[0]))
                and not node.keywords
            )
            if bare:
                cure = f"{last}(0)"
            elif last in _NO_DRAW or "np" in self.reader.seeded:
                return
            else:
                cure = "np.random.seed(0)"
        elif name.startswith("random.") and self.reader.names.get("random", "random") == "random":
            if last in _NO_DRAW or "random" in self.reader.seeded or "random" not in self.reader.names:
                return
            cure = "random.seed(0)"
        elif name in ("torch.rand", "torch.randn", "torch.randint", "torch.randperm"):
            if "torch" in self.reader.seeded or "generator" in {k.arg for k in node.keywords}:
                return
            cure = "torch.manual_seed(0)"
        else:
            return
        self._add(node, nb411_unseeded_draws.diagnostic(ast.unparse(node.func), cure), cure)

    def _clock(self, node: ast.Call, name: str) -> None:
        if name in _CLOCK:
            parent = self.parents.get(node)
            timed = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Sub)
            if isinstance(parent, ast.Assign):
                timed = all(isinstance(t, ast.Name) and bool(_TIMER.match(t.id)) for t in parent.targets)
            if timed or isinstance(parent, ast.Call):
                return
        elif not _NOW.search(name) or (name.endswith("to_datetime") and not _says_now(node)):
            return
        self._add(node, nb412_wall_clock.diagnostic(ast.unparse(node.func)), name)

    def _contact(self, node: ast.Call, name: str, last: str) -> None:
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        url = next((text for text in texts if _URL.match(text)), None)
        if url is not None and (
            last.startswith(("read_", "load", "get", "open", "url", "from_")) or _CONTACT.match(name)
        ):
            self._add(node, nb413_network.diagnostic(ast.unparse(node.func), url[:80]), url)
        elif _CONTACT.match(name):
            self._add(node, nb413_network.diagnostic(ast.unparse(node.func), "an address made by the code"), name)
        elif _FETCH.match(last):
            self._add(node, nb413_network.diagnostic(ast.unparse(node.func), "unless a copy is cached"), name)

    def _listing(self, node: ast.Call, name: str, last: str) -> None:
        method = isinstance(node.func, ast.Attribute) and last in _LIST_METHODS
        glob = isinstance(node.func, ast.Attribute) and last == "glob" and name not in _LISTS and bool(node.args)
        if name not in _LISTS and not method and not glob:
            return
        parent = self.parents.get(node)
        if isinstance(parent, ast.Call) and self._dotted(parent.func).rpartition(".")[2] in _ORDER_FREE:
            return
        if isinstance(parent, ast.Compare):
            return
        safe = (isinstance(parent, ast.For) and parent.iter is node) or (
            isinstance(parent, ast.comprehension) and parent.iter is node
        )
        text = ast.unparse(node)
        segment = ast.get_source_segment(self.code.text, node)
        repair = (
            safe and segment is not None and node.lineno == node.end_lineno and not self.code.shifts.get(node.lineno)
        )
        self._add(node, nb415_unsorted_listing.diagnostic(text), text, f"sorted({segment})" if repair else "")

    # ------------------------------------------------------------------ others

    def _text(self, node: ast.Constant, text: str) -> None:
        parent = self.parents.get(node)
        if isinstance(parent, ast.Expr | ast.JoinedStr) or "\n" in text:
            return
        if _ABSOLUTE.match(text):
            self._add(node, nb414_absolute_path.diagnostic(text), text)

    def _environment(self, node: ast.AST) -> None:
        text = ast.unparse(node)
        if not _SECRET.search(text):
            self._add(node, nb418_environment_variable.diagnostic(text), text)

    def _walked(self, node: ast.expr) -> None:
        if self._is_set(node):
            text = ast.unparse(node)
            self._add(node, nb417_set_order.diagnostic(text), text)

    def _is_set(self, node: ast.expr) -> bool:
        match node:
            case ast.Set() | ast.SetComp():
                return True
            case ast.Call(func=ast.Name(id="set" | "frozenset")):
                return True
            case ast.Call(func=ast.Attribute(attr="union" | "intersection" | "difference", value=owner)):
                return self._is_set(owner)
            case ast.Name(id=name):
                return name in self.reader.sets
            case ast.BinOp(op=ast.Sub() | ast.BitAnd() | ast.BitOr() | ast.BitXor()):
                return self._is_set(node.left) or self._is_set(node.right)
        return False

    def _magic(self, line: int, name: str, body: str) -> None:
        words = body.split() if body.split()[:1] == [name] else [name, *body.split()]
        if words[:1] == ["python"] and words[1:3] == ["-m", "pip"]:
            words = words[2:]
        if words[:1] not in (["pip"], ["pip3"], ["conda"], ["mamba"]) or "install" not in words[:3]:
            if words[:1] in (["wget"], ["curl"]):
                self._at_line(line, nb413_network.diagnostic(words[0], next((w for w in words if _URL.match(w)), "")))
            return
        rest = words[words.index("install") + 1 :]
        for before, word in zip(["install", *rest], rest, strict=False):
            plain = word.strip("'\"")
            if (
                word.startswith(("-", ".", "/", "#", "{", "$"))
                or before in _OPTION_WITH_VALUE
                or _URL.match(plain)
                or "git+" in word
            ):
                continue
            if not re.search(r"[=@<>~]", plain) and re.match(r"^[A-Za-z][\w.-]*(\[[\w,-]+\])?$", plain):
                self._at_line(line, nb416_unpinned_install.diagnostic(plain, "VERSION"))

    def _dotted(self, node: ast.expr) -> str:
        """The name with its import spelled out: ``np.random.rand`` -> ``numpy.random.rand``."""
        try:
            text = ast.unparse(node)
        except RecursionError:
            return ""
        root, dot, rest = text.partition(".")
        return f"{self.reader.names.get(root, root)}{dot}{rest}"

    def _add(self, node: ast.AST, finding: Diagnostic, what: str, replacement: str = "") -> None:
        """One finding of a kind about a thing in a cell: the first."""
        if (finding.code, what) in self.told:
            return
        self.told.add((finding.code, what))
        line, end_line = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
        lines = self.code.text.split("\n")
        start = len(lines[line - 1].encode()[: getattr(node, "col_offset", 0)].decode(errors="replace"))
        end = len(lines[end_line - 1].encode()[: getattr(node, "end_col_offset", 0)].decode(errors="replace"))
        place = self.code.place(line, start, end if end_line == line else len(lines[line - 1]))
        there = placed(finding, self.reader.notebook, self.cell, line, place.column, place.end_column)
        span = (line, start, end_line, end) if replacement else None
        self.reader.found.append(Hazard(finding=there, span=span, replacement=replacement))

    def _at_line(self, line: int, finding: Diagnostic) -> None:
        self.reader.found.append(Hazard(finding=placed(finding, self.reader.notebook, self.cell, line)))


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _says_now(node: ast.Call) -> bool:
    return any(isinstance(a, ast.Constant) and a.value in ("now", "today") for a in node.args)
