"""The types of parameters: told by annotation or default, and conversion to them."""

from __future__ import annotations

import ast
import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from nb2pipe.model import Parameter

TYPES = ("bool", "int", "float", "str", "bytes", "list", "tuple", "set", "dict", "any")


class UnfitValue(ValueError):
    """A value that doesn't fit the type; its text is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of ``TYPES``; ``optional`` allows None; ``item`` is the element type of a list, tuple, set or dict's
    values.

    ``choices`` are the values of a ``Literal``.
    """

    name: str
    optional: bool = False
    item: Kind | None = None
    choices: tuple[Any, ...] = ()


# ---------------------------------------------------------------- telling the type


def of_parameter(parameter: Parameter) -> Kind:
    """The type by annotation, if that is understood and fits the default; else by the default."""
    return of_value(parameter.annotation, parameter.default)


def of_value(annotation: str | None, default: object) -> Kind:
    """The type that an annotation and a default give."""
    declared = None if annotation is None else _of_annotation(annotation)
    if declared is not None:
        if default is None:
            return Kind(declared.name, optional=True, item=declared.item, choices=declared.choices)
        try:
            convert(declared, default)
        except UnfitValue:
            pass
        else:
            return declared
    if default is None:
        return Kind("any", optional=True)
    name = "set" if isinstance(default, frozenset) else type(default).__name__
    return Kind(name if name in TYPES else "any")


def _of_annotation(annotation: str) -> Kind | None:
    try:
        return _of_node(ast.parse(annotation.strip(), mode="eval").body)
    except (SyntaxError, ValueError):
        return None


_ALIASES = {
    "List": "list", "Sequence": "list", "Iterable": "list", "Collection": "list", "Dict": "dict", "Mapping": "dict",
    "MutableMapping": "dict", "Tuple": "tuple", "Set": "set", "FrozenSet": "set", "frozenset": "set",
    "Any": "any", "object": "any", "Text": "str", "AnyStr": "str",
}  # fmt: skip


def _of_node(node: ast.expr) -> Kind | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _of_annotation(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union([node.left, node.right])
    if isinstance(node, ast.Subscript):
        return _subscript(_last_name(node.value), node.slice)
    name = _last_name(node)
    name = _ALIASES.get(name, name)
    return Kind(name) if name in TYPES else None


def _subscript(name: str, inner: ast.expr) -> Kind | None:  # noqa: PLR0911
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name == "Optional":
        return _union([inner, ast.Constant(value=None)])
    if name == "Union":
        return _union(parts)
    if name in ("Annotated", "Final", "ClassVar"):
        return _of_node(parts[0])
    if name == "Literal":
        return _choices(parts)
    name = _ALIASES.get(name, name)
    if name in ("list", "set"):
        return Kind(name, item=_of_node(parts[0]))
    if name == "tuple":
        same = len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is ...
        return Kind(name, item=_of_node(parts[0]) if same else None)
    if name == "dict":
        return Kind(name, item=_of_node(parts[1]) if len(parts) == 2 else None)
    return None


def _choices(parts: list[ast.expr]) -> Kind | None:
    values = tuple(ast.literal_eval(part) for part in parts)
    names = {type(value).__name__ for value in values if value is not None}
    name = names.pop() if len(names) == 1 else "any"
    return Kind(name if name in TYPES else "any", optional=None in values, choices=values)


def _union(parts: list[ast.expr]) -> Kind | None:
    none = [part for part in parts if isinstance(part, ast.Constant) and part.value is None]
    kinds = [_of_node(part) for part in parts if part not in none]
    optional = bool(none) or any(kind is not None and kind.optional for kind in kinds)
    names = {kind.name for kind in kinds if kind is not None}
    if not kinds or None in kinds:
        return None
    if len(kinds) == 1:
        only = kinds[0]
        assert only is not None
        return Kind(only.name, optional=True, item=only.item, choices=only.choices)
    if names == {"int", "float"}:
        return Kind("float", optional=optional)
    return Kind(names.pop() if len(names) == 1 else "any", optional=optional)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def describe(kind: Kind) -> str:
    """``an int``, ``a list of float, or None``, ``one of 'a', 'b'``."""
    if kind.choices:
        return "one of " + ", ".join(repr(choice) for choice in kind.choices)
    text = "an int" if kind.name == "int" else "any value" if kind.name == "any" else f"a {kind.name}"
    if kind.item is not None and kind.item.name != "any":
        text += f" of {kind.item.name}"
    return text + (", or None" if kind.optional and kind.name != "any" else "")


# ---------------------------------------------------------------- values


def convert(kind: Kind, value: object) -> Any:
    """A value that has a type already (from YAML, from Python), in the wanted type; raises UnfitValue.

    An int does for a float, a list for a tuple, a date for a text; a bool never for a number.
    """
    value = plain(value)
    if kind.choices and value not in kind.choices:
        raise UnfitValue(f"{value!r} is not {describe(kind)}")
    if value is None and kind.optional:
        return None
    converter = _CONVERTERS.get(kind.name)
    found = value if converter is None else converter(value)
    if found is None and kind.name != "any":
        raise UnfitValue(f"{value!r} is not {describe(kind)}")
    if kind.item is not None:
        return _items(kind, found)
    return found


def _items(kind: Kind, value: Any) -> Any:
    assert kind.item is not None
    if isinstance(value, dict):
        return {key: convert(kind.item, item) for key, item in value.items()}
    return type(value)(convert(kind.item, item) for item in value)


def plain(value: object) -> object:
    """numpy's scalars as Python's own, told without importing numpy."""
    kind = type(value)
    if kind.__module__ == "numpy" and kind.__name__ != "ndarray" and hasattr(value, "item"):
        item: object = value.item()
        if type(item).__module__ != "numpy":
            return item
    return value


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, date | datetime | time):  # YAML reads 2020-01-31 as a date
        return value.isoformat()
    return os.fspath(value) if isinstance(value, os.PathLike) else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _sequence(value: object) -> list[Any] | None:
    return list(value) if isinstance(value, list | tuple) else None


