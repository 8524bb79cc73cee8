"""Export notebooks that other people wrote, and say for each whether the pipeline computes what the notebook computed.

    python benchmarks/real_notebooks.py CLONES WORK [--list FILE] [--propose] [--only ID ...] [--environments FOLDER]

``CLONES`` holds git clones, one folder ``OWNER+NAME`` per repository (bare, or with a work tree). Nothing of them is
kept in this repository: ``real_notebooks.json`` names the repository, the commit, the path, the data files and the
environment (a folder in ``--environments`` with ``bin/python``), and the notebook and its data are taken from there.

Each notebook is tagged as a user would: the first code cell after each heading starts a step named after it; with
``--propose``, ``nb2pipe tag --yes`` tags it. It is
exported, and then run plainly with papermill: for the time it takes, and because a cell may show another text in any two
runs. A line of ``WORK/results.jsonl`` says what came out:

``verified``   the values handed from step to step and the metrics are the notebook's, and so says each cell's output
``same``       no step hands anything to another: nothing to verify, but each cell shows what it showed
``refused``    the export says that it cannot, and why
``differs``    exported, but nb2pipe found a value that differs
``wrong``      nb2pipe says verified, but the text that a cell shows is not what the notebook showed
``failed``     a step fails, or the export ends otherwise
``original``   the notebook itself does not run in this environment
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
HEADING = re.compile(r"^\s*(#{1,3})\s+(\S.*?)\s*#*\s*$", re.MULTILINE)
UNSTABLE = re.compile(
    r"0x[0-9a-fA-F]+|\d+(\.\d+)? ?(ns|µs|us|ms|s|sec|seconds|min)\b( ±.*)?"
    r"|\d\d:\d\d(:\d\d(\.\d+)?)?|[\d.]+it/s|/tmp/\S+|ipykernel_\d+"
)
LONG = re.compile(r"-?\d+\.\d{9,}(e[-+]?\d+)?")
MAX_STEPS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One notebook of the list."""

    id: str
    repo: str
    path: str
    commit: str
    env: str
    kind: str = ""
    data: dict[str, str] = field(default_factory=dict)
    edits: list[list[str]] = field(default_factory=list)
    metrics: list[int] = field(default_factory=list)
    max_steps: int = MAX_STEPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out for one notebook."""

    id: str
    verdict: str
    reason: str = ""
    steps: int = 0
    values: int = 0
    differing_cells: tuple[int, ...] = ()
    plain_seconds: float = 0.0
    export_seconds: float = 0.0


def git(clones: Path, entry: Entry, *words: str) -> bytes:
    """Return what git prints about the clone."""
    folder = clones / entry.repo.replace("/", "+")
    found = next(
        f for f in (folder / "repo" / ".git", folder / "repo", folder / ".git", folder) if (f / "HEAD").exists()
    )
    command = ["git", f"--git-dir={found}", "-c", "core.quotepath=off", *words]
    return subprocess.run(command, check=True, capture_output=True).stdout


def extract(clones: Path, entry: Entry, folder: Path) -> dict[str, Any]:
    """Write the data files into the folder, at their places; return the notebook."""
    for source, target in entry.data.items():
        for name in (
            git(clones, entry, "ls-tree", "-r", "--name-only", entry.commit, "--", source).decode().splitlines()
        ):
            place = folder / ((target or source) + name.removeprefix(source))
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.exists():
                place.write_bytes(git(clones, entry, "show", f"{entry.commit}:{name}"))
    text = git(clones, entry, "show", f"{entry.commit}:{entry.path}").decode()
    for old, new in entry.edits:
        assert json.dumps(old)[1:-1] in text, (entry.id, old)
        text = text.replace(json.dumps(old)[1:-1], json.dumps(new)[1:-1])
    notebook: dict[str, Any] = json.loads(text)
    for cell in notebook["cells"]:
        cell["metadata"].pop("tags", None)
    return notebook


def source_of(cell: dict[str, Any]) -> str:
    """Return a cell's text."""
    return "".join(cell["source"])


