"""What a cell does, read from its syntax: loads, cleans, splits, fits, scores, draws, or only looks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from nb2pipe import magics
from nb2pipe.proposing.words import (
    DRAWS,
    ESTIMATOR,
    ESTIMATORS,
    LOOKING_BUILTINS,
    LOOKS,
    SCORE_WORDS,
    SCORES,
    TUNERS,
    UNFIT,
    UNFIT_BUILTINS,
    WEIGHT,
    WORK_OF,
    Work,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One code cell. ``weights``: how much it does of what. ``scores``: names that it gives a score to, and of which.

    ``shown_score``: the metric's name if the last expression is a score. ``unfit``: names bound to what lives in one
    process. ``only_looks``: running it changes nothing but the names in ``binds``, and takes no random number.
    """

    cell: int
    weights: dict[Work, float] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    evaluations: tuple[str, ...] = ()  # what it evaluates with: confusion_matrix, roc_curve
    files: tuple[str, ...] = ()
    drawings: tuple[str, ...] = ()  # what it draws with: hist, boxplot
    scores: tuple[str, ...] = ()
    shown_score: str | None = None
    prints_score: bool = False
    unfit: frozenset[str] = frozenset()
    only_looks: bool = False
    draws: bool = False
    installs: bool = False
    binds: frozenset[str] = frozenset()

    @property
    def work(self) -> Work | None:
        """What it mainly does."""
        return max(self.weights, key=lambda work: self.weights[work]) if self.weights else None


def look(cell: int, source: str) -> Look:
    """Look at a cell; one that is no Python does nothing that we know of."""
    code = magics.to_python(source)
    installs = bool(code.magics) and all(m.body.lstrip("! ").startswith(_INSTALL) for m in code.magics)
    try:
        body = ast.parse(code.text).body
    except (SyntaxError, ValueError, RecursionError):
        return Look(cell=cell)
    only_installs = installs and all(_is_mark(node) for node in body)
    nodes = [node for statement in body for node in _inside(statement)]
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    weights: dict[Work, float] = {}
    for call in calls:
        work = WORK_OF.get(_last(call.func))
        if work is not None:
            weights[work] = min(weights.get(work, 0.0) + WEIGHT[work], 1.5 * WEIGHT[work])
    scores = tuple(dict.fromkeys(name for statement in body for name in _scored(statement)))
    shown = _score_name(body[-1].value) if body and isinstance(body[-1], ast.Expr) else None
    binds = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return Look(
        cell=cell,
        weights=weights,
        models=tuple(dict.fromkeys(name for call in calls if _is_model(name := _last(call.func)))),
        evaluations=tuple(dict.fromkeys(name for call in calls if _evaluates(name := _last(call.func)))),
        drawings=tuple(dict.fromkeys(name for call in calls if WORK_OF.get(name := _last(call.func)) is Work.PLOT)),
        files=tuple(dict.fromkeys(file for call in calls for file in _files(call))),
        scores=scores,
        shown_score=shown,
        prints_score=any(_last(c.func) == "print" and any(_score_name(a) for a in c.args) for c in calls),
        unfit=frozenset(name for statement in body for name in _unfit(statement)),
        only_looks=bool(body) and not code.magics and all(map(_looks, body)),
        draws=any(_last(call.func) in DRAWS for call in calls),
        installs=only_installs,
        binds=frozenset(binds),
    )


_INSTALL = ("pip install", "pip3 install", "conda install", "pip -q install", "pip", "conda", "mamba install")


def _is_mark(node: ast.stmt) -> bool:
    """The call that a magic was translated to."""
    return (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _last(node.value.func).startswith("__nb2")
    )


