"""The command itself: finds the verb, imports only that one, and turns every error into text and an exit code."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, output
from nb2pipe.diagnostics import Diagnostic
from nb2pipe.errors import Interrupted, Nb2pipeError, StorageProblem

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VERBS = {
    "tag": "Propose tags for a notebook: steps, parameters, metrics.",
    "inspect": "Show the steps, parameters and metrics of a notebook.",
    "lint": "Find mistakes in tags and data flow, and fix what can be fixed.",
    "export": "Turn a notebook into a pipeline project, and verify it.",
    "run": "Run a pipeline.",
    "sweep": "Run a pipeline with every combination of some parameters' values.",
    "baseline": "Repeat a pipeline's run with other seeds and learn the noise of its metrics.",
    "check": "Run a pipeline and compare its metrics with the original's.",
    "report": "Write the report of a run: one HTML file.",
    "doctor": "Find what makes a notebook's numbers change from run to run.",
    "verify": "Run a pipeline and compare its values with the original's.",
    "contract": "Show what tables between steps are compared with, or accept new ones.",
    "clean": "Remove what earlier runs left.",
    "params": "List the parameters.",
    "tags": "List the code cells with their tags, roles and steps.",
    "init": "Write files for CI: GitHub, GitLab, pre-commit.",
    "explain": "Explain a diagnostic, such as NB201.",
    "completion": "Print the completion script of a shell.",
}
OVERVIEW = "overview"  # what ``nb2pipe NOTEBOOK`` does; not listed as a verb
ANNOTATED = (
    "export",
    "run",
    "sweep",
    "baseline",
    "check",
    "verify",
)  # on GitHub Actions, their errors show in the pull request
NOTEBOOKS = (".ipynb", ".py", ".md", ".myst")
MANIFEST = "pipeline.yaml"  # as in nb2pipe.manifest, which ``--help`` does not import
USAGE, BUG, INTERRUPTED, PIPE_CLOSED = 2, 70, 130, 141
STORAGE = {errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EPERM, errno.EFBIG, errno.ENOTDIR, errno.EISDIR}


class Verbs(click.Group):
    """Imports a verb when it is called. A notebook in the place of a verb gives the overview."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order in which people meet them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb, imported now."""
        if cmd_name not in VERBS and cmd_name != OVERVIEW:
            return None
        command = import_module(f"nb2pipe.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Verb, notebook, or did-you-mean."""
        name = args[0]
        if name not in VERBS and not name.startswith("-"):
            if name.endswith(NOTEBOOKS) or Path(name).is_file():
                return OVERVIEW, self.get_command(ctx, OVERVIEW), args
            if ctx.resilient_parsing:
                return None, None, args  # a shell asks how the line could go on
            if Path(name).is_dir():
                verbs = "run, check or params (a project)" if (Path(name) / MANIFEST).is_file() else "lint"
                raise click.UsageError(f"'{name}' is a folder: put a command before it, such as {verbs}", ctx)
            raise click.UsageError(f"no command '{name}'{_did_you_mean(name, list(VERBS))}", ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Verbs, from the table too; where none begins so, files: a notebook may stand in the place of a verb."""
        from click.shell_completion import CompletionItem

        verbs = [CompletionItem(name, help=about) for name, about in VERBS.items() if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete) if incomplete.startswith("-") else []
        return [*verbs, *options] or [CompletionItem(incomplete, type="file")]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs, from the table: ``--help`` imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    cls=Verbs, invoke_without_command=True, context_settings=CONTEXT, epilog="nb2pipe NOTEBOOK gives an overview."
)
@output
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    help="Show which nb2pipe this is.",
    callback=lambda context, _, wanted: _version(context, wanted),
)
@click.pass_context
def command(context: click.Context) -> None:
    """Turn a tagged Jupyter notebook into a reproducible pipeline, and prove that it computes the same."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
        context.exit()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    gc.set_threshold(20_000)  # start-up makes many objects that stay: looking for garbage among them takes 5 ms
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run the command line; the one border at which errors become text."""
    console = Console()
    try:
        code = command.main(list(arguments), prog_name="nb2pipe", standalone_mode=False, obj=console)
        sys.stdout.flush()
    except BaseException as error:
        if isinstance(error, SystemExit | GeneratorExit):
            raise
        code = _failed(error, console, arguments)
        _silence()  # what could not be written cannot be written at exit either
        return code
    return code if isinstance(code, int) else 0


def _failed(error: BaseException, console: Console, arguments: Sequence[str]) -> int:
    """Say what went wrong, as shortly as it can be; the exit code."""
    if isinstance(error, BrokenPipeError):
        return PIPE_CLOSED
    try:
        return _told(error, console, arguments)
    except BrokenPipeError:
        return PIPE_CLOSED


def _told(error: BaseException, console: Console, arguments: Sequence[str]) -> int:
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.ClickException):
        return _usage(error, console)
    if isinstance(error, KeyboardInterrupt | click.Abort):
        error = Interrupted(Diagnostic(code="", message="interrupted"))
    elif isinstance(error, OSError) and error.errno in STORAGE:
        error = StorageProblem(_refused(error)).with_traceback(error.__traceback__)
    if isinstance(error, Nb2pipeError) and error.diagnostics:
        return _expected(error, console)
    from nb2pipe.cli.crash import report

    if console.verbose:
        _print_traceback(error)
    _show_failure(console, BUG, [report(error, arguments)])
    return BUG


def _refused(error: OSError) -> Diagnostic:
    """The system did not let us write: to a file, or to where stdout goes."""
    from nb2pipe.rules import nb506_storage

    if error.filename:
        return nb506_storage.diagnostic(Path(os.fsdecode(error.filename)), error)
    reason = (error.strerror or str(error)).lower()
    return Diagnostic(code=nb506_storage.CODE, message=f"cannot write the output: {reason}")


def _expected(error: Nb2pipeError, console: Console) -> int:
    """An error that we raised on purpose."""
    _show_failure(console, error.exit_code, error.diagnostics)
    if console.verbose:
        _print_traceback(error)
    return error.exit_code


def _show_failure(console: Console, code: int, found: Sequence[Diagnostic]) -> None:
    """For people on stderr; and where a program waits for a document, it gets one."""
    from nb2pipe.reports import text

    root = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())
    if console.form != "text":
        from nb2pipe.reports import failures

        content = failures.document(console.form, console.command, code, found, root)
        if content is not None:
            with (
                suppress(StorageProblem) if console.file else nullcontext()
            ):  # the file may be what the failure is about
                console.document(content, console.file)
    console.command_lines(text.diagnostics(found, console.err()))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        _tell_github(found, console, root)


def _tell_github(found: Sequence[Diagnostic], console: Console, root: Path) -> None:
    """Annotations in the pull request, and of a check the step's summary."""
    if console.command in ANNOTATED and console.form != "github":
        from nb2pipe.reports import github

        console.command_lines(github.commands(found, root=root))
    if console.command == "check":
        from nb2pipe.reports import markdown

        console.summary(markdown.of_failure(found))


def _usage(error: click.ClickException, console: Console) -> int:
    """A mistake on the command line: what is wrong, what was meant, where help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    message = error.format_message()
    if isinstance(error, click.NoSuchOption) and context:
        known = [name for option in context.command.params for name in option.opts if name.startswith("--")]
        message = f"no option '{error.option_name}'{_did_you_mean(error.option_name, known)}"
    path = context.command_path.replace(f" {OVERVIEW}", "") if context else "nb2pipe"
    notes = (context.get_usage().replace("Usage:", "usage:", 1),) if context else ()
    finding = Diagnostic(code="", message=message.rstrip("."), notes=(*notes, f"help: {path} --help"))
    _show_failure(console, USAGE, [finding])
    return USAGE


def _print_traceback(error: BaseException) -> None:
    import traceback

    traceback.print_exception(error)


def _did_you_mean(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return f". Did you mean '{near[0]}'?" if near else ""


def _version(context: click.Context, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"nb2pipe {version('nb2pipe')}")
        context.exit()


def _silence() -> None:
    """Nobody can take our output (reader gone, disk full): let the interpreter's last flush go nowhere."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
