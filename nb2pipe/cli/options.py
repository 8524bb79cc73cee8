"""Options that several verbs share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from nb2pipe.cli import completing
from nb2pipe.cli.console import Console

if TYPE_CHECKING:
    from nb2pipe.running.kernel.kernels import KernelChoice
    from nb2pipe.running.scheduling import Scheduling

Function = TypeVar("Function", bound=Callable[..., Any])
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
SIZE = re.compile(r"(?P<number>\d+(\.\d+)?)\s*(?P<unit>[KMGTkmgt])?(i?[Bb])?")
NEGATIVE = re.compile(r"-[\d.]|-inf|-nan")

notebook_argument = click.argument("path", metavar="NOTEBOOK", type=click.Path(path_type=Path))
warn_contracts = click.option(
    "--warn-contracts", is_flag=True, help="Go on when a table between steps is not as usual."
)
source_argument = click.argument("path", metavar="PROJECT|NOTEBOOK", type=click.Path(path_type=Path))


def output_format(*forms: str) -> Callable[[Function], Function]:
    """``--output-format``, handed over as ``form``: ``text`` unless another one is asked for."""
    return click.option("--output-format", "form", type=click.Choice(forms), default="text", show_default=True)


def output_file(about: str) -> Callable[[Function], Function]:
    """``-o``, handed over as ``file``."""
    return click.option("-o", "--output", "file", type=click.Path(dir_okay=False, path_type=Path), help=about)


@dataclass(frozen=True, slots=True)
class Running:
    """How kernels are to run: ``-k`` or ``--python``, ``--timeout``, ``-j``, ``--memory``, ``--keep-going``."""

    kernel: KernelChoice | None
    timeout: float | None
    scheduling: Scheduling


@dataclass(frozen=True, slots=True)
class Values:
    """Parameters given with ``-p``, and files of them given with ``-f``."""

    given: Mapping[str, str]
    files: tuple[Path, ...]


class Size(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """``8G``, ``500M``, ``1.5GB``, or a number of bytes."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Bytes."""
        match = SIZE.fullmatch(str(value).strip())
        if match is None:
            self.fail(f"'{value}' is no size such as 8G or 500M", param, ctx)
        return int(float(match["number"]) * 1024 ** " KMGT".index((match["unit"] or " ").upper()))


def output(function: Function) -> Function:
    """``-q``, ``-v`` and ``--color``, which every verb takes, and the command itself before the verb."""

    def keep(name: str) -> Callable[[click.Context, click.Parameter, str | bool | None], None]:
        def callback(context: click.Context, _: click.Parameter, value: str | bool | None) -> None:
            if value:
                setattr(context.find_object(Console), name, value)

        return callback

    def option(name: str, *names: str, **more: Any) -> Callable[[Function], Function]:
        return click.option(*names, f"--{name}", callback=keep(name), expose_value=False, is_eager=True, **more)

    colors = click.Choice(["auto", "always", "never"])
    function = option("color", type=colors, help="Colours in the output.")(function)
    function = option("verbose", "-v", is_flag=True, help="Show tracebacks.")(function)
    return option("quiet", "-q", is_flag=True, help="No progress, no tips.")(function)


def running(function: Callable[..., int]) -> Callable[..., int]:
    """``-k``, ``--python``, ``--timeout``, ``-j``, ``--memory`` and ``--keep-going``, handed over as ``running``."""

    @wraps(function)
    def with_running(
        *args: object,
        kernel: str | None,
        python: str | None,
        timeout: float | None,
        jobs: int | None,
        memory: int | None,
        keep_going: bool,
        **more: object,
    ) -> int:
        from nb2pipe.running.kernel.kernels import KernelChoice
        from nb2pipe.running.scheduling import Scheduling

        choice = KernelChoice(name=kernel, python=python) if kernel or python else None
        scheduling = Scheduling(jobs=jobs, memory=memory, keep_going=keep_going)
        return function(*args, running=Running(choice, timeout, scheduling), **more)

    options = (
        click.option("--keep-going", is_flag=True, help="If a step fails, run those that don't need it."),
        click.option(
            "--memory", type=Size(), metavar="SIZE", help="What the running steps may take together: 8G, 500M."
        ),
        click.option(
            "-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Steps to run at once.  [default: cores]"
        ),
        click.option(
            "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Limit for each cell."
        ),
        click.option("--python", metavar="PATH", help="Run with this Python interpreter."),
        click.option(
            "-k",
            "--kernel",
            metavar="NAME",
            shell_complete=completing.kernels,
            help="Run with this Jupyter kernel, not the notebook's own.",
        ),
    )
    for option in options:
        with_running = option(with_running)
    return with_running


def values(function: Callable[..., int]) -> Callable[..., int]:
    """``-p`` and ``-f``, handed over as ``values``."""

    @wraps(function)
    def with_values(*args: object, parameters: tuple[str, ...], files: tuple[Path, ...], **more: object) -> int:
        return function(*args, values=Values(given(parameters), files), **more)

    path = click.Path(dir_okay=False, path_type=Path)
    about = "Set a parameter; also -p NAME VALUE, as papermill has it."
    options = (
        click.option(
            "-f", "--parameters-file", "files", multiple=True, type=path, metavar="FILE", help="From YAML or JSON."
        ),
        click.option(
            "-p",
            "--parameters",
            "parameters",
            multiple=True,
            metavar="NAME=VALUE",
            help=about,
            shell_complete=completing.parameters,
        ),
    )
    for option in options:
        with_values = option(with_values)
    return with_values


class ValuesCommand(click.Command):
    """A command with ``-p``, which understands papermill's ``-p NAME VALUE`` too."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Join the two words before click sees them."""
        return super().parse_args(ctx, joined(args))


def joined(args: list[str]) -> list[str]:
    """``-p NAME VALUE`` as ``-p NAME=VALUE``."""
    result: list[str] = []
    rest = list(args)
    while rest:
        arg = rest.pop(0)
        result.append(arg)
        if arg == "--":
            return result + rest
        if arg in ("-p", "--parameters") and rest:
            name = rest.pop(0)
            takes_next = "=" not in name and rest and (not rest[0].startswith("-") or NEGATIVE.match(rest[0]))
            result.append(f"{name}={rest.pop(0)}" if takes_next else name)
    return result


def given(parameters: tuple[str, ...]) -> dict[str, str]:
    """``NAME=VALUE`` texts as a mapping; the last of a name wins."""
    result = {}
    for text in parameters:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise click.BadParameter(f"'{text}' is not NAME=VALUE", param_hint="-p")
        result[name.strip()] = value
    return result
