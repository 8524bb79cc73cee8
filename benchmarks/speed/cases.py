"""What is measured: one case per line or two of the table of goals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed import notebooks, peers
from benchmarks.speed.environments import ROOT, program, python
from benchmarks.speed.measuring import Contender, Cost
from benchmarks.speed.peers import Exported, export, ours, script, unsplit

Costs = Mapping[str, Cost]
OURS = "nb2pipe"


def cost_of(name: str) -> Callable[[Costs], Cost]:
    """The cost of one contender as it is."""
    return lambda costs: costs[name]


@dataclass(frozen=True, slots=True)
class Row:
    """A ratio to report: `ours` / `theirs`, with the most that it should be and the aim."""

    against: str
    ours: Callable[[Costs], Cost]
    theirs: Callable[[Costs], Cost]
    goal: float | None = None
    aim: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Contenders that are measured in turns, and the ratios that come of it.

    With `again`, what is measured is a second run: the unmeasured first round is needed, and not only for the disk's cache.
    """

    contenders: Mapping[str, Contender]
    rows: tuple[Row, ...]
    again: bool = False


GOALS = {  # against → (at least, aim), for whole pipelines
    "papermill unsplit": (1.25, 1.0),
    "papermill per step": (None, None),
    "ploomber": (0.5, 0.25),
    "dvc": (0.5, 0.25),
    "kfp local": (0.5, 0.25),
}


def _versus(
    contenders: dict[str, Contender], against: str, goal: float | None, aim: float | None, *, again: bool = False
) -> Case:
    return Case(contenders, (Row(against, cost_of(OURS), cost_of(against), goal, aim),), again)


def _against_all(exported: Exported, *, ordinary: bool = False) -> Case:
    """The goal against the unsplit notebook is one for ordinary notebooks: ten steps of nothing are ten kernels more."""
    contenders = {OURS: ours(exported)} | {name: make(exported) for name, make in peers.PEERS.items()}
    goals = GOALS if ordinary else {**GOALS, "papermill unsplit": (None, None)}
    return Case(contenders, tuple(Row(name, cost_of(OURS), cost_of(name), *goals[name]) for name in peers.PEERS))


def samples(folder: Path, quick: bool) -> Case:
    """The sample notebooks, all of them one after the other."""
    source = ROOT / "sample_notebooks"
    all_of_them: dict[str, dict[str, Contender]] = {}
    for notebook in sorted(source.glob("*.ipynb"))[: 1 if quick else None]:
        at = folder / notebook.stem
        at.mkdir(parents=True)
        (at / notebook.name).write_bytes(notebook.read_bytes())
        if not (at / "data").exists():
            (at / "data").symlink_to(source / "data")
        exported = export(at / notebook.name)
        for name, make in {
            OURS: ours,
            "papermill unsplit": unsplit,
            "papermill per step": peers.papermill_per_step,
        }.items():
            all_of_them.setdefault(name, {})[notebook.stem] = make(exported)
    contenders = {f"{name}: {stem}": it for name, each in all_of_them.items() for stem, it in each.items()}
    rows = []
    for name in ("papermill unsplit", "papermill per step"):
        for stem in all_of_them[OURS]:
            goals = GOALS[name]
            rows.append(Row(f"{name}, {stem}", cost_of(f"{OURS}: {stem}"), cost_of(f"{name}: {stem}"), *goals))
    return Case(contenders, tuple(rows))


def ordinary(folder: Path, quick: bool) -> Case:
    """An ordinary notebook of 5 steps, whole pipeline, cold cache."""
    size = (1_000, 10) if quick else (20_000, 60)
    return _against_all(export(notebooks.write(folder / "ordinary.ipynb", notebooks.ordinary(*size))), ordinary=True)


def chain(folder: Path, quick: bool) -> Case:
    """A long chain: 10 light steps."""
    return _against_all(export(notebooks.write(folder / "chain.ipynb", notebooks.chain(3 if quick else 10))))


def wide(folder: Path, quick: bool) -> Case:
    """A wide pipeline: 8 branches between a first and a last step."""
    branches, *size = (3, 1_000, 10) if quick else (8, 10_000, 40)
    return _against_all(export(notebooks.write(folder / "wide.ipynb", notebooks.wide(branches, *size))))


