"""The command line. The only place that prints, exits, or reads the environment; one file per verb."""

from __future__ import annotations


def main() -> None:
    """The ``nb2pipe`` command."""
    from nb2pipe.cli.app import main as run

    run()
