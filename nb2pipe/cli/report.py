"""``nb2pipe report``: what a run showed, as one page to look at or to send."""

from __future__ import annotations

from pathlib import Path

import click

from nb2pipe import workflow
from nb2pipe.cli import completing
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, output, output_file, source_argument
from nb2pipe.cli.reporting import near

FORMATS = ("html", "json", "markdown")


@click.command("report", context_settings=CONTEXT)
@source_argument
@click.option(
    "--run",
    "run",
    metavar="ID",
    shell_complete=completing.run_ids,
    help="The report of this run.  [default: the last one]",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="html", show_default=True)
@output_file("Write to this file.")
@output
@click.pass_obj
def command(console: Console, path: Path, run: str | None, form: str, file: Path | None) -> int:
    """Show what a run of a project or notebook gave: verdict, metrics, times, figures, notebooks, environment, history.

    The page is one HTML file that loads nothing from anywhere. Without -o it is written beside the run, where
    'nb2pipe check' leaves it too, and its path is printed; JSON and Markdown go to stdout. Nothing is run.
    """
    console.command, console.form, console.file = "report", form if form == "json" else "text", file
    if form == "html":
        console.answer([near(workflow.report(path, run=run, output=file))])
        return 0
    page = workflow.read_report(path, run=run)
    if form == "json":
        from nb2pipe.reports import json
        from nb2pipe.reports.page import document

        console.document(json.text(document.of_page(page)), file)
    else:
        from nb2pipe.reports.page import text

        console.document(text.of_page(page), file)
    return 0
