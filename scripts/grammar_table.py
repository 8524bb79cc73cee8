"""What Python makes of many words and cells: labextension/tests/grammar.json, to which the TypeScript is held.

.venv/bin/python scripts/grammar_table.py      (then: make labextension)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "labextension" / "tests" / "grammar.json"

from nb2pipe.model import Cell, CellKind, Notebook  # noqa: E402
from nb2pipe.tags import grammar, read_roles  # noqa: E402

KEYS = [*grammar.BARE, *grammar.KEYED]
VALUES = [
    "train",
    "X_train",
    "a b",
    "train=2",
    "größe",
    "",
    "  load ",
    "a,b",
    "con",
    "a" * 81,
    "2nd",
    "-x",
    "ß",
    "日本",
]
TAGS = [
    "hide-input", "injected-parameters", "remove-cell", "nbval-skip", "raises-exception", "st:x", "s:x", "a:b", "x", "",
    "Step: Train", "STEP:x", "setp:x", "stepp:x", "sep:x", "tep:x", "step=x", "step x", "step;x", "step-x", "step_x",
    "step.x", "Step", "step", "block", "metric", "metric x", "metrik:x", "metric:auc±0.01", "metrics:x", "metrics:",
    "paramters", "parameter", "params", "Parameters", "PARAMETERS", "import", "imoprts", "function", "functoins", "skipp",
    "skp", "ski", "pipeline_parameters", "pipeline-paramters", "skip_execution", "skip-execution", "input:x", "output:y",
    "ni:x", "uot:y", "ot:x", "inn:q", "cache:off", "cahce:off", "catch:off", "afer:x", "prev:x", "pre:x", "steps:x",
    "ｓｔｅｐ:x", "step：x", "step :x", "step: x", " step:x ", "in:a,b", "in:a,out:b", "step:a,imports", "step:a,b",
    "toString", "__proto__:x", "constructor:x", "constructor", "metric:x:y", "a=b=c", ":x", "=", "after:", "STEPX:1",
]  # fmt: skip
METRICS = [
    "auc", "auc±0.01", "auc±2%", "auc+-0.1", "auc+/-1e-3", "auc±0.01±2%", "auc±", "auc±x", "auc±-1", "auc±inf", "auc±nan",
    "±1", "", "2x", " a b ± 1 ", "a±1_000", "a±1__0", "a±.5", "a±5.", "a±1e", "a±0x1", "a±+1", "a± 5 %",
]  # fmt: skip
NAMES = [*VALUES, "train", "a.b", "a/b", "__", "_", "é", "e\u0301", "aux", "COM1", "lpt9x", "a" * 80, "½", "x²", "ⅷ"]
VARIABLES = ["x", "x_1", "1x", "", "a-b", "a.b", "é", "日本", "ª", "x ", "class"]
CACHES = ["on", "off", "Yes", "TRUE", "no", "none", "enabled", "Disabled", "maybe", "", " off "]
SOURCES = [
    "#| step: train", "#|step:train, in: a, b", "# a comment\n#| step: x\nx = 1", "x = 1\n#| step: late",
    "%%time\n#| step: x", "#| step: a, imports", "#| in: a, b, step: c", "#| export", "#| eval: false", "  # | metrics",
    "#| metric: auc±0.01, loss±2%", "#|", "#| ,,", "\n\n#| skip\n", "a | b", "#| stpe: a, b", "#| step: a\n#| after: b, c",
    "#| step: a\r\n#| skip", "#| in: a\n\n# more\n#| out: b\nx", "!ls\n#| step: x",
]  # fmt: skip
CELLS = [  # notebooks of (type, tags, source)
    [("code", [], "x"), ("code", ["step:a"], ""), ("markdown", [], ""), ("code", [], ""), ("code", ["step:b"], "")],
    [("code", ["imports"], ""), ("code", ["parameters"], ""), ("code", [], ""), ("code", ["step:a"], "")],
    [("code", ["step:a"], ""), ("code", ["skip"], ""), ("code", [], ""), ("code", ["functions"], ""), ("code", [], "")],
    [("code", ["metrics"], ""), ("code", [], ""), ("code", ["step:a", "metrics"], ""), ("code", ["metrics"], "")],
    [("code", ["setp:a"], ""), ("code", ["paramters"], ""), ("code", ["step:bad name"], ""), ("code", [], "")],
    [("code", ["step:a", "step:b"], ""), ("code", ["step:c", "skip-execution"], ""), ("code", [], "")],
    [("code", ["step:a"], "#| step: b"), ("code", ["step:a"], "#| step: a"), ("code", [], "#| step: c, metrics")],
    [("markdown", ["step:a"], ""), ("raw", [], ""), ("code", ["hide-input"], ""), ("code", ["step:"], "")],
    [("code", ["metric:auc±1%"], ""), ("code", ["step:a", "metric:auc±x"], ""), ("code", ["block:a"], "")],
    [
        ("code", ["metric:auc±1%", "metric:auc"], ""),
        ("code", ["skip", "after:b"], ""),
        ("code", ["skip-execution", "in:b"], ""),
    ],
    [("code", ["in:x"], ""), ("code", ["step:a", "in:1x", "cache:maybe"], ""), ("code", ["step:a,imports"], "")],
]


def table() -> dict[str, Any]:
    """Everything, as JSON holds it."""
    tags = dict.fromkeys([*TAGS, *KEYS, *(f"{key}:{value}" for key in KEYS for value in VALUES)])
    return {
        "parse": [[tag, _word(grammar.parse(tag))] for tag in tags],
        "split": [[tag, grammar.split_tag(tag)] for tag in tags],
        "comments": [
            [text, [[i.line, i.column, i.raw, i.text] for i in grammar.comment_items(text)]] for text in SOURCES
        ],
        "names": [[name, _listed(grammar.step_name_problem(name))] for name in NAMES],
        "metrics": [[value, not isinstance(grammar.metric(value), str)] for value in METRICS],
        "caches": [[value, not isinstance(grammar.cache(value), str)] for value in CACHES],
        "variables": [[value, value.isidentifier()] for value in VARIABLES],
        "roles": [[cells, _roles(cells)] for cells in CELLS],
    }


def _word(word: grammar.Word | grammar.Slip | None) -> object:
    if isinstance(word, grammar.Word):
        return {"kind": "word", "key": word.key, "value": word.value, "usual": word.usual}
    return None if word is None else {"kind": "slip", "suggestion": word.suggestion}


def _listed(problem: tuple[str, str | None] | None) -> object:
    return None if problem is None else list(problem)


def _roles(cells: list[tuple[str, list[str], str]]) -> list[object]:
    notebook = Notebook(
        path=Path("n.ipynb"),
        cells=tuple(
            Cell(
                index=index,
                id=str(index),
                kind=CellKind(kind),
                source=source,
                tags=tuple(tags),
                metadata={"tags": tags},
            )
            for index, (kind, tags, source) in enumerate(cells)
        ),
    )
    roles, found = read_roles(notebook)
    of = {role.cell: role for role in roles}
    here = ("NB101", "NB102", "NB106", "NB108", "NB109")
    result: list[object] = []
    for index in range(len(cells)):
        role = of.get(index)
        problems = sorted(
            {d.fix.edits[0].new if d.fix else None for d in found if d.cell == index and d.code in here}, key=str
        )
        metrics = role is not None and (role.metrics or bool(role.metric_tags))
        result.append([role.role.value if role else "text", role.step if role else None,
                       bool(role and role.tagged), metrics, len(problems) > 0])  # fmt: skip
    return result


def text() -> str:
    """The table as it stands in its file: a line per case."""
    parts = []
    for name, rows in table().items():
        lines = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in rows)
        parts.append(f"  {json.dumps(name)}: [\n{lines}\n  ]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{TABLE.relative_to(ROOT)}\n")
