"""Which tolerance cries wolf, and which sleeps? The rules that people use, and ours, on simulated and real metrics.

``python benchmarks/tolerances.py`` prints the tables of docs/tolerances.md. Parts: ``simulation``, ``many``, ``models``,
``machines`` (threads and BLAS kernels), ``versions`` (two scikit-learn environments, made with uv). Our rule is the real
code of ``nb2pipe check``; a shift is always to the worse side, in standard deviations of the metric.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from nb2pipe.checking import Asked, check, intervals, noise
from nb2pipe.model import (
    Baseline,
    BaselineMetric,
    Direction,
    Gate,
    Metric,
    MetricSource,
    Noise,
    NoiseRule,
    Pipeline,
    RunRecord,
    Step,
    Verdict,
)

Rule = Callable[[Sequence[float], Callable[[], float]], tuple[bool, int]]
SHIFTS = (0, 3, 5, 8)


def pipeline(names: Sequence[str], direction: Direction) -> Pipeline:
    """One step with these metrics."""
    metrics = tuple(
        Metric(name=name, step="s", cell=0, source=MetricSource.VARIABLE, expression=name, direction=direction)
        for name in names
    )
    return Pipeline(name="p", notebook="p.ipynb", steps=(Step(name="s", cells=(0,)),), metrics=metrics)


def baseline(made: Pipeline, repeats: Sequence[Mapping[str, float]], rule: NoiseRule) -> Baseline:
    """What ``nb2pipe baseline`` would have written after these repeats; the first is the original."""
    metrics = tuple(BaselineMetric(name=name, value=value, step="s", cell=0) for name, value in repeats[0].items())
    known = {metric.name: metric for metric in made.metrics}
    found = noise.learn(metrics, repeats, repeats[0], rule, metrics=known, cases={})
    learned = Noise(rule=rule, seeds=(), varied="injected", repeated=("s",), metrics=found)
    return Baseline(origin="recorded", metrics=metrics, noise=learned)


def judged(made: Pipeline, base: Baseline, draw: Callable[[], Mapping[str, float]]) -> tuple[bool, int]:
    """Whether ``nb2pipe check`` fails, and after how many runs."""
    run = RunRecord(id="1", project="p", pipeline="p", steps=(), metrics=draw())
    report = check(made, base, run)
    if not any(metric.suspect for metric in report.metrics):
        return any(metric.verdict is Verdict.FAILED for metric in report.metrics), 1
    retests = [draw() for _ in range(base.noise.rule.retest if base.noise else 0)]
    report = check(made, base, run, asked=Asked(retests=retests))
    return any(metric.verdict is Verdict.FAILED for metric in report.metrics), 1 + len(retests)


def ours(direction: Direction, gate: Gate = Gate.PREDICTION, retest: int = 2) -> Rule:
    """The real check of one metric."""
    made, rule = pipeline(["m"], direction), NoiseRule(gate=gate, retest=retest)
    return lambda seen, draw: judged(made, baseline(made, [{"m": v} for v in seen], rule), lambda: {"m": draw()})


def within(half_width: Callable[[Sequence[float]], float], centre: Callable[[Sequence[float]], float]) -> Rule:
    """A rule that looks once."""
    return lambda seen, draw: (abs(draw() - centre(seen)) > half_width(seen), 1)


def mean(seen: Sequence[float]) -> float:
    """Of the repeats."""
    return statistics.fmean(seen)


RULES: dict[str, Rule] = {
    "exact": within(lambda seen: 1e-6 * abs(seen[0]), lambda seen: seen[0]),
    "±1 % of the original": within(lambda seen: 0.01 * abs(seen[0]), lambda seen: seen[0]),
    "mean ± 2 sd": within(lambda seen: 2 * statistics.stdev(seen), mean),
    "mean ± 3 sd": within(lambda seen: 3 * statistics.stdev(seen), mean),
    "prediction interval alone": ours(Direction.BOTH, retest=0),
    "tolerance interval (gate: tolerance)": ours(Direction.BOTH, Gate.TOLERANCE),
    "nb2pipe, direction unknown": ours(Direction.BOTH),
    "nb2pipe, direction known": ours(Direction.HIGHER),
}


def simulation(trials: int, k: int) -> Iterator[str]:
    """Normal noise, sd 0.5 % of the mean: the rate of alarms by rule and shift, and how many runs a check took."""
    yield f"\n{trials} simulated baselines, k = {k}, normal noise, s = 0.5 % of the mean\n"
    yield from table_of(RULES, lambda draw, shift: draw.gauss(1.0 - 0.005 * shift, 0.005), trials, k)


def table_of(
    rules: Mapping[str, Rule], value: Callable[[random.Random, float], float], trials: int, k: int
) -> Iterator[str]:
    """Markdown: false alarms, power, runs."""
    yield "| rule | false alarms | power 3σ | power 5σ | power 8σ | runs a check |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for name, rule in rules.items():
        rates, runs = [], 0
        for shift in SHIFTS:
            draw = random.Random(f"{name}/{shift}")
            alarms = 0
            for _ in range(trials):
                seen = [value(draw, 0) for _ in range(k)]
                alarm, used = rule(seen, lambda draw=draw, shift=shift: value(draw, shift))
                alarms += alarm
                runs += used if shift == 0 else 0
            rates.append(alarms / trials)
        yield f"| {name} | {' | '.join(percent(rate) for rate in rates)} | {runs / trials:.2f} |"


def many(trials: int, k: int = 5, metrics: int = 200) -> Iterator[str]:
    """200 gate metrics, independent and correlated, with nothing changed and with one of them 8 sd off."""
    yield f"\n{metrics} gate metrics, k = {k}, {trials} trials each\n"
    yield "| metrics | any gate alarms, nothing changed | runs a check | every metric for itself, one look |"
    yield "| --- | ---: | ---: | ---: |"
    names = [f"m{number}" for number in range(metrics)]
    made = pipeline(names, Direction.BOTH)
    for correlation in (0.0, 0.8):
        draw = random.Random(5)

        def run(draw: random.Random = draw, correlation: float = correlation) -> dict[str, float]:
            common = draw.gauss(0, 1)
            own = math.sqrt(1 - correlation)
            return {name: 1 + 0.01 * (math.sqrt(correlation) * common + own * draw.gauss(0, 1)) for name in names}

        alarms = runs = naive = 0
        for _ in range(trials):
            repeats = [run() for _ in range(k)]
            alarm, used = judged(made, baseline(made, repeats, NoiseRule()), run)
            alarms, runs = alarms + alarm, runs + used
            now = run()
            reach = intervals.prediction_multiplier(k)
            for name in names:
                centre, sd = intervals.moments([repeat[name] for repeat in repeats])
                if abs(now[name] - centre) > reach * sd:
                    naive += 1
                    break
        label = f"{metrics}, correlation {correlation}"
        yield f"| {label} | {percent(alarms / trials)} | {runs / trials:.2f} | {percent(naive / trials)} |"


def real_values(seeds: int) -> dict[str, list[float]]:
    """Metrics of scikit-learn models over seeds of split and model, by name."""
    from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score, log_loss, r2_score, roc_auc_score
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    found: dict[str, list[float]] = {}
    cancer, diabetes = load_breast_cancer(return_X_y=True), load_diabetes(return_X_y=True)
    digits = load_digits(return_X_y=True)
    for seed in range(seeds):
        a, b, c, d = train_test_split(*cancer, random_state=seed)
        for label, model in (
            ("forest", RandomForestClassifier(20, random_state=seed)),
            ("logistic", make_pipeline(StandardScaler(), LogisticRegression())),
        ):
            proba = model.fit(a, c).predict_proba(b)
            found.setdefault(f"{label} accuracy", []).append(accuracy_score(d, proba[:, 1] > 0.5))
            found.setdefault(f"{label} AUC", []).append(roc_auc_score(d, proba[:, 1]))
            found.setdefault(f"{label} log-loss", []).append(log_loss(d, proba))
        a, b, c, d = train_test_split(*diabetes, random_state=seed)
        forest = RandomForestRegressor(20, random_state=seed).fit(a, c)
        found.setdefault("forest R²", []).append(r2_score(d, forest.predict(b)))
        a, b, c, d = train_test_split(*digits, train_size=400, test_size=600, random_state=seed)
        net = MLPClassifier((16,), max_iter=40, random_state=seed)
        net.n_iter_no_change = 50
        found.setdefault("small net accuracy", []).append(accuracy_score(d, net.fit(a, c).predict(b)))
    return found


def models(trials: int, seeds: int, k: int = 5) -> Iterator[str]:
    """Real metrics, drawn from many seeds: false alarms and power at five standard deviations, by rule."""
    import warnings

    warnings.simplefilter("ignore")
    values = real_values(seeds)
    chosen = [name for name in RULES if name not in ("mean ± 3 sd", "prediction interval alone")]
    yield f"\nReal scikit-learn metrics, {seeds} seeds, k = {k}, {trials} baselines: false alarms / power 5σ\n"
    yield f"| metric | mean ± sd | {' | '.join(chosen)} |"
    yield f"| --- | ---: |{' ---: |' * len(chosen)}"
    totals = {name: [0.0, 0.0] for name in chosen}
    for metric, seen in values.items():
        worse = 1 if "loss" in metric else -1
        sd = statistics.stdev(seen)
        cells = []
        for name in chosen:
            rule = RULES[name]
            if name.endswith("direction known"):
                rule = ours(Direction.LOWER if worse > 0 else Direction.HIGHER)
            rates = []
            for at, shift in enumerate((0, 5)):
                draw = random.Random(f"{metric}/{name}")
                alarms = 0
                for _ in range(trials):
                    sample = draw.sample(seen, k + 3)
                    fresh = iter([value + worse * shift * sd for value in sample[k:]])
                    alarms += rule(sample[:k], lambda fresh=fresh: next(fresh))[0]
                rates.append(alarms / trials)
                totals[name][at] += alarms / trials / len(values)
            cells.append(f"{percent(rates[0])} / {percent(rates[1])}")
        yield f"| {metric} | {statistics.fmean(seen):.4f} ± {sd:.4f} | {' | '.join(cells)} |"
    last = " | ".join(f"{percent(false)} / {percent(power)}" for false, power in totals.values())
    yield f"| **all** | | {last} |"


MACHINE = """
import json, warnings
warnings.simplefilter("ignore")
from sklearn.cluster import KMeans
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
X, y = load_breast_cancer(return_X_y=True)
X = StandardScaler().fit_transform(X)
a, b, c, d = train_test_split(X, y, random_state=0)
found = {"kmeans.inertia": KMeans(5, n_init=3, random_state=0).fit(X).inertia_}
for model in (RandomForestClassifier(50, n_jobs=2, random_state=0), GradientBoostingClassifier(random_state=0),
              HistGradientBoostingClassifier(random_state=0), LogisticRegression()):
    proba = model.fit(a, c).predict_proba(b)
    name = type(model).__name__
    found.update({name + ".auc": roc_auc_score(d, proba[:, 1]), name + ".log_loss": log_loss(d, proba)})
