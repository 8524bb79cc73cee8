"""What repeats teach, and how runs are judged by it: tables of small cases, then simulation of the whole rule."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from nb2pipe import baseline as baselines
from nb2pipe.checking import Asked, check, noise, watched_groups
from nb2pipe.checking.causes import explained
from nb2pipe.model import (
    Baseline,
    BaselineMetric,
    CheckReport,
    Direction,
    Environment,
    Gate,
    Limits,
    Metric,
    MetricSource,
    Noise,
    NoiseKind,
    NoiseRule,
    Pipeline,
    RunRecord,
    Step,
    Tolerance,
    ToleranceSource,
    Verdict,
)
from nb2pipe.workflow.repeating import environment_digest

NAN = math.nan
FIVE = (0.90, 0.91, 0.92, 0.905, 0.915)  # mean 0.91, s 0.0079


def pipeline(names: Sequence[str], direction: Direction = Direction.BOTH, key: str = "") -> Pipeline:
    """One step with these metrics."""
    metrics = tuple(
        Metric(name=n, step="s", cell=0, source=MetricSource.VARIABLE, expression=n, key=key, direction=direction)
        for n in names
    )
    return Pipeline(name="p", notebook="p.ipynb", steps=(Step(name="s", cells=(0,)),), metrics=metrics)


def baseline(
    made: Pipeline, repeats: Sequence[Mapping[str, float]], rule: NoiseRule | None = None, **more: object
) -> Baseline:
    """The first repeat is the original, and comes out the same when it is run again."""
    metrics = tuple(BaselineMetric(name=name, value=value, step="s", cell=0) for name, value in repeats[0].items())
    rule = rule or NoiseRule()
    known = {metric.name: metric for metric in made.metrics}
    again = more.pop("again", repeats[0])
    cases = more.pop("cases", {})
    found = noise.learn(metrics, repeats, again, rule, metrics=known, cases=cases)  # type: ignore[arg-type]
    learned = Noise(rule=rule, seeds=(1, 2), varied="injected", repeated=("s",), metrics=found)
    return Baseline(origin="recorded", metrics=metrics, noise=learned, **more)  # type: ignore[arg-type]


def run(metrics: Mapping[str, float], **more: object) -> RunRecord:
    return RunRecord(id="1", project="p", pipeline="p", steps=(), metrics=metrics, **more)  # type: ignore[arg-type]


def judge(
    value: float | None, *, values: Sequence[float] = FIVE, direction: Direction = Direction.BOTH, **asked: object
) -> CheckReport:
    """One metric m with five repeats."""
    rule = asked.pop("rule", None)
    cases = asked.pop("cases", {})
    made = pipeline(["m"], direction)
    base = baseline(made, [{"m": v} for v in values], rule, cases=cases)  # type: ignore[arg-type]
    return check(made, base, run({} if value is None else {"m": value}), asked=Asked(**asked))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "again", "kind"),
    [
        ((0.9, 0.9, 0.9), 0.9, NoiseKind.DETERMINISTIC),
        ((0.9, 0.9 + 1e-13, 0.9), 0.9, NoiseKind.DETERMINISTIC),  # another order of sums
        ((0.9, 0.91, 0.92), 0.9, NoiseKind.SEED_SENSITIVE),
        ((0.9, 0.91, 0.92), 0.905, NoiseKind.UNCONTROLLED),
        ((0.9, 0.9, 0.9), 0.91, NoiseKind.UNCONTROLLED),
        ((0.9, NAN, 0.9), 0.9, NoiseKind.UNDEFINED),
    ],
)
def test_classes(values: tuple[float, ...], again: float, kind: NoiseKind) -> None:
    """By what repeats with other seeds, and one with the same seed, gave."""
    found = baseline(pipeline(["m"]), [{"m": value} for value in values], again={"m": again}).noise
    assert found is not None
    assert found.metrics["m"].kind is kind


@pytest.mark.parametrize(
    ("value", "direction", "retests", "verdict"),
    [
        (0.915, Direction.BOTH, None, Verdict.OK),
        (0.93, Direction.BOTH, None, Verdict.OK),  # within 3.04 s
        (0.88, Direction.BOTH, (0.91, 0.90), Verdict.OK),  # outside, but fresh seeds are inside
        (0.88, Direction.BOTH, (0.88, 0.885), Verdict.FAILED),
        (0.88, Direction.BOTH, (NAN, 0.9), Verdict.FAILED),
        (0.94, Direction.BOTH, (0.94, 0.95), Verdict.FAILED),
        (0.94, Direction.HIGHER, None, Verdict.OK),
        (0.99, Direction.HIGHER, None, Verdict.BETTER),  # beyond the tolerance interval: leakage?
        (0.99, Direction.LOWER, (0.98, 0.99), Verdict.FAILED),
        (0.89, Direction.HIGHER, (0.885, 0.89), Verdict.FAILED),  # one side: 2.34 s
        (None, Direction.BOTH, None, Verdict.MISSING),
        (NAN, Direction.BOTH, None, Verdict.FAILED),
    ],
)
def test_one_gate(value: float, direction: Direction, retests: tuple[float, ...] | None, verdict: Verdict) -> None:
    """Student's interval first; outside of it, the mean of two fresh seeds decides."""
    first = judge(value, direction=direction)
    assert first.metrics[0].suspect is (retests is not None)
    if retests is None:
        assert first.metrics[0].verdict is verdict
        return
    assert not first.passed  # until somebody asks the fresh seeds
    second = judge(value, direction=direction, retests=[{"m": v} for v in retests])
    assert second.metrics[0].verdict is verdict
    assert second.metrics[0].retests == pytest.approx(retests, nan_ok=True)
    assert second.passed is (verdict is Verdict.OK)
    assert "2 fresh seeds gave" in second.metrics[0].reason


