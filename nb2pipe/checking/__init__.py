"""Compare a run's metrics with the baseline's."""

from __future__ import annotations

from nb2pipe.checking.compare import check
from nb2pipe.checking.tolerances import ALL, effective

__all__ = ["ALL", "check", "effective"]
