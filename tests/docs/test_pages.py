"""What the pages tell people to type works, and their links lead somewhere."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import nb2pipe
from nb2pipe import workflow
from nb2pipe.cli import app
from nb2pipe.cli.console import Console
from nb2pipe.rules import RULES
from nb2pipe.running.projects import selected
from nb2pipe.workflow import ci
from tests.building import notebook
from tests.docs.pages import DOCS, PAGES, ROOT, anchors, blocks, named, prose

SAMPLE = ROOT / "sample_notebooks" / "churn.ipynb"
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
SHELLS = ("console", "sh", "bash")
OPERATORS = {"|", "||", "&&", ";", "&", ">", ">>", "<"}


def commands(text: str) -> Iterator[tuple[list[str], bool]]:
    """The words of each nb2pipe command, and whether it is whole (in a block) or only mentioned.

    A command that is shown with its error message is left out: it is there as a mistake.
    """
    for language, content in blocks(text):
        if language in SHELLS:
            typed = re.findall(r"^\$ (.*)$(?!\nerror\[)", content, re.MULTILINE)
            for line in typed if "$ " in content else content.splitlines():
                yield from ((words, True) for words in _of_line(line))
    for mention in re.findall(r"`([^`\n]*)`", prose(text)):
        if mention.startswith("nb2pipe "):
            yield from ((words, False) for words in _of_line(mention.replace("\\|", "|")))


def _of_line(line: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.wordchars += "%±:@+,"
    part: list[str] = []
    for word in [*lexer, ";"]:
        if word not in OPERATORS:
            part.append(word)
            continue
        if part[:1] == ["nb2pipe"] and len(part) > 1:
            yield part[1:]
        part = ["(redirected to)"] if word in (">", ">>", "<") else []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_line_can_be_typed(page: Path) -> None:
    """The verb and the options are there, and names on the sample are the sample's."""
    for words, whole in commands(page.read_text()):
        typed = [word for word in words if word not in ("...", "…")]
        if not typed or typed[0].isupper():  # NOTEBOOK: a placeholder
            continue
        try:
            context = parsed(typed)
        except click.MissingParameter:
            assert not whole, words
        except click.exceptions.Exit:
            continue  # --help and --version
        else:
            assert page.name == "diagnostics.md" or not wrong_names(context), words  # it shows mistakes


def parsed(words: list[str]) -> click.Context:
    """The command line as click understands it; nothing is run."""
    root = click.Context(app.command, info_name="nb2pipe", obj=Console())
    if words[0].startswith("-"):
        return app.command.make_context("nb2pipe", words, obj=Console())
    name, command, rest = app.command.resolve_command(root, words)
    assert command is not None
    return command.make_context(name, rest, parent=root)


def wrong_names(context: click.Context) -> list[str]:
    """Parameters, metrics and steps that the churn sample does not have, codes that no rule has."""
    values = context.params
    code = values.get("code") or "CODE"
    wrong = [] if code == "CODE" or code in RULES else [code]
    if getattr(values.get("path"), "name", "") not in ("churn.ipynb", "churn_pipeline"):
        return wrong
    pipeline = workflow.inspect(SAMPLE).pipeline
    selected(pipeline, values.get("select"))
    parameters = {parameter.name for parameter in pipeline.parameters}
    metrics = {metric.name for metric in pipeline.metrics} | {"all"}
    wrong += [text for text in values.get("parameters") or () if text.partition("=")[0] not in parameters]
    return wrong + [text for text in values.get("allowed") or () if text.partition("=")[0] not in metrics]


def test_a_wrong_command_line_would_be_noticed() -> None:
    """The reading of command lines above can fail."""
    typed = "$ nb2pipe check churn_pipeline --tolerance accuracy=2% -p n_tree=3  # more\nok\n$ nb2pipe fix\nerror[NB1]: no\n"
    page = f"```console\n{typed}```\nLater, `nb2pipe lint --fx x`."
    (first, whole), (second, mentioned) = commands(page)
    assert (whole, mentioned) == (True, False)
    assert wrong_names(parsed(first)) == ["n_tree=3"]
    with pytest.raises(click.NoSuchOption):
        parsed(second)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    """Files exist, and so do headings."""
    broken = []
    for target in LINK.findall(prose(page.read_text())):
        if re.match(r"\w+:", target):
            continue
        name, _, fragment = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (fragment and fragment not in anchors(path.read_text())):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", [page for page in DOCS if page.name != "diagnostics.md"], ids=named)
