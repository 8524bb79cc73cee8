"""``nb2pipe tag``: tags proposed, shown, and written if the user agrees."""

from __future__ import annotations

import difflib
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from nb2pipe.cli import completing
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, notebook_argument, output
from nb2pipe.proposing import Gathered, Proposal, Wishes
from nb2pipe.reports import proposal as tables
from nb2pipe.reports import text
from nb2pipe.reports.look import Look
from nb2pipe.rules import figures
from nb2pipe.workflow import tagging

PAIR: dict[str, Any] = {"nargs": 2, "multiple": True, "type": str, "shell_complete": completing.steps}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is asked for, and what would come of it."""

    path: Path
    proposal: Proposal
    before: str
    after: str
    title: str
    clear: bool
    diff: bool
    gathered: Gathered | None = None

    @property
    def same(self) -> bool:
        """Whether there is nothing to write."""
        return self.before == self.after


@click.command("tag", context_settings=CONTEXT)
@notebook_argument
@click.option("-y", "--yes", is_flag=True, help="Write without asking.")
@click.option("--diff", is_flag=True, help="Show each change, cell by cell.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option(
    "--style",
    type=click.Choice(["tag", "comment"]),
    default="tag",
    show_default=True,
    help="Cell tags, or comments (#| step: load), which Colab shows and cleaners of notebooks keep.",
)
@click.option("--from-headings", is_flag=True, help="A step for each heading, wherever few variables cross or many.")
@click.option("--steps", type=click.IntRange(min=1), metavar="N", help="Propose that many steps.")
@click.option("--no-skip", is_flag=True, help="Leave no cell out.")
@click.option("--parameters", "gather", is_flag=True, help="Gather constants in a parameters cell; this moves code.")
@click.option("--rename", "renames", metavar="OLD NEW", help="Give a step another name.", **PAIR)
@click.option("--merge", "merges", metavar="FIRST SECOND", help="Make the second step part of the first.", **PAIR)
@click.option("--clear", is_flag=True, help="Take all tags and comments of nb2pipe out.")
@output
@click.pass_obj
def command(console: Console, /, path: Path, yes: bool, diff: bool, form: str, clear: bool, **wanted: Any) -> int:
    """Propose tags for NOTEBOOK: steps, imports, parameters, metrics, cells to skip. Nothing is run.

    Shows the proposal and asks; --yes writes at once. Tags that are there stay, and nothing but tags changes in the file.
    """
    console.command, console.form = "tag", form
    _exclude(clear, wanted)
    wishes = Wishes(from_headings=wanted["from_headings"], steps=wanted["steps"], skip=not wanted["no_skip"])
    change = tagging.Change(renames=wanted["renames"], merges=wanted["merges"])
    comments = wanted["style"] == "comment"
    job = _job(path, wishes, change, comments=comments, parameters=wanted["gather"], clear=clear, diff=diff)
    if form == "json":
        _write(job, yes)
        from nb2pipe.reports import json

        console.document(json.text(json.of_proposal(job.proposal, written=yes and not job.same)))
        return int(bool(job.proposal.problems) and not clear)
    console.answer(_shown(job, console.out()))
    agreed = not job.same and (yes or _asked(job, console))
    _write(job, agreed)
    if not console.quiet:
        console.answer(_next(job, console.out(), written=agreed))
    return int(bool(job.proposal.problems) and not clear)


def _exclude(clear: bool, wanted: Mapping[str, Any]) -> None:
    others = ("from_headings", "steps", "gather", "renames", "merges")
    if clear and any(wanted[name] for name in others):
        raise click.UsageError("--clear stands alone: it takes tags out, the other options propose some")
    if wanted["from_headings"] and wanted["steps"]:
        raise click.UsageError("--from-headings and --steps exclude each other: headings say how many steps there are")
    if wanted["gather"] and (wanted["renames"] or wanted["merges"]):
        raise click.UsageError("--parameters goes before --rename and --merge: write that first")


def _job(
    path: Path, wishes: Wishes, change: tagging.Change, *, comments: bool, parameters: bool, clear: bool, diff: bool
) -> Job:
    gathered: Gathered | None = None
    moved: str | None = None
    if parameters:
        moved, gathered = tagging.with_parameters(path)
    proposal = tagging.clear(path) if clear else tagging.propose(path, wishes, change, text=moved)
    if gathered is not None:
        parts = tuple(replace(p, why="gathered") if p.role == "parameters" else p for p in proposal.parts)
        proposal = replace(proposal, parts=parts)
    before = path.read_bytes().decode("utf-8")
    after = tagging.text_after(path, proposal.edits, comments=comments, text=moved)
    several = figures.count(len(proposal.edits), "tag")
    if clear:
        title = f"{several} of nb2pipe's to take out" if proposal.edits else "no tags of nb2pipe's"
    elif change:
        title = f"{several} to write" if proposal.edits else "nothing to change"
    else:
        title = f"{several} proposed" if proposal.edits else "nothing to add"
    return Job(
        path=path, proposal=proposal, before=before, after=after, title=title, clear=clear, diff=diff, gathered=gathered
    )  # fmt: skip


def _shown(job: Job, look: Look) -> list[str]:
    lines = tables.overview(job.proposal, look, title=job.title, alone=job.clear)
    if job.gathered is not None:
        lines += ["", *tables.gathered(job.gathered, look)]
    if job.proposal.problems and not job.clear:
        lines += ["", *text.diagnostics(job.proposal.problems, look)]
    return [*lines, "", *_changes(job, look)] if job.diff and not job.same else lines


def _changes(job: Job, look: Look) -> list[str]:
    """The tags that come and go; where code moves, the lines of the file."""
    if job.gathered is None:
        return tables.changes(job.proposal, look)
    lines = difflib.unified_diff(
        job.before.splitlines(), job.after.splitlines(), str(job.path), f"{job.path} (tagged)", lineterm="", n=1
    )
    return tables.difference(lines, look)


def _asked(job: Job, console: Console) -> bool:
    """The user's answer on a terminal; elsewhere nothing is written without ``--yes``."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    question = "Take these tags out?" if job.clear else "Move these constants and write these tags?"
    question = question if job.clear or job.gathered else "Write these tags?"
    console.answer([""])
    while True:
        answer = click.prompt(f"{question} [Y/n, d shows each change]", default="y", show_default=False).strip().lower()
        if answer in ("y", "yes"):
            return True
        if answer in ("n", "no"):
            return False
        if answer in ("d", "diff"):
            console.answer([*_changes(job, console.out()), ""])


