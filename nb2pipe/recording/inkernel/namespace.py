"""The user's names and shown values, as IPython has them; a plain ``__main__`` where there is no IPython.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import sys
from typing import Any


def shell() -> Any:
    """The running IPython shell, or ``None``."""
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return get_ipython()


def user_namespace() -> dict[str, Any]:
    """The names of the notebook."""
    running = shell()
    return vars(sys.modules["__main__"]) if running is None else running.user_ns


def user_names() -> list[str]:
    """The names that the notebook has bound: not IPython's, not those that begin with an underscore."""
    running = shell()
    hidden = {} if running is None else getattr(running, "user_ns_hidden", {})
    return [
        name
        for name, value in user_namespace().items()
        if not name.startswith("_") and (name not in hidden or hidden[name] is not value)
    ]


def shown_value() -> Any:
    """What the cell executed last has shown: its ``Out``, or ``None``."""
    running = shell()
    if running is None:
        return None
    results = running.user_ns.get("_oh", {})
    return results.get(running.execution_count - 1)
