"""Random numbers that nothing seeds."""

from __future__ import annotations

import ast
import re

from nb2pipe.planning.hazards.reading import Cell
from nb2pipe.rules import nb410_unseeded_estimator, nb411_unseeded_draws

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


def seeds(cell: Cell, name: str, last: str, node: ast.Call) -> None:
    """A call that seeds: what it seeds needs no seed from here on."""
    for kind, calls in _SEEDING.items():
        if name in calls and node.args:
            cell.reader.seeded |= {"np", "random", "torch"} if kind == "all" else {kind}
    if last in _SEED_ALL:
        cell.reader.seeded |= {"np", "random", "torch"}


def estimator(cell: Cell, node: ast.Call, last: str) -> None:
    """Splits and estimators that draw."""
    words = {keyword.arg: keyword.value for keyword in node.keywords}
    if None in words or "np" in cell.reader.seeded:
        return
    if any(not _is_none(words[word]) for word in _SEED_WORDS & set(filter(None, words))):
        return
    risky = bool(_RANDOM.match(last)) and not _is_false(words.get("shuffle"))
    risky = risky or (bool(_SHUFFLED.match(last)) and _is_true(words.get("shuffle")))
    risky = risky or (bool(_SAMPLED.match(last)) and bool(_SAMPLING & set(filter(None, words))))
    frame = isinstance(node.func, ast.Attribute) and last == "sample" and bool({"n", "frac"} & set(filter(None, words)))
    if risky or frame:
        cell.add(node, nb410_unseeded_estimator.diagnostic(last, "random_state"), last)


def draws(cell: Cell, node: ast.Call, name: str, last: str) -> None:
    """Calls that draw themselves. A method of ``default_rng(3)`` is none: how that was seeded is looked at by itself."""
    if any(isinstance(part, ast.Call) for part in ast.walk(node.func)):
        return
    if name.startswith("numpy.random."):
        bare = (
            last in ("default_rng", "RandomState") and (not node.args or _is_none(node.args[0])) and not node.keywords
        )
        if bare:
            cure = f"{last}(0)"
        elif last in _NO_DRAW or "np" in cell.reader.seeded:
            return
        else:
            cure = "np.random.seed(0)"
    elif name.startswith("random.") and cell.reader.names.get("random", "random") == "random":
        if last in _NO_DRAW or "random" in cell.reader.seeded or "random" not in cell.reader.names:
            return
        cure = "random.seed(0)"
    elif name in ("torch.rand", "torch.randn", "torch.randint", "torch.randperm"):
        if "torch" in cell.reader.seeded or "generator" in {k.arg for k in node.keywords}:
            return
        cure = "torch.manual_seed(0)"
    else:
        return
    cell.add(node, nb411_unseeded_draws.diagnostic(ast.unparse(node.func), cure), cure)


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
