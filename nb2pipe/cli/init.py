"""``nb2pipe init``: the files with which a CI system checks notebooks."""

from __future__ import annotations

from pathlib import Path

import click

from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, output
from nb2pipe.reports.look import clean, wrap

KINDS = ("github", "gitlab", "pre-commit")


@click.command("init", context_settings=CONTEXT)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".", required=False)
@click.option("--ci", "kinds", type=click.Choice(KINDS), multiple=True, help="Only this one; may be given again.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@output
@click.pass_obj
def command(console: Console, folder: Path, kinds: tuple[str, ...], force: bool) -> int:
    """Write CI files for the repository in FOLDER (default: here): a GitHub workflow, a GitLab job, a pre-commit hook.

    They lint the notebooks, run the exported pipelines that are found, and compare their metrics. Files that are there
    and say something else are kept; the exit code is 1 then.
    """
    from nb2pipe.workflow import ci

    console.command = "init"
    if not folder.is_dir():
        raise click.UsageError(f"there is no folder '{folder}'")
    done = ci.init(folder, kinds or KINDS, force=force)
    lines = [f"wrote {clean(str(path))}" for path in done.written]
    lines += [
        f"kept {clean(str(path))}: it is there and says something else (--force overwrites)" for path in done.kept
    ]
    console.answer(lines)
    if not console.quiet:
        found = ", ".join(map(clean, done.projects))
        none = "no exported pipeline was found, so the files only lint: nb2pipe export NOTEBOOK first, then this again"
        said = f"pipelines that are checked: {found}" if done.projects else none
        console.answer(["", *wrap(said, console.out().width)])
    return int(bool(done.kept))