def test_the_tolerance_interval_fails_at_once_and_later() -> None:
    """It needs no retest, allows 5.09 s for k = 5 instead of 3.04, and says what it is."""
    rule = NoiseRule(gate=Gate.TOLERANCE)
    report = judge(0.88, rule=rule)
    assert report.metrics[0].verdict is Verdict.OK
    assert "95/95 tolerance interval of 5 repeats" in report.metrics[0].why
    report = judge(0.86, rule=rule)
    assert report.metrics[0].verdict is Verdict.FAILED
    assert not report.metrics[0].suspect


def test_what_the_user_says_wins() -> None:
    """A tolerance of the user's is measured from the original, and fails at once; limits hold whatever the noise is."""
    own = {"m": Tolerance(abs=0.05, source=ToleranceSource.FILE)}
    assert judge(0.86, tolerances=own).passed
    assert not judge(0.84, tolerances=own).metrics[0].suspect
    report = judge(0.91, limits={"m": Limits(min=0.95)})
    assert not report.passed
    assert report.metrics[0].reason == "0.91 is below the limit: at least 0.95"
    assert judge(0.91, limits={"m": Limits(min=0.9, max=0.95)}).passed
    assert judge(0.5, gates={"m": False}).passed  # watched


def test_floors() -> None:
    """No tolerance is finer than one case, or than the decimals that were printed."""
    cases = [0.9, 0.9, 0.9, 0.9, 0.95]
    assert judge(0.85, values=cases, cases={"m": 20}).passed  # s = 0.022: 3.04 s is more than a case
    ten = [0.9] * 19 + [0.95]
    assert judge(0.853, values=ten, cases={"m": 20}).passed  # s = 0.011: 2.14 s is less than a case
    assert "one case of 20" in judge(0.853, values=ten, cases={"m": 20}).metrics[0].why
    found = noise.with_tolerance(
        baseline(pipeline(["m"]), [{"m": v} for v in (0.9, 0.9001, 0.9002)]).noise.metrics["m"],  # type: ignore[union-attr]
        BaselineMetric(name="m", value=0.9, step="s", cell=0, decimals=1), NoiseRule(), Direction.BOTH,
    )  # fmt: skip
    assert found.tolerance == 0.05


