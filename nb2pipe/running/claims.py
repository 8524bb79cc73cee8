"""Steps that runs of one process are making at this moment, so that none is made twice at the same time."""

from __future__ import annotations

import threading
from contextlib import suppress

_LOOK = 0.2  # seconds between two looks at whether to give up waiting


class Claims:
    """Shared by runs in several threads; a claim is a text that says what is made."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: set[str] = set()

    def take(self, claim: str, stop: threading.Event) -> None:
        """Wait until nobody has it, and have it; or return without it once ``stop`` is set."""
        with self._changed:
            while claim in self._held and not stop.is_set():
                self._changed.wait(_LOOK)
            self._held.add(claim)

    def release(self, claim: str) -> None:
        """Let the next one have it."""
        with self._changed:
            with suppress(KeyError):
                self._held.remove(claim)
            self._changed.notify_all()
