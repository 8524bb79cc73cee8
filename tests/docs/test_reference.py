"""docs/reference says what the code says."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import click
import jsonschema
import pytest
import yaml

from nb2pipe import baseline, manifest
from nb2pipe.cli import app
from tests.docs.pages import ROOT

REFERENCE = ROOT / "docs" / "reference"
EXAMPLE = REFERENCE / "example"


def reference(*arguments):
    script = ROOT / "scripts" / "reference.py"
    return subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False)


def test_the_pages_are_those_that_the_code_gives() -> None:
    """Whoever changes a rule, an option or a field writes the reference anew."""
    done = reference("--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stale_page_is_named_and_then_written(tmp_path: Path) -> None:
    """`--check` changes nothing; without it, only what people wrote between the blocks stays."""
    docs = tmp_path / "docs"
    shutil.copytree(REFERENCE, docs / "reference")
    page = docs / "reference" / "tags.md"
    right = page.read_text()
    page.write_text(right.replace("`block:`", "`blok:`") + "A sentence of mine.\n")
    done = reference("--check", "--docs", str(docs))
    assert (done.returncode, "tags.md: stale" in done.stdout) == (1, True)
    assert "`blok:`" in page.read_text()
    assert reference("--docs", str(docs)).returncode == 0
    assert page.read_text() == right + "A sentence of mine.\n"


@pytest.mark.parametrize("verb", app.VERBS)
def test_every_option_of_a_command_is_documented(verb: str) -> None:
    """Those that all commands have stand in one place, the others with their command."""
    text = (REFERENCE / "commands.md").read_text()
    common = text.partition("## For every command")[2].partition("\n## ")[0]
    own = text.partition(f"## nb2pipe {verb}\n")[2].partition("\n## ")[0]
    command = app.command.get_command(click.Context(app.command), verb)
    assert command is not None
    names = [name for param in command.params if isinstance(param, click.Option) for name in param.opts]
    assert own
    assert [name for name in [*names, "--help"] if f"`{name}" not in own + common] == []


@pytest.mark.parametrize("verb", app.VERBS)
def test_every_document_has_a_schema(verb: str) -> None:
    """What a command writes as JSON is described."""
    command = app.command.get_command(click.Context(app.command), verb)
    assert command is not None
    choices = [param.type.choices for param in command.params if isinstance(param.type, click.Choice)]
    if any("json" in several for several in choices):
        known = json.loads((REFERENCE / "documents.schema.json").read_text())["$defs"]
        assert known[verb]["properties"]["command"] == {"const": verb}


def test_the_example_of_a_manifest_is_one() -> None:
    """It is read, and written again with the same bytes, so it shows today's layout."""
    path = EXAMPLE / "pipeline.yaml"
    assert manifest.dump(manifest.load(path)) == path.read_text()


def test_the_example_of_a_baseline_is_one() -> None:
    """Read and written again, it is the same."""
    path = EXAMPLE / "baseline.json"
    assert baseline.dump(baseline.load(path)) == path.read_text()


def test_the_schema_accepts_the_example_and_refuses_a_mistake() -> None:
    """Editors check `pipeline.yaml` with it."""
    schema = json.loads((REFERENCE / "pipeline.schema.json").read_text())
    data = yaml.safe_load((EXAMPLE / "pipeline.yaml").read_text())
    jsonschema.validate(data, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data | {"tolerances": {"accuracy": {"absolute": 0.01}}}, schema)
