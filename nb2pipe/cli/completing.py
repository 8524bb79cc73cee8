"""What a shell offers when Tab is pressed: steps, parameters, metrics and runs of the notebook or project on the line.

Nothing here may fail: a shell in the middle of a line is no place for messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from nb2pipe.model import Pipeline

Offered = Iterable[tuple[str, str]]  # what would be typed, and a few words about it
Complete = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]
RUNS_OFFERED = 20


def offering(source: Callable[[click.Context, str], Offered]) -> Complete:
    """``shell_complete`` of an option or argument, from a function that offers words; those that don't fit are left out."""

    def complete(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        try:
            offered = list(source(context, incomplete))
        except Exception:  # a notebook that cannot be read, a project of another version, ...
            return []
        return [CompletionItem(word, help=about or None) for word, about in offered if word.startswith(incomplete)]

    return complete


@offering
def steps(context: click.Context, _: str) -> Offered:
    """``train``"""
    return _steps(context)


@offering
def selection(context: click.Context, incomplete: str) -> Offered:
    """``load,train``, ``split..evaluate``: the last name of it."""
    at = max((incomplete.rfind(mark) + len(mark) for mark in (",", "..") if mark in incomplete), default=0)
    return [(incomplete[:at] + name, about) for name, about in _steps(context)]


@offering
def parameters(context: click.Context, _: str) -> Offered:
    """``n_trees=``"""
    return [(f"{name}=", about) for name, about in _parameters(context)]


@offering
def varied(context: click.Context, _: str) -> Offered:
    """What ``baseline --vary`` takes."""
    return [*_parameters(context), ("seeds", "every seed in the notebook's code")]


@offering
def metrics(context: click.Context, _: str) -> Offered:
    """``accuracy``"""
    return _metrics(context)


@offering
def limits(context: click.Context, _: str) -> Offered:
    """``accuracy=``"""
    return [(f"{name}=", about) for name, about in _metrics(context)]


@offering
def tolerances(context: click.Context, _: str) -> Offered:
    """``accuracy=``, ``all=``"""
    return [*((f"{name}=", about) for name, about in _metrics(context)), ("all=", "every metric")]


@offering
def run_ids(context: click.Context, _: str) -> Offered:
    """Runs, the newest first."""
    from nb2pipe.running import runs
    from nb2pipe.running.projects import is_project, open_project
    from nb2pipe.workflow.runs import hidden_project

    path = _path(context)
    if path is None:
        return []
    project = open_project(path if is_project(path) or path.is_dir() else hidden_project(path))
    known = islice(runs.newest_first(project.state), RUNS_OFFERED)
    return [
        (run.id, f"{run.started[:16].replace('T', ' ')}{'' if run.finished else ', not finished'}") for run in known
    ]


@offering
def kernels(_context: click.Context, _: str) -> Offered:
    """Installed kernels."""
    from jupyter_client.kernelspec import KernelSpecManager

    return [(name, "") for name in sorted(KernelSpecManager().find_kernel_specs())]


@offering
def codes(_context: click.Context, incomplete: str) -> Offered:
    """``NB201``; ``nb2`` too."""
    from nb2pipe import rules

    small = incomplete[:1] == "n"
    return [(code.lower() if small else code, rules.explain(code).title) for code in rules.RULES]


# ---------------------------------------------------------------- what is known


def _steps(context: click.Context) -> Iterator[tuple[str, str]]:
    from nb2pipe.rules import figures

    for step in _pipeline(context).steps:
        yield step.name, figures.cells(step.cells)


def _parameters(context: click.Context) -> Iterator[tuple[str, str]]:
    for parameter in _pipeline(context).parameters:
        yield parameter.name, f"{parameter.default!r}"


def _metrics(context: click.Context) -> Iterator[tuple[str, str]]:
    for metric in _pipeline(context).metrics:
        yield metric.name, f"of step {metric.step}"


def _pipeline(context: click.Context) -> Pipeline:
    path = _path(context)
    if path is None:
        raise LookupError
    from nb2pipe import workflow

    if path.is_dir() or path.suffix == ".yaml":
        return workflow.read_project(path).pipeline
    return workflow.inspect(path).pipeline


def _path(context: click.Context) -> Path | None:
    """The notebook or project on the line: what was read as one, or (an option lacks its value) the first that is there."""
    given = [context.params.get("path"), *context.args]
    paths = (Path(str(each)).expanduser() for each in given if each is not None)
    return next((path for path in paths if path.exists()), None)
