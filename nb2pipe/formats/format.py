"""What a format of stored values is: two lines of code that a reader of an exported step understands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to store a value in an open file.

    ``save`` (a statement) and ``load`` (an expression) are the code that stands in exported steps, with the fields
    ``{value}``, ``{path}`` and the alias of each import; the probe runs the same code to find out whether a value comes
    back unchanged.
    ``imports`` are pairs of module and usual alias; ``accepts`` names what is worth a try, as the probe knows it
    (``storing.ACCEPTS``: frame, series, array, plain, sparse, distribution, logger, any);
    ``describe`` says what the format is for.
    """

    name: str
    suffix: str
    imports: tuple[tuple[str, str], ...]
    accepts: str
    save: str
    load: str
    describe: str

    def request(self) -> dict[str, object]:
        """The format as the probe in the kernel wants it."""
        return {
            "name": self.name,
            "suffix": self.suffix,
            "imports": [list(pair) for pair in self.imports],
            "accepts": self.accepts,
            "save": self.save,
            "load": self.load,
        }


def render_save(form: Format, value: str, path: str, aliases: Mapping[str, str] | None = None) -> str:
    """The statement that stores ``value`` at ``path``: both are finished Python expressions.

    ``aliases`` maps a usual alias (``pd``) to the expression under which the step has that module (``pandas``).
    """
    return form.save.format(value=value, path=path, **_modules(form, form.save, aliases))


def render_load(form: Format, path: str, aliases: Mapping[str, str] | None = None) -> str:
    """The expression that reads the value stored at ``path``."""
    return form.load.format(path=path, **_modules(form, form.load, aliases))


def needed(form: Format, template: str) -> tuple[tuple[str, str], ...]:
    """The imports that one of the two templates uses: a table is saved without ``pd``, but read with it."""
    fields = {field for _, field, _, _ in Formatter().parse(template)}
    return tuple(pair for pair in form.imports if pair[1] in fields)


def _modules(form: Format, template: str, aliases: Mapping[str, str] | None) -> dict[str, str]:
    given = aliases or {}
    return {alias: given.get(alias, alias) for _, alias in needed(form, template)}
