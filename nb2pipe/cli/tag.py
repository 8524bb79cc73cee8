"""``nb2pipe tag``: tags proposed, shown, and written if the user agrees."""

from __future__ import annotations

import difflib
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, notebook_argument, output
from nb2pipe.proposing import Proposal, Wishes
from nb2pipe.reports import proposal as tables
from nb2pipe.reports import text
from nb2pipe.reports.look import Look
from nb2pipe.rules import figures
from nb2pipe.workflow import tagging

PAIR = {"nargs": 2, "multiple": True, "type": str}
DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


@click.command("tag", context_settings=CONTEXT)
@notebook_argument
@click.option("-y", "--yes", is_flag=True, help="Write without asking.")
@click.option("--diff", is_flag=True, help="Show how the file would change.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option(
    "--style",
    type=click.Choice(["tag", "comment"]),
    default="tag",
    show_default=True,
    help="Cell tags, or comments (#| step: load), which Colab shows and cleaners of notebooks keep.",
)
@click.option("--from-headings", is_flag=True, help="A step for each heading, as Soorgeon has it.")
@click.option("--steps", type=click.IntRange(min=1), metavar="N", help="Propose that many steps.")
@click.option("--no-skip", is_flag=True, help="Leave no cell out.")
@click.option("--parameters", is_flag=True, help="Gather constants in a parameters cell too; this moves code.")
@click.option("--rename", "renames", metavar="OLD NEW", help="Give a step another name.", **PAIR)
@click.option("--merge", "merges", metavar="FIRST SECOND", help="Make the second step part of the first.", **PAIR)
@click.option("--clear", is_flag=True, help="Take all tags and comments of nb2pipe out.")
@output
@click.pass_obj
def command(
    console: Console,
    path: Path,
    yes: bool,
    diff: bool,
    form: str,
    style: str,
    from_headings: bool,
    steps: int | None,
    no_skip: bool,
    parameters: bool,
    renames: tuple[tuple[str, str], ...],
    merges: tuple[tuple[str, str], ...],
    clear: bool,
) -> int:
    """Propose tags for NOTEBOOK: steps, imports, parameters, metrics, cells to skip. Nothing is run.

    Shows the proposal and asks; --yes writes at once. Tags that are there stay. Only tags change in the file.
    """
    console.command, console.form = "tag", form
    if clear and (from_headings or steps or parameters or renames or merges):
        raise click.UsageError("--clear stands alone: it takes tags out, the other options propose some")
    if from_headings and steps:
        raise click.UsageError("--from-headings and --steps exclude each other: the headings say how many steps there are")
    change = tagging.Change(renames=renames, merges=merges)
    wishes = Wishes(from_headings=from_headings, steps=steps, skip=not no_skip)
    proposal = tagging.clear(path) if clear else tagging.propose(path, wishes, change)
    before, after = tagging.text_after(path, proposal.edits, comments=style == "comment")
    if parameters:
        after = tagging.with_parameters(path, after)
    write = before != after and (yes or (form == "table" and _asked(console, proposal, path, before, after, clear, diff)))
    if write:
        tagging.write(path, after)
    if form == "json":
        from nb2pipe.reports import json

        console.document(json.text(json.of_proposal(proposal, written=write)))
    else:
        if yes or before == after:
            console.answer(_shown(console.out(), proposal, path, before, after, clear, diff))
        _say_what_was_done(console, proposal, path, write, before == after, clear)
    return int(bool(proposal.problems) and not clear)


def _shown(
    look: Look, proposal: Proposal, path: Path, before: str, after: str, clear: bool, diff: bool
) -> list[str]:
    lines = tables.overview(proposal, look, title=_title(proposal, clear))
    if proposal.problems and not clear:
        lines += ["", *text.diagnostics(proposal.problems, look)]
    if diff:
        lines += ["", *_diff(path, before, after, look)]
    return lines


def _title(proposal: Proposal, clear: bool) -> str:
    several = figures.count(len(proposal.edits), "tag")
    if clear:
        return f"{several} of nb2pipe's to take out"
    if not proposal.edits:
        return "nothing to add"
    return f"{several} proposed, from headings, data flow and what the cells do"


def _diff(path: Path, before: str, after: str, look: Look) -> list[str]:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), fromfile=str(path), tofile=f"{path} (tagged)", lineterm="", n=1
    )
    return [look.paint(look.plain(line), DIFF_STYLES.get(line[:1], "")) for line in lines]


def _asked(
    console: Console, proposal: Proposal, path: Path, before: str, after: str, clear: bool, diff: bool
) -> bool:
    """Show the proposal, and on a terminal ask; elsewhere nothing is written without ``--yes``."""
    look = console.out()
    console.answer(_shown(look, proposal, path, before, after, clear, diff))
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    question = "Take these tags out?" if clear else "Write these tags?"
    while True:
        console.answer([""])
        answer = click.prompt(f"{question} [Y/n/d for the diff]", default="y", show_default=False).strip().lower()
        if answer in ("y", "yes"):
            return True
        if answer in ("n", "no"):
            return False
        if answer in ("d", "diff"):
            console.answer(_diff(path, before, after, look))


def _say_what_was_done(
    console: Console, proposal: Proposal, path: Path, written: bool, same: bool, clear: bool
) -> None:
    if console.quiet:
        return
    name = shlex.quote(str(path))
    look = console.out()
    steps = len(proposal.pipeline.steps)
    if not written and not same:
        words = shlex.join(_arguments())
        console.answer(["", f"nothing was written. To write it: {look.paint(f'nb2pipe {words} --yes', 'bold')}"])
        return
    lines = []
    if written:
        lines = [f"{'took out' if clear else 'wrote'} {figures.count(len(proposal.edits), 'tag')} in {path}"]
    if not clear and steps and not proposal.problems:
        lines.append(f"next: {look.paint(f'nb2pipe export {name}', 'bold')}")
    elif not clear and proposal.problems:
        lines.append(f"next: repair the errors above, then {look.paint(f'nb2pipe {name}', 'bold')}")
    console.answer(["", *lines] if lines else [])


def _arguments() -> Sequence[str]:
    """The command as it was typed."""
    context = click.get_current_context()
    found: list[str] = ["tag", str(context.params["path"])]
    for option in context.command.params:
        value = context.params.get(str(option.name))
        if not isinstance(option, click.Option) or option.name in ("yes", "diff") or value in (None, False, (), option.default):
            continue
        flag = max(option.opts, key=len)
        if value is True:
            found.append(flag)
        elif option.multiple:
            for pair in value:
                found += [flag, *pair]
        else:
            found += [flag, str(value)]
    return found