def test_nothing_unchecked_passes() -> None:
    """NaN in both, a repeat without a number, an empty baseline, a metric that is new: not checked, strictly a failure."""
    report = judge(0.9, values=(0.9, NAN, 0.91))
    assert report.metrics[0].verdict is Verdict.NOT_CHECKED
    assert not report.passed
    made = pipeline(["m"])
    empty = Baseline(origin="recorded", metrics=())
    assert not check(made, empty, run({"m": 0.5})).passed
    base = baseline(made, [{"m": v} for v in FIVE])
    new = run({"m": 0.91, "n": 1.0})
    assert check(made, base, new).passed
    strict = check(made, base, new, asked=Asked(strict=True))
    assert not strict.passed
    assert "--strict" in strict.sentence


def test_a_lucky_original_is_noticed() -> None:
    """An original far from its own repeats; or another number than all of them, where they are all the same."""
    found = baseline(pipeline(["m"]), [{"m": v} for v in FIVE]).noise
    assert found is not None
    odds = [noise.typical(value, found.metrics["m"]) for value in (0.911, 0.95)]
    assert odds[0] == pytest.approx(0.91, abs=0.1)
    assert odds[1] < noise.LUCKY  # type: ignore[operator]
    still = baseline(pipeline(["m"]), [{"m": 0.9}] * 3).noise
    assert still is not None
    assert noise.typical(0.95, still.metrics["m"]) == 0.0
    names = [f"r.{n}" for n in range(40)]
    parts = pipeline(names, key="x")
    made = replace(parts, metrics=(*parts.metrics, *pipeline(["m"]).metrics))
    many = baseline(made, [{**dict.fromkeys(names, v), "m": v} for v in FIVE]).noise
    assert many is not None
    said = [BaselineMetric(name=n, value=0.952 if n in ("m", "r.0") else 0.91, step="s", cell=0) for n in [*names, "m"]]
    assert noise.lucky(said, many.metrics).keys() == {"m"}  # of 40 others, one is that far by chance


def test_watched_metrics_are_reported_once_a_step() -> None:
    """Parts of a report never fail; those that moved make one line, with the likely cause."""
    draw = random.Random(5)
    names = [f"report.{n}" for n in range(30)]
    parts = pipeline(names, key="x")
    made = replace(parts, metrics=(*parts.metrics, *pipeline(["m"]).metrics))
    repeats = [{**{name: draw.gauss(0.9, 0.01) for name in names}, "m": value} for value in FIVE]
    old = Environment(python="3.11.2", implementation="CPython", platform="L", packages={"scikit-learn": "1.5.2"},
                      imported=("scikit-learn",))  # fmt: skip
    base = baseline(made, repeats, environment=old)
    same = {**{name: draw.gauss(0.9, 0.01) for name in names}, "m": 0.91}
    report = check(made, base, run(same))
    assert report.passed
    assert watched_groups(report) == ()
    other = run(
        {**same, "report.3": 0.7, "report.4": 0.75}, environment=replace(old, packages={"scikit-learn": "1.9.1"})
    )
    report = check(made, base, other)
    report = replace(report, changes=explained(made, base, report, fingerprints={}, inputs={}))
    assert report.passed
    (line,) = watched_groups(report)
    assert line.startswith("step 's': 2 of 30 watched metrics moved, most of all report.3")
    assert line.endswith("scikit-learn 1.5.2 → 1.9.1")


def test_something_can_always_fail() -> None:
    """If there are only parts of a report, they are gates."""
    names = ["report.a", "report.b", "report.a.support"]
    made = pipeline(names, key="x")
    base = baseline(made, [{"report.a": v, "report.b": v, "report.a.support": 40.0} for v in FIVE])
    assert base.noise is not None
    assert {name: item.gate for name, item in base.noise.metrics.items()} == dict(
        zip(names, (True, True, False), strict=True)
    )
    asked = Asked(retests=[{"report.a": 0.5, "report.b": 0.91}] * 2)
    report = check(made, base, run({"report.a": 0.5, "report.b": 0.91, "report.a.support": 40.0}), asked=asked)
    assert not report.passed


