"""Find and render the templates that come with nb2pipe. They make no decisions and do no quoting."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jinja2


def render(name: str, **values: Any) -> str:
    """The text of ``templates/NAME`` with values filled in; an undefined value raises ``jinja2.UndefinedError``."""
    return _environment().get_template(name).render(**values)


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(  # noqa: S701  # plain text, nothing to escape
        loader=jinja2.FileSystemLoader(folder()),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # GitHub's workflow syntax uses double braces
        variable_start_string="<<",
        variable_end_string=">>",
    )


def folder() -> Path:
    """Where they are: inside the installed package, or beside it in a checkout."""
    inside = Path(str(files("nb2pipe"))) / "templates"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / "templates"
