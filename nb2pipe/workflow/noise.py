"""``baseline``: repeat a project's run with fresh seeds and write into ``baseline.json`` how far each metric scatters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from nb2pipe import baseline as baselines
from nb2pipe import manifest
from nb2pipe.checking import noise
from nb2pipe.checking.noise import Measured
from nb2pipe.errors import InvalidInput
from nb2pipe.model import Baseline, MetricNoise, Noise, NoiseKind, NoiseRule
from nb2pipe.rules import nb302_unknown_parameter, nb421_cannot_repeat
from nb2pipe.running.kernel.kernels import KernelChoice, resolve
from nb2pipe.running.options import Progress, Silent
from nb2pipe.running.projects import Project, open_project
from nb2pipe.running.scheduling import cores
from nb2pipe.spelling import closest
from nb2pipe.storing import write_text
from nb2pipe.workflow.opening import original
from nb2pipe.workflow.repeating import IN_CODE, INJECTED, Repeat, Repeating, seed_parameters
from nb2pipe.workflow.storage import storage_problems

RUNS = 5
FEWEST, MOST = 3, 30


@storage_problems
def measure(
    path: str | Path,
    *,
    runs: int | None = None,
    budget: float | None = None,
    vary: str | None = None,
    rule: NoiseRule | None = None,
    jobs: int | None = None,
    fresh: bool = False,
    kernel: KernelChoice | None = None,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> Measured:
    """Run the project with ``runs`` seeds (5), or with as many as fit into ``budget`` seconds, and learn the noise.

    Random numbers that nothing seeds get a seed from outside. ``vary`` is the name of a parameter, to give another value
    in each repeat, or ``seeds`` for every seed that stands in the code. The first seed is run twice: what differs is
    controlled by no seed. Steps that no seed can change run only then. ``rule`` says how later checks judge; it is in
    ``baseline.json`` before they run. A repeat that is finished is kept if the work is interrupted.

    Raises InvalidInput, StepFailed, EnvironmentProblem, StorageProblem, Interrupted.
    """
    project = open_project(Path(path))
    file = project.folder / baselines.FILE_NAME
    baseline = baselines.load(file)
    told = progress or Silent()
    if not baseline.metrics:
        raise InvalidInput(nb421_cannot_repeat.no_metrics(str(file)))
    work = _repeating(project, vary, kernel, timeout, told)
    work.jobs = jobs or max(1, min(4, cores() // 2))
    work.observed = baseline.origin == "recorded"
    if fresh:
        work.forget()
    first, again, repeats = _repeat(work, runs, budget)
    if len({item.environment for item in (*repeats, again)}) > 1:
        told.message("packages changed since the interrupted repeats: starting anew")
        work.forget()
        first, again, repeats = _repeat(work, runs, budget)
    found = _learned(work, baseline, rule or NoiseRule(), again, repeats)
    baseline = replace(baseline, noise=found)
    write_text(file, baselines.dump(baseline))
    work.forget()
    still = all(item.kind is NoiseKind.DETERMINISTIC for item in found.metrics.values())
    return Measured(
        project=project.folder,
        notebook=str(project.source),
        baseline=baseline,
        noise=found,
        lucky=noise.lucky(baseline.metrics, found.metrics),
        seeded=still and bool(first.random or _has_seeds(work)),
        seed_parameters=seed_parameters(project.pipeline),
        seconds=sum(item.seconds for item in (*repeats, again)),
    )


def _repeating(
    project: Project, vary: str | None, kernel: KernelChoice | None, timeout: float | None, progress: Progress
) -> Repeating:
    known = project.pipeline.parameters
    names = tuple(parameter.name for parameter in known)
    if vary is not None and vary != IN_CODE:
        if vary not in names:
            found = nb302_unknown_parameter.diagnostic(vary, names, closest(vary, names), str(project.folder))
            raise InvalidInput(found)
        if type(next(item for item in known if item.name == vary).default) is not int:
            raise InvalidInput(nb421_cannot_repeat.no_seed(vary, seed_parameters(project.pipeline)))
    return Repeating(
        project=project,
        kernel=resolve(kernel, project.manifest.kernel),
        parameters={item.name: item.default for item in known},
        varied=vary or INJECTED,
        progress=progress,
        timeout=timeout,
        original=lambda: original(project),
    )


def _repeat(
    work: Repeating, runs: int | None, budget: float | None
) -> tuple[Repeat, Repeat, list[Repeat]]:  # fmt: skip
    """The first seed twice, whole; a second seed; the rest, unless two seeds say that there is nothing to learn."""
    seed = work.seed(0)
    work.progress.message("first repeat")
    first = work.run("repeat-0", seed)
    work.progress.message("first repeat again, with the same seed: is there anything that no seed controls?")
    again = work.run("again", seed)
    steps = work.affected(first)
    if again.numbers.keys() != first.numbers.keys() or not _equal(first, again):
        steps = frozenset(step.name for step in work.project.pipeline.steps)
    if not steps:
        return first, again, [first, again]
    second = work.several([1], steps)[0]
    if budget is not None:
        spent = first.seconds + again.seconds + second.seconds
        runs = 2 + int(max(0.0, budget - spent) / max(second.seconds, 0.1)) * work.jobs
        runs = max(FEWEST, min(MOST, runs))
        work.progress.message(f"{runs} repeats, about {second.seconds:.0f} s each")
    if _equal(first, second) and _seeds_itself(first, second):
        return first, again, [first, second]
    rest = list(range(2, max(FEWEST, runs or RUNS)))
    return first, again, [first, second, *work.several(rest, steps)]


def _learned(
    work: Repeating, baseline: Baseline, rule: NoiseRule, again: Repeat, repeats: Sequence[Repeat]
) -> Noise:  # fmt: skip
    pipeline = work.project.pipeline
    _, directions = manifest.decided(work.project.manifest)
    metrics: Mapping[str, MetricNoise] = noise.learn(
        baseline.metrics,
        [_complete(repeats[0], item) for item in repeats],
        again.numbers,
        rule,
        metrics={metric.name: metric for metric in pipeline.metrics},
        cases=work.cases(repeats[0]),
        directions=directions,
        gates=manifest.gates(work.project.manifest),
    )
    return Noise(
        rule=rule,
        seeds=tuple(item.seed for item in repeats),
        varied=work.varied,
        repeated=tuple(step.name for step in pipeline.steps if step.name in repeats[-1].steps),
        metrics=metrics,
        measured=datetime.now(UTC).isoformat(timespec="seconds"),
        environment=again.environment,
    )


def _complete(first: Repeat, repeat: Repeat) -> dict[str, float]:
    return {**first.numbers, **repeat.numbers} if set(repeat.steps) != set(first.steps) else repeat.numbers


def _equal(first: Repeat, other: Repeat) -> bool:
    return all(noise.same(first.numbers[name], value) for name, value in other.numbers.items() if name in first.numbers)


def _seeds_itself(first: Repeat, other: Repeat) -> bool:
    """Whether all generators ended alike after different seeds, and nothing asked for more: the notebook sets its own."""
    shared = [step for step in other.steps if step in first.states]
    return not any(other.drawn.get(step) for step in other.steps) and all(
        first.states[step] == other.states[step] for step in shared
    )


def _has_seeds(work: Repeating) -> bool:
    words = ("random_state", "seed(", "seed=", "default_rng(")
    steps = [step.name for step in work.project.pipeline.steps]
    return any(word in "".join(cell["source"]) for step in steps for cell in work.project.notebook(step)["cells"]
               if cell["cell_type"] == "code" for word in words)  # fmt: skip
