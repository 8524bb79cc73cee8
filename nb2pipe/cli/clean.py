"""``nb2pipe clean``: make room."""

from __future__ import annotations

from pathlib import Path

import click

from nb2pipe import workflow
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, Size, output, source_argument
from nb2pipe.rules import figures


@click.command("clean", context_settings=CONTEXT)
@source_argument
@click.option(
    "--max-size", type=Size(), metavar="SIZE", help="Remove the least recently used until 2G, 500M, ... are left."
)
@click.option("--all", "everything", is_flag=True, help="Remove all runs and all that is cached.")
@output
@click.pass_obj
def command(console: Console, path: Path, max_size: int | None, everything: bool) -> int:
    """Remove what earlier runs of a project, or of a notebook run directly, left in .nb2pipe.

    Without options only the files of runs that did not finish go. Runs that are under way are left alone.
    """
    console.command = "clean"
    if everything and max_size is not None:
        raise click.UsageError("--all and --max-size exclude each other")
    done = workflow.clean(path, max_size=max_size, everything=everything)
    freed = figures.size(max(0, done.before - done.after))
    lines = [f"{freed} freed, {figures.size(done.after)} left"]
    if done.runs or done.steps:
        lines.append(f"  files of {figures.count(done.runs, 'run')}, {figures.count(done.steps, 'step')} of the cache")
    lines += [f"  run {name} is under way: kept" for name in done.busy]
    console.answer(lines)
    return 0
