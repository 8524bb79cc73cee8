"""``nb2pipe export``: from a notebook to a verified project."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from nb2pipe import workflow
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, Running, notebook_argument, output, running
from nb2pipe.cli.progress import shown
from nb2pipe.reports import outcomes, proof
from nb2pipe.reports.look import Look, clean
from nb2pipe.rules import figures

KEPT_SHOWN = 8


@click.command("export", context_settings=CONTEXT)
@notebook_argument
@click.option(
    "-o", "--output", "folder", type=click.Path(file_okay=False, path_type=Path), help="Default: NAME_pipeline."
)
@click.option("--static", is_flag=True, help="Do not run the notebook; the original numbers come from its outputs.")
@click.option(
    "--steps", type=click.Choice(["ipynb", "py"]), default="ipynb", show_default=True, help="Kind of step files."
)
@click.option("--force", is_flag=True, help="Overwrite files that were changed by hand.")
@click.option("--no-verify", is_flag=True, help="Do not run the exported pipeline to compare it with the notebook.")
@running
@output
@click.pass_obj
def command(
    console: Console,
    path: Path,
    folder: Path | None,
    static: bool,
    steps: str,
    force: bool,
    no_verify: bool,
    running: Running,
) -> int:
    """Turn NOTEBOOK into a pipeline project: steps, pipeline.yaml, the original numbers, a workflow for CI.

    The notebook runs once, watched, then the pipeline runs, and both are compared. The exit code is 1 if they differ.
    """
    console.command = "export"
    with shown(console) as progress:
        done = workflow.export(
            path,
            folder,
            static=static,
            steps=steps,
            kernel=running.kernel,
            timeout=running.timeout,
            scheduling=running.scheduling,
            force=force,
            verify=False if no_verify else None,
            progress=progress,
        )
    console.warn(done.diagnostics)
    console.answer(_told(done, console.out()))
    if not console.quiet:
        console.answer(_next(done, running.kernel))
    return int(done.verified is False)


def _told(done: workflow.Export, look: Look) -> list[str]:
    steps = figures.count(len(done.pipeline.steps), "step")
    files = figures.count(len(done.written), "file")
    project = look.paint(clean(f"{done.project}/"), "bold")
    lines = [f"{project}: {steps}, {files} written in {figures.seconds(done.seconds)}"]
    lines += [f"  kept {clean(name)}: you changed it (--force overwrites)" for name in done.kept[:KEPT_SHOWN]]
    if len(done.kept) > KEPT_SHOWN:
        lines.append(f"  kept {len(done.kept) - KEPT_SHOWN} more files that you changed")
    if done.verification is None:
        return [*lines, f"not verified: the pipeline was not run (nb2pipe verify {clean(str(done.project))})"]
    return [
        *lines, "", *outcomes.of_check(done.verification.report, look), *proof.of_verification(done.verification, look)
    ]  # fmt: skip


def _next(done: workflow.Export, kernel: workflow.KernelChoice | None) -> list[str]:
    """The commands to type next, with the kernel that was asked for."""
    words = [str(done.project)]
    if kernel is not None and kernel.python:
        words += ["--python", kernel.python]
    elif kernel is not None and kernel.name:
        words += ["-k", kernel.name]
    rest = shlex.join(words)
    lines = [f"nb2pipe run {rest}", f"nb2pipe check {rest}"]
    cells = dict.fromkeys(finding.cell + 1 for finding in done.unseeded if finding.cell is not None)
    if cells and done.baseline.metrics:
        told = ", ".join(map(str, list(cells)[:3])) + (", ..." if len(cells) > 3 else "")
        draws = f"cell {told} draws" if len(cells) == 1 else f"cells {told} draw"
        lines.insert(1, f"nb2pipe baseline {rest}  ({draws} unseeded)")
    return ["", *(f"{'next:' if not at else '     '} {line}" for at, line in enumerate(lines))]
