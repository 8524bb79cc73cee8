"""``nb2pipe verify``: does the pipeline hand on the values that the notebook had?"""

from __future__ import annotations

from pathlib import Path

import click

from nb2pipe import workflow
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, Running, output, output_format, running
from nb2pipe.cli.progress import shown
from nb2pipe.reports import outcomes, proof


@click.command("verify", context_settings=CONTEXT)
@click.argument("path", metavar="PROJECT", type=click.Path(path_type=Path))
@output_format("text", "json")
@running
@output
@click.pass_obj
def command(console: Console, path: Path, form: str, running: Running) -> int:
    """Run PROJECT and compare every value at its step borders with the original notebook's.

    As at the end of an export. The exit code is 1 if a value, a setting or a metric differs, or nothing was compared.
    """
    console.command, console.form = "verify", form
    with shown(console) as progress:
        done = workflow.verify(
            path, kernel=running.kernel, timeout=running.timeout, scheduling=running.scheduling, progress=progress
        )
    if form == "json":
        from nb2pipe.reports import json

        console.document(json.text(json.of_verification(done)))
    else:
        look = console.out()
        console.answer([*outcomes.of_check(done.report, look), *proof.of_verification(done, look)])
    return 0 if done.verified else 1