_CONVERTERS: Mapping[str, Any] = {
    "bool": lambda value: value if isinstance(value, bool) else None,
    "int": _whole,
    "float": _number,
    "str": _text,
    "bytes": lambda value: bytes(value) if isinstance(value, bytes | bytearray) else None,
    "list": _sequence,
    "tuple": lambda value: tuple(value) if isinstance(value, list | tuple) else None,
    "set": lambda value: set(value) if isinstance(value, list | tuple | set | frozenset) else None,
    "dict": lambda value: dict(value) if isinstance(value, Mapping) else None,
}


# ---------------------------------------------------------------- text

_WORDS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}
_NONE = ("None", "none", "null")


def from_text(kind: Kind, text: str) -> Any:
    """The value that a text from the command line spells in the wanted type; raises UnfitValue."""
    if kind.choices:
        return _choice(kind, text)
    if kind.optional and text.strip() in _NONE:
        return None
    if kind.name == "str":
        return text
    found = _PARSERS[kind.name](text)
    if found is _NOTHING:
        raise UnfitValue(f"{text!r} is not {describe(kind)}")
    return convert(kind, found)


_NOTHING = object()


def _choice(kind: Kind, text: str) -> Any:
    spelled = {str(choice): choice for choice in kind.choices}
    if text.strip() not in spelled:
        raise UnfitValue(f"{text!r} is not {describe(kind)}")
    return spelled[text.strip()]


def _parse_int(text: str) -> Any:
    for base in (10, 0):
        try:
            return int(text, base)
        except ValueError:
            continue
    if (
        re.fullmatch(r"\s*[+-]?\d+(\.\d*)?[eE]\+?\d{1,3}\s*", text)
        and (exact := Decimal(text.strip())) == exact.to_integral()
    ):
        return int(exact)  # 1e6, as people write large numbers
    return _NOTHING


def _parse_float(text: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return _NOTHING
    overflow = math.isinf(number) and "inf" not in text.lower()
    return _NOTHING if overflow else number


def _parse_bytes(text: str) -> Any:
    value = _parse_any(text)
    return value if isinstance(value, bytes) else text.encode()


def _parse_plain(text: str) -> Any:
    """A Python literal or JSON."""
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        pass
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _NOTHING


def _parse_any(text: str) -> Any:
    """Without a type to go by: a literal if it is one, else the text itself."""
    found = _parse_plain(text)
    return text if found is _NOTHING else found


_PARSERS: Mapping[str, Any] = {
    "bool": lambda text: _WORDS.get(text.strip().lower(), _NOTHING),
    "int": _parse_int,
    "float": _parse_float,
    "bytes": _parse_bytes,
    "any": _parse_any,
    **dict.fromkeys(("list", "tuple", "set", "dict"), _parse_plain),
}
