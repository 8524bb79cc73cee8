"""Write a pipeline as a project that works without nb2pipe."""

from __future__ import annotations

from nb2pipe.exporting.names import collect
from nb2pipe.exporting.project import ProjectSpec, Written, existing, write

__all__ = ["ProjectSpec", "Written", "collect", "existing", "write"]
