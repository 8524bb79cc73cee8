"""How many metric cells of real notebooks give a value: reads stored outputs, runs nothing.

    python benchmarks/extraction.py FOLDER [--list extraction.json] [--half tune|held] [--show N] [--misses]

``FOLDER`` holds notebooks (``REPO/PATH.ipynb``, or any names). A *metric cell* calls a function of ``sklearn.metrics``
that gives numbers, ``cross_val_score`` or ``cross_validate``, ``.score(`` or ``.evaluate(`` when it runs, and shows
something that is neither an error nor on stderr. Every miss is put in one class, by what the cell
shows. ``--half`` takes the notebooks of half of the repositories: one was tuned on, the other held back. ``--list``
fetches nothing: it names repository, path and commit of each file, and what it is called in ``FOLDER``.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha1
from pathlib import Path
from typing import Any

from nb2pipe import magics
from nb2pipe import notebook as notebooks
from nb2pipe.errors import Nb2pipeError
from nb2pipe.model import Cell, CellKind
from nb2pipe.outputs.cells import read_cell
from nb2pipe.outputs.plain import join, printed
from nb2pipe.outputs.reading import Reading
from nb2pipe.outputs.templates import templates

METRICS = re.compile(
    r"^(?:accuracy|balanced_accuracy|f1|fbeta|roc_auc|precision|recall|average_precision|r2|silhouette|jaccard|"
    r"cross_val|cohen_kappa|matthews_corrcoef|explained_variance|adjusted_rand|homogeneity|completeness|v_measure|"
    r"normalized_mutual_info|davies_bouldin|calinski_harabasz|brier_score|top_k_accuracy)\w*$"
    r"|^(?:mean|median|root_mean|max)\w*_(?:error|loss|deviance)$|^(?:log_loss|hinge_loss|zero_one_loss|hamming_loss|"
    r"confusion_matrix|classification_report|cross_validate|matthews_corrcoef|mape|precision_recall_fscore_support)$"
)
METHODS = ("score", "evaluate")
NOT_NUMBERS = ("precision_recall_curve", "roc_curve", "precision_recall_display")


def is_metric_cell(cell: Cell) -> bool:
    """Whether running the cell computes a metric (calls inside functions that it only defines do not count)."""
    try:
        tree = ast.parse(magics.to_python(cell.source).text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return any(_is_metric(node) for statement in tree.body for node in _run(statement))


def _run(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _run(child)


def _is_metric(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if isinstance(node.func, ast.Attribute) and name in METHODS:
        return ast.unparse(node.func.value) not in ("numexpr", "ne")
    return bool(METRICS.match(name)) and name not in NOT_NUMBERS


def shows_something(cell: Cell) -> bool:
    """Whether there is an output besides errors and stderr."""
    return any(
        output.get("output_type") in ("execute_result", "display_data", "pyout")
        or (
            output.get("output_type") == "stream"
            and output.get("name") != "stderr"
            and join(output.get("text", "")).strip()
        )
        for output in cell.outputs
    )


def miss(cell: Cell) -> str:  # noqa: PLR0911  one class a line
    """The class of a cell that gave no value."""
    kinds = {kind for output in cell.outputs for kind in (output.get("data") or {})}
    text = printed(cell.outputs)
    plain = "".join(join((o.get("data") or {}).get("text/plain", "")) for o in cell.outputs)
    if not text.strip() and any(kind.startswith("image/") or "plotly" in kind for kind in kinds):
        return "picture only"
    if re.search(r"^[A-Z]\w+\(|^<\w|^\[<|^\(<|^Text\(", plain.strip()) or (
        "text/html" in kinds and "sk-" in str(cell.outputs)
    ):
        return "shows an object (estimator, plot handle), not the number"
    if not re.search(r"\d", text + plain):
        return "no digit in the output"
    if not re.search(r"\d", re.sub(r"(?m)^(?:CPU times|Wall time|Parser).*$", "", text) + plain):
        return "only how long it took (%%time)"
    if "it/s]" in plain and not text.strip():
        return "a progress bar only"
    if _counts_only(cell):
        return "only what a loop counts, as sign of life"
    if re.search(r"it/s|ETA|/step|Fitting|\[CV|LightGBM|Parallel", text):
        return "progress messages only"
    return "numbers, but none read"


def _counts_only(cell: Cell) -> bool:
    calls = templates(ast.parse(magics.to_python(cell.source).text))
    holes = [hole for call in calls for hole in call.holes]
    return any(hole.counter for hole in holes) and not cell_has_result(cell)


def cell_has_result(cell: Cell) -> bool:
    """Whether there is a value of a last expression."""
    return any(output.get("output_type") in ("execute_result", "pyout") for output in cell.outputs)


def cells_of(path: Path) -> Iterator[tuple[Cell, tuple[Reading, ...]]]:
    """The metric cells with output, and what was read from each."""
    try:
        notebook = notebooks.read(path)
    except (Nb2pipeError, OSError):
        return
    for cell in notebook.cells:
        if cell.kind is CellKind.CODE and cell.outputs and is_metric_cell(cell) and shows_something(cell):
            yield cell, read_cell(cell, magics.to_python(cell.source).text)


def half_of(repository: str) -> str:
    """Which half a repository belongs to."""
    return "tune" if sha1(repository.encode(), usedforsecurity=False).digest()[0] % 2 else "held"


def selected(folder: Path, listed: Path | None, half: str | None) -> Iterator[tuple[str, Path]]:
    """Repository and file of each notebook."""
    entries: list[dict[str, Any]] = json.loads(listed.read_text()) if listed else []
    for entry in entries:
        if half in (None, half_of(entry["repo"])) and (folder / entry["file"]).is_file():
            yield entry["repo"], folder / entry["file"]
    if not listed:
        for path in sorted(folder.rglob("*.ipynb")):
            name = path.relative_to(folder).as_posix()
            if half in (None, half_of(name)):
                yield name.partition("/")[0], path


def _plain(output: Mapping[str, Any]) -> str:
    return join((output.get("data") or {}).get("text/plain", ""))


def say(text: str) -> None:
    """Write a line."""
    sys.stdout.write(text + "\n")


def main() -> None:
    """Read all notebooks, print rates and misses."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--list", type=Path)
    parser.add_argument("--half", choices=("tune", "held"))
    parser.add_argument("--show", type=int, default=0, help="print so many readings, drawn at random, for review")
    parser.add_argument("--misses", action="store_true", help="print the cells that gave nothing")
    given = parser.parse_args()
    classes: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    confidence: Counter[str] = Counter()
    seen: list[tuple[str, Cell, tuple[Reading, ...]]] = []
    repositories, used = set(), 0
    for repository, path in selected(given.folder, given.list, given.half):
        found = list(cells_of(path))
        used += bool(found)
        if found:
            repositories.add(repository)
        seen += [(f"{repository}: {path.name}", cell, readings) for cell, readings in found]
    for name, cell, readings in seen:
        if readings:
            sources[readings[0].source.value] += 1
            confidence[readings[0].confidence.value] += 1
            continue
        kind = miss(cell)
        classes[kind] += 1
        if given.misses:
            say(f"--- {name} cell {cell.index + 1}: {kind}\n{cell.source}\n>>> {printed(cell.outputs)[:1500]}")
            for output in cell.outputs:
                say(f"    {output.get('output_type')} {_plain(output)[:300]}")
    read = sum(bool(readings) for _, _, readings in seen)
    say(f"{used} notebooks of {len(repositories)} repositories, {len(seen)} metric cells with output")
    say(f"a value from {read} = {read / max(1, len(seen)):.1%}; first reading by source {dict(sources.most_common())}")
    say(f"sureness of the first reading: {dict(confidence.most_common())}")
    for kind, count in classes.most_common():
        say(f"  missed, {kind}: {count} = {count / len(seen):.1%}")
    if given.show:
        random.Random(0).shuffle(seen)
        for name, cell, readings in [item for item in seen if item[2]][: given.show]:
            say(f"=== {name} cell {cell.index + 1}\n{cell.source[-700:]}\n>>> {printed(cell.outputs)[:500]}")
            for output in cell.outputs:
                say(f"    {output.get('output_type')} {_plain(output)[:300]}")
            for r in readings[:8]:
                say(
                    f"    {r.source.value}/{r.confidence.value}: {r.name} = {r.value} ({r.decimals}) <- {r.expression} {r.key}"
                )


if __name__ == "__main__":
    main()
