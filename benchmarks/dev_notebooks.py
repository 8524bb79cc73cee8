"""Export notebooks whose steps and numbers somebody wrote down by hand, and compare the pipeline's metrics with those.

    python benchmarks/dev_notebooks.py LIST.json CLONES WORK [--only ID ...] [--environments FOLDER]

``LIST.json`` names for each notebook its repository, commit, path and data files, the environment, the ranges of cells
of each step and the values of its metrics (cells count from 0). ``CLONES``, ``WORK``, ``--environments`` and the
verdicts are those of ``real_notebooks.py``. Tags of the notebook are removed; ``step:NAME`` stands on the first code
cell of each range, ``metrics`` on each cell with a metric. Each written-down value is then looked for among the numbers
that the pipeline's run recorded for that cell:

``equal``      to the last digit
``close``      the nearest is off by what is told, at most 1e-9 of it
``other``      the nearest is off by more (a notebook without seeds has other numbers in each run)
``not there``  no metric of the cell has this name (a list of more than 20 numbers is data), or the cell has none
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from real_notebooks import Entry, export, git

CLOSE = 1e-9


def place_in_repository(listing: list[str], near: str, path: str) -> str:
    """Return where the repository has the file that belongs at ``path``: near the notebook, else from the root."""
    folders = [str(Path(near).parent / path), path, str(Path(near).parent.parent / path)]
    ends = sorted((name for name in listing if name.endswith("/" + Path(path).name)), key=len)
    return next(name for name in [*folders, *ends] if name in listing)


def prepare(item: dict[str, Any], entry: Entry, clones: Path, folder: Path) -> dict[str, Any]:
    """Write the data files, make the folders into which the notebook writes; return the notebook without tags."""
    listing = git(clones, entry, "ls-tree", "-r", "--name-only", entry.commit).decode().splitlines()
    for file in item["data_files"]:
        target = folder / file["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        source = place_in_repository(listing, entry.path, file["path"])
        target.write_bytes(git(clones, entry, "show", f"{entry.commit}:{source}"))
    for written in item["writes"]:
        (folder / written).parent.mkdir(parents=True, exist_ok=True)
    text = git(clones, entry, "show", f"{entry.commit}:{entry.path}").decode()
    for edit in item["edits"]:
        old, new = (json.dumps(edit[word])[1:-1] for word in ("find", "replace"))
        # the source may hold a Windows path as it is, or with its backslashes doubled
        doubled = json.dumps(edit["find"].replace("\\", "\\\\"))[1:-1]
        assert old in text or doubled in text, (entry.id, old)
        text = text.replace(doubled, new).replace(old, new)
    notebook: dict[str, Any] = json.loads(text)
    for cell in notebook["cells"]:
        cell["metadata"].pop("tags", None)
    return notebook


def tag(notebook: dict[str, Any], item: dict[str, Any]) -> None:
    """Tag the first code cell of each step's range, and the cells with metrics."""
    cells = notebook["cells"]
    for step in item["steps"]:
        first, last = step["cells"]
        code = (n for n in range(first, last + 1) if cells[n]["cell_type"] == "code" and "".join(cells[n]["source"]))
        cells[next(code)]["metadata"]["tags"] = [f"step:{step['name']}"]
    for index in sorted({*item["metric_cells"], *(m["cell"] for m in item["metrics"])}):
        cells[index]["metadata"].setdefault("tags", []).append("metrics")


def numbers(value: object) -> Iterator[float]:
    """Yield the numbers of a written-down value: a number, or lists of them."""
    if isinstance(value, list):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, int | float):
        yield float(value)


def compare(item: dict[str, Any], project: Path) -> dict[str, str]:
    """Return what became of each written-down metric."""
    last = max((project / ".nb2pipe" / "runs").iterdir())
    where = json.loads((project / "baseline.json").read_text())["metrics"]
    values: dict[str, float] = {}
    for file in (last / "artifacts").glob("*/metrics.json"):
        values |= {name: float(value) for name, value in json.loads(file.read_text()).items() if name in where}
    found: dict[str, str] = {}
    for metric in item["metrics"]:
        own = [name for name in values if where[name]["cell"] == metric["cell"] + 1]
        if metric["kind"] == "var":
            own = [name for name in own if re.match(rf"{re.escape(metric['expr'])}(?!\w)", name)]
        wanted = [list(numbers(metric["value"]))]
        if metric["kind"] != "var":  # its value was taken when the notebook had ended; the cell may show another
            outputs = [o["numbers"] for o in item["metric_outputs"] if o["cell"] == metric["cell"]]
            wanted += [[number] for shown in outputs for number in shown]
        words = [off(one, [values[name] for name in own]) for one in wanted]
        found[f"{metric['expr']} [{metric['cell']}]"] = word(min(words))
    return found


def off(wanted: list[float], found: list[float]) -> float:
    """How far the numbers are from the nearest that were found, as a share of each; infinite if there are none."""
    if not found:
        return math.inf
    return max(min(abs(f - number) for f in found) / (abs(number) or 1.0) for number in wanted)


def word(share: float) -> str:
    """What is said of that."""
    if share == math.inf:
        return "not there"
    return "equal" if share == 0 else f"close ({share:.1e})" if share <= CLOSE else f"other ({share:.1e})"


def measure(item: dict[str, Any], clones: Path, work: Path, environments: Path) -> dict[str, Any]:
    """Prepare, export, compare; return what came out."""
    entry = Entry(**{name: item[name] for name in ("id", "repo", "path", "commit", "env")})
    folder, python = work / entry.id, environments / entry.env / "bin" / "python"
    notebook = prepare(item, entry, clones, folder / "files")
    plain = (folder / "files" / item["notebook"]).with_name("plain.ipynb")
    plain.parent.mkdir(parents=True, exist_ok=True)
    plain.write_text(json.dumps(notebook, ensure_ascii=False))
    tag(notebook, item)
    tagged = plain.with_name("tagged.ipynb")
    tagged.write_text(json.dumps(notebook, ensure_ascii=False))
    result = export(entry, tagged, plain, python, len(item["steps"]))
    ran = result.verdict in ("verified", "same", "differs", "wrong")
    metrics = compare(item, folder / "project") if ran else {}
    return asdict(result) | {"deterministic": item["deterministic"], "metrics": metrics}


def main() -> None:
    """Measure the notebooks of the list; write and print a line for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("list", type=Path)
    parser.add_argument("clones", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--environments", type=Path, default=Path("envs"))
    parser.add_argument("--only", nargs="*", default=[])
    words = parser.parse_args()
    words.work.mkdir(parents=True, exist_ok=True)
    for item in json.loads(words.list.read_text()):
        if words.only and item["id"] not in words.only:
            continue
        result = measure(item, words.clones, words.work.resolve(), words.environments.resolve())
        line = json.dumps(result, ensure_ascii=False)
        with (words.work / "results.jsonl").open("a") as out:
            out.write(line + "\n")
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
