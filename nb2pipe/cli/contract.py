"""``nb2pipe contract``: what the tables between the steps are expected to look like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nb2pipe import workflow
from nb2pipe.cli import completing
from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, output, output_format
from nb2pipe.reports import contracts

if TYPE_CHECKING:
    from nb2pipe.checking.contracts import Contract


@click.command("contract", context_settings=CONTEXT)
@click.argument("path", metavar="PROJECT", type=click.Path(path_type=Path))
@click.option("--accept", is_flag=True, help="Take the tables of a run as normal, and write contracts.json.")
@click.option(
    "--run",
    "run",
    metavar="ID",
    shell_complete=completing.run_ids,
    help="With --accept: this run.  [default: the last one]",
)
@output_format("text", "json")
@output
@click.pass_obj
def command(console: Console, path: Path, accept: bool, run: str | None, form: str) -> int:
    """Show what the tables that cross step borders of PROJECT are compared with before the next step runs.

    They are learned when the project is exported. After data changed for a good reason, --accept widens them by what the
    last run had.
    """
    console.command, console.form = "contract", form
    if run and not accept:
        raise click.UsageError("--run goes with --accept")
    contract: Contract = workflow.accept(path, run) if accept else workflow.contract(path)
    if form == "json":
        from nb2pipe.reports import json

        console.document(json.text(contracts.to_json(contract)))
    else:
        console.answer(contracts.of_contract(contract, console.out()))
    return 0
