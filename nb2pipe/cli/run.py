"""``nb2pipe run``: the pipeline, with other parameters if wanted."""

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
from nb2pipe.reports import outcomes
from nb2pipe.workflow.findings import baseline_of


@click.command("run", cls=ValuesCommand, context_settings=CONTEXT)
@source_argument
@values
@click.option(
    "--select",
    metavar="STEPS",
    shell_complete=completing.selection,
    help="train | train.. | ..train | split..evaluate | load,train",
)
@click.option("--fresh", is_flag=True, help="Run every step, whatever earlier runs left.")
@click.option("--resume", is_flag=True, help="Continue the last run where it stopped.")
@click.option(
    "--force",
    multiple=True,
    metavar="STEP",
    shell_complete=completing.steps,
    help="Run this step, whatever is cached. May be repeated.",
)
@warn_contracts
@click.option("--dry-run", "dry", is_flag=True, help="Show what would run, and why; run nothing.")
@output_format("text", "json")
@running
@output
@click.pass_obj
def command(  # noqa: PLR0913, PLR0917
    console: Console,
    path: Path,
    values: Values,
    select: str | None,
    fresh: bool,
    resume: bool,
    force: tuple[str, ...],
    warn_contracts: bool,
    dry: bool,
    form: str,
    running: Running,
) -> int:
    """Run a project, or a notebook directly, each step in a kernel of its own.

    Steps that an earlier run left, and whose code, parameters, data and libraries are the same, are taken over. The exit
    code is 3 if a step fails.
    """
    console.command, console.form = "run", form
    if fresh and resume:
        raise click.UsageError("--fresh and --resume exclude each other")
    if dry:
        return _plan(console, path, values, select, fresh, force, form, running)
    with shown(console) as progress:
        record = workflow.run(
            path,
            parameters=values.given,
            parameter_files=values.files,
            select=select,
            fresh=fresh,
            resume=resume,
            force=force,
            kernel=running.kernel,
            timeout=running.timeout,
            scheduling=running.scheduling,
            warn_contracts=warn_contracts,
            progress=progress,
        )
    original = baseline_of(record)
    if form == "json":
        from nb2pipe.reports import json

        console.document(json.text(json.of_run(record, original)))
    else:
        console.answer(outcomes.of_run(record, console.out(), original))
    return 0


def _plan(
    console: Console,
    path: Path,
    values: Values,
    select: str | None,
    fresh: bool,
    force: tuple[str, ...],
    form: str,
    running: Running,
) -> int:
    planned = workflow.plan(
        path, parameters=values.given, parameter_files=values.files, select=select, fresh=fresh, force=force,
        kernel=running.kernel,
    )  # fmt: skip
    if form == "json":
        from nb2pipe.reports import json

        console.document(json.text(json.of_plan(planned)))
    else:
        console.answer(outcomes.of_plan(planned, console.out()))
    return 0