def _write(job: Job, agreed: bool) -> None:
    if agreed and not job.same:
        tagging.write(job.path, job.after)


def _next(job: Job, look: Look, *, written: bool) -> list[str]:
    """What was done, and the command to type next."""
    name = shlex.quote(str(job.path))
    if not written and not job.same:
        command = f"nb2pipe {shlex.join(_arguments())} --yes"
        said = "nothing was written; to write it:"
        if len(said) + 1 + len(command) > look.width:  # people copy it: it stays on one line
            return ["", said, f"  {look.paint(command, 'bold')}"]
        return ["", f"{said} {look.paint(command, 'bold')}"]
    lines = []
    if written:
        lines.append(f"{'took out' if job.clear else 'wrote'} {figures.count(len(job.proposal.edits), 'tag')}")
    if not job.clear and job.proposal.problems:
        lines.append(f"next: repair the errors above, then {look.paint(f'nb2pipe {name}', 'bold')}")
    elif not job.clear and job.proposal.pipeline.steps:
        lines.append(f"next: {look.paint(f'nb2pipe export {name}', 'bold')}")
    return ["", *lines] if lines else []


def _arguments() -> list[str]:
    """The command as it was typed, without ``--diff``."""
    context = click.get_current_context()
    found = ["tag", str(context.params["path"])]
    for option in context.command.params:
        value = context.params.get(str(option.name))
        if not isinstance(option, click.Option) or option.name == "diff" or value in (None, False, (), option.default):
            continue
        flag = max(option.opts, key=len)
        if value is True:
            found.append(flag)
        elif option.multiple:
            found += [word for pair in value for word in (flag, *pair)]
        else:
            found += [flag, str(value)]
    return found
