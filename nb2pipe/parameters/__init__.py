"""Parameters: read from their cell without running it, typed, and written back as Python.

papermill looks for them line by line with a pattern and turns what it doesn't know into text; both go wrong quietly.
Here ``ast`` reads the cell, and values are converted by the parameter's declared type or refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nb2pipe.errors import InvalidInput
from nb2pipe.model import Parameter
from nb2pipe.parameters.cells import ParsedParameters, read_parameters
from nb2pipe.parameters.kinds import TYPES, UnfitValue, convert, describe, from_text, of_parameter
from nb2pipe.parameters.literals import literal
from nb2pipe.rules import nb301_wrong_parameter_type, nb302_unknown_parameter
from nb2pipe.spelling import closest

__all__ = ["TYPES", "ParsedParameters", "literal", "parse_value", "read_parameters", "resolve"]


def parse_value(parameter: Parameter, text: str) -> Any:
    """The value that ``text`` spells for this parameter: ``007`` stays a text if it is one, is 7 if it is a number.

    Raises ValueError with a sentence.
    """
    return from_text(of_parameter(parameter), text)


def resolve(
    parameters: Sequence[Parameter],
    given: Mapping[str, Any],
    notebook: str | None = None,
    files: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The given values, converted to their parameters' types; those not given are left out.

    Texts are parsed, other values (from a YAML file or the library) checked. Raises InvalidInput with everything that
    is wrong: NB301, NB302. ``files`` names the file of each value that comes from one.
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
            problems.append(
                nb301_wrong_parameter_type.diagnostic(
                    parameter, shown[:60], describe(kind), notebook, file=(files or {}).get(name)
                )
            )
    if problems:
        raise InvalidInput(*problems)
    return values
