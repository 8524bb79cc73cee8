"""The same notebooks through Soorgeon and Ploomber, and through Kale; after ``real_notebooks.py``, in the same folder.

    python benchmarks/real_notebooks_elsewhere.py WORK --soorgeon VENV --kale ENV=VENV ... [--list FILE] [--only ID ...]

Both get the steps that nb2pipe got. Soorgeon cuts at headings of level 2: each step gets one, the other headings become
deeper. ``soorgeon refactor``, then ``ploomber build``, whose kernel is the notebook's own environment. Kale reads tags:
``step:NAME`` with ``prev:`` the step before it, and ``imports`` and ``functions`` where a cell holds nothing else.
``kale --nb`` compiles; a cluster is not at hand, so the compiled components are called here one after the other, as the
compiled pipeline wires them, each with an empty ``/tmp/marshal``, in the notebook's folder (so files are found, which
a pod would have to mount). ``VENV`` holds Kale and the notebook's libraries; none given for an environment: only compiled.

Values are right if each text that cells of the plain run show, and show again in a second run, is shown in the pipeline.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shutil
import sys
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Any

from real_notebooks import HEADING, HERE, Entry, run, shown, source_of

KALE_DRIVER = """
import importlib.util, inspect, json, pathlib, re, shutil, sys, types
from kale.common import jputils
kept = []
real = jputils.process_outputs
def keep(cells):
    kept.extend(json.loads(json.dumps(c)) for c in cells)
    return real(cells)
