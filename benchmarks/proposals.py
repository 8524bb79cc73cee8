"""Let ``nb2pipe tag`` propose the tagging of notebooks that other people wrote, export them, and see what comes out.

    python benchmarks/proposals.py CLONES WORK --environments ENVS [--only ID ...] [--list FILE ...] [--static]

The notebooks are those of ``real_notebooks.json`` and ``proposal_notebooks.json`` (see ``real_notebooks.py`` for the
folders), stripped of any tags. For each: ``nb2pipe tag --yes``, then ``nb2pipe export``, and the verdict, the number of
steps and the variables that cross between them. Beside it, what the same analysis says of Soorgeon's rule: a step for
each Markdown heading of level 2. A proposal that was exported before, with the same borders and roles, is not exported again.
``--static`` exports nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from real_notebooks import HERE, Entry, extract, git, run, source_of, verdict

from nb2pipe import notebook as notebooks
from nb2pipe.diagnostics import Severity, TagEdit
from nb2pipe.planning.analysis import understand
from nb2pipe.proposing import Wishes, propose, with_edits

SECOND_LEVEL = re.compile(r"^\s*##\s+(.+)", re.MULTILINE)
MOST_ALIKE = 12  # steps
FAILED, PIPELINE_RUNS = 3, "running the pipeline"  # export's exit code, and what it says when the notebook has run
LISTS = (HERE / "real_notebooks.json", HERE / "proposal_notebooks.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out for one notebook; ``headings_...`` is Soorgeon's rule (0 steps: it finds nothing to split)."""

    id: str
    cells: int
    steps: int
    crossing: int
    skipped: int
    metrics: int
    milliseconds: float
    headings_steps: int
    headings_crossing: int
    headings_errors: int
    alike: int = -1  # variables that cross if the proposal has as many steps as the headings give; -1 if it has not
    verdict: str = "not exported"
    reason: str = ""
    digest: str = ""


def split_by_headings(notebook: notebooks.Notebook) -> tuple[int, int, int]:
    """Steps, crossing variables and errors of a split at headings of level 2; code above the first joins its step."""
    breaks = [c.index for c in notebook.cells if c.kind == "markdown" and SECOND_LEVEL.search(c.source)]
    code = [c.index for c in notebook.cells if c.kind == "code" and c.source.strip()]
    starts: list[int] = []
    for number, begin in enumerate(breaks):
        low = 0 if number == 0 else begin
        high = breaks[number + 1] if number + 1 < len(breaks) else len(notebook.cells)
        starts += [cell for cell in code if low <= cell < high][:1]
    if not starts:
        return 0, 0, 0
    edits = [TagEdit(cell=cell, old="", new=f"step:part{n}") for n, cell in enumerate(starts)]
    plan = understand(with_edits(notebook, edits)).plan()
    crossing = {(s.name, name) for s in plan.pipeline.steps for made in s.outputs for name in made.names}
    return len(starts), len(crossing), sum(d.severity is Severity.ERROR for d in plan.diagnostics)


def digest_of(tags: Iterable[tuple[int, str]]) -> str:
    """What a tagging does to the code, whatever its steps are called."""
    roles = sorted((cell, "step" if tag.startswith("step:") else tag) for cell, tag in tags)
    return hashlib.sha256(repr(roles).encode()).hexdigest()[:12]


def at_hand(clones: Path, entry: Entry) -> Entry:
    """The entry at the commit that is named, or at the one that the clone has."""
    try:
        git(clones, entry, "cat-file", "-e", f"{entry.commit}:{entry.path}")
    except subprocess.CalledProcessError:
        head = git(clones, entry, "rev-parse", "HEAD").decode().strip()
        return Entry(**(asdict(entry) | {"commit": head}))
    return entry


