"""``nb2pipe check``: does the pipeline give the numbers of the original notebook?"""

from __future__ import annotations

import os
from pathlib import Path

import click

from nb2pipe import workflow
from nb2pipe.cli import climbing, completing, reporting
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import (
    CONTEXT,
    Running,
    Values,
    ValuesCommand,
    output,
    output_file,
    output_format,
    running,
    source_argument,
    values,
    warn_contracts,
)
from nb2pipe.cli.progress import shown
from nb2pipe.cli.tolerances import limits, tolerances
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.model import CheckReport
from nb2pipe.reports import github, outcomes, text
from nb2pipe.reports.look import Look
from nb2pipe.workflow.findings import of_report

LEVELS = (*(f"R{number}" for number in range(9)), "max")
CLIMBING = ("text", "json", "markdown")
FORMATS = ("text", "json", "junit", "github", "markdown")


@click.command("check", cls=ValuesCommand, context_settings=CONTEXT)
@source_argument
@click.option(
    "--tolerance",
    "allowed",
    multiple=True,
    metavar="NAME=0.01|NAME=2%|all=...",
    shell_complete=completing.tolerances,
    help="Allowed difference, absolute or relative; wins over tags and pipeline.yaml.",
)
@click.option(
    "--min",
    "least",
    multiple=True,
    metavar="NAME=0.9",
    shell_complete=completing.limits,
    help="Limit: fail below it, whatever the original is.",
)
@click.option(
    "--max", "most", multiple=True, metavar="NAME=0.5", shell_complete=completing.limits, help="Limit: fail above it."
)
@click.option("--strict", is_flag=True, help="Fail on metrics that cannot be checked.")
@click.option(
    "--baseline", "reference", type=click.Path(path_type=Path), metavar="FILE|PROJECT", help="Compare with this one."
)
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), metavar="N", help="Seed for what the notebook does not seed."
)
@click.option("--fresh", is_flag=True, help="Of a notebook: record the original again, too.")
@click.option("--cached", is_flag=True, help="Take over steps that an earlier run left and nothing changed since.")
@warn_contracts
@click.option(
    "--level",
    type=click.Choice(LEVELS, case_sensitive=False),
    help="Climb the reproducibility axis up to here: nothing run at R0, a fresh environment at R7. Slow at the top.",
)
@click.option(
    "--badge",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="With --level: write the badge (SVG).",
)
@values
@output_format(*FORMATS)
@output_file("Write the report here.")
@running
@output
@click.pass_obj
def command(  # noqa: PLR0913, PLR0917  click hands over every option
    console: Console,
    path: Path,
    allowed: tuple[str, ...],
    least: tuple[str, ...],
    most: tuple[str, ...],
    strict: bool,
    reference: Path | None,
    seed: int | None,
    fresh: bool,
    cached: bool,
    warn_contracts: bool,
    level: str | None,
    badge: Path | None,
    values: Values,
    form: str,
    file: Path | None,
    running: Running,
) -> int:
    """Run a project or a notebook and compare its metrics with the original's.

    Where 'nb2pipe baseline' has measured the noise, a metric outside of it is run again with fresh seeds before it fails.

    All steps run, whatever is cached: numbers read back prove nothing. --cached trusts the cache.

    The exit code is 0 if all are within their tolerances, 1 if not; with --level, 0 if that level is reached (with
    max: R4). On GitHub Actions the result is also written to the step's summary, and failed metrics are annotated at
    their cell.
    """
    console.command, console.form, console.file = "check", form, file
    if cached and fresh:
        raise click.UsageError("--cached and --fresh exclude each other")
    if level is not None:
        if form not in CLIMBING or values.given or values.files:
            raise click.UsageError(f"--level goes without parameters, and with --output-format {', '.join(CLIMBING)}")
        if strict or reference is not None or seed is not None or cached or warn_contracts:
            raise click.UsageError("--level goes without --strict, --baseline, --seed, --cached and --warn-contracts")
        wanted = limits(least, most)
        return climbing.command(console, path, level, badge, tolerances(allowed), wanted, form, file, running)
    if badge is not None:
        raise click.UsageError("--badge shows a level: give --level too")
    with shown(console) as progress:
        report = workflow.check(
            path,
            parameters=values.given,
            parameter_files=values.files,
            tolerances=tolerances(allowed),
            limits=limits(least, most),
            strict=strict,
            baseline=reference,
            seed=seed,
            fresh=fresh,
            cached=cached,
            kernel=running.kernel,
            timeout=running.timeout,
            scheduling=running.scheduling,
            warn_contracts=warn_contracts,
            progress=progress,
        )
    found = of_report(report, path)
    if form != "text":
        console.document(_document(report, found, form), file)
    if form == "text" or (file is not None and not console.quiet):
        _show(report, found, console, file if form == "text" else None)
    _tell_github(report, found, console, form)
    reporting.write(report, path, console)  # after the verdict: nobody has to wait for it
    return 0 if report.passed else 1


def _show(report: CheckReport, found: tuple[Diagnostic, ...], console: Console, file: Path | None) -> None:
    """Findings first: the verdict is the last thing on the screen."""
    from nb2pipe.rules.nb401_out_of_tolerance import told_once

    look, page, found = console.out(), reporting.place(report), told_once(found)
    findings = text.diagnostics(found, look)
    table = outcomes.of_check(report, look, page)
    console.answer([*findings, *([""] if findings else []), *table])
    if file is not None:
        plain = Look(width=look.width)
        console.document(
            "\n".join([*text.diagnostics(found, plain), "", *outcomes.of_check(report, plain, page)]).lstrip(), file
        )


def _document(report: CheckReport, found: tuple[Diagnostic, ...], form: str) -> str:
    if form == "json":
        from nb2pipe.reports import json

        return json.text(json.of_check(report, found))
    if form == "junit":
        from nb2pipe.reports import junit

        return junit.of_check(report, found)
    if form == "markdown":
        from nb2pipe.reports import markdown

        return markdown.of_check(report, found)
    return "\n".join([*github.commands(found, root=_checkout()), report.sentence])


def _tell_github(report: CheckReport, found: tuple[Diagnostic, ...], console: Console, form: str) -> None:
    """In GitHub Actions: annotations (the runner reads stderr too) and the step's summary."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    if form != "github":
        console.command_lines(github.commands(found, root=_checkout()))
    from nb2pipe.reports import markdown

    console.summary(markdown.of_check(report, found))


def _checkout() -> Path:
    return Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())
