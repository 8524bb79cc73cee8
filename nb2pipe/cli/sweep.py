"""``nb2pipe sweep``: every combination of some parameters' values."""

from __future__ import annotations

from pathlib import Path

import click

from nb2pipe import workflow
from nb2pipe.cli import completing
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import (
    CONTEXT,
    Running,
    Values,
    ValuesCommand,
    output,
    output_format,
    running,
    source_argument,
    values,
    warn_contracts,
)
from nb2pipe.cli.progress import shown

FAILED = 3


@click.command("sweep", cls=ValuesCommand, context_settings=CONTEXT)
@source_argument
@values
@click.option(
    "--best",
    metavar="METRIC",
    shell_complete=completing.metrics,
    help="Mark the best point: accuracy, or max:width, min:width.",
)
@click.option(
    "-o", "--output", "folder", type=click.Path(file_okay=False, path_type=Path), default="sweep", metavar="FOLDER",
    show_default=True, help="Where points.csv, points.parquet and points.svg go.",
)  # fmt: skip
@warn_contracts
@output_format("text", "json")
@running
@output
@click.pass_obj
def command(
    console: Console,
    path: Path,
    values: Values,
    best: str | None,
    folder: Path,
    warn_contracts: bool,
    form: str,
    running: Running,
) -> int:
    """Run a project once for every combination of values: -p depth=2,4,8 -p rate=0.1:0.5:0.1.

    Steps that points have in common run once, and what earlier runs left is taken over: an interrupted sweep goes on with
    the same command. A point that fails is a row with its error, and the exit code is 3.
    """
    console.command, console.form = "sweep", form
    with shown(console) as progress:
        found = workflow.sweep(
            path,
            values.given,
            parameter_files=values.files,
            best=best,
            output=folder,
            kernel=running.kernel,
            timeout=running.timeout,
            scheduling=running.scheduling,
            warn_contracts=warn_contracts,
            progress=progress,
        )
    if form == "json":
        from nb2pipe.reports import json

        console.document(json.text(json.of_sweep(found)))
    else:
        from nb2pipe.reports import sweeps

        console.answer(sweeps.of_sweep(found, console.out()))
    return FAILED if found.failed else 0