def imports(folder: Path, quick: bool) -> Case:
    """Heavy imports in each of 3 steps."""
    return _against_all(export(notebooks.write(folder / "imports.ipynb", notebooks.heavy_imports())))


def two_branches(folder: Path, quick: bool) -> Case:
    """Two independent heavy branches on 2 cores."""
    size = (1_000, 20) if quick else (40_000, 250)
    exported = export(notebooks.write(folder / "two_branches.ipynb", notebooks.wide(2, *size, depths=False)))
    return _versus(
        {OURS: ours(exported, "-j", "2"), "papermill unsplit": unsplit(exported)}, "papermill unsplit", 0.8, 0.6
    )


def kernels(folder: Path, quick: bool) -> Case:
    """Overhead of one more step: forked kernel and ordinary kernel, same imports (10 steps less 2 steps, by 8)."""
    many = 4 if quick else 10
    contenders: dict[str, Contender] = {}
    for steps in (2, many):
        text = notebooks.chain(steps, notebooks.IMPORTS, "np.sqrt(total)")
        exported = export(notebooks.write(folder / f"kernels{steps}.ipynb", text))
        contenders[f"{OURS}, {steps} steps"] = ours(exported)
        place = folder / f"plain{steps}"
        (place / "artifacts").mkdir(parents=True)
        command = [str(python("papermill")), script("in_process.py"), "steps", str(place)]
        command += [str(step.notebook) for step in exported.steps]
        contenders[f"ordinary kernels, {steps} steps"] = Contender(
            command=lambda _, command=command: command, folder=exported.workdir, tells_itself=True
        )

    def per_step(name: str) -> Callable[[Costs], Cost]:
        return lambda costs: (costs[f"{name}, {many} steps"] - costs[f"{name}, 2 steps"]) * (1 / (many - 2))

    return Case(contenders, (Row("ordinary kernels", per_step(OURS), per_step("ordinary kernels"), 0.15, 0.05),))


def unchanged(folder: Path, quick: bool) -> Case:
    """Nothing changed: run again."""
    size = (1_000, 10) if quick else (10_000, 40)
    exported = export(notebooks.write(folder / "unchanged.ipynb", notebooks.ordinary(*size)))
    contenders = {OURS: ours(exported, cold=False), "dvc": peers.dvc(exported, cold=False)}
    return _versus(contenders, "dvc", 0.5, 0.15, again=True)


def last_changed(folder: Path, quick: bool) -> Case:
    """A parameter of the last of 5 steps changed, training in step 3 dominant."""
    size = (2_000, 30) if quick else (40_000, 300)
    exported = export(notebooks.write(folder / "last_changed.ipynb", notebooks.dominant_training(*size)))
    mine = ours(exported, cold=False)
    changed = Contender(
        command=lambda turn: [*mine.command(turn), *(["-p", f"threshold=0.{51 + turn}"] if turn else [])],
        folder=mine.folder,
    )
    return _versus({OURS: changed, "papermill unsplit": unsplit(exported)}, "papermill unsplit", 0.2, 0.1, again=True)


def outputs(folder: Path, quick: bool) -> Case:
    """100 cells, one with an output of 5 MB."""
    notebook = notebooks.write(folder / "outputs.ipynb", notebooks.many_outputs(10 if quick else 100, 5))
    exported = export(notebook)

    def inside(tool: str, what: str) -> Contender:
        command = [str(python(tool)), script("in_process.py"), what, notebook.name, f"{what}-{notebook.name}"]
        return Contender(command=lambda _: command, folder=folder, tells_itself=True)

    contenders = {
        OURS: inside("nb2pipe", "engine"),
        "nbclient": inside("papermill", "nbclient"),
        "nb2pipe run": ours(exported),
        "jupyter execute": Contender(
            command=lambda _: [program("papermill", "jupyter-execute"), notebook.name, "--output", "jupyter"],
            folder=folder,
        ),
        "papermill": unsplit(exported),
    }
    rows = (
        Row("nbclient", cost_of(OURS), cost_of("nbclient"), 1.1, 1.02),
        Row("jupyter execute, whole process", cost_of("nb2pipe run"), cost_of("jupyter execute")),
        Row("papermill, whole process", cost_of("nb2pipe run"), cost_of("papermill")),
    )
    return Case(contenders, rows)


