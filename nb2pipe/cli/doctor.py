"""``nb2pipe doctor``: what may make a notebook's numbers change, and whether it does."""

from __future__ import annotations

from pathlib import Path

import click

from nb2pipe import storing, workflow
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, Running, output, output_format, running
from nb2pipe.cli.progress import shown
from nb2pipe.reports import text
from nb2pipe.rules import figures

FORMATS = ("text", "json")


@click.command("doctor", context_settings=CONTEXT)
@click.argument("path", metavar="NOTEBOOK", type=click.Path(path_type=Path))
@click.option("--static", is_flag=True, help="Only read the code: hints, no verdict.")
@click.option(
    "--fix", is_flag=True, help="Sort folders that are listed in any order; the rest of the file keeps its bytes."
)
@output_format(*FORMATS)
@running
@output
@click.pass_obj
def command(console: Console, path: Path, static: bool, fix: bool, form: str, running: Running) -> int:
    """Find what makes the numbers of NOTEBOOK change: by reading it, and by running it three times.

    Twice with one seed, once with others: each number is deterministic, seed-sensitive, or uncontrolled. Without metrics
    tags, all numbers that the notebook shows are looked at. The exit code is 0 if nothing is found, 1 if something is.
    """
    console.command, console.form = "doctor", form
    if fix:
        _fix(console, path)
    with shown(console) as progress:
        done = workflow.doctor(
            path, static=static, kernel=running.kernel, timeout=running.timeout, progress=progress
        )  # fmt: skip
    from nb2pipe.reports import examination

    if form == "json":
        from nb2pipe.reports import json

        findings = json.of_findings(done.findings, [done.notebook])["diagnostics"]
        console.document(json.text(examination.document(done, findings)))
    else:
        look = console.out()
        found = text.diagnostics(done.findings, look)
        console.answer([*found, *([""] if found else []), *examination.table(done, look)])
    return 0 if done.healthy else 1


def _fix(console: Console, path: Path) -> None:
    """Write what is safe to write."""
    from nb2pipe import notebook as notebooks
    from nb2pipe.planning import hazards
    from nb2pipe.tag_edits.in_source import SourceEdit, apply_to_source

    notebook = notebooks.read(path)
    edits = [
        SourceEdit(
            cell=hazard.finding.cell, line=hazard.span[0], start=hazard.span[1], end=hazard.span[3],
            new=hazard.replacement,
        )
        for hazard in hazards.find(notebook)
        if hazard.span is not None and hazard.finding.cell is not None
    ]  # fmt: skip
    before = path.read_bytes()
    after = apply_to_source(before.decode("utf-8"), notebook, edits).encode("utf-8")
    if after != before:
        storing.write_bytes(path.resolve(), after)
        console.say([f"fixed {figures.count(len(edits), 'problem')} in {path}"])
