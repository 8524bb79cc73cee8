"""``nb2pipe NOTEBOOK``: findings, steps, and the next command to type."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from nb2pipe import workflow
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, notebook_argument, output
from nb2pipe.diagnostics import Diagnostic, Severity
from nb2pipe.proposing import propose
from nb2pipe.reports import flowline, text
from nb2pipe.reports import inspection as tables
from nb2pipe.reports.look import Look
from nb2pipe.rules import nb210_no_steps


@click.command("overview", context_settings=CONTEXT, hidden=True)
@notebook_argument
@output
@click.pass_obj
def command(console: Console, path: Path) -> int:
    """Show what is wrong with NOTEBOOK, its steps, and the next command."""
    console.command = "overview"
    seen = workflow.inspect(path)
    look = console.out()
    tagged = not any(d.code == nb210_no_steps.CODE for d in seen.diagnostics)
    found = tuple(d for d in seen.diagnostics if d.code != nb210_no_steps.CODE)  # no mistake, but a beginning
    if tagged:
        console.answer(tables.overview(seen.notebook, seen.pipeline, look))
        if len(seen.pipeline.steps) > 1:
            console.answer(["", *flowline.lines(seen.pipeline, look)])
    else:
        proposal = propose(seen.notebook)
        console.answer(tables.untagged(seen.notebook, proposal.pipeline, look))
        found = (*found, *(d for d in proposal.problems if d not in found))  # some only steps bring to light
    if found:
        console.answer(["", *text.diagnostics(found, look), "", text.summary(found, look, files=1)])
    failed = any(d.severity is Severity.ERROR for d in found)
    if not console.quiet:
        console.answer(["", *_next(path, look, found, failed=failed, tagged=tagged)])
    return int(failed)


def _next(path: Path, look: Look, found: tuple[Diagnostic, ...], *, failed: bool, tagged: bool) -> list[str]:
    """The next command, by what is there."""
    name = shlex.quote(str(path))
    if not tagged:
        return [
            f"next: {look.paint(f'nb2pipe tag {name}', 'bold')}",
            "      (shows steps, parameters and metrics, and asks before it writes)",
        ]
    if any(d.fix for d in found):
        return [f"next: {look.paint(f'nb2pipe lint --fix {name}', 'bold')}"]
    if failed:
        return ["next: repair the errors above, then run this command again"]
    return [f"next: {look.paint(f'nb2pipe export {name}', 'bold')}"]