def headings(notebook: dict[str, Any], max_steps: int) -> dict[int, str]:
    """Return heading by the index of the first code cell after it: the deepest level with few enough steps."""
    for level in (3, 2, 1):
        starts: dict[int, str] = {}
        heading = "start"
        for index, cell in enumerate(notebook["cells"]):
            if cell["cell_type"] == "markdown":
                found = [text for hashes, text in HEADING.findall(source_of(cell)) if len(hashes) <= level]
                heading = found[-1] if found else heading
            elif cell["cell_type"] == "code" and source_of(cell).strip() and heading:
                starts[index] = heading
                heading = ""
        if len(starts) <= max_steps:
            return starts
    return dict(list(starts.items())[:max_steps])


def tag(notebook: dict[str, Any], entry: Entry) -> int:
    """Tag the steps at their headings, and the metric cells; return how many steps."""
    names: set[str] = set()
    for index, heading in headings(notebook, entry.max_steps).items():
        words = re.findall(r"[a-z0-9]+", heading.lower())
        name = "_".join(w for w in words)[:30].strip("_")
        name = name if name[:1].isalpha() else f"part_{name}".strip("_")
        while name in names:
            name += "_again"
        names.add(name)
        notebook["cells"][index]["metadata"]["tags"] = [f"step:{name}"]
    for index in entry.metrics:
        notebook["cells"][index]["metadata"].setdefault("tags", []).append("metrics")
    return len(names)


def propose(notebook: Path, log: Path) -> int:
    """Let nb2pipe tag the notebook; return how many steps."""
    run([sys.executable, "-m", "nb2pipe", "tag", "--yes", notebook.name], notebook.parent, log, 60)
    tags = [t for cell in json.loads(notebook.read_text())["cells"] for t in cell["metadata"].get("tags", [])]
    return len({t for t in tags if t.startswith("step:")})


def run(command: list[str], folder: Path, log: Path, seconds: int, **environment: str) -> tuple[int, float]:
    """Run a command with its output in a file; return exit code (124: too long) and seconds."""
    started = time.perf_counter()
    with log.open("wb") as out:
        try:
            code = subprocess.run(
                command,
                check=False,
                cwd=folder,
                stdout=out,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                env=os.environ | environment,
            ).returncode
        except subprocess.TimeoutExpired:
            code = 124
    return code, time.perf_counter() - started


def run_plainly(notebook: Path, python: Path, log: Path) -> tuple[int, float]:
    """Run the notebook with papermill as it is, with a kernel of this Python."""
    spec = log.parent / "jupyter" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True, exist_ok=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "notebook", "language": "python"}))
    command = [
        sys.executable,
        "-m",
        "papermill",
        "--kernel",
        "python3",
        "--no-progress-bar",
        notebook.name,
        "plain_out.ipynb",
    ]
    return run(command, notebook.parent, log, 600, JUPYTER_PATH=str(log.parent / "jupyter"))


def shown(cell: dict[str, Any]) -> str:
    """Return the text that a cell shows, without what differs from run to run."""
    texts: list[str] = []
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream" and output["name"] == "stdout":
            texts.append("".join(output["text"]))
        elif output["output_type"] in ("execute_result", "display_data"):
            texts.append("".join(output["data"].get("text/plain", [])))
    return UNSTABLE.sub("…", "".join(texts))


