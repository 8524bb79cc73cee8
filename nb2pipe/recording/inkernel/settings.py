"""The settings of the process and of libraries, as they differ from what they were before the notebook began.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import datetime
import os
import re
import sys
import types
import warnings
from typing import Any, Callable

from .digests import fingerprint

#: Set by Jupyter or by us, different in each kernel.
OURS = ("JPY_", "JUPYTER", "IPY", "PYTHONHASHSEED", "COLUMNS", "LINES", "KERNEL_", "NB2PIPE_KERNEL")
ADDRESS = re.compile(" at 0x[0-9a-fA-F]+")
CODE = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)
#: What a module notes when it is imported is another in each process: ``START = time.time()``.
CLOCKS = (float, datetime.date, datetime.time, datetime.timedelta)
_before: dict[str, Any] = {}


def remember(request: dict[str, Any]) -> dict[str, Any]:
    """Note how things are before the first cell."""
    _before.clear()
    _before.update(
        {
            "environ": dict(os.environ),
            "cwd": _cwd(),
            "path": list(sys.path),
            "limit": sys.getrecursionlimit(),
            "locale": _locale_now(),
        }
    )
    return {}


def settings(request: dict[str, Any]) -> dict[str, Any]:
    """``settings``: component -> what differs from before, as texts. A component whose library is not loaded is left out."""
    found: dict[str, dict[str, str]] = {}
    for name, look in COMPONENTS.items():
        try:
            differing = look()
        except Exception:  # a library of another version: nothing can be said
            differing = None
        if differing is not None:
            found[name] = {str(key): _text(value) for key, value in differing.items()}
    return {"settings": found}


def _text(value: Any) -> str:
    """What a setting is, the same in every process: a function by its code, not by its address."""
    if isinstance(value, types.FunctionType):
        return "{} {}".format(value.__name__, fingerprint(value))
    return ADDRESS.sub("", repr(value)[:500])


def _cwd() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""


def _environ() -> dict[str, Any]:
    old = _before.get("environ", {})
    keys = {key for key in {*old, *os.environ} if old.get(key) != os.environ.get(key)}
    return {key: os.environ.get(key) for key in sorted(keys) if not key.startswith(OURS)}


def _working_directory() -> dict[str, Any]:
    start = _before.get("cwd", "")
    now = _cwd()
    return {} if now == start else {"cwd": os.path.relpath(now, start) if start and now else now}


def _module_path() -> dict[str, Any]:
    old = _before.get("path", [])
    new = [item for item in sys.path if item not in old]
    return {"added": new} if new else {}


def _modules() -> dict[str, Any]:
    """What modules of the notebook's folder, or of folders that it added to the path, hold under public names."""
    roots = [_before.get("cwd") or _cwd(), *(path for path in sys.path if path not in _before.get("path", sys.path))]
    within = tuple(os.path.join(os.path.abspath(path), "") for path in roots)
    found = {}
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        path = os.path.abspath(file) if isinstance(file, str) and file else ""
        if (
            name.startswith(("__main__", "__mp_main__", "_nb2pipe"))
            or not path.startswith(within)
            or "site-packages" in path
        ):
            continue
        for key, value in vars(module).items():
            if not key.startswith("_") and not isinstance(value, (*CODE, *CLOCKS)):
                found[name + "." + key] = fingerprint(value)
    return {key: value for key, value in found.items() if value is not None}


def _interpreter() -> dict[str, Any]:
    limit = sys.getrecursionlimit()
    return {} if limit == _before.get("limit", limit) else {"recursionlimit": limit}


def _logging() -> dict[str, Any] | None:
    logging = sys.modules.get("logging")
    if logging is None:
        return None
    found = {} if logging.root.level == logging.WARNING else {"root level": logging.root.level}
    for name, logger in sorted(logging.root.manager.loggerDict.items()):
        kinds = [type(handler).__name__ for handler in getattr(logger, "handlers", ())]
        if hasattr(logger, "level") and (kinds or logger.level or name.split(".")[0] not in sys.modules):
            found[name] = (logger.level, kinds, logger.propagate)  # of a library's loggers, those that were set
    return found