print(json.dumps(found))
"""


def machines() -> Iterator[str]:
    """Threads and BLAS kernels: how far metrics move at one seed, and whether a check would alarm."""
    places = {
        "1 thread": {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        "2 threads": {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"},
        "OPENBLAS_CORETYPE=Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
        "OPENBLAS_CORETYPE=Nehalem": {"OPENBLAS_CORETYPE": "Nehalem"},
    }
    found = {}
    for name, extra in places.items():
        done = subprocess.run(
            [sys.executable, "-c", MACHINE], env={**os.environ, **extra}, capture_output=True, text=True, check=True
        )
        found[name] = json.loads(done.stdout)
    first = found["1 thread"]
    made = pipeline(list(first), Direction.BOTH)
    metrics = tuple(BaselineMetric(name=name, value=value, step="s", cell=0) for name, value in first.items())
    base = Baseline(origin="recorded", metrics=metrics)
    yield "\nSame seed, other threads and BLAS kernels, against 1 thread\n"
    yield "| place | metrics | bit-equal | largest relative difference | alarms |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, values in found.items():
        report = check(made, base, RunRecord(id="1", project="p", pipeline="p", steps=(), metrics=values))
        equal = sum(values[key] == first[key] for key in first)
        off = max(abs(values[key] - first[key]) / abs(first[key]) for key in first)
        alarms = sum(metric.verdict is not Verdict.OK for metric in report.metrics)
        yield f"| {name} | {len(first)} | {equal} | {off:.1e} | {alarms} |"


BOOSTING = (
    ("step:data", "from sklearn.datasets import load_breast_cancer\nfrom sklearn.model_selection import train_test_split\n"
     "X, y = load_breast_cancer(return_X_y=True)\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)"),
    ("step:train", "from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier\n"
     "gb = GradientBoostingClassifier(subsample=0.5, random_state=0).fit(X_train, y_train)\n"
     "hgb = HistGradientBoostingClassifier(random_state=0).fit(X_train, y_train)\n"
     "p_gb, p_hgb = gb.predict_proba(X_test), hgb.predict_proba(X_test)"),
    ("step:evaluate metrics", "from sklearn.metrics import log_loss\ngb_log_loss = log_loss(y_test, p_gb)\n"
     "hgb_log_loss = log_loss(y_test, p_hgb)"),
)  # fmt: skip


def versions(old: str, new: str) -> Iterator[str]:
    """Record a boosting notebook with one scikit-learn, check it with another: real environments, real commands."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        pythons = {version: environment(folder / f"env-{version}", version) for version in (old, new)}
        cells = [
            {"cell_type": "code", "id": f"c{at}", "metadata": {"tags": tags.split()}, "source": source, "outputs": [],
             "execution_count": None}
            for at, (tags, source) in enumerate(BOOSTING)
        ]  # fmt: skip
        notebook = {
            "cells": cells,
            "metadata": {"language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (folder / "boosting.ipynb").write_text(json.dumps(notebook))
        call = [sys.executable, "-m", "nb2pipe"]
        subprocess.run(
            [*call, "export", "boosting.ipynb", "-q", "--no-verify", "--python", str(pythons[old])],
            cwd=folder,
            check=True,
        )
        for version in (old, new):
            done = subprocess.run(
                [*call, "check", "boosting_pipeline", "-q", "--python", str(pythons[version])],
                cwd=folder, capture_output=True, text=True, check=False,
            )  # fmt: skip
            yield f"\nrecorded with scikit-learn {old}, checked with {version}: exit code {done.returncode}\n"
            yield done.stdout.rstrip()


def environment(folder: Path, version: str) -> Path:
    """A fresh environment with that scikit-learn."""
    subprocess.run(["uv", "venv", "-q", "--python", "3.11", str(folder)], check=True)
    python = folder / "bin" / "python"
    wanted = ["ipykernel", f"scikit-learn=={version}", "joblib"]
    subprocess.run(["uv", "pip", "install", "-q", "--python", str(python), *wanted], check=True)
    return python


def percent(share: float) -> str:
    """``1.2 %``."""
    return f"{100 * share:.1f} %"


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["simulation", "many", "models", "machines"])
    parser.add_argument("--trials", type=int, default=4000)
    parser.add_argument("--seeds", type=int, default=120)
    parser.add_argument("--old", default="1.5.2")
    parser.add_argument("--new", default="1.9.1")
    asked = parser.parse_args()
    parts: dict[str, Callable[[], Iterator[str]]] = {
        "simulation": lambda: (line for k in (3, 5, 10) for line in simulation(asked.trials, k)),
        "many": lambda: many(max(50, asked.trials // 8)),
        "models": lambda: models(asked.trials // 2, asked.seeds),
        "machines": machines,
        "versions": lambda: versions(asked.old, asked.new),
    }
    for part in asked.parts:
        for line in parts[part]():
            print(line, flush=True)


if __name__ == "__main__":
    main()
