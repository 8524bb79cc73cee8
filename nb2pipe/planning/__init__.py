"""From roles and flows to a :class:`~nb2pipe.model.Pipeline`, first statically, then refined by an observed run."""

from __future__ import annotations

from nb2pipe.planning.plan import Plan, plan

__all__ = ["Plan", "plan"]
