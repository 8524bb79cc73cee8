"""``nb2pipe params``: what can be set with ``-p``."""

from __future__ import annotations

from pathlib import Path

import click

from nb2pipe import workflow
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, output, source_argument
from nb2pipe.model import Pipeline
from nb2pipe.reports import inspection


@click.command("params", context_settings=CONTEXT)
@source_argument
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@output
@click.pass_obj
def command(console: Console, path: Path, form: str) -> int:
    """List the parameters of a notebook or a project: name, type, default."""
    console.command, console.form = "params", form
    pipeline = _pipeline(path)
    if form == "json":
        from nb2pipe.reports import json

        console.document(json.text(json.of_parameters(pipeline.name, pipeline.parameters)))
        return 0
    lines = inspection.parameters(pipeline.parameters, console.out())
    console.answer(lines or [f"{path} has no parameters (tag a cell of plain assignments with parameters)"])
    return 0


def _pipeline(path: Path) -> Pipeline:
    """The pipeline of a project's folder, or of a notebook."""
    if path.is_dir() or path.suffix == ".yaml":
        return workflow.read_project(path).pipeline
    return workflow.inspect(path).pipeline