def _warnings() -> dict[str, Any]:
    """Filters that make errors of warnings: the others change what is printed only, and libraries add many."""
    errors = [
        (getattr(kind, "__name__", str(kind)), getattr(text, "pattern", text), getattr(module, "pattern", module))
        for action, text, kind, module, _ in warnings.filters
        if action == "error"
    ]
    return {"errors": errors} if errors else {}


def _locale_now() -> str:
    import locale

    return locale.setlocale(locale.LC_ALL)


def _locale() -> dict[str, Any]:
    now = _locale_now()
    return {} if now == _before.get("locale", now) else {"locale": now}


def _torch() -> dict[str, Any] | None:
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "get_default_dtype"):
        return None
    kind = str(torch.get_default_dtype())
    return {} if kind == "torch.float32" else {"default dtype": kind}


def _decimal() -> dict[str, Any] | None:
    decimal = sys.modules.get("decimal")
    if decimal is None:
        return None
    context = decimal.getcontext()
    return (
        {}
        if (context.prec, context.rounding) == (28, "ROUND_HALF_EVEN")
        else {"context": (context.prec, context.rounding)}
    )


def _pandas() -> dict[str, Any] | None:
    config = getattr(getattr(sys.modules.get("pandas"), "_config", None), "config", None)
    if config is None:
        return None
    found = {}
    for key, option in config._registered_options.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = config._get_option(key, silent=True) if hasattr(config, "_get_option") else config.get_option(key)
        if repr(value) != repr(option.defval):
            found[key] = value
    return found


def _numpy() -> dict[str, Any] | None:
    np = sys.modules.get("numpy")
    if np is None or not hasattr(np, "get_printoptions"):
        return None
    defaults = {"precision": 8, "threshold": 1000, "edgeitems": 3, "linewidth": 75, "suppress": False}
    shown = np.get_printoptions()
    found = {key: shown[key] for key, value in defaults.items() if shown.get(key) != value}
    errors = {key: value for key, value in np.geterr().items() if value != ("ignore" if key == "under" else "warn")}
    return {**found, **errors}


def _matplotlib() -> dict[str, Any] | None:
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None or not hasattr(matplotlib, "rcParamsDefault"):
        return None
    defaults = dict.items(matplotlib.rcParamsDefault)
    now = dict(dict.items(matplotlib.rcParams))
    known = {key: (repr(value), BACKEND_VALUES.get(key)) for key, value in defaults if key not in BACKEND}
    return {key: now.get(key) for key, values in known.items() if repr(now.get(key)) not in values}


#: What the inline backend sets by itself when it is loaded.
BACKEND = (
    "backend", "backend_fallback", "interactive", "figure.facecolor", "figure.edgecolor", "savefig.dpi",
    "figure.subplot.bottom",
)  # fmt: skip
BACKEND_VALUES = {"figure.figsize": "[6.0, 4.0]"}


def _sklearn() -> dict[str, Any] | None:
    sklearn = sys.modules.get("sklearn")
    if sklearn is None or not hasattr(sklearn, "get_config"):
        return None
    defaults = {
        "assume_finite": False,
        "display": "diagram",
        "transform_output": "default",
        "enable_metadata_routing": False,
    }
    return {key: value for key, value in sklearn.get_config().items() if key in defaults and value != defaults[key]}


COMPONENTS: dict[str, Callable[[], dict[str, Any] | None]] = {
    "os.environ": _environ,
    "working directory": _working_directory,
    "sys.path": _module_path,
    "sys": _interpreter,
    "modules": _modules,
    "logging": _logging,
    "decimal": _decimal,
    "warnings": _warnings,
    "locale": _locale,
    "pandas": _pandas,
    "numpy": _numpy,
    "matplotlib": _matplotlib,
    "sklearn": _sklearn,
    "torch": _torch,
}
