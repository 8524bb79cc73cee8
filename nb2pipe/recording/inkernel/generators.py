"""Keep the state of the global random generators in a file, and put it back in another process.

Part of the probe: runs in the user's kernel, on Python 3.8 and later, with the standard library alone.
"""

from __future__ import annotations

import builtins
import pickle
import sys
from typing import Any


def keep_random(request: dict[str, Any]) -> dict[str, Any]:
    """Write the states to ``file``. ``numpy``: the cells to come use it, so it is loaded now if it was not yet."""
    if request.get("numpy"):
        try:
            __import__("numpy.random")
        except ImportError:
            pass
    states: dict[str, Any] = {}
    if "random" in sys.modules:
        states["random"] = sys.modules["random"].getstate()
    if "numpy" in sys.modules:  # which loads its random numbers only when they are asked for
        states["numpy.random"] = __import__("numpy.random", fromlist=["_"]).get_state()
    if hasattr(sys.modules.get("torch"), "get_rng_state"):
        states["torch"] = sys.modules["torch"].get_rng_state().numpy().tobytes()
    with open(request["file"], "wb") as file:
        pickle.dump(states, file)
    return {"kept": sorted(states)}


def restore_random(request: dict[str, Any]) -> dict[str, Any]:
    """Go on with the states in ``file``; libraries that were loaded there are loaded here too."""
    with open(request["file"], "rb") as file:
        states = pickle.load(file)
    seen: Any = getattr(builtins, "__nb2pipe_seen__", None)  # listens whether the step draws; this is not its doing
    if seen is not None:
        seen.jump()
    for name, state in states.items():
        module = __import__(name, fromlist=["_"])
        if name == "random":
            module.setstate(state)
        elif name == "numpy.random":
            module.set_state(state)
        else:
            module.set_rng_state(module.frombuffer(bytearray(state), dtype=module.uint8))
    if seen is not None:
        seen.land()
    return {"restored": sorted(states)}
