"""What a check does beside running: seeds, values at step borders, retests, the search for causes."""

from __future__ import annotations

import secrets
import shlex
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from nb2pipe import checking, parameters
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.exporting.project import digest
from nb2pipe.model import Baseline, CheckReport, Environment, NoiseKind, Notebook, RunRecord, Step, Verdict
from nb2pipe.planning import hazards
from nb2pipe.recording import inputs
from nb2pipe.recording.seeded import Seeds
from nb2pipe.recording.verify import Borders
from nb2pipe.running.executing.watching import Watcher
from nb2pipe.running.kernel.kernels import Kernel, KernelChoice
from nb2pipe.running.options import Progress
from nb2pipe.running.projects import Project
from nb2pipe.workflow.repeating import FOLDER, Repeating


@dataclass(slots=True, kw_only=True)
class Judging:
    """One check. ``seed`` is the user's, or drawn: where noise is known, or expected because the code draws unseeded.

    ``unseeded`` are the findings on such cells, where no noise is known that would tell.
    """

    project: Project
    baseline: Baseline
    asked: checking.Asked
    seed: int | None
    path: Path
    notebook: Callable[[], Notebook | None]
    borders: Borders = field(init=False)
    unseeded: tuple[Diagnostic, ...] = field(init=False, default=())
    seeds: Seeds | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Work out what is to be watched."""
        modules = tuple(sorted({module for step in self.project.pipeline.steps for module in step.modules}))
        known = self.baseline.fingerprints
        self.borders = Borders(modules=modules, original=known, values=bool(known))
        noise = self.baseline.noise
        random = noise is not None and any(item.kind is not NoiseKind.DETERMINISTIC for item in noise.metrics.values())
        if noise is None:
            notebook = self.notebook()
            self.unseeded = hazards.unseeded_draws(notebook) if notebook is not None else ()
        if random or self.unseeded or self.seed is not None:
            self.seed = secrets.randbits(31) if self.seed is None else self.seed
            self.seeds = Seeds(seed=self.seed, modules=modules, also=self.borders.watcher, ask_environment=False)

    def watcher(self, step: Step) -> Watcher:
        """The watcher of one step's execution."""
        return self.seeds.watcher(step) if self.seeds is not None else self.borders.watcher(step)

    @property
    def salts(self) -> dict[str, str]:
        """What is drawn with a seed of ours is not what an ordinary run draws."""
        if self.seeds is None:
            return {}
        noise = self.baseline.noise
        steps = noise.repeated if noise is not None else self._drawing()
        return dict.fromkeys(steps, f"seed {self.seeds.seed}")

    def _drawing(self) -> list[str]:
        """The steps from the first on that is seen to draw; all of them if none is."""
        steps = self.project.pipeline.steps
        cells = {finding.cell for finding in self.unseeded}
        first = (at for at, s in enumerate(steps) if cells & {*s.cells, *(line.cell for line in s.setup)})
        return [step.name for step in steps[next(first, 0) :]]

    @property
    def environment(self) -> Environment | None:
        """The kernel's, once a step ran."""
        return self.borders.environment

    def report(
        self,
        record: RunRecord,
        *,
        kernel: Kernel,
        choice: KernelChoice | None,
        given: Mapping[str, Any],
        timeout: float | None,
        progress: Progress,
    ) -> CheckReport:
        """The verdicts, after fresh seeds where the rule asks for them, with what may explain the differences."""
        pipeline = self.project.pipeline
        report = checking.check(pipeline, self.baseline, record, asked=self.asked)
        seeds = (self.seeds.seed,) if self.seeds is not None else ()
        suspects = [metric.name for metric in report.metrics if metric.suspect]
        noise = self.baseline.noise
        if suspects and noise is not None:
            fresh = tuple(self._fresh(number) for number in range(noise.rule.retest))
            told = ", ".join(suspects[:3]) + (", ..." if len(suspects) > 3 else "")
            progress.message(f"{told} outside of the noise: asking {len(fresh)} fresh seeds")
            retests = self._retests(fresh, record, kernel, given, timeout, progress)
            report = checking.check(pipeline, self.baseline, record, asked=replace(self.asked, retests=retests))
            seeds = (*seeds, *fresh)
        report = replace(report, seeds=seeds, command=self._command(choice, given))
        if any(m.verdict not in (Verdict.OK, Verdict.NOT_CHECKED) for m in report.metrics):
            report = replace(report, changes=self._changes(report))
        return replace(report, notes=checking.watched_groups(report))

    def _fresh(self, number: int) -> int:
        """Seeds that depend on the run's: whoever gives the same seed sees the same retests."""
        data = f"{self.seed if self.seed is not None else secrets.randbits(31)}/retest-{number}"
        return int.from_bytes(sha256(data.encode()).digest()[:4], "big") & 0x7FFFFFFF

    def _retests(
        self, fresh: tuple[int, ...], record: RunRecord, kernel: Kernel, given: Mapping[str, Any],
        timeout: float | None, progress: Progress,
    ) -> list[dict[str, float]]:  # fmt: skip
        noise = self.baseline.noise
        assert noise is not None
        pipeline = self.project.pipeline
        work = Repeating(
            project=self.project,
            kernel=kernel,
            parameters=dict(record.parameters),
            given=parameters.resolve(pipeline.parameters, given, str(self.path)),
            varied=noise.varied,
            progress=progress,
            timeout=timeout,
            original=self.notebook,
            place=self.project.state / FOLDER / f"retest-{record.id}",
            observed=self.baseline.origin == "recorded",
            keep=False,
        )
        known = {step.name for step in pipeline.steps}
        again = frozenset(noise.repeated) & known or None
        try:
            first = work.run("first", fresh[0])
            rest = []
            for number, seed in enumerate(fresh[1:], start=2):
                progress.message(f"fresh seed {number}")
                rest.append(work.run(str(number), seed, again))
        finally:
            shutil.rmtree(work.folder, ignore_errors=True)
        return [{**first.numbers, **item.numbers} for item in (first, *rest)]

    def _changes(self, report: CheckReport) -> Any:
        project = self.project
        generated = project.manifest.generated
        files = {entry.notebook for entry in project.manifest.steps.values()}
        edited = [
            name for name in sorted(files & set(generated)) if _digest(project.folder / name) != generated[name]
        ]  # fmt: skip
        return checking.explained(
            project.pipeline,
            self.baseline,
            report,
            fingerprints=self.borders.fingerprints,
            inputs=inputs.digests(project.pipeline, project.workdir) if self.baseline.inputs else {},
            edited=edited,
            unseeded=[_drawn(finding) for finding in self.unseeded],
        )

    def _command(self, kernel: KernelChoice | None, given: Mapping[str, Any]) -> str:
        words = ["nb2pipe", "check", str(self.path)]
        for name, value in given.items():
            words += ["-p", f"{name}={value}"]
        if self.seeds is not None:
            words += ["--seed", str(self.seeds.seed)]
        if kernel and kernel.name:
            words += ["-k", kernel.name]
        if kernel and kernel.python:
            words += ["--python", kernel.python]
        return shlex.join(words)


def _drawn(finding: Diagnostic) -> str:
    """``train_test_split in cell 4``."""
    what = finding.message.split("'")[1] if "'" in finding.message else finding.message
    return f"{what} in cell {finding.cell + 1}" if finding.cell is not None else what


def _digest(path: Path) -> str | None:
    try:
        return digest(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
