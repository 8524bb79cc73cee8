"""Runs with a seed from outside that are compared with each other: in one environment, and in a fresh one."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nb2pipe import baseline as baselines
from nb2pipe import temporary
from nb2pipe.checking import contents
from nb2pipe.checking.equivalence import Equivalence, tost
from nb2pipe.checking.levels import Level, Outcome, Rung
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.errors import EnvironmentProblem
from nb2pipe.model import Notebook
from nb2pipe.recording.seeded import Seeds
from nb2pipe.recording.verify import Borders
from nb2pipe.rules import figures
from nb2pipe.running import runs
from nb2pipe.running.caching.objects import digest_file
from nb2pipe.running.kernel.kernels import Kernel
from nb2pipe.running.options import Progress, RunOptions
from nb2pipe.running.pipeline import run_pipeline
from nb2pipe.running.projects import Project

SHOWN = 5  # differences told
NEW = 5  # runs with new seeds: in simulations they show 77 to 92 % of unchanged baselines (3 to 30 repeats) to be equivalent
SEEDS = 7_001  # the first of them; those of a baseline are drawn at random, far from here
PICKLES = (".joblib", ".pkl", ".pickle", ".cloudpickle")
OURS = ("metrics.json", "random_state.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A run: its ``metrics``, the ``values`` handed on (fingerprints by ``step/name``), the ``files`` (sha256 by path).

    ``files`` are the artifacts and what the steps themselves wrote; ``contents`` has their semantic digests.
    """

    metrics: Mapping[str, float]
    values: Mapping[str, str | None]
    files: Mapping[str, str]
    contents: Mapping[str, str]


def repeat(
    project: Project,
    seed: int,
    *,
    kernel: Kernel,
    varied: str = "injected",
    timeout: float | None,
    progress: Progress,
    notebook: Notebook | None,
) -> Repeat:
    """Run every step anew with a seed for all that the notebook does not seed itself.

    ``varied``: ``seeds`` changes its own seeds too, a parameter's name gives that the seed.
    """
    progress.message(f"running with seed {seed}")
    given = {varied: seed} if varied in {parameter.name for parameter in project.pipeline.parameters} else {}
    pipeline = project.pipeline
    modules = tuple(sorted({module for step in pipeline.steps for module in step.modules}))
    borders = Borders(modules=modules)
    seeds = Seeds(seed=seed, vary=varied == "seeds", modules=modules, also=borders.watcher, ask_environment=False)
    record = run_pipeline(
        project,
        RunOptions(
            kernel=kernel,
            parameters={**{parameter.name: parameter.default for parameter in pipeline.parameters}, **given},
            given=given,
            timeout=timeout,
            original=lambda: notebook,
            salts={step.name: f"seed {seed}, {varied}" for step in pipeline.steps},
            progress=progress,
            watcher=seeds.watcher,
            environment=lambda: borders.environment,
        ),
    )
    files = _files(project, record.id)
    return Repeat(
        metrics=dict(record.metrics),
        values=dict(borders.fingerprints),
        files={name: digest_file(file) for name, file in files.items()},
        contents={name: contents.digest(file) for name, file in files.items()},
    )


def _files(project: Project, run: str) -> dict[str, Path]:
    """The artifacts of a run that just ended, and the files that its steps wrote beside the notebook."""
    folder = runs.folder(project.state, run) / "artifacts"
    found = {
        file.relative_to(folder).as_posix(): file
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name not in OURS
    }
    written = {name: project.workdir / name for step in project.pipeline.steps for name in step.writes}
    return found | {name: file for name, file in written.items() if file.is_file()}


def apart(one: Repeat, other: Repeat, *, relative: float, values: bool = True) -> tuple[str, ...]:
    """Sentences on metrics, and values handed on, that are not the same in both runs."""
    found = []
    for name in sorted(set(one.metrics) | set(other.metrics)):
        a, b = one.metrics.get(name), other.metrics.get(name)
        if a is None or b is None or not same(a, b, relative):
            was, now = figures.pair(a, b)
            found.append(f"'{name}': {was} in one run, {now} in the other")
    if values:
        names = [name for name in sorted(one.values) if one.values[name] != other.values.get(name)]
        found += [f"the value {name} is another" for name in names if one.values[name] is not None]
    more = len(found) - SHOWN
    return tuple(found) if more <= 0 else (*found[:SHOWN], f"{more} more")


def same(a: float, b: float, relative: float) -> bool:
    """Whether two numbers are equal up to ``relative``; NaN equals NaN."""
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=relative, abs_tol=1e-12)


def agreement(one: Repeat, other: Repeat) -> str:
    """How much of two runs is the same."""
    metrics = sum(same(a, other.metrics.get(name, math.inf), 1e-9) for name, a in one.metrics.items())
    known = [name for name, value in one.values.items() if value is not None]
    values = sum(one.values[name] == other.values.get(name) for name in known)
    unknown = len(one.values) - len(known)
    told = (
        f"{metrics} of {figures.count(len(one.metrics), 'metric')} and {values} of {figures.count(len(known), 'value')}"
    )
    return f"{told} the same in both runs" + (f"; {unknown} cannot be compared" if unknown else "")


