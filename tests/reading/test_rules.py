"""The rules' own texts: each example is what it claims to be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nb2pipe.diagnostics import Severity
from nb2pipe.errors import InvalidInput
from nb2pipe.model import Role
from nb2pipe.notebook import read, remarks
from nb2pipe.parameters import read_parameters, resolve
from nb2pipe.rules import RULES, explain
from nb2pipe.tags import read_roles

READING = sorted(code for code in RULES if re.match(r"NB00[^2]|NB1|NB30[1-5]", code))


def examples(code: str) -> list[tuple[str, str, str]]:
    """The (language, bad or good, text) of the fenced blocks."""
    return re.findall(r"^```(\w+) (bad|good)\n(.*?)^```$", explain(code).explain, re.MULTILINE | re.DOTALL)


def found(folder: Path, language: str, text: str) -> set[str]:
    """All codes that reading the example gives, values on its `-p` included."""
    path = folder / {"json": "example.ipynb", "python": "example.py"}[language]
    path.write_text(text, encoding="utf-8")
    try:
        notebook = read(path)
        roles, diagnostics = read_roles(notebook)
        codes = {d.code for d in (*remarks(notebook), *diagnostics)}
        parameters = []
        for role in roles:
            if role.role is Role.PARAMETERS:
                parsed = read_parameters(notebook.cells[role.cell].source, cell=role.cell, notebook=notebook)
                parameters += parsed.parameters
                codes |= {d.code for d in parsed.problems}
        resolve(parameters, dict(re.findall(r"-p (\w+)=(\S+)", text)))
    except InvalidInput as error:
        return {d.code for d in error.diagnostics}
    return codes


@pytest.mark.parametrize("code", READING)
def test_the_bad_example_gives_the_finding_and_the_good_one_none(tmp_path: Path, code: str) -> None:
    """`nb2pipe explain` shows both; they are read here as files."""
    blocks = examples(code)
    assert {kind for _, kind, _ in blocks} == {"bad", "good"}
    for language, kind, text in blocks:
        if language != "text":
            assert found(tmp_path, language, text) == ({code} if kind == "bad" else set()), text


def test_the_absent_file_of_nb006_is_found_absent(tmp_path: Path) -> None:
    """Its example is a command, with a slip in the name."""
    (tmp_path / "analysis.ipynb").write_text("{}")
    bad = next(text for _, kind, text in examples("NB006") if kind == "bad")
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path / bad.split()[-1])
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "NB006"
    assert "analysis.ipynb" in diagnostic.notes[0]


@pytest.mark.parametrize("code", READING)
def test_each_rule_explains_itself(code: str) -> None:
    """Code, title, severity, and what to do; in any case of the code."""
    rule = explain(code.lower())
    assert rule.code == code
    assert rule.title
    assert not rule.title.endswith(".")
    assert isinstance(rule.severity, Severity)
    assert "What to do:" in rule.explain
    assert max(map(len, rule.explain.splitlines())) <= 120


def test_an_unknown_code_is_a_key_error() -> None:
    """The CLI makes a did-you-mean of it."""
    with pytest.raises(KeyError):
        explain("NB999")


def test_each_file_of_rules_is_in_the_table() -> None:
    """A rule that the table lacks could not be explained."""
    folder = Path(__file__).parents[2] / "nb2pipe" / "rules"
    assert {path.stem for path in folder.glob("nb*.py")} == set(RULES.values())
