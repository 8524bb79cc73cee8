"""Steps as jupytext percent scripts (``--steps py``), and back again to run them."""

from __future__ import annotations

import json
from typing import Any

from nb2pipe.notebook_formats import light_imports


def to_script(notebook: dict[str, Any]) -> str:
    """The notebook as a ``py:percent`` script; tags and our metadata stay in the cell markers."""
    with light_imports():
        import jupytext
        import nbformat

    node = nbformat.reads(json.dumps(notebook), as_version=4)
    node.metadata["jupytext"] = {
        "cell_metadata_filter": "tags,nb2pipe",
        "notebook_metadata_filter": "kernelspec,nb2pipe,jupytext",
        "formats": "py:percent",
    }
    return str(jupytext.writes(node, fmt="py:percent"))