def meaning(name: str, one: Repeat, other: Repeat) -> str:
    """Whether a file with other bytes says the same: by its contents, or the fingerprint of the value that it holds."""
    if name not in one.files or name not in other.files:
        return f"{name} was written by one of the runs only"
    if says_same(name, one, other):
        return f"{name} has other bytes, the same contents"
    step, _, file = name.partition("/")
    parts = [f"{step}/{part}" for part in re.sub(r"\.\w+$", "", file).split("+")]
    marks = [(one.values.get(part), other.values.get(part)) for part in parts]
    if all(a is not None and b is not None for a, b in marks):
        return f"{name} has other bytes, {'the same' if all(a == b for a, b in marks) else 'another'} value"
    pickled = name.endswith(PICKLES)
    return f"{name} has other bytes" + (", its value cannot be compared" if pickled else ", other contents")


def says_same(name: str, one: Repeat, other: Repeat) -> bool:
    """Whether both runs wrote a file with the same contents, whatever its bytes."""
    return name in one.contents and one.contents[name] == other.contents.get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What ``nb2pipe baseline`` learned: ``values`` of each metric over seeds, the ``margin`` within which means count as
    equal, and what was ``varied``: ``injected``, ``seeds`` (those in the code) or a parameter's name.
    """

    values: Mapping[str, tuple[float, ...]]
    margin: Mapping[str, float]
    varied: str


def seen(project: Project) -> Seen | None:
    """The repeats in the project's ``baseline.json``; ``None`` if it holds none."""
    noise = baselines.load(project.folder / baselines.FILE_NAME).noise
    if noise is None:
        return None
    gates = {name: entry for name, entry in noise.metrics.items() if entry.gate}
    return Seen(
        values={name: entry.values for name, entry in gates.items()},
        margin={name: entry.tolerance for name, entry in gates.items()},
        varied=noise.varied,
    )


def equivalent(level: Level, known: Seen | None, run: Callable[[int], Repeat], path: str) -> Rung:
    """Two one-sided t tests of new seeds against those of the baseline, metric by metric: all have to be equivalent.

    The margin is what one value may be off by the baseline's own rule. All tests must pass, so that none is to be corrected
    for the others (intersection-union).
    """
    cure = f"nb2pipe baseline {path} --runs 5"
    if known is None or any(len(values) < 3 for values in known.values.values()):
        why = (
            "the baseline holds no repeats with other seeds" if known is None else "the baseline holds too few repeats"
        )
        return Rung(level=level, outcome=Outcome.NOT_TRIED, blocks=(why,), cure=cure)
    repeats = [run(SEEDS + number).metrics for number in range(NEW)]
    blocks = []
    for name, old in known.values.items():
        new = [metrics.get(name, math.nan) for metrics in repeats]
        if not all(map(math.isfinite, (*new, *old))):
            blocks.append(f"'{name}' is no number in every run")
            continue
        found = tost(new, old, known.margin[name])
        if found.verdict is not Equivalence.EQUIVALENT:
            low, high = (figures.number(value, 3) for value in found.interval)
            margin = figures.number(known.margin[name], 3)
            blocks.append(
                f"'{name}' is {found.verdict.value}: means {low} to {high} apart, ±{margin} would be equivalent"
            )
    told = f"{NEW} new seeds against {max(map(len, known.values.values()), default=0)}"
    if not blocks:
        held = f"{figures.count(len(known.values), 'metric')} equivalent, {told}"
        return Rung(level=level, outcome=Outcome.REACHED, found=(held,))
    return Rung(level=level, outcome=Outcome.BLOCKED, found=(told,), blocks=tuple(blocks), cure=cure.replace("5", "10"))


@contextmanager
def fresh_environment(requirements: Path, kernel: Kernel, progress: Progress) -> Iterator[Path]:
    """A new virtual environment with what ``requirements.txt`` pins; gives its interpreter, and removes it afterwards.

    uv builds it if it is there, else venv and pip. Raises EnvironmentProblem with the builder's last words.
    """
    if kernel.python is None:
        raise EnvironmentProblem(_cannot("the kernel's interpreter is not known, so none like it can be made"))
    if not requirements.is_file():
        raise EnvironmentProblem(_cannot(f"{requirements} is not there"))
    with temporary.folder() as folder:
        where = Path(folder) / "env"
        python = where / ("Scripts/python.exe" if (Path(folder) / "x").drive else "bin/python")
        uv = shutil.which("uv")
        progress.message(f"building an environment from {requirements} with {'uv' if uv else 'venv and pip'}")
        pins = ["-r", str(requirements), "ipykernel"]
        if uv:
            _call([uv, "venv", "-q", "--python", kernel.python, str(where)])
            _call([uv, "pip", "install", "-q", "--python", str(python), *pins])
        else:
            _call([kernel.python, "-m", "venv", str(where)])
            _call([str(python), "-m", "pip", "install", "-q", *pins])
        yield python


def _call(command: list[str]) -> None:
    done = subprocess.run(  # noqa: S603  uv, or the kernel's own interpreter
        command, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        last = [line.strip() for line in done.stderr.splitlines() if line.strip()][-3:]
        raise EnvironmentProblem(_cannot(" ".join(last) or f"{command[0]} exited with {done.returncode}"))


def _cannot(why: str) -> Diagnostic:
    return Diagnostic(code="", message=f"no fresh environment: {why}")
