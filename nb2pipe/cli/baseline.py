"""``nb2pipe baseline``: how far do the metrics scatter from seed to seed?"""

from __future__ import annotations

import re
from pathlib import Path

import click

from nb2pipe import workflow
from nb2pipe.cli import completing
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, Running, output, output_format, running
from nb2pipe.cli.progress import shown
from nb2pipe.model import Gate, NoiseRule
from nb2pipe.reports import scatter

UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600}


class Duration(click.ParamType):  # type: ignore[type-arg]
    """``90``, ``90s``, ``10m``, ``1.5h``, in seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds; a usage error for anything else."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|m|min|h)?", str(value).strip())
        if found is None or float(found[1]) == 0:
            self.fail(f"'{value}' is no duration such as 90s, 10m or 2h", param, ctx)
        return float(found[1]) * UNITS[found[2] or "s"]


@click.command("baseline", context_settings=CONTEXT)
@click.argument("path", metavar="PROJECT", type=click.Path(path_type=Path))
@click.option("--runs", type=click.IntRange(3, 30), metavar="K", help="How many seeds (3 to 30); 5 unless given.")
@click.option("--budget", type=Duration(), metavar="TIME", help="As many seeds as fit into 90s, 10m, 2h; at least 3.")
@click.option(
    "--vary",
    metavar="NAME|seeds",
    shell_complete=completing.varied,
    help="Vary this parameter, the notebook's seed; or every seed in its code: seeds.",
)
@click.option(
    "--gate",
    type=click.Choice([gate.value for gate in Gate]),
    default=Gate.PREDICTION.value,
    show_default=True,
    help="How checks judge: one run and a retest, or an interval that holds for months.",
)
@click.option(
    "--reference", type=click.Choice(["calibrated", "original"]), default="calibrated", show_default=True,
    help="What checks compare with: the mean of the repeats, or the original's number.",
)  # fmt: skip
@click.option("--fresh", is_flag=True, help="Start anew, whatever an interrupted command left.")
@output_format("text", "json")
@running
@output
@click.pass_obj
def command(
    console: Console,
    path: Path,
    runs: int | None,
    budget: float | None,
    vary: str | None,
    gate: str,
    reference: str,
    fresh: bool,
    form: str,
    running: Running,
) -> int:
    """Run PROJECT with several seeds and write into baseline.json how far each metric scatters.

    From then on, check judges each metric by its own noise. The notebook's code is not touched: random numbers that
    nothing seeds get a seed from outside. If the notebook sets its seeds itself, --vary says which to change.
    """
    console.command, console.form = "baseline", form
    if runs is not None and budget is not None:
        raise click.UsageError("--runs and --budget exclude each other")
    with shown(console) as progress:
        done = workflow.measure(
            path,
            runs=runs,
            budget=budget,
            vary=vary,
            rule=NoiseRule(gate=Gate(gate), reference=reference),
            jobs=running.scheduling.jobs,
            fresh=fresh,
            kernel=running.kernel,
            timeout=running.timeout,
            progress=progress,
        )
    found = scatter.findings(done)
    if form == "json":
        from nb2pipe.reports import json

        console.document(json.text(json.of_noise(done, found)))
    else:
        console.warn(found)
        console.answer(scatter.of_noise(done, console.out(), str(path)))
    return 0
