"""Times that something took, and dates: numbers that are others in each run, and no results."""

from __future__ import annotations

import re

_WORDS = re.compile(
    r"(?<!life)time(?!nt|[\s_-]*(?:series|step))|seconds|\bsecs?\b|elapsed|duration|minutes|\bdate|\bnow\b|took",
    re.IGNORECASE,
)


def is_duration(name: str) -> bool:
    """Whether a name, or an expression, speaks of time: ``fit_time``, ``elapsed``, ``time.time() - t0``."""
    return bool(_WORDS.search(name))
