"""Compare a run's metrics with the baseline's, and say what else is not as it was."""

from __future__ import annotations

from nb2pipe.checking.causes import explained, watched_groups
from nb2pipe.checking.compare import Asked, check
from nb2pipe.checking.tolerances import ALL, effective

__all__ = ["ALL", "Asked", "check", "effective", "explained", "watched_groups"]
