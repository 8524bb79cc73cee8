"""``check --level``: climb the reproducibility axis, level by level, and say what blocks the next one."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from nb2pipe import manifest as manifests
from nb2pipe import notebook as notebooks
from nb2pipe.checking.levels import BY_CODE, LEVELS, Ladder, Level, Outcome, Rung, conclusions
from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.errors import EnvironmentProblem, Refused, StepFailed
from nb2pipe.model import CellKind, CheckReport, Environment, Limits, Notebook, Role, StepStatus, Tolerance
from nb2pipe.planning import hazards
from nb2pipe.reports import levels
from nb2pipe.rules import figures, nb402_out_of_order, nb414_absolute_path
from nb2pipe.running.kernel.kernels import Kernel, KernelChoice, resolve
from nb2pipe.running.options import Progress, Silent
from nb2pipe.running.projects import Project, is_project, open_project
from nb2pipe.storing import write_text
from nb2pipe.workflow import analysis, cleanroom, comparing, readable
from nb2pipe.workflow.opening import original
from nb2pipe.workflow.runs import check
from nb2pipe.workflow.storage import storage_problems

HIGHEST = LEVELS[-1].code
SEED = 20_231  # of the runs that are compared with each other; which one is of no account


@storage_problems
def climb(
    path: str | Path,
    *,
    level: str = HIGHEST,
    tolerances: Mapping[str, Tolerance] | None = None,
    limits: Mapping[str, Limits] | None = None,
    kernel: KernelChoice | None = None,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> Ladder:
    """Try the levels up to ``level`` (``R0`` to ``R8``) on a project or a notebook, and stop at the first that blocks.

    R5 is of another axis than those above it, so it does not stop the climb. What a level finds is an answer, also a
    failing cell; raises InvalidInput for what is no notebook or project, EnvironmentProblem if there is no kernel,
    StorageProblem, Interrupted.
    """
    if level not in BY_CODE:
        raise ValueError(f"level must be one of {', '.join(BY_CODE)}, not {level!r}")
    climber = _Climb(
        path=Path(path), tolerances=tolerances or {}, limits=limits or {}, kernel=kernel, timeout=timeout,
        told=progress or Silent(),
    )  # fmt: skip
    for each in LEVELS[: BY_CODE[level].number + 1]:
        if climber.stopped:
            climber.rungs.append(Rung(level=each, outcome=Outcome.NOT_TRIED))
            continue
        began = time.monotonic()
        climber.told.message(f"{each.code}: {each.name}")
        found = getattr(climber, each.code.lower())(each)
        climber.add(found, time.monotonic() - began)
    ladder = climber.ladder()
    if climber.project is not None:
        document = json.dumps(levels.document(ladder), indent=1, ensure_ascii=False)
        write_text(climber.project.state / levels.FILE_NAME, document + "\n")
    return ladder


@dataclass(slots=True, kw_only=True)
class _Climb:
    """One climb; each level leaves here what the next ones need."""

    path: Path
    tolerances: Mapping[str, Tolerance]
    limits: Mapping[str, Limits]
    kernel: KernelChoice | None
    timeout: float | None
    told: Progress
    rungs: list[Rung] = field(default_factory=list)
    stopped: bool = False
    notebook: Notebook | None = None
    project: Project | None = None
    report: CheckReport | None = None
    first: comparing.Repeat | None = None
    fresh: comparing.Repeat | None = None

    def add(self, rung: Rung, seconds: float) -> None:
        """Note a level; one that blocks ends the climb, unless it is of another axis."""
        self.rungs.append(
            Rung(
                level=rung.level, outcome=rung.outcome, found=rung.found, blocks=rung.blocks, cure=rung.cure,
                seconds=seconds,
            )
        )  # fmt: skip
        self.stopped = rung.outcome is not Outcome.REACHED and rung.level.code != "R5"

    def ladder(self) -> Ladder:
        """All that was found."""
        environment = self.report.run.environment if self.report else None
        return Ladder(
            project=str(self.project.folder if self.project else self.path),
            notebook=str(self.notebook.path if self.notebook else self.path),
            rungs=tuple(self.rungs),
            date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            machine=f"{platform.system()} {platform.machine()}",
            python=environment.python if environment else "",
            environment=digest(environment),
            report=self.report,
        )

    # ---------------------------------------------------------------- R0 and R1

    def r0(self, level: Level) -> Rung:
        """The notebook read, nothing run."""
        if is_project(self.path) or self.path.is_dir():
            self.project = open_project(self.path)
            self.notebook = original(self.project)
            if self.notebook is None:
                note = f"the original notebook is not at {self.project.source}: only the pipeline is looked at"
                return Rung(level=level, outcome=Outcome.REACHED, found=(note,))
        else:
            self.notebook = notebooks.read(self.path)
        inspection = analysis.inspect(self.notebook.path)
        paths = [h.finding for h in hazards.find(self.notebook) if h.finding.code == nb414_absolute_path.CODE]
        bad = [d for d in inspection.diagnostics if d.severity is Severity.ERROR or d.code == nb402_out_of_order.CODE]
        bad += paths
        if bad:
            cure = f"nb2pipe {'doctor --static' if paths else 'lint'} {self.notebook.path}"
            return Rung(level=level, outcome=Outcome.BLOCKED, blocks=tuple(map(_told, bad)), cure=cure)
        return self._complete(level, self.notebook, {role.cell for role in inspection.roles if role.role is Role.SKIP})

    def _complete(self, level: Level, notebook: Notebook, skipped: Collection[int]) -> Rung:
        """R0's second half: were all cells run, and is what they import there?"""
        unrun = readable.never_run(notebook, skipped)
        if unrun:
            cure = "restart the kernel, run all cells, save; or tag with skip what is not to run"
            return Rung(level=level, outcome=Outcome.BLOCKED, blocks=(unrun,), cure=cure)
        code = sum(cell.kind is CellKind.CODE for cell in notebook.cells)
        found = f"{figures.count(code, 'code cell')} without an error"
        asked = self.project.manifest.kernel if self.project else notebook.kernel_name
        try:
            kernel = resolve(self.kernel, asked, str(notebook.path))
        except EnvironmentProblem:
            note = "imports were not looked up: there is no kernel"  # R1 says more
            return Rung(level=level, outcome=Outcome.REACHED, found=(found, note))
        missing = readable.unresolved(notebook, kernel, skipped)
        if missing:
            blocks, cure = readable.told(missing, kernel)
            return Rung(level=level, outcome=Outcome.BLOCKED, found=(found,), blocks=blocks, cure=cure)
        note = "imports could not be looked up" if missing is None else "all imports are there"
        return Rung(level=level, outcome=Outcome.REACHED, found=(found, note))

    def r1(self, level: Level) -> Rung:
        """The pipeline run in fresh kernels; that run's metrics serve the levels above."""
        try:
            self.report = check(
                self.path, tolerances=self.tolerances, limits=self.limits, kernel=self.kernel, timeout=self.timeout,
                fresh=True, progress=self.told,
            )  # fmt: skip
        except (StepFailed, Refused) as error:
            return Rung(
                level=level, outcome=Outcome.BLOCKED, blocks=tuple(map(_told, error.diagnostics)),
                cure="mend the cell, then try again",
            )  # fmt: skip
        self.project = open_project(Path(self.report.run.project))
        ran, total = _cells(self.report)
        found = f"{ran} of {total} cells in {figures.count(len(self.report.run.steps), 'fresh kernel')}"
        return Rung(level=level, outcome=Outcome.REACHED, found=(found,))

    # ---------------------------------------------------------------- R2 to R4

    def r2(self, level: Level) -> Rung:
        """The original notebook in a folder that holds what ``pipeline.yaml`` lists, and nothing else."""
        assert self.project is not None
        if self.notebook is None:
            return Rung(
                level=level, outcome=Outcome.BLOCKED, blocks=("the original notebook is not there",),
                cure=f"put it at {self.project.source}",
            )  # fmt: skip
        room = cleanroom.run(self.notebook, self.project.pipeline, self._kernel(), self.timeout)
        listed = (
            f"inputs: {', '.join(room.inputs) or 'none'}",
            *((f"writes: {', '.join(room.writes)}",) if room.writes else ()),
            *((f"contacts, as listed: {', '.join(room.hosts)} (no file holds what it sends)",) if room.hosts else ()),
        )
        if not room.blocks:
            return Rung(level=level, outcome=Outcome.REACHED, found=listed)
        return Rung(level=level, outcome=Outcome.BLOCKED, found=listed, blocks=room.blocks, cure=room.cure)

    def r3(self, level: Level) -> Rung:
        """Ranking, signs and limits of the metrics of the run of R1."""
        assert self.report is not None
        limits = {**manifests.limits(self._project().manifest), **self.limits}
        found = conclusions(self.report.metrics, limits)
        if not found.same:
            return self._nothing(level)
        if found.changed:
            return Rung(
                level=level, outcome=Outcome.BLOCKED, found=found.same, blocks=found.changed,
                cure=f"nb2pipe check {self.path}",
            )  # fmt: skip
        return Rung(level=level, outcome=Outcome.REACHED, found=found.same)

    def r4(self, level: Level) -> Rung:
        """The verdict of the check."""
        assert self.report is not None
        if not self.report.metrics:
            return self._nothing(level)
        if self.report.passed:
            return Rung(level=level, outcome=Outcome.REACHED, found=(self.report.sentence.partition(": ")[2],))
        bad = [m for m in self.report.metrics if m.verdict.value in ("failed", "missing")]
        blocks = [
            f"'{m.name}': {figures.number(m.original)} originally, {figures.number(m.reproduced)} now" for m in bad
        ]
        return Rung(
            level=level, outcome=Outcome.BLOCKED, blocks=tuple(blocks) or (self.report.sentence,),
            cure=f"nb2pipe check {self.path}",
        )  # fmt: skip

    def _nothing(self, level: Level) -> Rung:
        return Rung(
            level=level, outcome=Outcome.BLOCKED, blocks=("the notebook has no metric to compare",),
            cure="tag the cell with the numbers that matter with metrics, and export again",
        )  # fmt: skip

    # ---------------------------------------------------------------- R5 to R8

    def r5(self, level: Level) -> Rung:
        """Means over new seeds against those of the baseline."""
        known = comparing.seen(self._project())
        varied = known.varied if known else ""
        return comparing.equivalent(
            level, known, lambda seed: self._repeat(seed, varied=varied), str(self._project().folder)
        )

    def r6(self, level: Level) -> Rung:
        """Two runs with one seed."""
        self.first, second = self._repeat(SEED), self._repeat(SEED)
        apart = comparing.apart(self.first, second, relative=1e-9)
        same = comparing.agreement(self.first, second)
        if apart:
            return Rung(
                level=level, outcome=Outcome.BLOCKED, found=(same,), blocks=apart,
                cure=f"nb2pipe doctor {self.notebook.path if self.notebook else self.path} names what is not controlled",
            )  # fmt: skip
        return Rung(level=level, outcome=Outcome.REACHED, found=(same,))

    def r7(self, level: Level) -> Rung:
        """A run in an environment built anew."""
        assert self.first is not None
        project = self._project()
        try:
            with comparing.fresh_environment(project.folder / "requirements.txt", self._kernel(), self.told) as python:
                choice = KernelChoice(python=str(python))
                self.fresh = self._repeat(SEED, resolve(choice, None))
        except EnvironmentProblem as error:
            return Rung(
                level=level, outcome=Outcome.BLOCKED, blocks=tuple(map(_told, error.diagnostics)),
                cure="mend requirements.txt in the project, or export again",
            )  # fmt: skip
        except StepFailed as error:
            return Rung(
                level=level, outcome=Outcome.BLOCKED, blocks=tuple(map(_told, error.diagnostics)),
                cure="a package that the notebook needs is missing in requirements.txt, or has another version",
            )  # fmt: skip
        apart = comparing.apart(self.first, self.fresh, relative=1e-6, values=False)
        if apart:
            return Rung(
                level=level, outcome=Outcome.BLOCKED, blocks=apart,
                cure="compare versions: what requirements.txt does not pin, or a library that is built otherwise",
            )  # fmt: skip
        count = figures.count(len(self.first.metrics), "metric")
        return Rung(level=level, outcome=Outcome.REACHED, found=(f"{count} equal to 1e-6",))

    def r8(self, level: Level) -> Rung:
        """The files' bytes of both environments; where they differ, their contents."""
        assert self.first is not None
        assert self.fresh is not None
        names = sorted(set(self.first.files) | set(self.fresh.files))
        other = [name for name in names if self.first.files.get(name) != self.fresh.files.get(name)]
        if not names:
            return Rung(
                level=level, outcome=Outcome.BLOCKED, blocks=("the pipeline stores no artifact and writes no file",),
                cure="a pipeline of one step hands nothing on: split it",
            )  # fmt: skip
        said = sum(comparing.says_same(name, self.first, self.fresh) for name in other)
        same = f"{len(names) - len(other)} of {figures.count(len(names), 'file')} equal in every byte"
        same += f", {said} more in contents" if said else ""
        if not other:
            return Rung(level=level, outcome=Outcome.REACHED, found=(same,))
        blocks = tuple(comparing.meaning(name, self.first, self.fresh) for name in other)
        dated = "only the bytes differ: xlsx, gz, svg and pdf hold when they were written; parquet, npy and csv do not"
        differing = "pickles of sets, times and absolute paths differ from run to run; tables as parquet do not"
        return Rung(
            level=level, outcome=Outcome.BLOCKED, found=(same,), blocks=blocks,
            cure=dated if said == len(other) else differing,
        )  # fmt: skip

    # ---------------------------------------------------------------- what they need

    def _project(self) -> Project:
        assert self.project is not None
        return self.project

    def _kernel(self) -> Kernel:
        return resolve(self.kernel, self._project().manifest.kernel)

    def _repeat(self, seed: int, kernel: Kernel | None = None, *, varied: str = "injected") -> comparing.Repeat:
        return comparing.repeat(
            self._project(), seed, kernel=kernel or self._kernel(), varied=varied, timeout=self.timeout, progress=self.told,
            notebook=self.notebook,
        )  # fmt: skip


def digest(environment: Environment | None) -> str:
    """Eight digits of what Python and packages have for versions; empty if unknown."""
    if environment is None:
        return ""
    data = [environment.python, sorted((name.lower(), version) for name, version in environment.packages.items())]
    return sha256(json.dumps(data).encode()).hexdigest()[:8]


def _told(found: Diagnostic) -> str:
    where = f"cell {found.cell + 1}: " if found.cell is not None else ""
    code = f" ({found.code})" if found.code else ""
    return f"{where}{found.message}{code}"


def _cells(report: CheckReport) -> tuple[int, int]:
    """How many of the notebook's cells ran, and how many there are in the steps."""
    ran = total = 0
    for step in report.run.steps:
        if step.notebook is None or not Path(step.notebook).is_file():
            continue
        for cell in json.loads(Path(step.notebook).read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code" and "cell" in cell["metadata"].get("nb2pipe", {}):
                total += 1
                done = cell["metadata"].get("papermill", {}).get("status") == "completed"
                ran += step.status is not StepStatus.FAILED and done
    return ran, total