def test_durations_are_watched() -> None:
    """How long something took is another number in each run, and fails nothing, unless somebody wants it to."""
    made = pipeline(["m", "fit_time"])
    base = replace(baseline(made, [{"m": 0.5, "fit_time": 1.5}]), noise=None)
    slower = run({"m": 0.5, "fit_time": 3.0})
    report = check(made, base, slower)
    assert report.passed
    assert [item.verdict for item in report.metrics] == [Verdict.OK, Verdict.MOVED]
    assert watched_groups(report) == ("step 's': 1 of 1 watched metric moved, most of all fit_time, 1.5 to 3.0",)
    limit = Tolerance(abs=1.0, source=ToleranceSource.FILE)
    assert not check(made, base, slower, tolerances={"fit_time": limit}).passed
    alone = pipeline(["fit_time"])
    base = replace(baseline(alone, [{"fit_time": 1.5}]), noise=None)
    assert not check(alone, base, run({"fit_time": 3.0})).passed


def test_what_may_explain_a_difference() -> None:
    """Inputs, edited steps, parameters, packages, the first value that differs: in this order."""
    from nb2pipe.model import Artifact, Parameter

    step = Step(
        name="load", cells=(0,), outputs=(Artifact(names=("a",), step="load"), Artifact(names=("b",), step="load"))
    )
    made = replace(
        pipeline(["m"]), steps=(step,), parameters=(Parameter(name="n", type="int", default=1, cell=0, line=1),)
    )
    base = replace(
        baseline(made, [{"m": v} for v in FIVE]), inputs={"x.csv": "0" * 64, "y.csv": "1" * 64},
        fingerprints={"load/a": "aaaa", "load/b": "bbbb"},
    )  # fmt: skip
    report = check(made, base, run({"m": 0.5}, parameters={"n": 2}))
    found = explained(
        made, base, report, fingerprints={"load/a": "aaaa", "load/b": "cccc"}, inputs={"x.csv": "0" * 64},
        edited=["steps/s.ipynb"],
    )  # fmt: skip
    assert [(change.kind, change.name) for change in found] == [
        ("input", "y.csv"), ("code", "steps/s.ipynb"), ("parameter", "n"), ("value", "b of step load"),
    ]  # fmt: skip


def test_the_file_keeps_the_noise(tmp_path: Path) -> None:
    """Written and read again it is the same, NaN included; a broken one is refused with its name."""
    base = baseline(pipeline(["m", "n"]), [{"m": v, "n": NAN} for v in FIVE], inputs={"x.csv": "00"})
    file = tmp_path / "baseline.json"
    file.write_text(baselines.dump(base))
    back = baselines.load(file)
    assert baselines.dump(back) == baselines.dump(base)
    assert back.noise is not None
    assert back.noise.metrics["m"] == base.noise.metrics["m"]  # type: ignore[union-attr]
    assert back.inputs == {"x.csv": "00"}
    file.write_text(file.read_text().replace('"seed-sensitive"', '"wobbly"'))
    with pytest.raises(Exception, match="wobbly"):
        baselines.load(file)


def test_false_alarms_and_power_of_the_whole_rule() -> None:
    """Simulated, k = 5: about one check in a hundred alarms wrongly, nine in ten see a change of five s."""
    draw = random.Random(11)

    def alarms(shift: float, trials: int) -> float:
        count = 0
        made = pipeline(["m"])
        for _ in range(trials):
            base = baseline(made, [{"m": draw.gauss(0, 1)} for _ in range(5)])
            now = {"m": draw.gauss(shift, 1)}
            report = check(made, base, run(now))
            if report.metrics[0].suspect:
                retests = [{"m": draw.gauss(shift, 1)} for _ in range(2)]
                report = check(made, base, run(now), asked=Asked(retests=retests))
            count += not report.passed
        return count / trials

    assert alarms(0, 500) <= 0.025
    assert alarms(5, 150) >= 0.85


def test_the_environment_of_repeats_is_what_the_notebook_imports() -> None:
    """Other packages are loaded by some steps and not by others, and not all steps run in each repeat."""
    first = Environment(
        python="3.11.7", implementation="CPython", platform="L", packages={"numpy": "2.1", "pyarrow": "20"},
        imported=("numpy",),
    )  # fmt: skip
    later = replace(first, packages={"numpy": "2.1"})
    assert environment_digest(first) == environment_digest(later)
    assert environment_digest(first) != environment_digest(replace(first, packages={"numpy": "2.2"}))
