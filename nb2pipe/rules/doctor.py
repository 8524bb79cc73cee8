"""How hints from reading the code (NB410 to NB418) are settled."""

from __future__ import annotations

SETTLES = """\

`nb2pipe doctor NOTEBOOK` runs the notebook three times and says whether it matters for the metrics.
"""