def _inside(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement that run with it: not those inside the functions that it defines."""
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            stack.extend(ast.iter_child_nodes(node))


def _last(node: ast.expr) -> str:
    """The last name of what is called: ``fit`` of ``model.fit``."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_model(name: str) -> bool:
    return name in ESTIMATORS or (ESTIMATOR.fullmatch(name) is not None and name not in TUNERS)


def _evaluates(name: str) -> bool:
    return WORK_OF.get(name) is Work.EVALUATE and "_" in name and not name.startswith(("predict", "get_", "from_"))


def _files(call: ast.Call) -> Iterator[str]:
    if WORK_OF.get(_last(call.func)) is Work.LOAD and call.args:
        first = call.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


# ---------------------------------------------------------------- scores


def _scored(statement: ast.stmt) -> Iterator[str]:
    """The plain names that a statement certainly gives a score to."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name) and (
            _score_name(statement.value) or (SCORE_WORDS.search(target.id) and _is_number(statement.value))
        ):
            yield target.id
        elif isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple):
            for name, value in zip(target.elts, statement.value.elts, strict=False):
                if isinstance(name, ast.Name) and _score_name(value):
                    yield name.id


def _is_number(node: ast.expr) -> bool:
    """Whether an expression is likely one number: arithmetic, or a call that ends in one."""
    if isinstance(node, ast.BinOp):
        return not any(isinstance(part, ast.List | ast.Tuple | ast.Dict) for part in ast.walk(node))
    return isinstance(node, ast.Call) and _last(node.func) in ("mean", "sum", "sqrt", "round", "float", "item", "score")


def _score_name(node: ast.expr) -> str | None:
    """A name for the score that an expression computes, ``None`` if it is none."""
    if isinstance(node, ast.Call):
        return _score_of_call(node)
    if isinstance(node, ast.BinOp) and (isinstance(node.left, ast.Constant) or isinstance(node.right, ast.Constant)):
        return _score_name(node.left) or _score_name(node.right)
    return None


def _score_of_call(call: ast.Call) -> str | None:
    last = _last(call.func)
    if last == "score" and isinstance(call.func, ast.Attribute) and call.args:
        model = call.func.value
        return f"{model.id}_score" if isinstance(model, ast.Name) else "score"
    if last in ("sqrt", "round", "float", "mean"):
        inner = call.args[0] if call.args else call.func.value if isinstance(call.func, ast.Attribute) else None
        name = _score_name(inner) if inner is not None else None
        return "rmse" if (name, last) == ("mean_squared_error", "sqrt") else name
    own = isinstance(call.func, ast.Name) and SCORE_WORDS.fullmatch(last)  # the notebook's own rmse(y, predicted)
    if last in SCORES or last == "cross_val_score" or own:
        return last if last == "cross_val_score" else last.removesuffix("_score")
    return None


# ---------------------------------------------------------------- what stays in one process


def _unfit(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Assign) and _makes_unfit(statement.value):
        for target in statement.targets:
            if _plain_target(target):
                yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))
    elif isinstance(statement, ast.With):
        for item in statement.items:
            if isinstance(item.optional_vars, ast.Name):
                yield item.optional_vars.id


def _makes_unfit(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return _last(value.func) in (UNFIT_BUILTINS if isinstance(value.func, ast.Name) else UNFIT)
    return isinstance(value, ast.GeneratorExp)


# ---------------------------------------------------------------- looking


def _looks(statement: ast.stmt) -> bool:
    """Whether a statement changes nothing but plain names, as far as its words say."""
    if isinstance(statement, ast.Expr):
        return _sees(statement.value)
    if isinstance(statement, ast.Assign):
        return all(_plain_target(target) for target in statement.targets) and _sees(statement.value)
    if isinstance(statement, ast.For):
        parts = [*statement.body, *statement.orelse]
        return _plain_target(statement.target) and _sees(statement.iter) and all(_looks(s) for s in parts)
    if isinstance(statement, ast.If):
        return _sees(statement.test) and all(_looks(s) for s in [*statement.body, *statement.orelse])
    return isinstance(statement, ast.Pass)


def _plain_target(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple):
        return all(_plain_target(element) for element in target.elts)
    return isinstance(target, ast.Name)


def _sees(node: ast.expr) -> bool:
    """Whether an expression only looks: all calls in it are known to."""
    for part in ast.walk(node):
        if isinstance(part, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom | ast.Lambda):
            return False
        if isinstance(part, ast.Call) and not _call_sees(part):
            return False
    return True


def _call_sees(call: ast.Call) -> bool:
    if any(keyword.arg in ("inplace", "ax", "kind") and _true(keyword) for keyword in call.keywords):
        return False
    if isinstance(call.func, ast.Name):
        return call.func.id in LOOKING_BUILTINS
    return isinstance(call.func, ast.Attribute) and (call.func.attr in LOOKS or call.func.attr in DRAWS)


def _true(keyword: ast.keyword) -> bool:
    """``inplace`` unless it is plainly false; ``kind`` only if it may draw random numbers (``kind="reg"``)."""
    value = keyword.value
    constant = value.value if isinstance(value, ast.Constant) else None
    if keyword.arg == "inplace":
        return constant is not False
    return keyword.arg == "kind" and constant not in (
        "line",
        "bar",
        "barh",
        "hist",
        "box",
        "kde",
        "area",
        "pie",
        "scatter",
    )
