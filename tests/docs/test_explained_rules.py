"""What `nb2pipe explain` says about a rule is true of nb2pipe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nb2pipe import parameters, workflow
from nb2pipe.errors import InvalidInput, Refused
from nb2pipe.rules import RULES, explain

# Findings about runs: no notebook shows them before it runs. tests/running and tests/reports have them.
OF_RUNS = ("NB4", "NB5")
# Found when the export watches the notebook run: whether a value can be stored, whether random numbers were drawn.
OBSERVED = ("NB204", "NB212")


def examples(code: str, *languages: str) -> list[tuple[str, str]]:
    """The (bad or good, text) of a rule's examples."""
    fenced = re.findall(r"^```(\w+) (bad|good)\n(.*?)^```$", explain(code).explain, re.MULTILINE | re.DOTALL)
    return [(kind, text) for language, kind, text in fenced if not languages or language in languages]


def cases(codes: list[str]) -> list[object]:
    return [
        pytest.param(code, kind, text, id=f"{code}-{kind}-{number}")
        for code in codes
        for number, (kind, text) in enumerate(examples(code, "python"))
    ]


def written(folder: Path, text: str) -> Path:
    path = folder / "example.py"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("code", RULES)
def test_every_rule_is_explained_with_an_example(code: str) -> None:
    """A title to list it by, and something to look at."""
    rule = explain(code)
    assert rule.code == code
    assert rule.title
    assert not rule.title.endswith(".")
    assert examples(code)


@pytest.mark.parametrize(
    ("code", "kind", "text"), cases([c for c in RULES if not c.startswith(OF_RUNS) and c not in OBSERVED])
)
def test_the_bad_example_gives_the_finding_and_the_good_one_does_not(
    tmp_path: Path, code: str, kind: str, text: str
) -> None:
    """Examples are notebooks; some go with the value of a parameter (`-p NAME=VALUE`)."""
    path = written(tmp_path, text)
    try:
        codes = {found.code for found in workflow.lint(path)}
        known = workflow.inspect(path).pipeline.parameters
        parameters.resolve(known, dict(re.findall(r"-p (\w+)=(\S+)", text)))
    except InvalidInput as error:
        codes = {found.code for found in error.diagnostics}
    assert (code in codes) is (kind == "bad"), codes


@pytest.mark.slow
@pytest.mark.kernel
@pytest.mark.parametrize(("code", "kind", "text"), cases(list(OBSERVED)))
def test_the_export_refuses_the_bad_example_only(tmp_path: Path, code: str, kind: str, text: str) -> None:
    """The finding comes when the notebook has been run, before a project is written."""
    if "sqlite3" in text:
        _shop(tmp_path)
    path = written(tmp_path, text)
    try:
        workflow.export(path, tmp_path / "project", verify=False)
        codes = set()
    except Refused as error:
        codes = {found.code for found in error.diagnostics}
    assert codes == ({code} if kind == "bad" else set())


def _shop(folder: Path) -> None:
    import sqlite3

    with sqlite3.connect(folder / "shop.db") as connection:
        connection.execute("create table sales (item text, price real)")
        connection.execute("insert into sales values ('tea', 3.5)")
    connection.close()
