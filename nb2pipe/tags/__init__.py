"""What the tags and ``#|`` comments of a notebook say about its cells."""

from nb2pipe.tags.roles import METRICS_STEP, read_roles

__all__ = ["METRICS_STEP", "read_roles"]
