"""``nb2pipe completion``: the script that makes a shell complete what is typed (see ``completing``)."""

from __future__ import annotations

import click

from nb2pipe.cli.console import Console
from nb2pipe.cli.options import CONTEXT, output


@click.command("completion", context_settings=CONTEXT)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@output
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print the completion script of SHELL.

    Tab then completes commands and options, and steps, parameters, metrics and runs of the notebook or project that
    stands on the line.

    \b
    bash   nb2pipe completion bash >> ~/.bashrc
    zsh    nb2pipe completion zsh >> ~/.zshrc
    fish   nb2pipe completion fish > ~/.config/fish/completions/nb2pipe.fish
    """
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    assert script is not None
    root = context.find_root().command
    console = context.find_object(Console)
    assert console is not None
    console.document(_tuned(script(root, {}, "nb2pipe", "_NB2PIPE_COMPLETE").source()))
    return 0


def _tuned(script: str) -> str:
    """No blank behind ``accuracy=``: the value follows. Fish knows that by itself."""
    script = script.replace(
        "COMPREPLY+=($value)", 'COMPREPLY+=("$value")\n            [[ $value == *= ]] && compopt -o nospace'
    )
    described = "_describe -V unsorted completions_with_descriptions -U"
    blank = "local -a blank\n        [[ $completions_with_descriptions[1] == *=:* ]] && blank=(-S '')\n        "
    return script.replace(described, f'{blank}{described} "$blank[@]"')