jputils.process_outputs = keep
text = pathlib.Path(sys.argv[1]).read_text()
spec = importlib.util.spec_from_file_location("compiled", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
body = text[text.index("def auto_generated_pipeline"):]
artifacts, folder = {}, pathlib.Path("/tmp/kale-artifacts")
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir()
for task, step, words in re.findall(r"(\\w+_task) = (\\w+)\\(([^)]*)\\)", body):
    shutil.rmtree("/tmp/marshal", ignore_errors=True)
    pathlib.Path("/tmp/marshal").mkdir()
    wired = {a: (t, o) for a, t, o in re.findall(r"(\\w+)=(\\w+)\\.outputs\\[\\s*[\\"'](\\w+)", words)}
    function = getattr(module, step).python_func
    given = {}
    for name in inspect.signature(function).parameters:
        if name in wired:
            given[name] = artifacts[wired[name]]
        else:
            given[name] = types.SimpleNamespace(path=str(folder / (task + "-" + name)), metadata={}, log_metric=print)
            artifacts[task, name] = given[name]
    function(**given)
    print("ran", step, flush=True)
pathlib.Path(sys.argv[2]).write_text(json.dumps(kept))
"""


def steps_of(tagged: dict[str, Any]) -> dict[int, str]:
    """Return step name by the index of the cell that starts it."""
    tags = {
        i: [t for t in c["metadata"].get("tags", []) if t.startswith("step:")] for i, c in enumerate(tagged["cells"])
    }
    return {i: found[0].removeprefix("step:") for i, found in tags.items() if found}


def for_soorgeon(plain: dict[str, Any], steps: dict[int, str]) -> dict[str, Any]:
    """Return the notebook with a heading of level 2 before each step, and no other of that level or above."""
    cells: list[dict[str, Any]] = []
    for index, cell in enumerate(plain["cells"]):
        if index in steps:
            cells.append({"cell_type": "markdown", "metadata": {}, "source": f"## {steps[index].replace('_', ' ')}"})
        markdown = cell["cell_type"] == "markdown"
        cells.append(cell | {"source": HEADING.sub(r"#### \2", source_of(cell))} if markdown else cell)
    metadata = plain["metadata"] | {"kernelspec": {"name": "python3", "display_name": "notebook", "language": "python"}}
    return plain | {"cells": cells, "metadata": metadata}


def kale_role(source: str) -> str:
    """Return Kale's tag for a cell that holds nothing but imports, or but functions; else nothing."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return ""
    if body and all(isinstance(s, ast.Import | ast.ImportFrom) for s in body):
        return "imports"
    return "functions" if body and all(isinstance(s, ast.FunctionDef | ast.ClassDef) for s in body) else ""


def for_kale(plain: dict[str, Any], steps: dict[int, str]) -> dict[str, Any]:
    """Return the notebook with Kale's tags: each step after the one before it."""
    step, before = "", ""
    for index, cell in enumerate(plain["cells"]):
        if cell["cell_type"] != "code" or not source_of(cell).strip():
            continue
        if index in steps:
            step = steps[index]
        role = kale_role(source_of(cell))
        tags = [role] if role else [f"step:{step}"] if step else ["skip"]
        cell["metadata"]["tags"] = tags + ([f"prev:{before}"] if not role and before not in ("", step) else [])
        before = before if role else step
    return plain


def texts(cells: list[dict[str, Any]]) -> Counter[str]:
    """Return what the cells show, without spaces at the ends."""
    return Counter(t for c in cells if (t := shown(c).strip()))


def right(folder: Path, cells: list[dict[str, Any]]) -> tuple[str, str]:
    """Say how many of the texts that two plain runs agree on the pipeline shows, and which it does not."""
    plain = next(folder.glob("files/**/plain_out.ipynb"))
    again = folder / "project" / ".nb2pipe" / "original.ipynb"
    expected = texts(json.loads(plain.read_text())["cells"])
    if again.exists():
        expected &= texts(json.loads(again.read_text())["cells"])
    found = texts(cells)
    missing = [" ".join(text.split())[:200] for text in (expected - found).elements()]
    return f"{expected.total() - len(missing)} of {expected.total()} outputs right", " | ".join(missing)[:2000]


def last_words(log: Path) -> str:
    """Return the last line of a log that says what went wrong."""
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line).strip() for line in log.read_text(errors="replace").splitlines()]
    return next(
        (x for x in reversed(lines) if re.search(r"Error|Exception|error|not ", x)), lines[-1] if lines else ""
    )[:160]


def copied(folder: Path, name: str) -> Path:
    """Return the notebook's folder in a fresh copy of its files."""
    shutil.rmtree(folder / name, ignore_errors=True)
    shutil.copytree(folder / "files", folder / name, ignore=shutil.ignore_patterns("*_out.ipynb"))
    return next((folder / name).glob("**/plain.ipynb")).parent


def soorgeon(
    folder: Path, plain: dict[str, Any], steps: dict[int, str], venv: Path, runs: bool
) -> tuple[str, str]:  # fmt: skip
    """Return what was measured and why it stopped."""
    place = copied(folder, "soorgeon")
    (place / "nb.ipynb").write_text(json.dumps(for_soorgeon(plain, steps)))
    path = f"{venv / 'bin'}:{os.environ['PATH']}"
    environment = {"PATH": path, "JUPYTER_PATH": str(folder / "jupyter"), "PLOOMBER_STATS_ENABLED": "false"}
    log = folder / "soorgeon.log"
    command = [str(venv / "bin/soorgeon"), "refactor", "nb.ipynb", "--file-format", "ipynb"]
    code, _ = run(command, place, log, 120, **environment)
    if code or not (place / "pipeline.yaml").exists():
        return "not converted", last_words(log)
    if not runs:
        return "converted, not run", ""
    code, _ = run([str(venv / "bin/ploomber"), "build"], place, folder / "ploomber.log", 400, **environment)
    if code:
        return "converted, does not run", last_words(folder / "ploomber.log")
    names = re.findall(r"nb: (\S+\.ipynb)", (place / "pipeline.yaml").read_text())
    return right(folder, [c for n in names for c in json.loads((place / n).read_text())["cells"]])


def kale(
    entry: Entry, folder: Path, plain: dict[str, Any], steps: dict[int, str], venvs: dict[str, Path], runs: bool
) -> tuple[str, str]:  # fmt: skip
    """Return what was measured and why it stopped."""
    place = copied(folder, "kale")
    (place / "nb.ipynb").write_text(json.dumps(for_kale(plain, steps)))
    venv = venvs.get(entry.env, next(iter(venvs.values())))
    environment = {"PATH": f"{venv / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": ""}
    code, _ = run([str(venv / "bin/kale"), "--nb", "nb.ipynb"], place, folder / "kale.log", 120, **environment)
    compiled = next(iter((place / ".kale").glob("*.py")), None) if (place / ".kale").exists() else None
    if code or compiled is None:
        return "not converted", last_words(folder / "kale.log")
    if not runs:
        return "converted, not run", ""
    if entry.env not in venvs:
        return "converted, not run (no Kale for this Python)", ""
    driver, out = folder / "kale_driver.py", folder / "kale_cells.json"
    driver.write_text(KALE_DRIVER)
    log = folder / "kale_run.log"
    code, _ = run([str(venv / "bin/python"), str(driver), str(compiled), str(out)], place, log, 400, **environment)
    if code:
        return "converted, does not run", last_words(log)
    return right(folder, json.loads(out.read_text()))


def main() -> None:
    """Measure both on each notebook; write and print a line for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--soorgeon", type=Path, required=True)
    parser.add_argument("--kale", nargs="+", default=[], help="ENV=VENV")
    parser.add_argument("--list", type=Path, default=HERE / "real_notebooks.json")
    parser.add_argument("--convert-only", action="store_true", help="do not run what was converted")
    parser.add_argument("--only", nargs="*", default=[])
    words = parser.parse_args()
    venvs = {name: Path(path).absolute() for name, path in (w.split("=", 1) for w in words.kale)}
    names = [field.name for field in fields(Entry)]
    listed = [{name: item[name] for name in names if name in item} for item in json.loads(words.list.read_text())]
    for entry in [Entry(**item) for item in listed]:
        if words.only and entry.id not in words.only:
            continue
        folder = words.work.resolve() / entry.id
        tagged = next(folder.glob("files/**/tagged.ipynb"), None)
        if tagged is None:
            continue
        steps = steps_of(json.loads(tagged.read_text()))
        plain = tagged.with_name("plain.ipynb").read_text()
        line: dict[str, Any] = {"id": entry.id}
        runs = not words.convert_only
        line["soorgeon"] = soorgeon(folder, json.loads(plain), steps, words.soorgeon.absolute(), runs)
        line["kale"] = kale(entry, folder, json.loads(plain), steps, venvs, runs) if venvs else ("not tried", "")
        text = json.dumps(line, ensure_ascii=False)
        with (words.work / "elsewhere.jsonl").open("a") as out:
            out.write(text + "\n")
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
