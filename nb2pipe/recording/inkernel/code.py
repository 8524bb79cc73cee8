"""Fingerprints of functions, classes and modules: what they do, not where they were typed.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import dis
import enum
import functools
import sys
import types
from typing import Any, Callable

#: Entries of a class that Python makes itself; some differ from run to run.
MADE_BY_PYTHON = frozenset(
    "__dict__ __weakref__ __module__ __static_attributes__ __firstlineno__ __annotate__ __annotate_func__ "
    "__annotations_cache__ __annotations__ __abstractmethods__ _abc_impl __qualname__ __doc__ __classcell__ "
    "__orig_bases__ __parameters__ __hash__ __slotnames__".split()
)
LOOKUPS = ("LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "DELETE_GLOBAL")
NOTEBOOK = ("__main__", "__mp_main__")
#: (function or class, variable, argument or attribute): memories of the notebook's functions, no content. Set by the caller.
MEMOS: set[tuple[str, str]] = set()
#: Among them where the notebook asks ``lru_cache`` how often it was of use: then that counts.
COUNTED = ("functools", "cache_info")


def is_importable(value: Any) -> bool:
    """Whether a function or class is what its module and name lead to, in a module that any process can import."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str) or module in NOTEBOOK:
        return False
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, "__dict__", {}).get(part)
    return found is value or getattr(found, "__func__", None) is value


def _name(out: Any, value: Any) -> bytes:
    return b"named" + out.join(value.__module__, value.__qualname__)


def _note(out: Any, value: Any) -> None:
    """Remember that the value being hashed needs a function or class of the notebook."""
    if value.__module__ in NOTEBOOK:
        root = str(value.__qualname__).split(".")[0]
        if root != "<lambda>":
            out.definitions.setdefault(root, value)
        if type(value) is types.FunctionType:
            out.functions.append(value)
            out.unnamed = out.unnamed or "<" in value.__qualname__


def names_read(functions: list[Any], namespace: dict[str, Any]) -> list[str]:
    """The notebook's names that these functions look up when they run, and the functions that they find there."""
    found: dict[str, None] = {}
    todo, seen = list(functions), set()
    while todo:
        code = todo.pop().__code__
        if code in seen:
            continue
        seen.add(code)
        for name in _looked_up(code):
            found[name] = None
            value = namespace.get(name)
            members = list(vars(value).values()) if isinstance(value, type) else [value]
            todo += [one for one in members if type(one) is types.FunctionType and one.__module__ in NOTEBOOK]
    return sorted(found)


def _looked_up(code: types.CodeType) -> list[str]:
    names = [step.argval for step in dis.get_instructions(code) if step.opname in LOOKUPS]
    return names + [name for part in code.co_consts if isinstance(part, types.CodeType) for name in _looked_up(part)]


def write_code(out: Any, value: Any) -> bytes:
    """What a code object does: instructions, constants and names, without file and line."""
    shape = (value.co_argcount, value.co_posonlyargcount, value.co_kwonlyargcount, value.co_flags)
    names = (value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars)
    content = b"code" + out.join(value.co_name, shape, names, value.co_code, value.co_consts)
    return content + out.token(getattr(value, "co_exceptiontable", b""))


def write_function(out: Any, value: Any) -> bytes:
    """A function of a library by its name, any other by its code, defaults and what it encloses."""
    if is_importable(value):
        return _name(out, value)
    _note(out, value)
    if hasattr(value, "dispatch") and hasattr(value, "registry"):  # singledispatch: its own memory has no content
        chosen = sorted((kind.__module__, kind.__qualname__, one) for kind, one in value.registry.items())
        return b"dispatching" + out.join(value.__name__, *[item for entry in chosen for item in entry])
    code, keyword = value.__code__, value.__kwdefaults__
    plain = code.co_varnames[: code.co_argcount][-len(value.__defaults__ or ()) :]
    defaults = _without_memos(code, dict(zip(plain, value.__defaults__ or ())))
    content = b"function" + out.join(value.__name__, code, defaults, keyword and _without_memos(code, keyword))
    enclosed = [
        cell for name, cell in zip(code.co_freevars, value.__closure__ or ()) if (code.co_name, name) not in MEMOS
    ]
    return content + out.join(enclosed) + out.state(dict(value.__dict__))