def frames(folder: Path, quick: bool) -> Case:
    """A frame of 1 GB across a border (run with the border less run without)."""
    return _border(folder, notebooks.frame, "parquet", 200_000 if quick else 5_000_000)


def arrays(folder: Path, quick: bool) -> Case:
    """An array of 1 GB across a border (run with the border less run without)."""
    return _border(folder, notebooks.array, "npy", 200_000 if quick else 5_000_000)


def _border(folder: Path, cells: Callable[[int, bool], notebooks.Cells], form: str, rows: int) -> Case:
    split = export(notebooks.write(folder / "split.ipynb", cells(rows, True)))
    whole = export(notebooks.write(folder / "whole.ipynb", cells(rows, False)))
    bare = [str(python("papermill")), script("in_process.py"), form, str(rows), str(folder / f"bare.{form}")]
    contenders = {
        "two steps": ours(split),
        "one step": ours(whole),
        "bare": Contender(command=lambda _: bare, folder=folder, tells_itself=True),
    }
    against = f"bare {form} write + read"
    row = Row(against, lambda costs: costs["two steps"] - costs["one step"], cost_of("bare"), 1.2, 1.05)
    return Case(contenders, (row,))


def sweep(folder: Path, quick: bool) -> Case:
    """A sweep of 100 points over the last step (papermill's runs: 5 measured, times 20)."""
    points, taken = (4, 2) if quick else (100, 5)
    size = (1_000, 10) if quick else (10_000, 40)
    exported = export(notebooks.write(folder / "sweep.ipynb", notebooks.ordinary(*size)))
    values = [f"{0.2 + 0.6 * at / points:.4f}" for at in range(points)]
    runs = [
        " ".join(
            [
                program("papermill", "papermill"),
                "--no-progress-bar",
                "sweep.ipynb",
                f"point{at}.ipynb",
                "-p threshold",
                value,
            ]
        )
        for at, value in enumerate(values[:taken])
    ]
    mine = Contender(
        command=lambda _: [
            program("nb2pipe", "nb2pipe"), "-q", "sweep", exported.project.name, "-p", f"threshold={','.join(values)}",
        ],
        folder=folder,
        prepare=exported.fresh,
    )  # fmt: skip
    theirs = Contender(command=lambda _: ["sh", "-ec", "\n".join(runs)], folder=folder)
    name = f"papermill × {points}"
    row = Row(name, cost_of(OURS), lambda costs: costs[name] * (points / taken), 0.1, 0.03)
    return Case({OURS: mine, name: theirs}, (row,))


def static_export(folder: Path, quick: bool) -> Case:
    """``export --static`` of a notebook of 1,000 cells."""
    notebook = notebooks.write(folder / "long.ipynb", notebooks.long_notebook(60 if quick else 1_000))
    command = [
        program("nb2pipe", "nb2pipe"),
        "-q",
        "export",
        "--static",
        notebook.name,
        "-o",
        "long_pipeline",
        "--force",
    ]
    convert = [program("papermill", "jupyter-nbconvert"), "--to", "script", notebook.name, "--log-level=ERROR"]
    contenders = {
        OURS: Contender(command=lambda _: command, folder=folder),
        "nbconvert": Contender(command=lambda _: convert, folder=folder),
    }
    return _versus(contenders, "nbconvert", 1.0, 0.3)


CASES: dict[str, Callable[[Path, bool], Case]] = {
    "ordinary": ordinary,
    "two-branches": two_branches,
    "kernels": kernels,
    "unchanged": unchanged,
    "last-changed": last_changed,
    "samples": samples,
    "chain": chain,
    "wide": wide,
    "imports": imports,
    "outputs": outputs,
    "frames": frames,
    "arrays": arrays,
    "sweep": sweep,
    "static-export": static_export,
}
TOOLS = {  # case → environments that it needs; all of them, if not here
    "two-branches": ["nb2pipe", "papermill"],
    "kernels": ["nb2pipe", "papermill"],
    "unchanged": ["nb2pipe", "dvc"],
    "last-changed": ["nb2pipe", "papermill"],
    "samples": ["nb2pipe", "papermill"],
    "outputs": ["nb2pipe", "papermill"],
    "frames": ["nb2pipe", "papermill"],
    "arrays": ["nb2pipe", "papermill"],
    "sweep": ["nb2pipe", "papermill"],
    "static-export": ["nb2pipe", "papermill"],
}
