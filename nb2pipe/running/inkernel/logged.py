"""The numbers that a step hands to an experiment tracker: MLflow, Weights & Biases, DVCLive, scrapbook.

Their functions are wrapped once the user's code has imported them. A wrapper notes name and number and then calls the
function with what it was given: nothing is sent that the notebook does not send, and what fails there fails here too.

Runs in the user's kernel, on Python 3.8 and later, with the standard library alone; ``__nb2pipe_logged__`` in ``builtins``
is the only trace of it in the notebook.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.abc
import importlib.util
import json
import sys
from typing import Any, Callable

DEPTH = 5  # of dicts in dicts that are looked into
MOST = 200  # numbers of one call


class Logged:
    """Listens from when it is made. ``begin`` forgets what was noted; of a name noted twice, the last number stays."""

    def __init__(self) -> None:
        self.numbers: dict[str, float] = {}
        for name in list(LIBRARIES):
            if name in sys.modules:
                wrap(sys.modules[name], name, self)
        sys.meta_path.insert(0, WhenImported(self))

    def begin(self) -> None:
        """A cell is about to run whose numbers are wanted."""
        self.numbers = {}

    def note(self, name: Any, value: Any, depth: int = 0) -> None:
        """Note a number, and those in a dict as ``name.key``."""
        if getattr(value, "shape", None) == () and hasattr(value, "item"):
            value = value.item()
        if isinstance(value, dict) and depth < DEPTH:
            for key, item in list(value.items())[:MOST]:
                self.note("{}.{}".format(name, key) if depth else key, item, depth + 1)
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and depth:
            self.numbers.pop(str(name), None)  # so that the order is that of the last calls
            self.numbers[str(name)] = float(value)

    def write(self, path: str) -> None:
        """Write what was noted as JSON."""
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.numbers, file)


def one(key: str, value: str, at: int) -> Callable[..., dict[Any, Any]]:
    """Of calls with a name and a number: their parameters' names, and the name's position."""

    def numbers(*args: Any, **named: Any) -> dict[Any, Any]:
        return {
            named[key] if key in named else args[at]: named[value] if value in named else args[at + 1 - (key in named)]
        }

    return numbers


def several(name: str, at: int) -> Callable[..., Any]:
    """Of calls with a dict: its parameter's name and position."""
    return lambda *args, **named: named[name] if name in named else args[at]


#: Module -> what is wrapped in it, as a path of attributes, and how its arguments are read.
LIBRARIES: dict[str, dict[str, Callable[..., Any]]] = {
    "mlflow": {"log_metric": one("key", "value", 0), "log_metrics": several("metrics", 0)},
    "mlflow.tracking.client": {"MlflowClient.log_metric": one("key", "value", 2)},
    "wandb.sdk.wandb_run": {"Run.log": several("data", 1)},
    "dvclive.live": {"Live.log_metric": one("name", "val", 1)},
    "scrapbook": {"glue": one("name", "data", 0)},
}


def wrap(module: Any, name: str, logged: Logged) -> None:
    """Wrap what the library has; versions that lack something are left as they are."""
    for path, read in LIBRARIES[name].items():
        *owners, attribute = path.split(".")
        owner = functools.reduce(lambda at, part: getattr(at, part, None), owners, module)
        original = getattr(owner, attribute, None)
        if callable(original) and not hasattr(original, "__nb2pipe_logged__"):
            call = wrapped(original, read, logged)
            setattr(owner, attribute, call)
            home = sys.modules.get(getattr(original, "__module__", None) or "")
            if getattr(home, attribute, None) is original:  # where pickle looks for it
                setattr(home, attribute, call)


def wrapped(original: Callable[..., Any], read: Callable[..., Any], logged: Logged) -> Callable[..., Any]:
    """A function that notes its numbers, then does what the original does."""

    @functools.wraps(original)
    def call(*args: Any, **named: Any) -> Any:
        with contextlib.suppress(Exception):  # arguments that the library will refuse, a value that cannot be looked at
            logged.note("", read(*args, **named))
        return original(*args, **named)

    call.__nb2pipe_logged__ = True  # type: ignore[attr-defined]
    return call


class WhenImported(importlib.abc.MetaPathFinder):
    """Wraps a library's functions right after it is imported for the first time."""

    def __init__(self, logged: Logged) -> None:
        self.logged = logged
        self.busy = False

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """The usual spec, whose loader wraps when it is done."""
        if self.busy or name not in LIBRARIES:
            return None
        self.busy = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self.busy = False
        if spec is None or spec.loader is None or not hasattr(spec.loader, "exec_module"):
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            wrap(module, name, self.logged)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec
