"""Parameters: read from their cell without running it, typed, and written back as Python.

papermill looks for them line by line with a pattern and turns what it doesn't know into text; both go wrong quietly.
Here ``ast`` reads the cell, and values are converted by the parameter's declared type or refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nb2pipe.diagnostics import Diagnostic
from nb2pipe.errors import InvalidInput
from nb2pipe.model import Parameter
from nb2pipe.parameters.cells import ParsedParameters, read_parameters
from nb2pipe.parameters.kinds import TYPES, UnfitValue, convert, describe, from_text, of_parameter
from nb2pipe.parameters.literals import literal
from nb2pipe.parameters.several import several
from nb2pipe.rules import nb301_wrong_parameter_type, nb302_unknown_parameter, nb309_sweep
from nb2pipe.spelling import closest

__all__ = ["TYPES", "ParsedParameters", "literal", "parse_value", "read_parameters", "resolve", "resolve_several"]


def parse_value(parameter: Parameter, text: str) -> Any:
    """The value that ``text`` spells for this parameter: ``007`` stays a text if it is one, is 7 if it is a number.

    Raises ValueError with a sentence.
    """
    return from_text(of_parameter(parameter), text)


def resolve(parameters: Sequence[Parameter], given: Mapping[str, Any], notebook: str | None = None) -> dict[str, Any]:
    """The given values, converted to their parameters' types; those not given are left out.

    Texts are parsed, other values (from a YAML file or the library) checked. Raises InvalidInput with everything that
    is wrong: NB301, NB302.
    """
    known = {parameter.name: parameter for parameter in parameters}
    values: dict[str, Any] = {}
    problems = []
    for name, value in given.items():
        parameter = known.get(name)
        if parameter is None:
            problems.append(nb302_unknown_parameter.diagnostic(name, tuple(known), closest(name, known), notebook))
            continue
        kind = of_parameter(parameter)
        try:
            values[name] = from_text(kind, value) if isinstance(value, str) else convert(kind, value)
        except UnfitValue:
            shown = value if isinstance(value, str) else repr(value)
            problems.append(nb301_wrong_parameter_type.diagnostic(parameter, shown[:60], describe(kind), notebook))
    if problems:
        raise InvalidInput(*problems)
    return values


def resolve_several(
    parameters: Sequence[Parameter], given: Mapping[str, str | Sequence[Any]], notebook: str | None = None
) -> dict[str, tuple[Any, ...]]:
    """For each parameter the values to try, in its type, each once.

    A text lists them (:func:`nb2pipe.parameters.several.several`); the items of a sequence are as for :func:`resolve`.
    Raises InvalidInput with everything that is wrong: NB301, NB302, NB309.
    """
    known = {parameter.name: parameter for parameter in parameters}
    values: dict[str, tuple[Any, ...]] = {}
    problems: list[Diagnostic] = []
    for name, items in given.items():
        try:
            if name in known and isinstance(items, str):
                values[name] = several(known[name], items)
            else:
                each = [resolve(parameters, {name: item}, notebook)[name] for item in items or (None,)]
                values[name] = tuple({literal(value): value for value in each}.values())
        except UnfitValue as error:
            problems.append(nb309_sweep.values(name, str(error)))
        except InvalidInput as error:
            problems.extend(error.diagnostics)
    if problems:
        raise InvalidInput(*dict.fromkeys(problems))
    return values
