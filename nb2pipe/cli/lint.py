"""``nb2pipe lint``: findings about notebooks, without running anything."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import click

from nb2pipe import notebook, temporary, workflow
from nb2pipe.cli import paths
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, output, output_format
from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.errors import InvalidInput
from nb2pipe.model import Notebook
from nb2pipe.reports import text
from nb2pipe.rules import figures

FORMATS = ("text", "json", "github", "gitlab", "junit", "sarif")
STDIN = "<stdin>"


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in which notebooks; ``unreadable`` if one could not be read at all."""

    diagnostics: tuple[Diagnostic, ...]
    names: tuple[str, ...]
    unreadable: bool


@click.command("lint", context_settings=CONTEXT)
@click.argument("sources", metavar="PATH...", nargs=-1, required=True)
@click.option("--fix", is_flag=True, help="Write the fixes for tags; the rest of the file keeps its bytes.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
@output_format(*FORMATS)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@output
@click.pass_obj
def command(
    console: Console, sources: tuple[str, ...], fix: bool, diff: bool, form: str, exit_zero: bool, strict: bool
) -> int:
    """Find mistakes in the tags and the data flow of notebooks: files, folders, globs, or - for stdin.

    The exit code is 0 without errors, 1 with, 2 if a notebook cannot be read.
    """
    console.command, console.form = "lint", form
    if "-" in sources and (fix or diff):
        raise click.UsageError("--fix and --diff need files: what comes from stdin has no place to be written to")
    files = paths.notebooks(source for source in sources if source != "-")
    if diff:
        from nb2pipe.cli import fixing

        changes = [line for path in files for line in fixing.difference(path, workflow.lint(path))]
        console.answer(changes)
        return int(bool(changes) and not exit_zero)
    if fix:
        _fix(files, console)
    found = _all(files, stdin="-" in sources)
    _show(found, form, files, console)
    return 0 if exit_zero else _code(found, strict=strict)


def _code(found: Findings, *, strict: bool) -> int:
    if found.unreadable:
        return InvalidInput.exit_code
    bad = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    return int(any(d.severity in bad for d in found.diagnostics))


def _fix(files: Sequence[Path], console: Console) -> None:
    """Fix what can be fixed; what cannot be read is reported when it is linted."""
    from nb2pipe.cli import fixing

    for path in files:
        try:
            fixed = fixing.fix(path, workflow.lint(path))
        except InvalidInput:
            continue
        if fixed:
            console.say([f"fixed {figures.count(fixed, 'problem')} in {path}"])


def _all(files: Sequence[Path], *, stdin: bool) -> Findings:
    found: list[Diagnostic] = []
    names: list[str] = []
    unreadable = False
    if stdin:
        names.append(STDIN)
        several, bad = _of_stdin()
        found += several
        unreadable |= bad
    for path in files:
        names.append(str(path))
        several, bad = _of(path)
        found += several
        unreadable |= bad
    return Findings(tuple(found), tuple(names), unreadable)


def _of(path: Path) -> tuple[tuple[Diagnostic, ...], bool]:
    try:
        return workflow.lint(path), False
    except InvalidInput as error:
        return error.diagnostics, True


def _of_stdin() -> tuple[tuple[Diagnostic, ...], bool]:
    """A notebook from a pipe; JSON or a text notebook, as its first character says."""
    content = sys.stdin.buffer.read()
    suffix = ".ipynb" if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else ".py"
    with temporary.folder() as folder:
        path = Path(folder, f"stdin{suffix}")
        path.write_bytes(content)
        found, bad = _of(path)
        return tuple(_renamed(d, str(path)) for d in found), bad


def _renamed(diagnostic: Diagnostic, path: str) -> Diagnostic:
    notes = tuple(note.replace(path, STDIN) for note in diagnostic.notes)
    message = diagnostic.message.replace(path, STDIN)
    return replace(diagnostic, notebook=STDIN, message=message, notes=notes, fix=None)


def _show(found: Findings, form: str, files: Sequence[Path], console: Console) -> None:
    if form == "text":
        look = console.out()
        lines = text.diagnostics(found.diagnostics, look)
        if not console.quiet or found.diagnostics:
            lines += [""] if lines else []
            lines.append(text.summary(found.diagnostics, look, files=len(found.names)))
        console.answer(lines)
    elif form == "github":
        from nb2pipe.reports import github

        console.answer(github.commands(found.diagnostics, root=Path.cwd()))
    else:
        console.document(_document(found, form, files))


def _document(found: Findings, form: str, files: Sequence[Path]) -> str:
    if form == "junit":
        from nb2pipe.reports import junit

        return junit.of_findings(found.diagnostics, found.names)
    if form == "gitlab":
        from nb2pipe.reports import gitlab

        return gitlab.document(found.diagnostics, root=Path.cwd())
    from nb2pipe.reports import json

    if form == "json":
        named = {d.notebook for d in found.diagnostics if d.cell is not None}
        return json.text(json.of_findings(found.diagnostics, _readable(path for path in files if str(path) in named)))
    from importlib.metadata import version

    from nb2pipe import rules
    from nb2pipe.reports import sarif

    titles = {code: rules.explain(code).title for code in {d.code for d in found.diagnostics} if code in rules.RULES}
    return json.text(sarif.document(found.diagnostics, version=version("nb2pipe"), titles=titles, root=Path.cwd()))


def _readable(files: Iterable[Path]) -> list[Notebook]:
    """The notebooks again, for the ids of their cells."""
    result = []
    for path in files:
        with suppress(InvalidInput):
            result.append(notebook.read(path))
    return result