def _without_memos(code: types.CodeType, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if (code.co_name, name) not in MEMOS}


def write_cell(out: Any, value: Any) -> bytes:
    """A variable that a function encloses, which may not have a value yet."""
    try:
        return b"cell" + out.token(value.cell_contents)
    except ValueError:
        return b"empty cell"


def write_class(out: Any, value: Any) -> bytes:
    """A class of a library by its name, a class of the notebook by what it defines."""
    if is_importable(value) or value.__module__ == "builtins":
        return _name(out, value)
    _note(out, value)
    content = _name(out, value) + out.join(value.__bases__)
    if issubclass(value, enum.Enum):
        members = [(name, member._value_) for name, member in value.__members__.items()]
        return content + out.token(members)
    own = {name: entry for name, entry in vars(value).items() if name not in MADE_BY_PYTHON}
    for name in sorted(own):
        if isinstance(own[name], (types.MemberDescriptorType, types.GetSetDescriptorType)):
            continue
        content += out.token(name) + _entry(out, own[name])
    return content


def _entry(out: Any, entry: Any) -> bytes:
    """An attribute of a class. One without comparable content (a lock, a logger) counts by its type."""
    token = out.attempt(entry)
    return token if token is not None else b"opaque" + out.token(type(entry))


def write_builtin(out: Any, value: Any) -> bytes:
    """A function written in C, with the object it is bound to."""
    owner = getattr(value, "__self__", None)
    if owner is None or isinstance(owner, types.ModuleType):
        return b"builtin" + out.join(value.__module__, value.__name__)
    return b"bound" + out.join(value.__name__, owner)


def write_cached(out: Any, value: Any) -> bytes:
    """A function behind ``lru_cache``: the function and the cache's size; what is cached follows from them."""
    if is_importable(value):
        return _name(out, value)
    _note(out, value)
    parameters: Any = getattr(value, "cache_parameters", dict)()
    counts = tuple(value.cache_info()) if COUNTED in MEMOS else ()
    return b"cached" + out.join(parameters, counts) + write_function(out, value.__wrapped__)


def write_enum(out: Any, value: Any) -> bytes:
    """A member of an enumeration, or a combination of flags."""
    return b"enum" + out.join(type(value), value._name_, value._value_)


WRITERS: dict[type, Callable[[Any, Any], bytes]] = {
    types.CodeType: write_code,
    types.FunctionType: write_function,
    types.CellType: write_cell,
    types.ModuleType: lambda out, value: b"module" + out.token(value.__name__),
    types.BuiltinFunctionType: write_builtin,
    types.MethodType: lambda out, value: b"method" + out.join(value.__func__, value.__self__),
    types.MethodDescriptorType: lambda out, value: b"descriptor" + out.join(value.__objclass__, value.__name__),
    types.WrapperDescriptorType: lambda out, value: b"descriptor" + out.join(value.__objclass__, value.__name__),
    types.MethodWrapperType: write_builtin,
    types.ClassMethodDescriptorType: lambda out, value: b"descriptor" + out.join(value.__objclass__, value.__name__),
    property: lambda out, value: b"property" + out.join(value.fget, value.fset, value.fdel),
    classmethod: lambda out, value: b"classmethod" + out.token(value.__func__),
    staticmethod: lambda out, value: b"staticmethod" + out.token(value.__func__),
    functools._lru_cache_wrapper: write_cached,
}


def find_writer(kind: type) -> Callable[[Any, Any], bytes] | None:
    """How functions, classes and modules are hashed; ``None`` for anything else."""
    known = WRITERS.get(kind)
    if known is not None:
        return known
    if issubclass(kind, type):
        return write_class
    if issubclass(kind, types.ModuleType):
        return WRITERS[types.ModuleType]
    return write_enum if issubclass(kind, enum.Enum) else None
