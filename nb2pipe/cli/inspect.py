"""``nb2pipe inspect``: what the analysis sees, as a table or a drawing."""

from __future__ import annotations

from pathlib import Path

import click

from nb2pipe import workflow
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, notebook_argument, output, output_file
from nb2pipe.diagnostics import Severity
from nb2pipe.reports import inspection as tables


@click.command("inspect", context_settings=CONTEXT)
@notebook_argument
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "mermaid", "svg"]), default="table", show_default=True
)
@output_file("Write to this file.")
@output
@click.pass_obj
def command(console: Console, path: Path, form: str, file: Path | None) -> int:
    """Show the steps of NOTEBOOK with what they read and hand over, its parameters and metrics. Nothing is run.

    The exit code is 1 if the notebook has errors, which then stand on stderr.
    """
    console.command, console.form, console.file = "inspect", form, file
    seen = workflow.inspect(path)
    if form == "table" and file is None:
        console.answer(tables.overview(seen.notebook, seen.pipeline, console.out()))
    else:
        console.document(_document(seen, form, console), file)
    if form != "json":
        if seen.diagnostics:
            console.say([""])
        console.warn(seen.diagnostics)
    return int(any(d.severity is Severity.ERROR for d in seen.diagnostics))


def _document(seen: workflow.Inspection, form: str, console: Console) -> str:
    if form == "json":
        from nb2pipe.reports import json

        return json.text(json.of_inspection(seen.notebook, seen.pipeline, seen.diagnostics))
    if form == "svg":
        from nb2pipe.reports import svg

        return svg.drawing(seen.pipeline)
    if form == "mermaid":
        from nb2pipe.reports import mermaid

        return mermaid.flowchart(seen.pipeline)
    from nb2pipe.reports.look import Look

    return "\n".join(tables.overview(seen.notebook, seen.pipeline, Look(width=console.out().width)))
