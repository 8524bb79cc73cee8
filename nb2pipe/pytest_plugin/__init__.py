"""``pytest --nb2pipe``: each metric of each exported pipeline is a test.

pytest imports this module in every environment that has nb2pipe, so it does nothing until the option is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, in a group of their own."""
    group = parser.getgroup("nb2pipe", "nb2pipe: check the metrics of pipelines that were made from notebooks")
    group.addoption(
        "--nb2pipe",
        action="store_true",
        help="run each exported pipeline (pipeline.yaml) once; each of its metrics is a test",
    )
    group.addoption(
        "--nb2pipe-notebooks", action="store_true", help="the same of notebooks with nb2pipe's tags, exported or not"
    )
    group.addoption(
        "--nb2pipe-args",
        default="",
        metavar="ARGS",
        help="options for 'nb2pipe check', such as --nb2pipe-args='--strict --seed 7'",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collect only if asked to."""
    if config.option.nb2pipe or config.option.nb2pipe_notebooks:
        from nb2pipe.pytest_plugin.collecting import Plugin

        config.pluginmanager.register(Plugin(config), "nb2pipe-collecting")