def test_lines_are_at_most_120_characters_long(page: Path) -> None:
    """Tables aside, which cannot be wrapped, the output of commands, and the texts of rules."""
    lines = [line for line in prose(page.read_text()).splitlines() if not line.lstrip().startswith("|")]
    assert [line for line in lines if len(line) > 120] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_python_on_a_page_compiles(page: Path) -> None:
    """What it imports from nb2pipe is there, and takes the arguments that it is given."""
    for language, content in blocks(page.read_text()):
        if language == "python" and "nb2pipe" in content.split():
            tree = ast.parse(content, str(page))
            imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "nb2pipe"]
            ours = {
                alias.asname or alias.name: getattr(nb2pipe, alias.name) for node in imports for alias in node.names
            }
            for call in ast.walk(tree):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ours:
                    given = {keyword.arg: None for keyword in call.keywords if keyword.arg}
                    inspect.signature(ours[call.func.id]).bind(*call.args, **given)


@pytest.mark.slow
@pytest.mark.kernel
def test_the_page_about_the_library_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a small notebook of that name, with those parameters."""
    notebook(
        tmp_path,
        ("parameters", "n_estimators = 120"),
        ("step:train", "trees = list(range(n_estimators))"),
        ("step:evaluate metrics", "accuracy = len(trees) / 1000"),
        name="churn.ipynb",
    )
    monkeypatch.chdir(tmp_path)
    (code,) = [text for language, text in blocks((ROOT / "docs/howto/library.md").read_text()) if language == "python"]
    names: dict[str, object] = {}
    exec(code, names)
    assert names["result"].verified
    assert names["record"].metrics == {"accuracy": 0.2}
    assert names["report"].passed


def test_the_job_for_gitlab_is_the_one_that_init_writes(tmp_path: Path) -> None:
    """For an exported project that lies beside the notebook."""
    project = tmp_path / "churn_pipeline"
    shutil.copytree(ROOT / "docs" / "reference" / "example", project)
    (project / "requirements.txt").write_text("papermill\n")
    (written,) = ci.init(tmp_path, ("gitlab",)).written
    job = written.read_text().partition("\n")[2]
    shown = [
        text for language, text in blocks((ROOT / "docs/howto/ci.md").read_text()) if text.startswith("notebooks:")
    ]
    assert shown == [re.sub(r'"python:3\.\d+"', '"python:3.11"', job)]


def test_tasks_of_ploomber_are_put_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script of the page, on a project as Soorgeon writes it: one notebook, a step for each task, nothing pickled."""
    monkeypatch.chdir(tmp_path)
    Path("pipeline.yaml").write_text("tasks:\n- source: tasks/load.ipynb\n- source: tasks/train.ipynb\n")
    imports = ("soorgeon-imports", "import pickle\nfrom pathlib import Path\nfrom math import sqrt")
    given = ("parameters", "upstream = ['load']\nproduct = None")
    loads = ("soorgeon-unpickle", "rows = pickle.loads(Path(upstream['load']['rows']).read_bytes())")
    saves = ("soorgeon-pickle", "Path(product['rows']).write_bytes(pickle.dumps(rows))")
    Path("tasks").mkdir()
    notebook(Path("tasks"), imports, given, ("", "rows = [1, 4, 9]"), saves, name="load.ipynb")
    train = (("", "roots = [sqrt(row) for row in rows]"), ("", "print(sum(roots))"))
    notebook(Path("tasks"), imports, given, loads, *train, name="train.ipynb")
    (code,) = [text for kind, text in blocks((ROOT / "docs/howto/from-soorgeon.md").read_text()) if kind == "python"]
    exec(code, {})
    joined = workflow.inspect(Path("joined.ipynb"))
    assert [(step.name, [artifact.name for artifact in step.inputs]) for step in joined.pipeline.steps] == [
        ("load", []),
        ("train", ["rows"]),
    ]
    assert not joined.diagnostics