def measure(
    entry: Entry, clones: Path, work: Path, environments: Path, known: Mapping[str, Any], static: bool
) -> Result:
    """Extract, propose, export; return what came out."""
    entry = at_hand(clones, entry)
    folder = work / entry.id
    content = extract(clones, entry, folder / "files")
    path = (folder / "files" / entry.path).with_name("untagged.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    read = notebooks.read(path)
    started = time.process_time()
    proposal = propose(read)
    elapsed = 1000 * (time.process_time() - started)
    steps, crossing, errors = split_by_headings(read)
    alike = propose(read, Wishes(steps=steps)) if 1 < steps <= MOST_ALIKE else None
    same_number = alike is not None and len(alike.pipeline.steps) == steps
    digest = digest_of((edit.cell, str(edit.new)) for edit in proposal.edits)
    result = Result(
        id=entry.id,
        cells=sum(1 for cell in content["cells"] if cell["cell_type"] == "code" and source_of(cell).strip()),
        steps=len(proposal.pipeline.steps),
        crossing=len(proposal.crossing),
        skipped=sum(len(part.cells) for part in proposal.parts if part.role == "skip"),
        metrics=len(proposal.pipeline.metrics),
        milliseconds=round(elapsed, 1),
        headings_steps=steps, headings_crossing=crossing, headings_errors=errors, digest=digest,
        alike=len(alike.crossing) if alike is not None and same_number else -1,
    )  # fmt: skip
    if static:
        return result
    if known.get("digest") == digest and known.get("verdict") not in (None, "not exported"):
        return Result(**(asdict(result) | {"verdict": known["verdict"], "reason": known["reason"]}))
    nb2pipe = [sys.executable, "-m", "nb2pipe"]
    code, _ = run([*nb2pipe, "tag", path.name, "--yes"], path.parent, folder / "tag.log", 60)
    if code > 1:
        said = (folder / "tag.log").read_text()[-300:]
        return Result(**(asdict(result) | {"verdict": "not tagged", "reason": said}))
    python = environments / entry.env / "bin" / "python"
    export = ["export", path.name, "-o", str(folder / "project"), "--force", "--python", str(python)]
    code, _ = run([*nb2pipe, *export], path.parent, folder / "export.log", 600, OMP_NUM_THREADS="1")
    log = (folder / "export.log").read_text()
    word, reason = verdict(code, log, ())
    if code == FAILED and PIPELINE_RUNS not in log:
        word = "original"  # the notebook itself does not run in this environment
    return Result(**(asdict(result) | {"verdict": word, "reason": reason[:400]}))


def table(results: list[Result], entries: Mapping[str, Entry]) -> str:
    """The results in Markdown, with the sums below."""
    lines = [
        "| notebook | cells | steps | variables that cross | by headings: steps | variables | exported |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for one in results:
        entry = entries[one.id]
        headings = (
            f"{one.headings_steps} | {one.headings_crossing}" + (" (refused)" if one.headings_errors else "")
            if one.headings_steps
            else "none | -"
        )
        name = f"{entry.repo} `{Path(entry.path).name}`"
        said = "ran, nothing to hand over" if one.verdict == "same" else one.verdict
        lines.append(f"| {name} | {one.cells} | {one.steps} | {one.crossing} | {headings} | {said} |")
    ran = [one for one in results if one.verdict not in ("original", "not exported")]
    good = [one for one in ran if one.verdict in ("verified", "same")]
    split = [one for one in results if one.headings_steps > 1]
    alike = [one for one in results if one.alike >= 0]
    lines += ["", f"exported and verified: {len(good)} of {len(ran)} ({sum(o.verdict == 'same' for o in good)} of them "
              "with nothing to hand over)",
              f"steps: median {statistics.median(o.steps for o in results)}, variables that cross: median "
              f"{statistics.median(o.crossing for o in results)}",
              f"a split by headings gives more than one step in {len(split)} of {len(results)}; with as many steps, "
              f"{sum(o.alike for o in alike)} variables cross as proposed and {sum(o.headings_crossing for o in alike)} "
              f"by headings ({len(alike)} notebooks)"]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Measure the notebooks of the lists; a line for each in ``WORK/proposals.jsonl``, and the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clones", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--list", type=Path, nargs="*", default=LISTS)
    parser.add_argument("--environments", type=Path, default=Path("envs"))
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--static", action="store_true")
    words = parser.parse_args()
    entries = {item["id"]: Entry(**item) for one in words.list for item in json.loads(one.read_text())}
    words.work.mkdir(parents=True, exist_ok=True)
    log = words.work / "proposals.jsonl"
    lines = log.read_text().splitlines() if log.exists() else []
    known = {item["id"]: item for item in map(json.loads, lines)}
    results: list[Result] = []
    for entry in entries.values():
        if words.only and entry.id not in words.only:
            continue
        arguments = (words.clones, words.work.resolve(), words.environments.absolute())
        try:
            result = measure(entry, *arguments, known.get(entry.id, {}), words.static)
        except subprocess.CalledProcessError as error:  # a file that the clone does not have
            sys.stderr.write(f"{entry.id}: {error}\n")
            continue
        results.append(result)
        line = json.dumps(asdict(result), ensure_ascii=False)
        if not words.static:
            with log.open("a") as out:
                out.write(line + "\n")
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    sys.stdout.write(table(results, entries) + "\n")


if __name__ == "__main__":
    main()