def executed_cells(project: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number (from 1) and the executed cell, for each cell of the notebook that stands in a step."""
    last = max((project / ".nb2pipe" / "runs").iterdir())
    for step in sorted((last / "steps").glob("*.ipynb")):
        for cell in json.loads(step.read_text())["cells"]:
            number = cell["metadata"].get("nb2pipe", {}).get("cell")
            if number is not None and cell["cell_type"] == "code":
                yield number, cell


def differing(project: Path, plain: Path | None = None, *, rounded: bool = False) -> tuple[int, ...]:
    """Return the numbers of the cells whose text is not the watched run's; with a plain run, only where that agrees.

    ``rounded``: ten digits of a number count, where the export says that values are equal up to rounding.
    """
    original = json.loads((project / ".nb2pipe" / "original.ipynb").read_text())["cells"]
    again = json.loads(plain.read_text())["cells"] if plain else original
    stable = [shown(one) if shown(one) == shown(two) else None for one, two in zip(original, again, strict=True)]
    texts = {n: (stable[n - 1], shown(cell)) for n, cell in executed_cells(project) if stable[n - 1] is not None}
    if rounded:
        texts = {n: (LONG.sub(_ten, one or ""), LONG.sub(_ten, two)) for n, (one, two) in texts.items()}
    return tuple(sorted(n for n, (one, two) in texts.items() if one != two))


def _ten(number: re.Match[str]) -> str:
    return f"{float(number[0]):.10g}"


def verdict(code: int, text: str, cells: tuple[int, ...]) -> tuple[str, str]:
    """Return verdict and reason from export's exit code and words."""
    errors = [line for line in text.splitlines() if line.startswith("error")]
    reason = errors[0] if errors else next((line for line in reversed(text.splitlines()) if line.strip()), "")
    if code == 0:
        return "wrong" if cells else "verified" if "\nverified:" in text else "same", ""
    if "not verified" in text:
        return "differs", text[text.index("not verified") :].split("\n\n", maxsplit=1)[0]
    if code == 2 or (errors and "NB2" in errors[0]):
        return "refused", reason
    return ("failed", "took too long") if code == 124 else ("failed", reason)


def measure(entry: Entry, clones: Path, work: Path, environments: Path, *, proposed: bool) -> Result:
    """Extract, tag, export, run plainly; return what came out."""
    folder = work / entry.id
    python = environments / entry.env / "bin" / "python"
    notebook = extract(clones, entry, folder / "files")
    plain = folder / "files" / entry.path
    plain = plain.with_name("plain.ipynb")
    plain.parent.mkdir(parents=True, exist_ok=True)
    plain.write_text(json.dumps(notebook, ensure_ascii=False))
    tagged = plain.with_name("tagged.ipynb")
    steps = 0 if proposed else tag(notebook, entry)
    tagged.write_text(json.dumps(notebook, ensure_ascii=False))
    if proposed:
        steps = propose(tagged, folder / "tag.log")
    return export(entry, tagged, plain, python, steps)


def export(entry: Entry, tagged: Path, plain: Path, python: Path, steps: int) -> Result:
    """Export the tagged notebook, run it plainly; return what came out."""
    folder = next(f for f in plain.parents if f.name == entry.id)
    project, log = folder / "project", folder / "export.log"
    command = ["export", tagged.name, "-o", str(project), "--force", "--python", str(python)]
    code, seconds = run([sys.executable, "-m", "nb2pipe", *command], tagged.parent, log, 900)
    text = log.read_text()
    cells = differing(project) if code == 0 else ()
    word, reason = verdict(code, text, cells)
    plain_code, seconds_plain = run_plainly(plain, python, folder / "plain.log")
    if plain_code and word not in ("verified", "same"):
        word, reason = "original", (folder / "plain.log").read_text().strip().splitlines()[-1]
    elif cells:
        rounded = "equal up to rounding" in text
        cells = differing(project, plain.with_name("plain_out.ipynb"), rounded=rounded)
        word, reason = verdict(code, text, cells)
    values = re.search(r"verified: (\d+) value", text)
    return Result(
        id=entry.id, verdict=word, reason=reason[:400], steps=steps, values=int(values[1]) if values else 0,
        differing_cells=cells, plain_seconds=round(seconds_plain, 1), export_seconds=round(seconds, 1),
    )  # fmt: skip


def main() -> None:
    """Measure the notebooks of the list; write and print a line for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clones", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--list", type=Path, default=HERE / "real_notebooks.json")
    parser.add_argument("--propose", action="store_true", help="tag with nb2pipe tag --yes, not at the headings")
    parser.add_argument("--environments", type=Path, default=Path("envs"))
    parser.add_argument("--only", nargs="*", default=[])
    words = parser.parse_args()
    entries = [Entry(**item) for item in json.loads(words.list.read_text())]
    words.work.mkdir(parents=True, exist_ok=True)
    for entry in entries:
        if words.only and entry.id not in words.only:
            continue
        places = words.clones, words.work.resolve(), words.environments.resolve()
        result = measure(entry, *places, proposed=words.propose)
        line = json.dumps(asdict(result), ensure_ascii=False)
        with (words.work / "results.jsonl").open("a") as out:
            out.write(line + "\n")
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
