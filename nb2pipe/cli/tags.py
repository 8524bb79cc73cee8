"""``nb2pipe tags``: what each code cell is for."""

from __future__ import annotations

from pathlib import Path

import click

from nb2pipe import workflow
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, notebook_argument, output
from nb2pipe.reports import inspection


@click.command("tags", context_settings=CONTEXT)
@notebook_argument
@output
@click.pass_obj
def command(console: Console, path: Path) -> int:
    """List the code cells of NOTEBOOK with their tags, roles and steps."""
    console.command = "tags"
    seen = workflow.inspect(path)
    console.answer(inspection.cells(seen.notebook, seen.roles, console.out()))
    return 0
